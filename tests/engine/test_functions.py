from __future__ import annotations

import re
from typing import Any

import pytest

from helmpy.engine import render
from helmpy.errors import HelmError
from tests.engine.charts import CAPABILITIES, RELEASE, chart, text


@pytest.mark.parametrize(
    ("template", "v1", "v2"),
    [
        ("{{ toYaml .Values.m }}|", "a: 1\nb:\n- x\n|", "a: 1\nb:\n- x|"),
        ("{{ toYaml nil }}|", "null\n|", "null|"),
        ("{{ toYamlPretty .Values.m }}|", *["a: 1\nb:\n  - x|"] * 2),
        ("{{ mustToYaml .Values.m }}|", *["a: 1\nb:\n- x|"] * 2),
        ('{{ fromYaml "a: 1" }}', *["map[a:1]"] * 2),
        ('{{ fromYaml "" }}', *["map[]"] * 2),
        (
            '{{ fromYaml "a: \\xff" }}',
            *["map[Error:error converting YAML to JSON: yaml: invalid leading UTF-8 octet]"] * 2,
        ),
        (
            '{{ fromYaml "a: \\xc3(" }}',
            *["map[Error:error converting YAML to JSON: yaml: invalid trailing UTF-8 octet]"] * 2,
        ),
        (
            '{{ fromYaml "- 1" }}',
            *[
                (
                    "map[Error:error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value "
                    "of type map[string]interface {}]"
                )
            ]
            * 2,
        ),
        (
            '{{ fromYaml "a: *x" }}',
            *["map[Error:error converting YAML to JSON: yaml: unknown anchor 'x' referenced]"] * 2,
        ),
        ('{{ fromYamlArray "[1, a]" }} {{ fromYamlArray "" }}', *["[1 a] []"] * 2),
        (
            '{{ fromYamlArray "a: 1" }}',
            *[
                (
                    "[error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value "
                    "of type []interface {}]"
                )
            ]
            * 2,
        ),
        ("{{ toJson .Values.m }}", *['{"a":1,"b":["x"]}'] * 2),
        ('{{ fromJson "{\\"a\\": [1]}" }}', *["map[a:[1]]"] * 2),
        (
            '{{ fromJson "[1]" }}',
            *["map[Error:json: cannot unmarshal array into Go value of type map[string]interface {}]"] * 2,
        ),
        ('{{ fromJson "" }}', *["map[Error:unexpected end of JSON input]"] * 2),
        ('{{ fromJsonArray "[1]" }} {{ fromJsonArray "null" }}', *["[1] []"] * 2),
        ('{{ lookup "v1" "Secret" "ns" "n" }}', *["map[]"] * 2),
        ('{{ getHostByName "localhost" }}|', *["|"] * 2),
    ],
)
def test_functions(template: str, v1: str, v2: str) -> None:
    values = {"m": {"b": ["x"], "a": 1}}
    assert text(template, values) == v1
    assert text(template, values, v2=True) == v2


def test_lookup_asks_who_it_is_told_to() -> None:
    asked: list[tuple[str, ...]] = []

    def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        asked.append((api_version, kind, namespace, name))
        return {"data": {"k": "v"}}

    assert text('{{ (lookup "v1" "Secret" "ns" "n").data.k }}', lookup=lookup) == "v"
    assert asked == [("v1", "Secret", "ns", "n")]


@pytest.mark.parametrize("name", ["env", "expandenv"])
def test_the_environment_is_out_of_reach(name: str) -> None:
    with pytest.raises(Exception, match=f'function "{name}" not defined'):
        text(f'{{{{ {name} "HOME" }}}}')


def test_dates_come_from_the_clock_that_is_given() -> None:
    whole = chart("web", {"x.yaml": '{{ now | date "2006-01-02" }}'})
    found = render(whole, {}, RELEASE, CAPABILITIES, now=lambda: 1_600_000_000 * 10**9)
    assert found["web/templates/x.yaml"] == "2020-09-13"


@pytest.mark.parametrize("v2", [False, True])
@pytest.mark.parametrize(
    ("template", "message"),
    [("{{ toToml nil }}", "error calling toToml: reflect: call of reflect.Value.Interface on zero Value")],
)
def test_failures(template: str, message: str, *, v2: bool) -> None:
    with pytest.raises(HelmError, match=re.escape(message)):
        text(template, {}, v2=v2)
