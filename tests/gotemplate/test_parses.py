"""What comes back from a store does and says what the texts themselves do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.text_quote import to_text
from helmpy.gotemplate import Limits, TemplateError, TemplateSet, parses, vocabulary
from helmpy.gotemplate.nodes import BranchNode, ListNode, Node, Parsed, PipeNode, Tree
from helmpy.gotemplate.parser import Parser
from helmpy.gotemplate.vocabulary import Vocabulary
from helmpy.store import MemoryStore

DATA = {"a": {"b": "x", "n": 3, "l": ["p", "q"], "none": None}, "t": "{{ .b }}-{{ template `y` . }}", "on": True}
# Every kind of node and of number, and everything that is told apart by more than its text.
TEXTS = [
    "",
    " \n",
    "plain",
    "a{{ .a.b }}b{{ . }}",
    '{{`{{`}} x {{ `}}` }}{{ "q" }}{{- " t" -}}  z',
    "{{ $ }}{{ $.a.b }}{{ $x := .a }}{{ $x }}{{ $x.b }}{{ $x = 2 }}{{ $x }}",
    "{{ if .on }}1{{ else if .off }}2{{ else }}3{{ end }}{{ if .off }}1{{ else if .on }}2{{ end }}",
    "{{ with .a }}{{ .b }}{{ $.a.n }}{{ else with .on }}o{{ else }}n{{ end }}{{ with .off }}{{ end }}",
    "{{ range .a.l }}{{ . }}{{ end }}{{ range $v := .a.l }}{{ $v }}{{ end }}{{ range .off }}{{ else }}e{{ end }}",
    "{{ range $k, $v := .a }}{{ $k }}={{ $v }}{{ if eq $k `l` }}{{ continue }}{{ end }},{{ end }}",
    "{{ range $i := 5 }}{{ $i }}{{ if eq $i 2 }}{{ break }}{{ end }}{{ end }}",
    "{{ print 1 1.5 0x1F 0b11 017 1e3 'x' 0x1p4 -3 (print `r`).x }}",
    "{{ print 18446744073709551615 }}",
    "{{ print 9223372036854775807 0.1 true false }}{{ printf `%v` 1i }}",
    "{{ (index .a `l`) | len | printf `%d-%s` 3 }}{{ print nil }}",
    "{{ (.a).b }}{{ (print `x`) }}{{ .a.b | print }}",
    "{{ define `x` }}[{{ .b }}]{{ end }}{{ template `x` .a }}{{ template `empty` }}{{ define `empty` }}  {{ end }}",
    "{{ block `y` .a }}({{ .b }}){{ end }}{{ template `y` }}",
    "{{ include `x` .a }}{{ tpl .t .a }}",
    "{{/* comment */}}{{- /* another */ -}}  text",
    "caf\u00e9 {{ `\u00e9{{` }} {{ print `\U0001f600` }}",
    "broken \udcff {{ `\udcfe` }}",
    # faults
    "line\n  {{ .a.b.c.d }}",
    "{{ if .a.b.c }}{{ end }}",
    "{{ with .a.n.x }}{{ end }}",
    "{{ range .a.n.x }}{{ end }}",
    "{{ range .a.b }}{{ end }}",
    "{{ if .off }}{{ else if .a.b.c }}{{ end }}",
    "{{ template `gone` . }}",
    "\n{{ template `x` .a.b.c }}",
    "{{ fail (print `no ` .a.b) }}",
    "{{ `text` }}{{ index .a.l 7 }}",
    "{{ print | print 1 | len }}",
    "{{ nil }}",
    "{{ $x := .a }}{{ $x.b.c }}",
    "{{ .a.b `argument` }}",
    "{{ (.a).b.c }}",
    "{{ include `endless` . }}",
    "{{ define `endless` }}{{ include `endless` . }}{{ end }}",
]


def fail(message: str) -> str:
    raise FunctionError(message)


def make_set(limits: Limits | None = None) -> TemplateSet:
    def execute(name: str, data: Any) -> str:
        return templates.execute(name, data)

    templates = TemplateSet(
        {
            "include": GoFunc(execute, ("string", "any"), "string"),
            "tpl": GoFunc(lambda text, data: templates.execute_text("tpl", text, data), ("string", "any"), "string"),
            "fail": GoFunc(fail, ("string",), "string"),
        },
        limits=limits or Limits(calls=50),
    )
    return templates


def encoded(texts: list[str]) -> list[tuple[str, bytes]]:
    return [(f"t{number}", text.encode("utf-8", "surrogateescape")) for number, text in enumerate(texts)]


def answers(templates: TemplateSet, count: int) -> list[Any]:
    """What each text prints, or all that is told of its fault."""
    found: list[Any] = []
    for number in range(count):
        try:
            found.append(templates.execute(f"t{number}", DATA))
        except TemplateError as error:
            found.append((str(error), error.name, error.line, error.column, error.source_line, error.caret()))
    return found


def parsed_anew(texts: list[tuple[str, bytes]]) -> list[Parsed]:
    known = Vocabulary(frozenset(make_set().functions))
    return [Parser(name, to_text(data), known, 100).parse() for name, data in texts]


def restored(texts: list[tuple[str, bytes]]) -> list[Parsed]:
    """The texts' parses on their way through a store."""
    return kept_in(MemoryStore(), texts)


