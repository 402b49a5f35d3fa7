from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy.gocompat.kinds import GoObject, StringMap, Uint8
from helmpy.gocompat.text import sprintf
from helmpy.gocompat.text_types import TextTooLong


class Version(GoObject):
    __slots__ = ()
    go_type = "*v.Version"

    def __str__(self) -> str:
        return "1.2"


@pytest.mark.parametrize(
    ("template", "values", "result"),
    [
        # integers
        ("%d|%5d|%-5d|%05d|%+d|% d", [42] * 6, "42|   42|42   |00042|+42| 42"),
        ("%b %o %O %x %X %#x %#o", [10] * 7, "1010 12 0o12 a A 0xa 012"),
        ("%.3d|%8.3d|%.0d|", [7, 7, 0], "007|     007||"),
        ("%c %q %U %#U", [233, 233, 233, 233], "é 'é' U+00E9 U+00E9 'é'"),
        ("%c", [-1], "�"),
        ("%#v %d", [Uint8(7), Uint8(7)], "0x7 7"),
        # floats
        ("%#x|%#X|%#x|%#.2x", [1.0, 2.5, -0.0, 2.5], "0x1.0000p+00|0X1.4P+01|-0x0.0000p+00|0x1.40p+01"),
        ("%f %.2f %8.1f|%-8.1f|%08.1f", [1.25] * 5, "1.250000 1.25      1.2|1.2     |000001.2"),
        ("%e %E %g %G", [150000.0, 150000.0, 1e-7, 1e30], "1.500000e+05 1.500000E+05 1e-07 1E+30"),
        ("%x %.1x %b", [0.1, 1.96875, 1.0], "0x1.999999999999ap-04 0x1.0p+01 4503599627370496p-52"),
        ("%+.1f % .1f %#.0f", [1.0, 1.0, 3.0], "+1.0  1.0 3."),
        ("%6.1f|%06.1f", [float("inf"), float("nan")], "  +Inf|   NaN"),
        ("%x", [5e-324], "0x1p-1074"),
        # text
        ("%s|%6s|%-6s|%.2s|%06s", ["añb"] * 5, "añb|   añb|añb   |añ|000añb"),
        ("%q %+q %#q %x % X %#x", ["é"] * 6, '"é" "\\u00e9" `é` c3a9 C3 A9 0xc3a9'),
        ("%q", ['a"\n\x7f\u200b'], '"a\\"\\n\\x7f\\u200b"'),
        ("%s %x %v", [b"hi"] * 3, "hi 6869 [104 105]"),
        # others
        ("%t %v %5t", [True, False, True], "true false  true"),
        ("%v %.1f", [1 + 2j, 1 + 2j], "(1+2i) (1.0+2.0i)"),
        ("%v %s %d", [Version(), Version(), Version()], "1.2 1.2 %!d(*v.Version=1.2)"),
        ("%T %T", [None, [1]], "<nil> []interface {}"),
        ("%p", [1], "%!p(int=1)"),
        # nested
        ("%d %03d", [[1, "a"], {"k": 7}], "[1 %!d(string=a)] map[%!d(string=00k):007]"),
        ("%#v", [{"a": [1, "x", None]}], 'map[string]interface {}{"a":[]interface {}{1, "x", interface {}(nil)}}'),
        ("%#v", [StringMap(a="b")], 'map[string]string{"a":"b"}'),
        # where arguments come from
        ("%[2]d %[1]d %d", [1, 2], "2 1 2"),
        ("%*d|%-*d|%.*f", [4, 1, 4, 1, 1, 2.55], "   1|1   |2.5"),
        ("%*d", [-3, 1], "1  "),
        # faults
        ("%d", ["x"], "%!d(string=x)"),
        ("%s", [None], "%!s(<nil>)"),
        ("%d", [], "%!d(MISSING)"),
        ("%d", [1, "x"], "1%!(EXTRA string=x)"),
        ("%", [], "%!(NOVERB)"),
        ("%[5]d", [1], "%!d(BADINDEX)"),
        ("%[x]d", [1], "%!d(BADINDEX)"),
        ("%*d", ["w", 1], "%!(BADWIDTH)1"),
        ("%.*d", [-1, 1], "%!(BADPREC)1"),
        ("%z%%", [1], "%!z(int=1)%"),
        ("%!", [1], "%!!(int=1)"),
        ("%w", [[1]], "%!w([]interface {}=[1])"),
        # no width beyond a million
        ("%1000000000d", [1], "%!(NOVERB)%!(EXTRA int=1)"),
        ("%*d", [10_000_000, 1], "%!(BADWIDTH)1"),
    ],
)
def test_sprintf(template: str, values: list[Any], result: str) -> None:
    assert sprintf(template, values) == result


def test_many_wide_directives_are_stopped() -> None:
    with pytest.raises(TextTooLong):
        sprintf("%1000000d" * 1000, [1] * 1000)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.text(alphabet="%#+- 0.*[]123vdsqxXboOcUeEfFgGtTpwz!é"), st.lists(values, max_size=4))
def test_any_format_gives_text(template: str, arguments: list[Any]) -> None:
    assert isinstance(sprintf(template, arguments), str)
