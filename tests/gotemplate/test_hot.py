"""Trees that many renders executed: functions in place of closures, and what plain templates wrote, kept."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import NamedMap
from helmpy.gotemplate import Limits, TemplateError, TemplateSet, runtime
from helmpy.gotemplate import hot as hot_trees
from helmpy.gotemplate.run import Memory

MEMORY = Memory("include", frozenset({"put"}), frozenset({"Now"}))


class Port:
    """A set of templates with a function that counts its calls."""

    def __init__(self, texts: dict[str, str], *, memory: Memory | None = MEMORY, limits: Limits | None = None) -> None:
        self.calls: list[str] = []
        self.set = TemplateSet(
            {
                "call": GoFunc(self._call, ("string",), "string", pure=True),
                "fail": GoFunc(_fail, ("string",)),
                "once": GoFunc(self._call, ("string",), "string"),
                "put": GoFunc(_put, ("dict", "string", "any")),
                "include": GoFunc(self._include, ("string", "any"), "string"),
                "tpl": GoFunc(self._tpl, ("string", "any"), "string"),
                "list": GoFunc(lambda *items: list(items), ("...any",)),
            },
            memory=memory,
            limits=limits,
        )
        for name, text in texts.items():
            self.set.parse(name, text)

    def _call(self, text: str) -> str:
        self.calls.append(text)
        return text

    def _include(self, name: str, data: Any) -> str:
        return self.set.execute(name, data)

    def _tpl(self, text: str, data: Any) -> str:
        return self.set.execute_text("inner", text, data)


def _fail(message: str) -> str:
    raise FunctionError(message)


def _put(target: dict[str, Any], key: str, value: Any) -> str:
    target[key] = value
    return ""


def outcome(text: str, data: Any) -> str:
    """What a text writes, or the error it ends with, place and line included."""
    try:
        return TemplateSet({"fail": GoFunc(_fail, ("string",))}, limits=Limits(steps=500)).execute_text("t", text, data)
    except TemplateError as error:
        return f"{error} at {error.line}:{error.column} {error.source_line}"


@pytest.fixture
def hot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "HOT", 1)


TEXTS = [
    "a{{ .a }}b{{ .a }}{{ .none }}",
    "{{ .a.b.c }}",
    "{{ .deep.b.c.d }} {{ .deep.b.x.y }}",
    "\n {{ $.a }}{{ $x := .deep.b }}{{ $x.c.d }}{{ $x = 1 }}{{ $x }}",
    "{{ if .a }}yes{{ else }}no{{ end }}{{ if not .a }}yes{{ else }}no{{ end }}",
    '{{ if .none }}1{{ else if eq .a "x" }}2{{ else if .a }}3{{ else }}4{{ end }}',
    "{{ if .none }}1{{ else if fail .a }}2{{ else }}3{{ end }}",
    "{{ if $x := .a }}{{ $x }}{{ end }}{{ with .none }}1{{ else with .deep }}{{ .b.c }}{{ end }}",
    "{{ with .deep.b }}{{ .c.d }}{{ $.a }}{{ end }}{{ .a }}",
    "{{ range .items }}{{ . }},{{ end }}{{ range .none }}{{ else }}none{{ end }}{{ .a }}",
    "{{ range $i, $e := .items }}{{ $i }}={{ $e }} {{ end }}{{ range $k, $v := .deep.b.c }}{{ $k }}{{ $v }}{{ . }}{{ end }}",
    "{{ range .items }}{{ range $.items }}{{ . }}{{ break }}{{ end }}{{ continue }}x{{ end }}",
    "{{ range 3 }}{{ . }}{{ end }}{{ range $x := .none }}{{ else }}{{ $x }}{{ end }}",
    "{{ range .a }}{{ end }}",
    "{{ range $i, $j := 3 }}{{ end }}",
    '{{ and .a .none }} {{ or .none .a }} {{ and 1 .a 2 }} {{ or .none 0 "" }} {{ .a | and 1 }} {{ .a | or 0 }}',
    '{{ eq .a "A" }}{{ ne .a "B" }}{{ eq .n 1.5 }}{{ eq .a "B" "A" }}{{ ne .n .n }}',
    "{{ eq .a .n }}",
    '{{ lt .n 2.0 }}{{ len .items }}{{ index .items 1 }}{{ index .deep "b" "c" }}{{ printf "%s-%v" .a .n }}',
    '{{ .a | printf "%s %s" "x" | len }}',
    "{{ fail .a }}",
    '{{ "boom" | fail }}',
    "x\n  {{ fail 1 }}",
    "{{ len .none }}",
    "{{ .a.b }}",
    "{{ .n.b }}",
    "{{ (index .items 0).x }}",
    '{{ (printf "%s" .a) }}{{ (.deep).b.c.d }}{{ $y := (len .a) }}{{ $y }}',
    "{{ .a 1 }}",
    "{{ nil }}",
    "{{ printf \"%v\" nil }}{{ 1 }}{{ \"s\" }}{{ true }}{{ 'a' }}{{ 1.0 }}",
    '{{ template "no" . }}',
    '{{ define "d" }}[{{ . }}]{{ end }}{{ template "d" .a }}{{ template "d" }}{{ template "d" .deep.b.c.d.e }}',
    '{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
    '{{ define "f" }}\n{{ .x.y.z }}{{ end }}{{ range .items }}{{ template "f" . }}{{ end }}',
    "{{ range 1000 }}{{ . }}{{ end }}",
    "{{ range 30 }}{{ range 30 }}{{ end }}{{ end }}",
    "{{ if 1 }}" * 15 + "{{ .a }}{{ .a.b }}" + "{{ end }}" * 15,
    "{{ range .items }}" * 12 + "{{ . }}" + "{{ end }}" * 12,
    "{{ with .deep }}" * 1 + "{{ with .b }}{{ with .c }}{{ .d }}{{ end }}{{ .c }}{{ end }}{{ .b }}{{ end }}{{ .a }}",
    "{{- if .none -}} 1 " + "".join(f"{{{{- else if eq .n {n}.0 }}}} {n} " for n in range(20)) + "{{ else }}last{{ end }}",
    "{{ .deep }}{{ .items }}{{ .n }}{{ .none }}{{ .big }}",
    "{{ call .a }}",
    "{{ not .a .a }}",
    "{{ and }}",
    "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ $x = 3 }}{{ end }}{{ $x }}",
    "{{ break }}",
]  # fmt: skip
DATA: dict[str, Any] = {
    "a": "A", "n": 1.5, "none": None, "items": ["p", "q", {"r": 1}], "big": 1e21, "deep": {"b": {"c": {"d": "D"}, "x": None}},
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_hot_trees_say_what_closures_say(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_body", lambda _run, _tree: None)
    cold = outcome(text, DATA)
    monkeypatch.undo()
    monkeypatch.setattr(runtime, "HOT", 1)
    assert outcome(text, DATA) == cold


def test_a_tree_is_hot_after_some_renders_and_stays_right() -> None:
    text = "{{ .name }} of {{ .place }}"
    for number in range(3 * runtime.HOT):
        port = Port({"t": text})
        assert port.set.execute("t", {"name": number, "place": "x"}) == f"{number} of x"


@pytest.mark.usefixtures("hot")
def test_functions_of_other_renders_are_not_called() -> None:
    ports = [Port({"t": "{{ call .a }}{{ once .a }}"}) for _ in range(3)]
    for number, port in enumerate(ports):
        assert port.set.execute("t", {"a": str(number)}) == f"{number}{number}"
        assert port.calls == [str(number)] * 2


@pytest.mark.usefixtures("hot")
def test_a_function_with_other_parameters_is_called_by_closures() -> None:
    first = TemplateSet({"f": GoFunc(str.upper, ("string",))})
    first.parse("t", "{{ f .a }}")
    assert first.execute("t", {"a": "x"}) == "X"
    second = TemplateSet({"f": GoFunc(lambda number: number + 1, ("float64",))})
    second.parse("t", "{{ f .a }}")
    assert second.execute("t", {"a": 1.0}) == "2"
    with pytest.raises(TemplateError, match="expected float64; got string"):
        second.execute("t", {"a": "x"})


@pytest.mark.usefixtures("hot")
def test_what_executes_templates_is_not_done_again_for_an_error() -> None:
    port = Port({"t": '{{ include "i" . | fail }}', "i": "{{ call .a }}{{ once .a }}"}, memory=None)
    with pytest.raises(TemplateError, match="error calling fail: xx"):
        port.set.execute("t", {"a": "x"})
    assert port.calls.count("x") <= 4
    port = Port({"t": '{{ include "i" . }}', "i": "{{ once .a }}{{ fail .a }}"}, memory=None)
    with pytest.raises(TemplateError, match=r'executing "i" at <fail \.a>: error calling fail: x'):
        port.set.execute("t", {"a": "x"})
    assert port.calls == ["x"]


@pytest.mark.usefixtures("hot")
def test_no_text_of_a_template_is_code() -> None:
    nasty = "\"\"\"'''\\\n{{ \"a\\\"b\" }}{{ `\\n'''` }}#"
    template = TemplateSet({})
    template.parse("t", nasty)
    assert template.execute("t", {}) == "\"\"\"'''\\\na\"b\\n'''#"
    template.parse("u", '{{ index . "\') or __import__" }}{{ .é }}')
    assert template.execute("u", {"') or __import__": 1, "é": 2}) == "12"


@pytest.mark.usefixtures("hot")
def test_functions_take_so_much_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_trees, "_MOST", 50)

    def how_many() -> int:
        gc.collect()
        return sum(isinstance(one, hot_trees.Hot) for one in gc.get_objects())

    before = how_many()
    for number in range(40):
        template = TemplateSet({})
        template.parse("t", f"{number} {{{{ .a }}}}")
        assert template.execute("t", {"a": 1}) == f"{number} 1"
    assert how_many() - before < 20


# What plain templates wrote

INCLUDING = {"t": '{{ include "i" . }}{{ template "i" . }}{{ include "i" $ }}', "i": "{{ call .a }}"}


@pytest.mark.usefixtures("hot")
def test_a_plain_template_is_executed_once_for_a_root() -> None:
    port = Port(INCLUDING)
    root = {"a": "x"}
    assert port.set.execute("t", root) == "xxx"
    assert port.set.execute("t", root) == "xxx"
    assert port.calls == ["x"] * 2  # once before it was hot
    assert port.set.execute("t", {"a": "y"}) == "yyy"
    assert port.calls == ["x"] * 2 + ["y"]


UNPLAIN = ["{{ once .a }}", "{{ .Now }}{{ call .a }}", "{{ $.Now }}{{ call .a }}", "{{ range list . }}{{ call .a }}{{ end }}",
    '{{ include "j" . }}{{ call .a }}', "{{ $x := . }}{{ call $x.a }}", "{{ with $ }}{{ call .a }}{{ end }}",
    '{{ include (printf "k") . }}{{ call .a }}', '{{ . | printf "%v" | len }}{{ call .a }}', '{{ call .a }}{{ template "j" . }}']  # fmt: skip


@pytest.mark.usefixtures("hot")
@pytest.mark.parametrize("body", UNPLAIN)
def test_others_are_executed_each_time(body: str) -> None:
    port = Port({"t": INCLUDING["t"], "i": body, "j": "{{ .Now }}", "k": ""})
    for _ in range(2):
        port.set.execute("t", {"a": "x", "Now": 1})
    assert len(port.calls) == 6


@pytest.mark.usefixtures("hot")
def test_a_changed_map_is_seen() -> None:
    port = Port(
        {"t": '{{ include "i" . }}{{ include "i" . }}{{ put .m "b" "z" }}{{ include "i" . }}', "i": "{{ .m.b }}"}
    )
    for _ in range(3):
        assert port.set.execute("t", {"m": {"b": "y"}}) == "yyz"


@pytest.mark.usefixtures("hot")
def test_a_template_that_a_text_defines_anew_is_seen_while_it_runs() -> None:
    text = '{{ include "i" . }}{{ tpl .text . }}{{ include "i" . }}'
    port = Port({"t": text, "i": '{{ template "j" . }}', "j": "1"})
    for _ in range(3):
        assert port.set.execute("t", {"text": '{{ define "j" }}2{{ end }}{{ include "i" . }}'}) == "121"


@pytest.mark.usefixtures("hot")
def test_what_is_kept_counts_like_what_is_executed() -> None:
    texts = {"t": '{{ range 10 }}{{ include "i" $ }}{{ end }}', "i": "{{ range 20 }}{{ $.a }}{{ end }}"}
    root = {"a": "x" * 10}
    for memory in (MEMORY, None):
        for limits in (Limits(output=1_900), Limits(steps=300)):
            port = Port(texts, memory=memory, limits=limits)
            for _ in range(2):
                with pytest.raises(TemplateError, match="exceeded maximum"):
                    port.set.execute("t", root)
        port = Port(texts, memory=memory)
        assert port.set.execute("t", root) == "x" * 2000


@pytest.mark.usefixtures("hot")
def test_a_named_map_is_a_root_too() -> None:
    class Root(NamedMap):
        go_type = "port.Root"

    port = Port(INCLUDING)
    root = Root(a="x")
    assert port.set.execute("t", root) + port.set.execute("t", root) == "x" * 6


# The same within one render, before any tree is hot

COLD = "{{/* no other test has this text */}}"


def test_a_plain_template_that_one_render_asks_for_often_is_executed_no_more() -> None:
    port = Port({"t": INCLUDING["t"] * 2, "i": INCLUDING["i"] + COLD})
    assert port.set.execute("t", {"a": "x"}) == "x" * 6
    assert port.calls == ["x"] * 3
    assert port.set.execute("t", {"a": "y"}) == "y" * 6
    assert port.calls == ["x"] * 3 + ["y"]


@pytest.mark.parametrize("body", UNPLAIN)
def test_others_are_executed_each_time_in_one_render_too(body: str) -> None:
    port = Port({"t": INCLUDING["t"] * 2, "i": body + COLD, "j": "{{ .Now }}", "k": ""})
    port.set.execute("t", {"a": "x", "Now": 1})
    assert len(port.calls) == 6


def test_a_map_that_is_changed_within_a_render_is_seen() -> None:
    often = '{{ include "i" . }}' * 4
    port = Port({"t": often + '{{ put .m "b" "z" }}' + often, "i": "{{ .m.b }}" + COLD})
    assert port.set.execute("t", {"m": {"b": "y"}}) == "yyyyzzzz"


def test_without_a_memory_nothing_is_kept() -> None:
    port = Port({"t": INCLUDING["t"] * 2, "i": "{{ call .a }}"}, memory=None)
    assert port.set.execute("t", {"a": "x"}) == "x" * 6
    assert len(port.calls) == 6
    assert Port({"t": '{{ template "i" }}' * 5, "i": "{{ . }}"}, memory=None).set.execute("t", None) == "<no value>" * 5
