from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import StringList, StringMap
from helmpy.sprig.wordcase import camelcase_small, snakecase_v2

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("upper", ("straße ᾳ",), "STRAßE ᾼ"),
        ("lower", ("ÀΣ İ",), "àσ i"),
        ("title", ("two words-and o'clock x_y",), "Two Words-And O'Clock X_y"),
        ("untitle", ("Two Words",), "two words"),
        ("swapcase", ("two Words iN",), "TWO wORDS In"),
        ("trim", ("\t\u00a0x\x1c ",), "x\x1c"),
        ("trimAll", ("$-", "-$5$"), "5"),
        ("trimSuffix", ("-", "a--"), "a-"),
        ("trimPrefix", ("v", "vv1"), "v1"),
        ("trunc", (4, "letters"), "lett"),
        ("trunc", (-4, "letters"), "ters"),
        ("trunc", (-40, "letters"), "letters"),
        ("trunc", (2, "über"), "ü"),
        ("substr", (1, 3, "letters"), "et"),
        ("substr", (-1, 3, "letters"), "let"),
        ("substr", (3, -1, "letters"), "ters"),
        ("abbrev", (8, "a longer text"), "a lon..."),
        ("abbrev", (3, "a longer text"), "a longer text"),
        ("abbrevboth", (6, 10, "a much longer text"), "... lon..."),
        ("abbrevboth", (16, 10, "a much longer text"), "...er text"),
        ("abbrevboth", (2, 9, "a much longer text"), "a much..."),
        ("nospace", (" a\tb\u2003c\n",), "abâ\x80\x83c"),
        ("nospace", (" a\tb\x1c\n",), "ab\x1c"),
        ("initials", ("the quick  brown",), "tqb"),
        ("indent", (2, "a\nb"), "  a\n  b"),
        ("nindent", (1, "a"), "\n a"),
        ("repeat", (3, "ab"), "ababab"),
        ("wrap", (6, "these are words"), "these\nare\nwords"),
        ("wrap", (3, "longword x"), "longword\nx"),
        ("wrapWith", (3, "|", "longword x"), "lon|gwo|rd|x"),
        ("quote", ("a", None, 1.5, 'q"\n'), '"a" "1.5" "q\\"\\n"'),
        ("squote", ("a", None, True), "'a' 'true'"),
        ("cat", ("a", None, 2, "c"), "a 2 c"),
        ("replace", ("a", "o", "banana"), "bonono"),
        ("contains", ("an", "banana"), True),
        ("hasPrefix", ("ba", "banana"), True),
        ("hasSuffix", ("ba", "banana"), False),
        ("plural", ("egg", "eggs", 2), "eggs"),
        ("splitList", (",", "a,b,"), ["a", "b", ""]),
        ("splitList", ("", "öx"), ["ö", "x"]),
        ("split", (".", "a.b"), {"_0": "a", "_1": "b"}),
        ("splitn", (".", 2, "a.b.c"), {"_0": "a", "_1": "b.c"}),
        ("splitn", ("", 2, "abc"), {"_0": "a", "_1": "bc"}),
        ("splitn", (".", 0, "a.b"), {}),
        ("join", ("-", ["a", None, 2.0, True]), "a-2-true"),
        ("join", ("-", "alone"), "alone"),
        ("join", ("-", None), ""),
        ("toString", (b"bytes",), "bytes"),
        ("toString", ([1, "a"],), "[1 a]"),
        ("toStrings", ([1, None],), ["1"]),
        ("sortAlpha", (["b", 2, "a"],), ["2", "a", "b"]),
        ("snakecase", ("HTTPServerAt2nd",), "http_server_at_2nd"),
        ("snakecase", ("Floor3Door",), "floor3_door"),
        ("snakecase", ("10_men",), "10__men"),
        ("kebabcase", ("getURLOf it",), "get-url-of-it"),
        ("camelcase", ("some_words-here",), "SomeWordsHere"),
        ("camelcase", ("_x__y_",), "_X_Y_"),
        ("camelcase", ("__",), "___"),
    ],
)
def test_results(name: str, args: tuple[Any, ...], result: Any) -> None:
    assert CALL[name](*args) == result


def test_sprig_2_words_cases() -> None:
    assert camelcase_small("Some_wordsHERE-x") == "someWordsHEREX"
    assert camelcase_small("__") == "__"
    assert snakecase_v2("10_men") == "10_men"


def test_types_of_results() -> None:
    assert type(CALL["splitList"](",", "a")) is StringList
    assert type(CALL["split"](",", "a")) is StringMap


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("repeat", (-1, "x"), "strings: negative Repeat count"),
        ("indent", (-1, "x"), "strings: negative Repeat count"),
        ("substr", (4, 2, "letters"), "runtime error: slice bounds out of range [4:2]"),
        ("substr", (-1, -2, "letters"), "runtime error: slice bounds out of range [:-2]"),
        ("substr", (-1, 20, "abc"), "runtime error: slice bounds out of range [:20] with length 3"),
    ],
)
def test_refusals(name: str, args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL[name](*args)
    assert str(caught.value) == message


def test_half_a_character_is_kept_as_a_byte() -> None:
    half = CALL["trunc"](1, "ü")
    assert CALL["b64enc"](half) == "ww=="
    assert CALL["cat"](half + CALL["trunc"](-1, "ü")).encode("utf-8", "surrogateescape") == "ü".encode()