def kept_in(store: MemoryStore, texts: list[tuple[str, bytes]]) -> list[Parsed]:
    """Ask a store for the texts' parses until it has them: the third time."""
    for _ in range(2):
        place = parses.place(texts, make_set().functions, 100, store)
        assert parses.restore(place) is None
        parses.keep(place, parsed_anew(texts))
    found = parses.restore(parses.place(texts, make_set().functions, 100, store))
    assert found is not None
    return found


# Comparing trees


def parts(node: Any) -> Any:
    """All that a node holds but what the runtime made of it, text and constants in a row as one."""
    if isinstance(node, ListNode):
        return node.position, folded(node)
    if isinstance(node, (list, tuple)):
        return [parts(one) for one in node]
    if not isinstance(node, Node):
        return (type(node), node)
    names = [name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ()) if name != "operation"]
    return (
        type(node),
        str(node) if not isinstance(node, BranchNode) else "",
        [parts(getattr(node, name)) for name in names],
    )


def folded(node: ListNode) -> list[Any]:
    found: list[Any] = []
    for child, place in zip(node.nodes, node.places, strict=True):
        text = child if isinstance(child, str) else child.constant if isinstance(child, PipeNode) else None
        if text is None:
            found.append((place, parts(child)))
        elif found and isinstance(found[-1], str):
            found[-1] += text
        else:
            found.append(text)
    return found


def tree_parts(tree: Tree) -> Any:
    return tree.text, tree.empty, tree.slots, tree.nesting, parts(tree.root)


def all_parts(found: list[Parsed]) -> Any:
    return [
        (one.nesting, tree_parts(one.main), [(name, tree_parts(tree)) for name, tree in one.defines.items()])
        for one in found
    ]


def test_a_restored_tree_is_the_one_that_was_parsed() -> None:
    texts = encoded(TEXTS)
    assert all_parts(restored(texts)) == all_parts(parsed_anew(texts))


def test_equal_actions_are_one_node_in_all_texts() -> None:
    texts = encoded(["{{ .a.b }}1", "2{{ .a.b }}{{ if .a.b }}{{ .a.b }}{{ end }}"])
    found = restored(texts)
    first, second = (one.main.root.nodes for one in found)
    branch = second[2]
    assert isinstance(branch, BranchNode)
    assert first[0] is second[1]
    assert branch.body.nodes[0] is second[1]


