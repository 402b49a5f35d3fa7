"""Every function of sprig and Helm answers in Jinja2 as it does in Go templates, called and piped."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from helmpy import sprig
from helmpy.engine.functions import helm_functions
from helmpy.engine.jinja.filters import JINJA_ONLY
from tests.engine.charts import chart, rendered

M = {"a": "1", "b": {"c": "2"}}
L = ["b", "a", "b"]

# What a function is called with, in Go's order. Results are compared with those of a Go template.
CALLS: dict[str, list[Any]] = {
    "abbrev": [5, "hello world"], "abbrevboth": [5, 8, "1234 5678 9123"], "add": [1, 2, 3], "add1": [1],
    "add1f": [1.5], "addf": [1.5, 2], "adler32sum": ["a"], "all": [1, 0], "any": [1, 0], "append": [L, "z"],
    "atoi": ["7"], "b32dec": ["ME======"], "b32enc": ["a"], "b64dec": ["YQ=="], "b64enc": ["a"], "base": ["a/b.c"],
    "biggest": [1, 3], "camelcase": ["foo_bar"], "cat": ["a", "b"], "ceil": [1.2], "chunk": [2, L], "clean": ["a/../b"],
    "coalesce": ["", 0, "x"], "compact": [["a", "", "b"]], "concat": [L, L], "contains": ["el", "hello"],
    "deepCopy": [M], "deepEqual": [L, L], "default": ["d", ""], "derivePassword": [1, "long", "pw", "user", "example.com"],
    "dict": ["a", 1, "b", 2], "dig": ["b", "c", "none", M], "dir": ["a/b.c"], "div": [7, 2], "divf": [7, 2],
    "duration": [95], "empty": [""], "ext": ["a.b"], "first": [L], "float64": ["1.5"], "floor": [1.8],
    "fromJson": ['{"a": 1}'], "fromJsonArray": ["[1, 2]"], "fromToml": ['a = "x"'], "fromYaml": ["a: 1"],
    "fromYamlArray": ["- 1"], "get": [M, "a"], "getHostByName": ["localhost"], "has": ["a", L], "hasKey": [M, "a"],
    "hasPrefix": ["he", "hello"], "hasSuffix": ["lo", "hello"], "hello": [], "indent": [2, "a\nb"], "initial": [L],
    "initials": ["First Try"], "int": ["3"], "int64": ["3"], "isAbs": ["/a"], "join": ["-", L], "kebabcase": ["fooBar"],
    "keys": [{"a": 1}], "kindIs": ["string", "a"], "kindOf": ["a"], "last": [L], "list": [1, "a"],
    "lookup": ["v1", "Pod", "ns", "n"], "lower": ["AB"], "max": [1, 3, 2], "maxf": [1.5, 3], "merge": [{"a": 1}, {"b": 2}],
    "mergeOverwrite": [{"a": 1}, {"a": 2}], "min": [3, 1], "minf": [3, 1.5], "mod": [7, 3], "mul": [2, 3],
    "mulf": [1.5, 2], "nindent": [2, "a\nb"], "nospace": ["a b"], "omit": [M, "a"], "osBase": ["/a/b"],
    "osClean": ["a//b"], "osDir": ["/a/b"], "osExt": ["/a.b"], "osIsAbs": ["/a"], "pick": [M, "a"],
    "pluck": ["a", M, {"a": "3"}], "plural": ["one", "many", 2], "prepend": [L, "z"], "push": [L, "z"], "quote": ["a", 1],
    "regexFind": ["[a-c]+", "xabc"], "regexFindAll": ["[ac]", "abc", -1], "regexMatch": ["^a", "abc"],
    "regexQuoteMeta": ["1.2"], "regexReplaceAll": ["a(x*)b", "-ab-axxb-", "${1}W"],
    "regexReplaceAllLiteral": ["a", "banana", "$1"], "regexSplit": ["z+", "pizza", -1], "repeat": [3, "ab"],
    "replace": ["a", "b", "banana"], "required": ["need", "x"], "rest": [L], "reverse": [L], "round": [2.567, 1],
    "semverCompare": ["^1.2", "1.3.0"], "seq": [1, 3], "set": [{"a": 1}, "k", "v"], "sha1sum": ["a"], "sha256sum": ["a"],
    "slice": [L, 1, 2], "snakecase": ["FooBar"], "sortAlpha": [L], "split": ["$", "a$b"], "splitList": ["$", "a$b"],
    "splitn": ["$", 2, "a$b$c"], "squote": ["a", 1], "sub": [5, 3], "subf": [5, 2.5], "substr": [0, 2, "hello"],
    "swapcase": ["aB"], "ternary": ["y", "n", True], "title": ["hello world"], "toDecimal": ["0777"], "toJson": [M],
    "toPrettyJson": [M], "toRawJson": [M], "toString": [1], "toStrings": [[1, 2]], "toToml": [{"a": "x"}], "toYamlPretty": [M], "mustToYaml": [M],
    "toYaml": [M], "trim": ["  a "], "trimAll": ["$", "$5$"], "trimPrefix": ["a", "ab"], "trimSuffix": ["b", "ab"],
    "trimall": ["$", "$5$"], "trunc": [3, "hello"], "tuple": [1, 2], "typeIs": ["string", "a"],
    "typeIsLike": ["string", "a"], "typeOf": ["a"], "uniq": [L], "unset": [{"a": 1, "b": 2}, "a"], "until": [3],
    "untilStep": [1, 7, 2], "untitle": ["Hello"], "upper": ["ab"], "urlJoin": [{"scheme": "http", "host": "h", "path": "p"}],
    "urlParse": ["http://u:p@h:1/p?q=1#f"], "values": [{"a": 1}], "without": [L, "a"], "wrap": [5, "hello world"],
    "wrapWith": [5, "\t", "hello world"],
}  # fmt: skip
CALLS |= {"must" + name[0].upper() + name[1:]: CALLS[name] for name in (
    "append", "chunk", "compact", "deepCopy", "first", "fromJson", "has", "initial", "last", "merge", "mergeOverwrite",
    "prepend", "push", "regexFind", "regexFindAll", "regexMatch", "regexReplaceAll", "regexReplaceAllLiteral",
    "regexSplit", "rest", "reverse", "slice", "toJson", "toPrettyJson", "toRawJson", "uniq", "without",
)}  # fmt: skip

# What a fixed argument does not do for: an expression in each form, and what its text looks like.
SHAPES: dict[str, tuple[str, str, str]] = {
    "ago": ("ago(now())", "now() | ago", r"0s"),
    "bcrypt": ("bcrypt('a')", "'a' | bcrypt", r"\$2a\$.{56}"),
    "buildCustomCert": (
        "buildCustomCert(genCA('x', 1).Cert | b64enc, genPrivateKey('ecdsa') | b64enc).Cert", "", "-----BEGIN.*",
    ),
    "date": ("date('2006', now())", "now() | date('2006')", r"\d{4}"),
    "dateInZone": ("dateInZone('2006', now(), 'UTC')", "'UTC' | dateInZone('2006', now())", r"\d{4}"),
    "dateModify": ("dateModify('-1h', now()) | date('2006')", "now() | dateModify('-1h') | date('2006')", r"\d{4}"),
    "decryptAES": ("decryptAES('k', encryptAES('k', 'a'))", "encryptAES('k', 'a') | decryptAES('k')", "a"),
    "durationRound": ("durationRound('2h10m5s')", "'2h10m5s' | durationRound", "2h"),
    "encryptAES": ("encryptAES('k', 'a')", "'a' | encryptAES('k')", r"[\w+/=]+"),
    "fail": ("fail('a')", "'a' | fail", "!a"),
    "genCA": ("genCA('x', 1).Cert", "(1 | genCA('x')).Cert", "-----BEGIN CERTIFICATE.*"),
    "genCAWithKey": (
        "genCAWithKey('x', 1, genPrivateKey('ecdsa')).Cert", "(genPrivateKey('ecdsa') | genCAWithKey('x', 1)).Key", "-----BEGIN.*",
    ),
    "genPrivateKey": ("genPrivateKey('ecdsa')", "'ecdsa' | genPrivateKey", "-----BEGIN EC PRIVATE KEY.*"),
    "genSelfSignedCert": (
        "genSelfSignedCert('x', ['1.2.3.4'], ['a.b'], 1).Cert", "(1 | genSelfSignedCert('x', [], [])).Key", "-----BEGIN.*",
    ),
    "genSelfSignedCertWithKey": (
        "genSelfSignedCertWithKey('x', [], [], 1, genPrivateKey('ecdsa')).Cert",
        "(genPrivateKey('ecdsa') | genSelfSignedCertWithKey('x', [], [], 1)).Key",
        "-----BEGIN.*",
    ),
    "genSignedCert": (
        "genSignedCert('x', [], [], 1, genCA('y', 1)).Cert", "(genCA('y', 1) | genSignedCert('x', [], [], 1)).Key", "-----BEGIN.*",
    ),
    "genSignedCertWithKey": (
        "genSignedCertWithKey('x', [], [], 1, genCA('y', 1), genPrivateKey('ecdsa')).Cert",
        "(genPrivateKey('ecdsa') | genSignedCertWithKey('x', [], [], 1, genCA('y', 1))).Key",
        "-----BEGIN.*",
    ),
    "htmlDate": ("htmlDate(now())", "now() | htmlDate", r"\d{4}-\d\d-\d\d"),
    "htmlDateInZone": ("htmlDateInZone(now(), 'UTC')", "'UTC' | htmlDateInZone(now())", r"\d{4}-\d\d-\d\d"),
    "htpasswd": ("htpasswd('u', 'p')", "'p' | htpasswd('u')", r"u:\$2a\$.*"),
    "mustDateModify": ("mustDateModify('1h', now()) | date('2006')", "now() | mustDateModify('1h') | date('2006')", r"\d{4}"),
    "mustToDate": ("mustToDate('2006', '2020').Year()", "('2020' | mustToDate('2006')).Year()", "2020"),
    "now": ("now().Year() > 2000", "now().Year > 2000", "true"),
    "randAlpha": ("randAlpha(5)", "5 | randAlpha", r"[a-zA-Z]{5}"),
    "randAlphaNum": ("randAlphaNum(5)", "5 | randAlphaNum", r"\w{5}"),
    "randAscii": ("randAscii(5)", "5 | randAscii", r".{5}"),
    "randBytes": ("randBytes(3)", "3 | randBytes", r".{4}"),
    "randInt": ("randInt(1, 9)", "9 | randInt(1)", r"\d"),
    "randNumeric": ("randNumeric(5)", "5 | randNumeric", r"\d{5}"),
    "semver": ("semver('1.2.3').Minor", "('1.2.3' | semver).Major", "[12]"),
    "shuffle": ("shuffle('ab')", "'ab' | shuffle", "ab|ba"),
    "toDate": ("toDate('2006', '2020').Year()", "('2020' | toDate('2006')).Year()", "2020"),
    "unixEpoch": ("unixEpoch(now())", "now() | unixEpoch", r"\d{10}"),
    "uuidv4": ("uuidv4()", "", r"[0-9a-f-]{36}"),
}  # fmt: skip
SHAPES |= {snake: SHAPES[camel] for snake, camel in (
    ("date_in_zone", "dateInZone"), ("date_modify", "dateModify"), ("must_date_modify", "mustDateModify"),
)}  # fmt: skip


def go_literal(value: Any) -> str:
    if isinstance(value, list):
        return f"(list {' '.join(map(go_literal, value))})"
    if isinstance(value, dict):
        return f"(dict {' '.join(f'{go_literal(k)} {go_literal(v)}' for k, v in value.items())})"
    return json.dumps(value)


def jinja_literal(value: Any) -> str:
    return json.dumps(value)


def go(expression: str, api: str) -> str:
    whole = chart("web", {"x": "{{ toJson (" + expression + ") }}"}, api_version=api)
    return rendered(whole)["web/templates/x"]


def jinja(template: str, api: str) -> str:
    return rendered(chart("web", {"x": template}, api_version=api, engine="jinja2"))["web/templates/x"]


def table(version: int) -> set[str]:
    return {*sprig.functions(version), *helm_functions(version)}


def test_every_function_has_a_case() -> None:
    for version in (2, 3):
        assert table(version) - CALLS.keys() - SHAPES.keys() == set()
    assert {*CALLS, *SHAPES} - table(3) == set()


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_function_gives_what_it_gives_in_go(name: str, api: str) -> None:
    args = CALLS[name]
    expected = go(f"{name} {' '.join(map(go_literal, args))}", api)
    literals = list(map(jinja_literal, args))
    assert jinja("{{ toJson(" + f"{name}({', '.join(literals)})" + ") }}", api) == expected
    if args and name != "round":  # whose piped form is Jinja's: the number comes first
        first = f"({', '.join(literals[:-1])})" if len(args) > 1 else ""
        assert jinja("{{ (" + f"{literals[-1]} | {name}{first}" + ") | toJson }}", api) == expected


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_function_gives_something_of_the_right_shape(name: str) -> None:
    called, piped, shape = SHAPES[name]
    for expression in filter(None, (called, piped)):
        if shape.startswith("!"):
            with pytest.raises(Exception, match=re.escape(shape[1:]) + "$"):
                jinja("{{ " + expression + " }}", "v2")
        else:
            assert re.fullmatch(shape, jinja("{{ " + expression + " }}", "v2").strip(), re.DOTALL), expression


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        # sprig's filters where Jinja has one too
        ("{{ '' | default('d') }}{{ 0 | default(3) }}{{ zz | default('u') }}{{ zz | d('v') }}", "d3uv"),
        ("{{ 'a\nb' | indent(2) }}", "  a\n  b"),
        ("{{ 'HELLO you' | title }}", "HELLO You"),
        ("{{ 'x y' | list | toJson }}{{ {'a': 1}.keys() | list }}", '["x y"]["a"]'),
        ("{{ '7' | int + 1 }} {{ 1.9 | int }} {{ [1, 2, 3] | first }} {{ [1, 2, 3] | reverse }}", "8 1 1 [3,2,1]"),
        ("{{ 3 | max(1, 7) }}{{ 3 | min(1, 7) }}", "71"),
        # Jinja's own, where only it can be meant
        ("{{ '' | default('d', true) }}{{ '' | default('d', boolean=true) }}{{ zz | default('d', false) }}", "ddd"),
        ("{{ 'a\nb' | indent(2, true) }}|{{ 'a\nb' | indent(width=2) }}|{{ 'a\nb' | indent }}", "  a\n  b|a\n  b|a\n    b"),
        ("{{ [1, 5, 2] | max }}{{ (1, 5, 2) | min }}{{ range(3) | last }}", "512"),
        ("{{ 'abc' | reverse }}{{ 'abc' | first }}{{ 'abc' | last }}", "cbaac"),
        ("{{ [1, 2] | join }}{{ [{'a': 'x'}, {'a': 'y'}] | join(',', attribute='a') }}", "12x,y"),
        ("{{ [1, 2, 3] | select('odd') | list }}{{ 'ab' | map('upper') | list }}", '[1,3]["A","B"]'),
        ("{{ 'x' | int(5) }}{{ '/a/' | trim('/') }}{{ 2.567 | round(1) }}{{ 2.5 | round }}", "5a2.62"),
        ("{{ dict(a=1) }}{{ dict('a', 1) }}{{ dict([('a', 1)]) }}{{ dict({'a': 1}) }}", '{"a":1}' * 4),
        # Go's own words
        ("{{ printf('%s-%d', 'a', 2) }}{{ 'b' | printf('%s%s', 'a') }}{{ index({'a': [1, 2]}, 'a', 1) }}", "a-2ab2"),
        ("{{ len('abc') }}{{ 'a b' | urlquery }}{{ eq(1, 1) }}{{ print('a', 1) }}", "3a+btruea1"),
    ],
)  # fmt: skip
def test_whose_name_it_is(template: str, expected: str) -> None:
    assert jinja(template, "v1") == expected


def test_shared_names_are_all_settled() -> None:
    from helmpy.engine.jinja.filters import JINJA_FILTERS

    shared = table(3) & {*JINJA_FILTERS, "indent", "join", "replace", "round", "string", "sum", "tojson"}
    assert JINJA_ONLY.keys() <= shared
    assert shared - JINJA_ONLY.keys() == {"lower", "replace", "title", "upper"}  # alike, but for "HELLO" | title


def test_a_random_text_is_new_every_time() -> None:
    texts = jinja("{% for i in range(20) %}{{ 9 | randAlpha }} {% endfor %}", "v1").split()
    assert len(set(texts)) > 1
