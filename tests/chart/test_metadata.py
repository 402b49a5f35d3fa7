from typing import Any

import pytest

from helmpy.chart.metadata import check_metadata, dependency_to_dict, parse_dependencies, parse_metadata, to_dict
from helmpy.chart.model import ChartError, Dependency, Maintainer, Metadata
from helmpy.gocompat import yaml

FULL = """
apiVersion: v2
name: web
home: https://example.com
sources: [one, two]
version: 1.2.3
description: d
keywords: [k]
maintainers: [{name: ann, email: a@example.com, url: u}, null]
engine: gotpl
icon: i
condition: c
tags: t
appVersion: "1.0"
deprecated: true
tillerVersion: ">2"
annotations: {a: b}
kubeVersion: ">=1.16"
type: application
dependencies: [{name: db, version: 1.x.x, repository: r, import-values: [a, {child: b, parent: c}], alias: base}]
unknown: 5
"""


def test_every_key_has_its_field() -> None:
    assert parse_metadata(FULL) == Metadata(
        name="web",
        home="https://example.com",
        sources=("one", "two"),
        version="1.2.3",
        description="d",
        keywords=("k",),
        maintainers=(Maintainer("ann", "a@example.com", "u"),),
        engine="gotpl",
        icon="i",
        api_version="v2",
        condition="c",
        tags="t",
        app_version="1.0",
        deprecated=True,
        tiller_version=">2",
        annotations={"a": "b"},
        kube_version=">=1.16",
        type="application",
        dependencies=(
            Dependency("db", "1.x.x", "r", import_values=("a", {"child": "b", "parent": "c"}), alias="base"),
        ),
    )


@pytest.mark.parametrize("about", ["", "apiVersion: v1", "apiVersion: v3"])
def test_what_v2_charts_add_means_nothing_in_others(about: str) -> None:
    assert parse_metadata(f"name: web\ntype: [library]\ndependencies: word\n{about}") == Metadata(
        name="web", api_version=about.removeprefix("apiVersion: ")
    )
    found = parse_metadata("type: library\ndependencies: [{name: db}]\napiversion: v2")
    assert (found.type, found.dependencies) == ("library", (Dependency("db"),))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("version: 1.10", "1.1"),
        ("version: 12345678901", "12345678901"),
        ("version: yes", "true"),
        ("version: null", ""),
        ("VERSION: 1", "1"),
        ("version: 0.1", "0.1"),
        ("version: 2", "2"),
        ("", ""),
    ],
)
def test_scalars_become_strings(text: str, version: str) -> None:
    assert parse_metadata(text).version == version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("deprecated: word", "string into Go struct field Metadata.deprecated of type bool"),
        ("version: [1]", "array into Go struct field Metadata.version of type string"),
        ("keywords: word", "string into Go struct field Metadata.keywords of type []string"),
        ("maintainers: [word]", "string into Go struct field Metadata.maintainers of type chart.Maintainer"),
        ("maintainers: word", "string into Go struct field Metadata.maintainers of type []*chart.Maintainer"),
        ("annotations: word", "string into Go struct field Metadata.annotations of type map[string]string"),
        ("- a", "array into Go value of type chart.Metadata"),
        ("word", "string into Go value of type chart.Metadata"),
        ("maintainers: [{name: {}}]", "object into Go struct field Maintainer.maintainers.name of type string"),
    ],
)
def test_misfits_are_worded_as_go_words_them(text: str, message: str) -> None:
    with pytest.raises(ChartError) as caught:
        parse_metadata(text)
    assert str(caught.value) == f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {message}"


def test_what_is_written_is_what_was_read() -> None:
    metadata = parse_metadata(FULL)

    again = to_dict(metadata)
    assert parse_metadata(yaml.dump(again)) == metadata
    assert again["tillerVersion"] == ">2"


def test_empty_fields_are_not_written() -> None:
    assert to_dict(Metadata(name="web")) == {"name": "web"}
    assert dependency_to_dict(Dependency(name="db")) == {"name": "db", "repository": ""}


@pytest.mark.parametrize("value", [None, []])
def test_no_dependencies(value: Any) -> None:
    assert parse_dependencies(value) == ()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"version": ""}, "chart.metadata.version is required"),
        ({"version": "one"}, 'chart.metadata.version "one" is invalid'),
        ({"name": ""}, "chart.metadata.name is required"),
        ({"type": "tool"}, "chart.metadata.type must be application or library"),
        (
            {"dependencies": (Dependency("db"), Dependency("mq", alias="m q"))},
            'dependency "mq" has disallowed characters in the alias',
        ),
    ],
)
def test_a_v2_chart_must_be_sound(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ChartError) as error:
        check_metadata(Metadata(**{"name": "web", "version": "1.0.0", **fields}))
    assert str(error.value) == f"validation: {fault}"


@pytest.mark.parametrize("version", ["1.0.0", "1.2.3-rc.1+b", "v1.2", "10.0.1"])
def test_versions_of_sound_charts(version: str) -> None:
    check_metadata(Metadata(name="web", version=version, type="library"))
