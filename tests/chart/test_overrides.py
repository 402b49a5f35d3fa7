import pytest

from helmpy.chart.overrides import merge_overrides
from helmpy.chart.values import ValuesError
from helmpy.errors import HelmError


def test_files_come_first_then_flags_by_kind() -> None:
    values = merge_overrides(
        files=[("one.yaml", "a: 1\nb: {c: 1, d: 1}\n"), ("two.yaml", "b: {c: 2}\n")],
        set_=["a=2", "e=set"],
        set_string=["e=5"],
        set_file=["b.d=page.txt"],
        read=lambda name: f"text of {name}",
    )
    assert values == {"a": 2, "b": {"c": 2.0, "d": "text of page.txt"}, "e": "5"}


def test_null_in_a_later_file_replaces() -> None:
    assert merge_overrides(files=[("a", "x: {y: 1}"), ("b", "x: null")]) == {"x": None}


def test_an_empty_file_changes_nothing() -> None:
    assert merge_overrides(files=[("a", "x: 1"), ("b", "")]) == {"x": 1.0}


def _missing(name: str) -> str:
    raise HelmError(f"open {name}: no such file or directory")


@pytest.mark.parametrize(
    ("flag", "text", "message"),
    [
        ("set_", "a", 'failed parsing --set data: key "a" has no value'),
        ("set_string", "a", 'failed parsing --set-string data: key "a" has no value'),
        ("set_file", "a", 'failed parsing --set-file data: key "a" has no value'),
        ("set_file", "a=gone", "failed parsing --set-file data: open gone: no such file or directory"),
    ],
)
def test_a_broken_flag_is_named(flag: str, text: str, message: str) -> None:
    flags = {"set_": (), "set_string": (), "set_file": ()} | {flag: (text,)}
    with pytest.raises(ValuesError) as caught:
        merge_overrides(set_=flags["set_"], set_string=flags["set_string"], set_file=flags["set_file"], read=_missing)
    assert str(caught.value) == message


def test_a_broken_file_is_named_with_line_and_column() -> None:
    with pytest.raises(ValuesError) as caught:
        merge_overrides(files=[("my.yaml", "a: 1\n b: 2\n")])
    assert str(caught.value).startswith("failed to parse my.yaml: error converting YAML to JSON: yaml: line 2: ")
    assert caught.value.hint == "at my.yaml:2:3"


def test_a_file_with_a_list_at_the_top_is_refused() -> None:
    with pytest.raises(ValuesError, match="cannot unmarshal array into Go value of type map"):
        merge_overrides(files=[("list.yaml", "- a\n")])
