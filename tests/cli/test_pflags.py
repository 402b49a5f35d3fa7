from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from helmpy.cli import pflags
from helmpy.cli.pflags import Kind, UsageError


@dataclass(frozen=True)
class Flag:
    long: str
    short: str
    kind: Kind


FLAGS = (
    Flag("wait", "w", pflags.BOOL),
    Flag("quiet", "q", pflags.BOOL),
    Flag("max", "m", pflags.INT),
    Flag("revision", "", pflags.INT32),
    Flag("col-width", "", pflags.UINT),
    Flag("name", "n", pflags.STRING),
    Flag("set", "", pflags.STRINGS),
    Flag("values", "f", pflags.VALUE_FILES),
)


@pytest.mark.parametrize(
    ("line", "values", "args"),
    [
        ("a b", {}, ("a", "b")),
        ("a --wait b", {"wait": True}, ("a", "b")),
        ("--wait=false", {"wait": False}, ()),
        ("--wait=T --quiet=0", {"wait": True, "quiet": False}, ()),
        ("-wq x", {"wait": True, "quiet": True}, ("x",)),
        ("-w=false", {"wait": False}, ()),
        ("-n web", {"name": "web"}, ()),
        ("-nweb", {"name": "web"}, ()),
        ("-n=web", {"name": "web"}, ()),
        ("-qnweb x", {"quiet": True, "name": "web"}, ("x",)),
        ("--name=a=b", {"name": "a=b"}, ()),
        ("--name -x", {"name": "-x"}, ()),
        ("--name=", {"name": ""}, ()),
        ("--name one --name two", {"name": "two"}, ()),
        ("--max 0x10", {"max": 16}, ()),
        ("--max 010", {"max": 8}, ()),
        ("--max=-3", {"max": -3}, ()),
        ("--set a=1,b=2 --set c=3", {"set": ("a=1,b=2", "c=3")}, ()),
        ("-f a,b -f c", {"values": ("a", "b", "c")}, ()),
        ("x -- --wait -q", {}, ("x", "--wait", "-q")),
        ("-", {}, ("-",)),
    ],
)
def test_parse(line: str, values: dict[str, Any], args: tuple[str, ...]) -> None:
    parsed = pflags.parse(FLAGS, line.split())
    assert parsed.values == values
    assert parsed.args == args


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--foo", "unknown flag: --foo"),
        ("--foo=1", "unknown flag: --foo"),
        ("-x", "unknown shorthand flag: 'x' in -x"),
        ("-wxy", "unknown shorthand flag: 'x' in -xy"),
        ("--name", "flag needs an argument: --name"),
        ("-n", "flag needs an argument: 'n' in -n"),
        ("-wn", "flag needs an argument: 'n' in -n"),
        ("--=3", "bad flag syntax: --=3"),
        ("---name", "bad flag syntax: ---name"),
        (
            "--wait=maybe",
            'invalid argument "maybe" for "-w, --wait" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        ),
        ("--max=x", 'invalid argument "x" for "-m, --max" flag: strconv.ParseInt: parsing "x": invalid syntax'),
        (
            "--revision 99999999999",
            (
                'invalid argument "99999999999" for "--revision" flag: '
                'strconv.ParseInt: parsing "99999999999": value out of range'
            ),
        ),
        (
            "--col-width -1",
            'invalid argument "-1" for "--col-width" flag: strconv.ParseUint: parsing "-1": invalid syntax',
        ),
    ],
)
def test_errors_have_the_words_of_helm(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        pflags.parse(FLAGS, line.split())
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("list", 0),
        ("--wait list", 1),
        ("-w list", 1),
        ("--name list upgrade", 2),
        ("-n list upgrade", 2),
        ("--name=list upgrade", 1),
        ("--unknown list upgrade", 2),
        ("--wait", None),
        ("-- list", None),
    ],
)
def test_first_word(line: str, place: int | None) -> None:
    assert pflags.first_word(FLAGS, line.split()) == place


@pytest.mark.parametrize("text", ["", " 1", "1_0", "٣", "0x", "1.0", "--1"])
def test_what_is_no_decimal_number(text: str) -> None:
    with pytest.raises(ValueError, match="invalid syntax"):
        pflags.parse_integer(text, base=10)
