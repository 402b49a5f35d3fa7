"""The tree that click sees is the one that runs."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from helmpy.cli.click_tree import ClickCommand, FlagOption, click_tree
from helmpy.cli.root import COMMANDS


def test_every_command_and_flag_is_there() -> None:
    tree = click_tree()
    context = click.Context(tree)
    assert tree.list_commands(context) == sorted(COMMANDS)
    upgrade = tree.get_command(context, "upgrade")
    assert upgrade is not None
    flags = {param.flag.long: param for param in upgrade.params if isinstance(param, FlagOption)}
    assert flags["install"].opts == ["--install", "-i"]
    assert flags["install"].is_flag
    assert flags["set"].multiple
    assert flags["disable-hooks"].hidden
    assert "tiller-namespace" in flags


@pytest.mark.parametrize(("word", "name"), [("ls", "list"), ("del", "delete"), ("nosuch", None)])
def test_aliases_are_known(word: str, name: str | None) -> None:
    tree = click_tree()
    found = tree.get_command(click.Context(tree), word)
    assert (found and found.name) == name


@pytest.mark.parametrize(("words", "start"), [(["home", "--home=/h"], "/h\n"), (["get", "-h"], "Show")])
def test_it_runs_by_helms_rules(words: list[str], start: str) -> None:
    done = CliRunner().invoke(click_tree(), words)
    assert (done.exit_code, done.output[: len(start)]) == (0, start)


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [([], "inst", ["install"]), (["get"], "va", ["values"]), (["upgrade"], "--rec", ["--recreate-pods"])],
)
def test_click_completes(words: list[str], begun: str, expected: list[str]) -> None:
    complete = ShellComplete(click_tree(), {}, "helm", "_HELM_COMPLETE")
    assert [item.value for item in complete.get_completions(words, begun)] == expected


def test_a_page_is_the_same() -> None:
    tree = click_tree()
    sub = tree.get_command(click.Context(tree), "list")
    assert isinstance(sub, ClickCommand)
    assert "helm list" in sub.get_help(click.Context(sub))
