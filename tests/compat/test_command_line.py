"""Every command, flag, shorthand, default, variable and alias of Helm 2.17's command line is one of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from helmpy.cli.click_tree import ClickCommand, FlagOption, click_tree
from helmpy.cli.command import GLOBAL_FLAGS, Flag
from tests.compat.clusters import SHARED

SURFACE = SHARED / "spec" / "cli_v2.json"
DIFFERENCES = Path(__file__).parents[2] / "docs" / "differences.md"
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not SURFACE.exists(), reason=f"no description of Helm's command line at {SURFACE}"),
]
# Types by the names that they have here; a list is told by being repeated.
TYPES = {"bool": "", "OutputFormat": "OutputFormat", "valueFiles": "valueFiles"}
EMPTY_LISTS: tuple[Any, ...] = ("[]", [])


def _surface() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SURFACE.read_text()) if SURFACE.exists() else {"commands": [], "root": {}}
    return found


COMMANDS = [one for one in _surface()["commands"] if "<" not in one["command"]]
FLAGS = [(one["command"], flag) for one in COMMANDS for flag in one["flags"]]


def _ours(path: str) -> ClickCommand:
    found: ClickCommand = click_tree()
    for word in path.split()[1:]:
        below = found.get_command(click.Context(found), word)
        assert below is not None, path
        found = below
    return found


def _flag(path: str, long: str) -> Flag:
    flags = {param.flag.long: param.flag for param in _ours(path).params if isinstance(param, FlagOption)}
    assert long in flags, f"{path} has no --{long}"
    return flags[long]


def test_all_commands_are_described() -> None:
    assert (len(COMMANDS), len(FLAGS)) == (48, 380)


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one["command"])
def test_a_command_and_its_aliases(one: dict[str, Any]) -> None:
    path = one["command"]
    parent, _, name = path.rpartition(" ")
    assert _ours(path).name == name
    for alias in one["aliases"]:
        assert _ours(f"{parent} {alias}").name == name
    entry = _ours(parent).ours.entry(name)
    assert entry is not None
    assert entry[1].hidden == bool(one.get("hidden") or one.get("deprecated"))


def _check(flag: Flag, wanted: dict[str, Any], path: str) -> None:
    assert flag.short == (wanted["short"] or "").lstrip("-")
    assert flag.kind.name == TYPES.get(wanted["type"], wanted["type"])
    default = wanted["default"]
    if default in EMPTY_LISTS:
        assert flag.start == ()
    elif isinstance(default, str) and default.startswith("~"):
        assert flag.start.endswith(default[1:])
    elif (path, flag.long) == ("helm template", "kube-version"):
        assert flag.start in ("", default)  # an empty one stands for it
    else:
        assert flag.start == default
    assert flag.env == (wanted.get("env") or "").split(" ")[0] or wanted.get("env") in (None, "HELM_HOME")


@pytest.mark.parametrize(("path", "wanted"), FLAGS, ids=[f"{path} {flag['long']}" for path, flag in FLAGS])
def test_a_flag(path: str, wanted: dict[str, Any]) -> None:
    _check(_flag(path, wanted["long"].lstrip("-")), wanted, path)


def test_global_flags() -> None:
    ours = {flag.long: flag for flag in GLOBAL_FLAGS}
    for wanted in _surface()["root"]["global_flags"]:
        if wanted["long"] != "--help":
            _check(ours[wanted["long"].lstrip("-")], wanted, "helm")


def test_what_is_more_is_written_down() -> None:
    text = DIFFERENCES.read_text()
    known = {one["command"]: {flag["long"].lstrip("-") for flag in one["flags"]} for one in COMMANDS}
    missing = []
    for path, flags in known.items():
        command = _ours(path).ours
        missing += [f"{path} --{flag.long}" for flag in command.own if flag.long not in flags]
        missing += [f"{path} {name}" for name in command.table if f"{path} {name}" not in known]
    missing += [f"helm {name}" for name in _ours("helm").ours.table if f"helm {name}" not in known]
    assert [one for one in missing if f"`{one}`" not in text] == []
