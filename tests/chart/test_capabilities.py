import pytest

from helmpy.chart.capabilities import CapabilitiesError, KubeVersion, chosen_api_versions, default_api_versions


@pytest.mark.parametrize(
    ("text", "major", "minor", "short", "whole"),
    [
        ("1.16", "1", "16", "v1.16.0", "v1.16.0"),
        ("v1.29.3", "1", "29", "v1.29.0", "v1.29.3"),
        ("1", "1", "0", "v1.0.0", "v1.0.0"),
        ("1.27.4-gke.900", "1", "27", "v1.27.0", "v1.27.4-gke.900"),
        ("1.30.1+k3s1", "1", "30", "v1.30.0", "v1.30.1+k3s1"),
    ],
)
def test_versions_parse(text: str, major: str, minor: str, short: str, whole: str) -> None:
    version = KubeVersion.parse(text)
    assert (version.major, version.minor, version.git_version) == (major, minor, short)
    assert KubeVersion.parse(text, whole=True).git_version == whole


@pytest.mark.parametrize("text", ["", "v", "one", "1.x", "1.2.3.4", "1.-2", "1..2", "١.٢", "1.2.3-", "1.2+", "1.2-a_b"])
def test_nonsense_does_not(text: str) -> None:
    with pytest.raises(CapabilitiesError) as caught:
        KubeVersion.parse(text)
    assert str(caught.value) == "could not parse a kubernetes version: Invalid Semantic Version"


def test_numbers_that_are_too_large() -> None:
    with pytest.raises(CapabilitiesError, match=r'ParseInt: parsing "9223372036854775808": value out of range$'):
        KubeVersion.parse("9223372036854775808.1")
    assert KubeVersion.parse("9223372036854775807").git_version == "v9223372036854775807.0.0"


def test_the_two_sets() -> None:
    helm2, helm3 = default_api_versions(2), default_api_versions(3)
    assert (len(helm2), len(set(helm2))) == (516, 516)
    assert len(helm3) == 47
    for entry in ("v1", "v1/Pod", "v1/PodList", "apps/v1/Deployment", "extensions/v1beta1", "apps/v1/WatchEvent"):
        assert entry in helm2
    assert "networking.k8s.io/v1/Ingress" not in helm2
    assert not any(entry.count("/") > 1 for entry in helm3)


def test_given_entries_replace_in_the_second_dialect_and_add_in_the_third() -> None:
    assert set(chosen_api_versions(2, ["a/v1", "a/v1/B"])) == {"v1", "a/v1", "a/v1/B"}
    assert chosen_api_versions(2, []) == default_api_versions(2)
    assert chosen_api_versions(3, ["a/v1"]) == (*default_api_versions(3), "a/v1")
