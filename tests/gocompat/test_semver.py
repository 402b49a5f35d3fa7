from __future__ import annotations

import time

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.semver import Constraint, InvalidConstraint, InvalidVersion, Version

BOTH = (2, 3)


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(
    ("constraint", "version", "fits"),
    [
        (">=1.4, <1.9", "1.5.2", True),
        (">=1.4, <1.9", "1.9.0", False),
        ("~2.3", "2.3.9", True),
        ("~2.3", "2.4.0", False),
        ("~2", "2.4.0", True),
        ("^1.2.3", "1.9.0", True),
        ("^1.2.3", "1.2.2", False),
        ("3.x", "3.7.1", True),
        ("3.1.x", "3.2.0", False),
        ("*", "9.9.9", True),
        ("1.2 - 1.4.5", "1.4.5", True),
        ("1.2 - 1.4.5", "1.4.6", False),
        ("<1.0 || >=3", "3.0.1", True),
        ("<1.0 || >=3", "2.0.1", False),
        ("!=1.5.0", "1.5.1", True),
        (">=1.4", "1.5.0-rc.1", False),
        (">=1.4-0", "1.5.0-rc.1", True),
        ("=1.2.3+a", "v1.2.3+b", True),
    ],
)
def test_ranges(constraint: str, version: str, *, fits: bool, dialect: int) -> None:
    assert Constraint(constraint, dialect).check(Version.parse(version, dialect)) is fits


@pytest.mark.parametrize(
    ("constraint", "version", "helm2", "helm3"),
    [
        (">1.7", "1.7.4", True, False),
        ("<=1.7", "1.7.4", False, True),
        ("<2", "2.5.0", True, False),
        ("^0.3.1", "0.4.0", True, False),
        ("1.7", "1.7.4", False, True),
    ],
)
def test_where_the_dialects_differ(constraint: str, version: str, *, helm2: bool, helm3: bool) -> None:
    assert [Constraint(constraint, dialect).check(Version.parse(version)) for dialect in BOTH] == [helm2, helm3]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("constraint", ["", "latest", ">=1.2.3.4", "1.2 & 3", ">> 1", "1.2.x.3"])
def test_improper_ranges(constraint: str, dialect: int) -> None:
    with pytest.raises(InvalidConstraint) as caught:
        Constraint(constraint, dialect)
    assert str(caught.value).startswith("improper constraint: ")


def test_versions_sort() -> None:
    ordered = ["0.9", "1.0.0-1", "1.0.0-2", "1.0.0-11", "1.0.0-a", "1.0.0-a.1", "1.0.0-a.b", "1", "1.0.1", "1.10"]
    versions = [Version.parse(text) for text in ordered]
    assert sorted([*versions[5:], *versions[:5]]) == versions
    assert [versions[0].compare(versions[1]), versions[1].compare(versions[1])] == [-1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid Semantic Version"),
        ("one", "Invalid Semantic Version"),
        ("1.2.3.4", "Invalid Semantic Version"),
        ("1.2.3-07", "Version segment starts with 0"),
        (
            "1.20000000000000000000.0",
            'Error parsing version segment: strconv.ParseUint: parsing "20000000000000000000": value out of range',
        ),
    ],
)
def test_invalid_versions(text: str, message: str) -> None:
    with pytest.raises(InvalidVersion) as caught:
        Version.parse(text)
    assert str(caught.value) == message


def test_methods_of_templates() -> None:
    version = Version.parse("v3.4.5-rc.1+today")
    assert [version.get(name) for name in ("Major", "Minor", "Patch")] == [3, 4, 5]
    assert [version.get("Prerelease"), version.get("Metadata"), version.get("Original")] == [
        "rc.1",
        "today",
        "v3.4.5-rc.1+today",
    ]
    assert str(version.get("IncPatch")) == "3.4.5"
    assert version.get("IncMinor").original == "v3.5.0"
    assert str(Version.parse("3.4.5", 2).get("IncMajor")) == "{4 0 0   4.0.0}"
    with pytest.raises(FunctionError):
        version.with_prerelease("rc_1")


def test_hostile_texts_take_no_time() -> None:
    began = time.perf_counter()
    for text in ("1" * 4000 + " - x", ">=1 " * 1000, " " * 4000, "1." * 2000, "1-" + "a." * 2000, "9" * 10**6):
        for dialect in BOTH:
            with pytest.raises(FunctionError):
                Constraint(text + "!", dialect)
    assert time.perf_counter() - began < 5


def test_a_blank_joins_in_the_newer_library_alone() -> None:
    assert Constraint(">=1.4 <1.9", 3).check(Version.parse("1.5.2", 3))
    with pytest.raises(InvalidConstraint, match=r"^improper constraint: >=1.4 <1.9$"):
        Constraint(">=1.4 <1.9", 2)


def test_a_text_that_is_no_range_is_refused_before_its_versions_are_read() -> None:
    with pytest.raises(InvalidConstraint, match=r"^improper constraint: 0x1G$"):
        Constraint("0x1G", 3)