def test_a_branch_not_taken_is_never_made() -> None:
    texts = encoded(["{{ if .off }}{{ .a }}{{ else }}no{{ end }}"])
    found = restored(texts)
    branch = found[0].main.root.nodes[0]
    assert isinstance(branch, BranchNode)
    assert str(branch.otherwise) == "no"
    with pytest.raises(AttributeError):
        object.__getattribute__(branch.body, "nodes")
    assert branch.body.position == 13


def test_unknown_attributes_are_unknown() -> None:
    (found,) = restored(encoded(["x"]))
    for one in (found.main, found.main.root):
        with pytest.raises(AttributeError):
            _ = one.other  # type: ignore[union-attr]  # it has none


def run_three_ways(texts: list[str], limits: Limits | None = None) -> list[list[Any]]:
    """The answers without a store, with one that is being filled and with a full one."""
    kept = MemoryStore()
    found = []
    for known in (None, kept, kept, kept):
        vocabulary._vocabularies.clear()  # what was executed often names the place of a limit otherwise
        templates = make_set(limits)
        if known is None:
            for name, data in encoded(texts):
                templates.parse(name, to_text(data))
        else:
            templates.parse_all(encoded(texts), known)
        found.append(answers(templates, len(texts)) + answers(templates, len(texts)))
    assert len(kept.kept) == 1
    return [found[0], found[2], found[3]]


def test_restored_templates_print_and_fail_alike() -> None:
    without, empty, full = run_three_ways(TEXTS)
    assert full == empty == without
    assert sum(isinstance(answer, str) for answer in without) > len(without) / 2


def test_restored_trees_that_get_hot_go_on_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helmpy.gotemplate.runtime.HOT", 1)
    without, empty, full = run_three_ways(TEXTS)
    assert full == empty == without


@pytest.mark.parametrize(
    "limits",
    [Limits(steps=20, calls=50), Limits(output=5, calls=50), Limits(depth=1, calls=50), Limits(calls=1)],
    ids=["steps", "output", "depth", "calls"],
)
def test_limits_count_alike(limits: Limits) -> None:
    without, empty, full = run_three_ways(TEXTS, limits)
    assert full == empty == without


@pytest.mark.parametrize(
    "texts",
    [
        ["{{ define `x` }}1{{ end }}", "{{ define `x` }}2{{ end }}{{ template `x` }}"],
        ["{{ define `x` }}1{{ end }}", "{{ define `x` }} {{ end }}{{ template `x` }}"],
        ["{{ define `x` }}1{{ end }}", "{{ define `x` }}{{ ` ` }}{{ end }}[{{ template `x` }}]"],
        ["{{ define `t1` }}1{{ end }}", "2", "{{ template `t1` }}"],
        ["{{ define `t0` }}1{{ end }}"],
    ],
)
def test_templates_replace_each_other_alike(texts: list[str]) -> None:
    without, empty, full = run_three_ways(texts)
    assert full == empty == without


def test_endless_chains_are_not_kept_but_run() -> None:
    kept = MemoryStore()
    text = "{{ if .off }}" + "{{ else if .off }}" * 5000 + "{{ else }}end{{ end }}"
    for _ in range(3):
        assert outcome([text], kept) == ["end"]
    assert parses.restore(parses.place(encoded([text]), make_set().functions, 100, kept)) is None


def test_a_fault_of_one_text_is_told_and_nothing_kept() -> None:
    kept = MemoryStore()
    for _ in range(2):
        with pytest.raises(TemplateError, match=r"template: t1:2: unexpected {{end}}") as failure:
            make_set().parse_all(encoded(["x", "a\n{{ end }}"]), kept)
        assert failure.value.name == "t1"
    assert kept.kept == {}


