from __future__ import annotations

import subprocess
import sys
import time

import pytest

from helmpy.gocompat import regex
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.regex import InvalidPattern

LIMIT = 1000


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("[0-9]+", "a12b345", ["12", "345"]),
        ("a*", "baac", ["", "aa", ""]),
        ("", "öx", ["", "", ""]),
        ("o", "none", ["o"]),
        ("z", "none", []),
        (".", "ö\n日", ["ö", "日"]),
        (r"(?i)ÖL", "öl", ["öl"]),
    ],
)
def test_find_all(pattern: str, text: str, found: list[str]) -> None:
    assert regex.compile(pattern).find_all(text) == found


def test_find_limits() -> None:
    letters = regex.compile("[a-z]")
    assert letters.find_all("abc", 2) == ["a", "b"]
    assert letters.find_all("abc", 0) == []
    assert letters.find("1b") == "b"
    assert letters.find("1") == ""
    assert letters.search("1b")


@pytest.mark.parametrize(
    ("pattern", "text", "limit", "parts"),
    [
        (",", "a,b,c", -1, ["a", "b", "c"]),
        (",", "a,b,c", 2, ["a", "b,c"]),
        (",", "a,b", 0, []),
        (",", "", -1, [""]),
        ("", "abc", -1, ["a", "b", "c"]),
        ("x*", "axbxc", -1, ["a", "b", "c"]),
    ],
)
def test_split(pattern: str, text: str, limit: int, parts: list[str]) -> None:
    assert regex.compile(pattern).split(text, limit) == parts


@pytest.mark.parametrize(
    ("pattern", "text", "template", "result"),
    [
        ("(a)(b)", "ab-ab", "$2$1", "ba-ba"),
        ("(?P<x>a)", "ab", "<${x}>", "<a>b"),
        ("(a)", "a", "$1b", ""),
        ("(a)", "a", "${1}b", "ab"),
        ("a", "aa", "$$0", "$0$0"),
        ("a", "a", "$", "$"),
        ("a", "a", "${0", "${0"),
        ("a", "a", "$9 $00", " "),
        ("a*", "xay", "-", "-x-y-"),
        ("ö", "öl", "oe", "oel"),
    ],
)
def test_replace(pattern: str, text: str, template: str, result: str) -> None:
    assert regex.compile(pattern).replace(text, template, LIMIT) == result


def test_replace_literal() -> None:
    assert regex.compile("(a)").replace_literal("aba", "$1", LIMIT) == "$1b$1"


def test_replace_is_bounded() -> None:
    with pytest.raises(FunctionError):
        regex.compile("a").replace("a" * 100, "b" * 100, LIMIT)
    with pytest.raises(FunctionError):
        regex.compile("(a+)").replace("a" * 100, "$1" * 100, LIMIT)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("x[", "missing closing ]: `[`"),
        ("(x", "missing closing ): `(x`"),
        ("x)", "unexpected ): `x)`"),
        ("+x", "missing argument to repetition operator: `+`"),
        ("x**", "invalid nested repetition operator: `**`"),
        ("x{2000}", "invalid repeat count: `{2000}`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("x\\", "trailing backslash at end of expression: ``"),
        (r"\8", r"invalid escape sequence: `\8`"),
        (r"x\C", r"invalid escape sequence: `\C`"),
        ("x(?=y)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
    ],
)
def test_refuses_in_gos_words(pattern: str, message: str) -> None:
    with pytest.raises(InvalidPattern) as caught:
        regex.compile(pattern)
    assert str(caught.value) == f"error parsing regexp: {message}"
    assert str(caught.value.panic()) == f"regexp: Compile(`{pattern}`): error parsing regexp: {message}"


def test_quoted_text_may_hold_what_is_no_escape() -> None:
    assert regex.compile(r"\Qa\C\E").find_all(r"a\C") == [r"a\C"]
    assert regex.compile(r"\\C").search("\\C")


def test_quote_meta() -> None:
    text = "a.b*c[d]{e}(f)+g?h|i^j$k\\l-m/n"
    assert regex.quote_meta(text) == r"a\.b\*c\[d\]\{e\}\(f\)\+g\?h\|i\^j\$k\\l-m/n"
    assert regex.compile(regex.quote_meta(text)).find(f"<{text}>") == text


def test_stray_bytes_survive() -> None:
    assert regex.compile("b").replace("a\udcffb", "c", LIMIT) == "a\udcffc"


def test_time_is_linear() -> None:
    began = time.perf_counter()
    assert not regex.compile("(a+)+$").search("a" * 50_000 + "b")
    assert time.perf_counter() - began < 5


def test_a_pattern_beyond_all_bounds_is_refused() -> None:
    assert regex.compile("a?" * 5_000).search("b")
    with pytest.raises(InvalidPattern, match=r"^error parsing regexp: expression too large$"):
        regex.compile("a?" * 5_001)


@pytest.mark.parametrize("first", ["", "import re2", "sys.modules['re2._re2'] = None"])
def test_the_extension_is_loaded_alone_and_shared(first: str) -> None:
    code = f"""
import sys
{first}
from helmpy.gocompat import regex
try:
    print(regex.compile("(?P<n>b)").replace("abc", "<$n>", 100), "re2" in sys.modules)
except ImportError:
    del sys.modules["re2._re2"]
import re2
print(re2.search("b+", "abb").span(), regex.compile("b+").find("abb"))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    expected = ["a<b>c " + str(first == "import re2"), "(1, 3) bb"]
    assert run.stdout.splitlines() == expected[1 if "None" in first else 0 :]


def test_a_pattern_of_many_groups_is_refused_on_a_long_text() -> None:
    nested = regex.compile("(" * 400 + "a" + ")*" * 400)
    assert nested.search("a" * 50)
    with pytest.raises(FunctionError, match=r"^the pattern is too large for so long a text$"):
        nested.search("a" * 20_000)
    assert regex.compile("(a|b)+(c)").search("ab" * 1_000_000 + "c")


def test_many_small_replacements_take_little_memory() -> None:
    assert regex.compile("a").replace_literal("ab" * 100_000, "x", 10**6) == "xb" * 100_000
    assert regex.compile("c").replace_literal("ab", "x", 10) == "ab"
