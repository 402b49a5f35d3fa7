from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from operator import attrgetter

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError
from helmpy.sprig.catalogue import SETTLED, V2, V3

# What a chart of each Helm may call, by topic, in the words of sprig's manual.
NAMES = [
    "abbrev",
    "abbrevboth",
    "add",
    "add1",
    "add1f",
    "addf",
    "adler32sum",
    "ago",
    "all",
    "any",
    "append",
    "atoi",
    "b32dec",
    "b32enc",
    "b64dec",
    "b64enc",
    "base",
    "bcrypt",
    "biggest",
    "buildCustomCert",
    "camelcase",
    "cat",
    "ceil",
    "chunk",
    "clean",
    "coalesce",
    "compact",
    "concat",
    "contains",
    "date",
    "dateInZone",
    "dateModify",
    "date_in_zone",
    "date_modify",
    "decryptAES",
    "deepCopy",
    "deepEqual",
    "default",
    "derivePassword",
    "dict",
    "dig",
    "dir",
    "div",
    "divf",
    "duration",
    "durationRound",
    "empty",
    "encryptAES",
    "ext",
    "fail",
    "first",
    "float64",
    "floor",
    "fromJson",
    "genCA",
    "genCAWithKey",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "get",
    "getHostByName",
    "has",
    "hasKey",
    "hasPrefix",
    "hasSuffix",
    "hello",
    "htmlDate",
    "htmlDateInZone",
    "htpasswd",
    "indent",
    "initial",
    "initials",
    "int",
    "int64",
    "isAbs",
    "join",
    "kebabcase",
    "keys",
    "kindIs",
    "kindOf",
    "last",
    "list",
    "lower",
    "max",
    "maxf",
    "merge",
    "mergeOverwrite",
    "min",
    "minf",
    "mod",
    "mul",
    "mulf",
    "mustAppend",
    "mustChunk",
    "mustCompact",
    "mustDateModify",
    "mustDeepCopy",
    "mustFirst",
    "mustFromJson",
    "mustHas",
    "mustInitial",
    "mustLast",
    "mustMerge",
    "mustMergeOverwrite",
    "mustPrepend",
    "mustPush",
    "mustRegexFind",
    "mustRegexFindAll",
    "mustRegexMatch",
    "mustRegexReplaceAll",
    "mustRegexReplaceAllLiteral",
    "mustRegexSplit",
    "mustRest",
    "mustReverse",
    "mustSlice",
    "mustToDate",
    "mustToJson",
    "mustToPrettyJson",
    "mustToRawJson",
    "mustUniq",
    "mustWithout",
    "must_date_modify",
    "nindent",
    "nospace",
    "now",
    "omit",
    "osBase",
    "osClean",
    "osDir",
    "osExt",
    "osIsAbs",
    "pick",
    "pluck",
    "plural",
    "prepend",
    "push",
    "quote",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "randInt",
    "randNumeric",
    "regexFind",
    "regexFindAll",
    "regexMatch",
    "regexQuoteMeta",
    "regexReplaceAll",
    "regexReplaceAllLiteral",
    "regexSplit",
    "repeat",
    "replace",
    "rest",
    "reverse",
    "round",
    "semver",
    "semverCompare",
    "seq",
    "set",
    "sha1sum",
    "sha256sum",
    "shuffle",
    "slice",
    "snakecase",
    "sortAlpha",
    "split",
    "splitList",
    "splitn",
    "squote",
    "sub",
    "subf",
    "substr",
    "swapcase",
    "ternary",
    "title",
    "toDate",
    "toDecimal",
    "toJson",
    "toPrettyJson",
    "toRawJson",
    "toString",
    "toStrings",
    "trim",
    "trimAll",
    "trimPrefix",
    "trimSuffix",
    "trimall",
    "trunc",
    "tuple",
    "typeIs",
    "typeIsLike",
    "typeOf",
    "uniq",
    "unixEpoch",
    "unset",
    "until",
    "untilStep",
    "untitle",
    "upper",
    "urlJoin",
    "urlParse",
    "uuidv4",
    "values",
    "without",
    "wrap",
    "wrapWith",
]


@pytest.mark.parametrize("version", [2, 3])
def test_no_function_is_missing_and_none_reads_the_environment(version: int) -> None:
    assert sorted(sprig.functions(version)) == sorted(NAMES)


@pytest.mark.parametrize("place", sorted({row[0] for row in (*V2.values(), *V3.values())}))
def test_every_place_exists(place: str) -> None:
    topic, _, name = place.partition(".")
    assert callable(attrgetter(name)(import_module(f"helmpy.sprig.{topic}")))


def test_every_settled_place_is_used() -> None:
    assert {row[0] for row in V3.values()} >= SETTLED


def test_the_dict_is_the_callers_own() -> None:
    mine = sprig.functions(3)
    mine.clear()
    assert sprig.functions(3)


def test_the_clock_is_given() -> None:
    table = sprig.functions(3, now=lambda: 951_782_400_000_000_000)
    assert table["dateInZone"].call("2006-01-02", table["now"].call(), "UTC") == "2000-02-29"
    assert table["ago"].call(951_782_400 - 61) == "1m1s"


def test_hosts_are_looked_up_only_with_leave() -> None:
    assert sprig.functions(3)["getHostByName"].call("localhost") == ""
    assert sprig.functions(3, dns=True)["getHostByName"].call("localhost") in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("repeat", (1001, "x")),
        ("repeat", (10**18, "x")),
        ("indent", (1001, "x")),
        ("nindent", (100, "\n" * 100)),
        ("replace", ("", "y" * 100, "x" * 100)),
        ("join", ("s" * 100, ["x"] * 100)),
        ("wrapWith", (1, "s" * 100, "x" * 100)),
        ("until", (10**18,)),
        ("until", (-(10**18),)),
        ("untilStep", (0, 10**18, 1)),
        ("seq", (10**18,)),
        ("randAlphaNum", (10**12,)),
        ("randBytes", (10**12,)),
        ("append", ([0] * 200, 1)),
        ("prepend", ([0] * 200, 1)),
        ("concat", ([0] * 100, [0] * 100)),
        ("deepCopy", ([[0] * 100, [0] * 100],)),
        ("regexReplaceAll", ("", "x" * 100, "y" * 100)),
        ("regexReplaceAllLiteral", ("", "x" * 100, "y" * 100)),
    ],
)
def test_results_are_bounded(name: str, args: tuple[object, ...]) -> None:
    with pytest.raises(FunctionError, match="above the limit"):
        sprig.functions(3, max_size=1000)[name].call(*args)


def test_common_functions_load_nothing_heavy() -> None:
    code = (
        "import sys; from helmpy import sprig; t = sprig.functions(2)\n"
        "t['quote'].call('x'); t['default'].call(1, 2); t['b64enc'].call('x'); t['add'].call(1, 2)\n"
        "heavy = {'re2', 'cryptography', 'bcrypt', 'zoneinfo', 'secrets', 'random', 'hashlib', 'uuid', 'fractions'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
