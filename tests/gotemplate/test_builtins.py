from __future__ import annotations

from typing import Any

import pytest

from helmpy.gocompat.kinds import Int64, StringList, StringMap, Uint8
from helmpy.gotemplate import TemplateError, TemplateSet

DATA: dict[str, Any] = {
    "l": [1.0, "b", None],
    "m": {"a": {"b": "deep"}, "n": None},
    "labels": StringMap(app="web"),
    "words": StringList(["x", "y"]),
    "bytes": b"ab",
    "long": Int64(3),
    "byte": Uint8(3),
    "s": "añb",
    "nil": None,
}


def run(template: str) -> str:
    templates = TemplateSet({})
    templates.parse("t", template)
    return templates.execute("t", DATA)


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("{{len .s}} {{len .l}} {{len .m}} {{len .words}} {{len ``}}", "4 3 2 2 0"),
        ("{{index .l 1}} {{index .m `a` `b`}} {{index .m `zz`}} {{index .labels `zz`}} {{index .s 0}} {{index .l}}",
         "b deep <no value>  97 [1 b <nil>]"),
        ("{{slice .s 1 3}} {{slice .l 1}} {{slice .words 0 1}} {{slice .bytes}} {{slice .l 1 2 3}}", "ñ [b <nil>] [x] [97 98] [b]"),
        ("{{not 0}} {{not 1}} {{not nil}} {{not .l}}", "true false true false"),
        # comparison
        ("{{eq 1 1}} {{eq 1 2 3 1}} {{eq `a` `a`}} {{eq 1.5 1.5}} {{eq true true}} {{eq 3 .long}} {{eq .byte .long}}", "true true true true true true true"),
        ("{{eq .nil nil}} {{eq .nil 1}} {{eq .l nil}} {{ne .nil ``}} {{ne 1 2}}", "true false false true true"),
        ("{{lt 1 2}} {{le 2 2}} {{gt `b` `a`}} {{ge 1.5 1.6}} {{lt .byte .long}}", "true true true false false"),
        # text
        ("{{print 1 2 `a` 3}}|{{println 1 `a`}}|{{printf `%03d` 7}}|{{print}}", "1 2a3|1 a\n|007|"),
        ("{{html `<a href=\"x\">'&` }} {{html .nil 1}} {{html .m}}", "&lt;a href=&#34;x&#34;&gt;&#39;&amp; &lt;no value&gt;1 map[a:map[b:deep] n:&lt;nil&gt;]"),
        (r"{{js `<'\n\=&\u2028é` }} {{js .nil}}", r"\u003C\'\\n\\\u003D\u0026\\u2028é \u003Cno value\u003E"),
        ("{{urlquery `a b/ü~` 1}}", "a+b%2F%C3%BC~1"),
    ],
)  # fmt: skip
def test_output(template: str, output: str) -> None:
    assert run(template) == output


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{len 3}}", "error calling len: len of type int"),
        ("{{len nil}}", "error calling len: reflect: call of reflect.Value.Type on zero Value"),
        ("{{len .nil}}", "error calling len: len of nil pointer"),
        ("{{index .l 3}}", "error calling index: reflect: slice index out of range"),
        ("{{index .l 4}}", "error calling index: index out of range: 4"),
        ("{{index .l -1}}", "error calling index: index out of range: -1"),
        ("{{index .l 1.0}}", "error calling index: cannot index slice/array with type float64"),
        ("{{index .l nil}}", "error calling index: cannot index slice/array with nil"),
        ("{{index .m 1}}", "error calling index: value has type int; should be string"),
        ("{{index .m nil}}", "error calling index: value is nil; should be of type string"),
        ("{{index .nil 1}}", "error calling index: index of untyped nil"),
        ("{{index .m `n` `x`}}", "error calling index: index of nil pointer"),
        ("{{index true 1}}", "error calling index: can't index item of type bool"),
        ("{{slice .l 2 1}}", "error calling slice: invalid slice index: 2 > 1"),
        ("{{slice .l 9}}", "error calling slice: index out of range: 9"),
        ("{{slice .s 1 2 3}}", "error calling slice: cannot 3-index slice a string"),
        ("{{slice .l 0 1 2 3}}", "error calling slice: too many slice indexes: 4"),
        ("{{slice .m}}", "error calling slice: can't slice item of type map[string]interface {}"),
        ("{{slice nil}}", "error calling slice: slice of untyped nil"),
        ("{{call nil}}", "error calling call: call of nil"),
        ("{{call 3}}", "error calling call: non-function of type int"),
        ("{{eq 1}}", "error calling eq: missing argument for comparison"),
        ("{{eq 1 `1`}}", "error calling eq: incompatible types for comparison: int and string"),
        ("{{eq 1 1.0}}", "error calling eq: incompatible types for comparison: int and float64"),
        ("{{eq .l .l}}", "error calling eq: uncomparable type []interface {}: [1 b <nil>]"),
        ("{{lt 1 1.5}}", "error calling lt: incompatible types for comparison: int and float64"),
        ("{{lt true false}}", "error calling lt: invalid type for comparison"),
        ("{{gt .nil 1}}", "error calling gt: invalid type for comparison"),
        ("{{ne 1}}", "wrong number of args for ne: want 2 got 1"),
        ("{{printf 1}}", "expected string; found 1"),
    ],
)
def test_errors(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        run(template)
    assert str(caught.value).endswith(f": {message}")
