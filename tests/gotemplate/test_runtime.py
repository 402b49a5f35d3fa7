"""What templates print, and what they say when they cannot."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject, Int64, NamedMap, StringList, StringMap
from helmpy.gotemplate import Limits, TemplateError, TemplateSet

pytestmark = pytest.mark.usefixtures("way")


class Ship(GoObject):
    """A struct with a field, a method without arguments, one with them and one that fails."""

    __slots__ = ()
    go_type = "*port.Ship"
    go_kind = "ptr"

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  # a Go type has a field or not
        if name == "Sink":
            raise FunctionError("holed")
        return {"Name": "Argo", "Owner": None, "Crew": ["a", "b"]}[name]

    def method(self, name: str) -> GoFunc | None:
        return {"Load": GoFunc(lambda tons, what: f"{tons}t {what}", ("int", "string"))}.get(name)

    def __str__(self) -> str:
        return "&{Argo}"


class Fleet(GoObject):
    __slots__ = ()
    go_type = "port.Fleet"
    go_kind = "map"

    def entries(self) -> list[tuple[str, str]]:
        return [("a", "Argo"), ("b", "Beagle")]

    def __len__(self) -> int:
        return 2


def fail(message: str) -> str:
    raise FunctionError(message)


def put(target: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    target[key] = value
    return target


def make_set(limits: Limits | None = None) -> TemplateSet:
    def include(name: str, data: Any) -> str:
        return templates.execute(name, data)

    templates = TemplateSet(
        {
            "upper": GoFunc(str.upper, ("string",)),
            "list": GoFunc(lambda *items: list(items), ("...any",)),
            "words": GoFunc(lambda *items: StringList(items), ("...string",)),
            "long": GoFunc(Int64, ("int",)),
            "less": GoFunc(lambda number: number - 1, ("int",)),
            "put": GoFunc(put, ("dict", "string", "any")),
            "pair": GoFunc(lambda left, right, *rest: f"{left}+{right}{rest}", ("string", "float64", "...int")),
            "size": GoFunc(len, ("list",)),
            "fail": GoFunc(fail, ("string",)),
            "include": GoFunc(include, ("string", "any")),
            "tpl": GoFunc(lambda text, data: templates.execute_text("inner", text, data), ("string", "any")),
            "ship": GoFunc(Ship, ()),
        },
        limits=limits,
    )
    return templates


def values() -> dict[str, Any]:
    return {
        "s": "text",
        "f": 1.5,
        "n": 8080.0,
        "yes": True,
        "nil": None,
        "l": [1.0, "b", None],
        "m": {"b": 2.0, "a": 1.0},
        "deep": {"er": {"still": "here"}},
        "labels": StringMap(app="web"),
        "ship": Ship(),
        "fleet": Fleet(),
        "empty": {"l": [], "m": {}},
    }


def run(template: str, data: Any = None, **kwargs: Any) -> str:
    templates = make_set(**kwargs)
    templates.parse("t", template)
    return templates.execute("t", values() if data is None else data)


def error_of(template: str, data: Any = None, **kwargs: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        run(template, data, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ("plain }} text", "plain }} text"),
        ("a {{- 1 -}} b {{/* gone */}}c {{- /* gone */ -}} d", "a1b cd"),
        ("{{.s}} {{.f}} {{.n}} {{.yes}} {{.nil}} {{.l}} {{.m}}", "text 1.5 8080 true <no value> [1 b <nil>] map[a:1 b:2]"),
        ("{{.deep.er.still}} {{$.deep.er.still}} {{.absent}} {{.labels.app}}{{.labels.absent}}", "here here <no value> web"),
        ("{{(.deep).er.still}} {{((.absent).a).b}}", "here <no value>"),
        ("{{.ship}} {{.ship.Name}} {{.ship.Owner}} {{len .ship.Crew}}", "&{Argo} Argo <no value> 2"),
        ('{{.ship.Load 3 "tin"}} {{"tin" | .ship.Load 3}} {{(ship).Load 1 "x"}} {{ship.Name}}', "3t tin 3t tin 1t x Argo"),
        # constants
        ("{{1}} {{-2}} {{0x1F}} {{0b11}} {{0o17}} {{017}} {{1_000}} {{'a'}} {{1.50}} {{1e3}} {{0x1p4}} {{2i}}",
         "1 -2 31 3 15 15 1000 97 1.5 1000 16 (0+2i)"),
        (r'{{"a\tb\u00e9\x41"}} {{`raw\n`}} {{true}}', "a\tbéA raw\\n true"),
        # variables
        ("{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}{{if true}}{{$x := 3}}{{$x}}{{$x = 4}}{{end}}{{$x}}", "1232"),
        ("{{$x := .s}}{{$x := print $x 1}}{{$x}}", "text1"),
        ("{{$m := .m}}{{$m.a}}{{range $m}}{{$m.a}}{{end}}", "111"),
        ("{{with $x := .deep}}{{$x.er.still}}{{.er.still}}{{end}}", "herehere"),
        ("{{$x := 1}}{{with $x := 0}}{{$x := 5}}{{else}}{{$x}}{{end}}{{$x}}", "01"),
        # conditions
        ("{{if .nil}}a{{else if .absent}}b{{else if .s}}c{{else}}d{{end}}", "c"),
        ("{{if or .empty.l .empty.m 0 0.0 `` false nil}}a{{else}}b{{end}}", "b"),
        ("{{with .nil}}a{{else with .s}}{{.}}{{else}}c{{end}}{{with .absent}}d{{else}}{{.f}}{{end}}", "text1.5"),
        ("{{and 1 .s}} {{and 0 .nil.x}} {{or .s .nil.x}} {{or 0 .nil}} {{0 | or 1}} {{2 | and 1}}", "text 0 text <no value> 1 2"),
        # loops
        ("{{range .l}}[{{.}}]{{end}} {{range $i, $e := .l}}{{$i}}{{$e}} {{end}}", "[1][b][<no value>] 01 1b 2<no value> "),
        ("{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}{{range .m}}{{.}}{{end}}", "a=1;b=2;12"),
        ("{{range .empty.l}}x{{else}}none{{end}} {{range .nil}}x{{else}}none{{end}}", "none none"),
        ("{{range 3}}{{.}}{{end}} {{range $i := 2}}{{$i}}{{end}} {{range 0}}x{{else}}none{{end}}", "012 01 none"),
        ("{{range words `1` `b` `c`}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}} {{range 4}}{{if eq . 1}}{{continue}}{{end}}{{.}}{{end}}", "1 023"),
        ("{{range 2}}{{range 2}}{{break}}{{end}}{{.}}{{end}}", "01"),
        ("{{$x := 0}}{{range $x = .m}}{{end}}{{$x}}", "2"),
        ("{{range $k, $v := .fleet}}{{$k}}{{$v}} {{end}}{{len .fleet}}", "aArgo bBeagle 2"),
        ("{{range .m}}{{$.s}}{{end}}", "texttext"),
        ("{{range $k, $v := .m}}{{$_ := put $.m `c` $k}}{{end}}{{len .m}}", "3"),
        # templates
        ('{{define "x"}}<{{.}}{{$}}>{{end}}{{template "x" 1}}{{template "x"}}', "<11><<no value><no value>>"),
        ('{{block "x" .s}}[{{.}}]{{end}}{{template "x" 2}}', "[text][2]"),
        ('{{define "x"}}a{{end}}{{define "y"}}{{template "x"}}b{{end}}{{include "y" .}}', "ab"),
        ('{{tpl `{{.s}}{{define "q"}}Q{{end}}{{include "q" .}}` .}} {{tpl `no action` .}}', "textQ no action"),
        # pipelines
        ('{{"a" | upper | printf "%s-%s" "x"}} {{(upper "b") | print "c" | len}}', "x-A 2"),
        ("{{pair `a` 1}} {{pair `a` 1.5 1 2}} {{2 | pair `a` 1}}", "a+1.0() a+1.5(1, 2) a+1.0(2,)"),
        ("{{size nil}} {{words `a` `b`}} {{size .empty.l}}", "0 [a b] 0"),
    ],
)  # fmt: skip
def test_output(template: str, output: str) -> None:
    assert run(template) == output
    assert run(template) == output  # from the cache, with the closures of the first time


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{.nil.x}}", '1:6: executing "t" at <.nil.x>: nil pointer evaluating interface {}.x'),
        ("{{.absent.x.y}}", '1:9: executing "t" at <.absent.x.y>: nil pointer evaluating interface {}.x'),
        ("é{{.s.x}}", "1:6: executing \"t\" at <.s.x>: can't evaluate field x in type interface {}"),
        ("{{with .s}}{{.x}}{{end}}", "1:13: executing \"t\" at <.x>: can't evaluate field x in type string"),
        ("{{$x := .f}}{{$x.y}}", "1:16: executing \"t\" at <$x.y>: can't evaluate field y in type float64"),
        ("{{range .l}}{{.y}}{{end}}", "1:14: executing \"t\" at <.y>: can't evaluate field y in type interface {}"),
        ("{{.ship.Mast}}", "1:7: executing \"t\" at <.ship.Mast>: can't evaluate field Mast in type interface {}"),
        ("{{.ship.Name.x}}", "1:7: executing \"t\" at <.ship.Name.x>: can't evaluate field x in type string"),
        ("{{.ship.Sink}}", '1:7: executing "t" at <.ship.Sink>: error calling Sink: holed'),
        ("{{.ship.Name 1}}", '1:7: executing "t" at <.ship.Name>: Name has arguments but cannot be invoked as function'),
        ("{{.ship.Load 1}}", '1:7: executing "t" at <.ship.Load>: wrong number of args for Load: want 2 got 1'),
        ("{{.ship.Load `a` `b`}}", '1:13: executing "t" at <`a`>: expected integer; found `a`'),
        ("{{.s 1}}", '1:2: executing "t" at <.s>: s is not a method but has arguments'),
        ("{{1 | .m.a}}", '1:8: executing "t" at <.m.a>: a is not a method but has arguments'),
        ("{{upper .f}}", '1:8: executing "t" at <.f>: wrong type for value; expected string; got float64'),
        ("{{upper .nil}}", '1:8: executing "t" at <.nil>: wrong type for value; expected string; got interface {}'),
        ("{{.nil | upper}}", '1:9: executing "t" at <upper>: invalid value; expected string'),
        ("{{upper 1}}", '1:8: executing "t" at <1>: expected string; found 1'),
        ("{{upper nil}}", '1:8: executing "t" at <nil>: cannot assign nil to string'),
        ("{{upper (list 1)}}", '1:14: executing "t" at <1>: wrong type for value; expected string; got []interface {}'),
        ("{{upper}}", '1:2: executing "t" at <upper>: wrong number of args for upper: want 1 got 0'),
        ("{{pair `a`}}", '1:2: executing "t" at <pair>: wrong number of args for pair: want at least 2 got 1'),
        ("{{`a` | pair}}", '1:8: executing "t" at <pair>: wrong number of args for pair: want at least 2 got 0'),
        ("{{less 1.5}}", '1:7: executing "t" at <1.5>: expected integer; found 1.5'),
        ("{{less (long 1)}}", '1:13: executing "t" at <1>: wrong type for value; expected int; got int64'),
        ("{{size `a`}}", "1:7: executing \"t\" at <`a`>: can't handle `a` for arg of type []interface {}"),
        ("{{fail `boom`}}", '1:2: executing "t" at <fail `boom`>: error calling fail: boom'),
        ("{{nil}}", '1:2: executing "t" at <nil>: nil is not a command'),
        ("{{1 2}}", "1:2: executing \"t\" at <1>: can't give argument to non-function 1"),
        ("{{`a` | (print)}}", "1:2: executing \"t\" at <`a`>: can't give argument to non-function print"),
        ("{{$x = 1}}", '1:7: executing "t" at <1>: undefined variable: $x'),
        ("{{if false}}{{$x := 1}}{{else}}{{$x}}{{end}}", '1:33: executing "t" at <$x>: undefined variable: $x'),
        ("{{$x := $x}}", '1:8: executing "t" at <$x>: undefined variable: $x'),
        ("{{range .f}}{{end}}", "1:8: executing \"t\" at <.f>: range can't iterate over 1.5"),
        ("{{range $i, $e := 3}}{{end}}", "1:18: executing \"t\" at <3>: can't use 3 to iterate over more than one variable"),
        ("{{template `x` .}}", '1:11: executing "t" at <{{template "x" .}}>: template "x" not defined'),
        ("{{include `x` .}}", '1:2: executing "t" at <include `x` .>: error calling include: template: no template "x" associated with template "gotpl"'),
        ("{{18446744073709551615}}", '1:2: executing "t" at <18446744073709551615>: 18446744073709551615 overflows int'),
        ("{{and}}", '1:2: executing "t" at <and>: wrong number of args for and: want at least 1 got 0'),
    ],
)  # fmt: skip
def test_errors_in_execution(template: str, message: str) -> None:
    assert str(error_of(template)) == f"template: t:{message}"


def test_an_error_tells_the_way_and_the_place() -> None:
    error = error_of('a\n{{define "x"}}\n\t{{.s.t}}{{end}}\n{{include "x" .}}')
    assert str(error) == (
        'template: t:4:2: executing "t" at <include "x" .>: error calling include: '
        'template: t:3:5: executing "x" at <.s.t>: can\'t evaluate field t in type interface {}'
    )
    assert (error.name, error.line, error.column) == ("t", 3, 5)
    assert error.source_line == "\t{{.s.t}}{{end}}"
    assert error.caret() == "\t{{.s.t}}{{end}}\n\t    ^"


def test_the_caret_stands_under_the_character() -> None:
    error = error_of("öäü{{.s.t}}")
    assert error.column == 10
    assert error.caret().splitlines()[1] == "       ^"


def test_a_fault_of_parsing_has_no_column() -> None:
    error = error_of("x\n{{end}}")
    assert (error.line, error.column, error.caret()) == (2, -1, "{{end}}")


def test_later_templates_replace_earlier_ones_but_empty_ones_do_not() -> None:
    templates = make_set()
    templates.parse("one", '{{define "x"}}first{{end}}{{define "y"}}first{{end}}')
    templates.parse("two", '{{define "x"}}second{{end}}{{define "y"}} \n {{end}}{{include "x" .}} {{include "y" .}}')
    assert templates.execute("two", {}) == "second first"
    assert templates.has("x")
    assert not templates.has("z")


def test_what_a_text_defines_does_not_outlive_it() -> None:
    templates = make_set()
    templates.parse("t", '{{define "x"}}old{{end}}{{tpl .text .}} {{include "x" .}}')
    text = '{{define "x"}}new{{end}}{{define "y"}}{{end}}{{include "x" .}}'
    assert templates.execute("t", {"text": text}) == "new old"
    assert not templates.has("y")


def test_functions_belong_to_the_set_and_not_to_the_text() -> None:
    text = "{{name 1}} {{name .}}"
    for function, output in [
        (GoFunc(str, ("any",)), "1 2"),
        (GoFunc(lambda number: -number, ("int",)), "-1 -2"),
        (GoFunc(lambda *all_: len(all_), ("...any",)), "1 1"),
    ]:
        templates = TemplateSet({"name": function})
        templates.parse("t", text)
        assert templates.execute("t", 2) == output
    with pytest.raises(TemplateError, match='function "name" not defined'):
        TemplateSet({}).parse("t", text)


def test_a_function_may_change_its_parameters_between_sets() -> None:
    text = "{{both 1 2}}"
    first = TemplateSet({"both": GoFunc(lambda left, right: left + right, ("int", "int"))})
    first.parse("t", text)
    assert first.execute("t", None) == "3"
    second = TemplateSet({"both": GoFunc(lambda only: only, ("int",))})
    second.parse("t", text)
    with pytest.raises(TemplateError, match="wrong number of args for both: want 1 got 2"):
        second.execute("t", None)


def test_named_maps_are_maps() -> None:
    class Values(NamedMap):
        __slots__ = ()
        go_type = "port.Values"

    assert run('{{$_ := put . "k" 1}}{{.k}}{{range .}}{{.}}{{end}} {{printf "%T" .}}', Values()) == "11 port.Values"


# Depth and size


def test_a_thousand_includes_inside_each_other_work() -> None:
    template = '{{define "x"}}{{if .}}{{with .}}{{(include "x" (less .))}}{{end}}{{end}}.{{end}}{{include "x" 1000}}'
    assert run(template) == "." * 1001


def test_depth_does_not_depend_on_how_deep_the_caller_stands() -> None:
    def deeper(frames: int) -> str:
        return (
            deeper(frames - 1)
            if frames
            else run('{{define "x"}}{{if .}}{{template "x" (less .)}}{{end}}.{{end}}{{template "x" 500}}')
        )

    limit = sys.getrecursionlimit()
    assert deeper(limit // 2) == "." * 501
    assert sys.getrecursionlimit() == limit


def test_endless_recursion_is_an_error() -> None:
    limits = Limits(depth=3000, calls=1500)
    error = error_of('{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}', limits=limits)
    assert str(error).endswith('executing "x" at <{{template "x" .}}>: exceeded maximum template depth (3000)')
    error = error_of("{{tpl .t .}}", {"t": "{{tpl .t .}}"}, limits=limits)
    assert str(error).endswith("exceeded maximum depth of calls (1500)")
    assert threading.active_count() < 10


def test_a_set_works_again_after_an_error() -> None:
    templates = make_set()
    templates.parse(
        "t", '{{define "x"}}{{if .}}{{include "x" (less .)}}{{else}}{{fail "end"}}{{end}}{{end}}{{include "x" .n}}'
    )
    templates.parse("u", "{{range 3}}{{.}}{{end}}")
    for _ in range(3):
        with pytest.raises(TemplateError, match=r"end$"):
            templates.execute("t", {"n": 300})
        assert templates.execute("u", None) == "012"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{range 100000}}{{end}}", "exceeded maximum number of steps (1000)"),
        ("{{range 40}}{{range 40}}x{{end}}{{end}}", "exceeded maximum number of steps (1000)"),
        ('{{range 40}}{{printf "%99d" .}}{{end}}', "exceeded maximum output (2000 characters)"),
        ("{{print .big}}", "exceeded maximum output (2000 characters)"),
        ("{{define `x`}}{{print .big}}{{end}}{{$a := include `x` .}}", "exceeded maximum output (2000 characters)"),
    ],
)
def test_limits(template: str, message: str) -> None:
    limits = Limits(steps=1000, output=2000)
    assert message in str(error_of(template, {"big": "x" * 3000}, limits=limits))


def test_doubling_a_text_for_ever_is_stopped() -> None:
    assert "text is longer than" in str(error_of('{{$x := "0123456789"}}{{range 60}}{{$x = print $x $x}}{{end}}'))


def test_a_map_inside_itself_cannot_be_printed() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    assert str(error_of("{{.loop}}", loop)).endswith("at <{{.loop}}>: value is nested too deep to print")


def test_sets_in_many_threads_share_what_is_parsed() -> None:
    text = "{{/* threads */}}{{range .l}}{{if .}}{{printf `%s-` (print .)}}{{else}}none{{end}}{{end}}{{with .deep}}{{.er.still}}{{end}}"
    outputs: list[str] = []
    threads = [threading.Thread(target=lambda: outputs.extend(run(text) for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == ["1-b-nonehere"] * 160