PIECES = st.sampled_from(
    ["{{ .a }}", "{{ .a.b.c }}", "{{`{{`}}", "x\n", " ", "{{- `y` -}}", "{{ if .a }}", "{{ else if .on }}", "{{ else }}",
     "{{ end }}", "{{ range $i, $v := .a.l }}", "{{ range .a.l }}", "{{ break }}", "{{ with $y := .a.b }}", "{{ $v }}",
     "{{ $x := .a.n }}", "{{ $x }}", "{{ $x = `z` }}", "{{ define `d` }}", "{{ template `d` .a }}", "{{ include `d` .a }}",
     "{{ print . | printf `%s` }}", "{{ tpl .t . }}", "{{ $ := 1 }}", "{{ .b }}", "\u00e9"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=3))
def test_any_texts_come_back(texts: list[str]) -> None:
    try:
        make_set().parse_all(encoded(texts), MemoryStore())
    except TemplateError:
        return
    without, empty, full = run_three_ways(texts)
    assert full == empty == without


# What a store gives may be anything that it was given before


def broken(kept: MemoryStore, change: Any) -> None:
    ((name, data),) = kept.kept.items()
    kept.kept[name] = change(data)


def outcome(texts: list[str], kept: MemoryStore) -> list[Any]:
    templates = make_set()
    templates.parse_all(encoded(texts), kept)
    return answers(templates, len(texts))


@pytest.mark.parametrize("where", [0.0, 0.2, 0.4, 0.6, 0.8, 0.999])
def test_a_damaged_store_is_passed_by_and_mended(where: float) -> None:
    kept = MemoryStore()
    for _ in range(2):
        expected = outcome(TEXTS, kept)
    place = parses.place(encoded(TEXTS), make_set().functions, 100, kept)

    def flip(data: bytes) -> bytes:
        at = int(len(data) * where)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    for change in (flip, lambda data: data[: int(len(data) * where)], lambda data: data + b"x"):
        broken(kept, change)
        assert parses.restore(place) is None
        for _ in range(2):
            assert outcome(TEXTS, kept) == expected
        assert parses.restore(place) is not None


def test_what_differs_is_not_taken_for_the_same() -> None:
    """Another text of the same size, another order, other functions, bounds, programs: each parses anew."""
    texts = encoded(["{{ .a }}", "{{ .b }}"])
    functions = make_set().functions
    kept = MemoryStore()
    kept_in(kept, texts)
    (data,) = kept.kept.values()
    for others, known, nesting, edition in (
        (encoded(["{{ .a }}", "{{ .c }}"]), functions, 100, b""),
        (encoded(["{{ .b }}", "{{ .a }}"]), functions, 100, b""),
        ([("other", texts[0][1]), texts[1]], functions, 100, b""),
        (texts[:1], functions, 100, b""),
        (texts, functions, 100, b"another program"),
        (texts, functions, 99, b""),
        (texts, {**functions, "more": functions["fail"]}, 100, b""),
    ):
        assert parses.restore(parses.place(others, known, nesting, Fixed(edition, data))) is None


class Fixed(MemoryStore):
    """Gives the same, whatever it is asked for."""

    def __init__(self, edition: bytes, data: bytes) -> None:
        super().__init__(edition)
        self._data = data

    def get(self, name: str) -> memoryview | None:  # noqa: ARG002 - it does not look
        return memoryview(self._data)


def test_a_change_of_the_same_size_takes_the_place_of_what_was() -> None:
    kept = MemoryStore()
    for text in ("{{ .a }}", "{{ .a }}", "{{ .b }}"):
        make_set().parse_all(encoded([text]), kept)
    assert len(kept.kept) == 1
    assert parses.restore(parses.place(encoded(["{{ .b }}"]), make_set().functions, 100, kept)) is not None


def test_what_is_asked_for_once_leaves_little() -> None:
    kept = MemoryStore()
    texts = encoded(["text " * 10_000])
    sizes = []
    for _ in range(3):
        make_set().parse_all(texts, kept)
        sizes.append(sum(map(len, kept.kept.values())))
    assert sizes[0] < 5_000
    assert sizes[1] == sizes[2] > 50_000
