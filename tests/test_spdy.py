"""SPDY as API servers speak it: both sides of ours understand each other, and the bytes are those of the draft."""

from __future__ import annotations

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmpy import spdy
from helmpy.spdy import Data, Event, Farewell, Opened, Ping, Reset, Session, SpdyError

HEADERS = {"streamtype": "data", "port": "44134", "requestid": "0"}


def test_the_dictionary_is_that_of_the_draft() -> None:
    assert (len(spdy.DICTIONARY), zlib.adler32(spdy.DICTIONARY)) == (1423, 0xE3C6A7C2)


def test_a_stream_is_begun_and_answered() -> None:
    client, server = Session(), Session(server=True)
    first, sent = client.open({"Streamtype": "error"}, fin=True)
    second, more = client.open(HEADERS)
    assert (first, second) == (1, 3)
    assert list(server.receive(sent + more)) == [
        Opened(1, True, {"streamtype": "error"}),
        Opened(3, False, HEADERS),
    ]
    assert list(client.receive(server.reply(3) + server.data(3, b"hello", fin=True))) == [
        Event(3),
        Data(3, True, b"hello"),
    ]


@pytest.mark.parametrize("size", [0, 1, spdy.CHUNK, spdy.CHUNK + 1, 3 * spdy.CHUNK])
def test_data_is_cut_into_frames(size: int) -> None:
    events = list(Session().receive(Session().data(1, b"x" * size, fin=True)))
    assert b"".join(event.data for event in events if isinstance(event, Data)) == b"x" * size
    assert [event.fin for event in events] == [False] * (len(events) - 1) + [True]
    assert all(isinstance(event, Data) and len(event.data) <= spdy.CHUNK for event in events)


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        ("8003000600000004 00000002", Ping(0, answer=bytes.fromhex("800300060000000400000002"))),
        ("8003000600000004 00000001", None),  # the answer to a ping of ours
        ("8003000300000008 00000001 00000003", Reset(1, True, 3)),
        ("8003000700000008 00000000 00000000", Farewell(0)),
        ("8003000400000004 00000000", None),  # SETTINGS
        ("8003000900000008 00000001 00001000", None),  # WINDOW_UPDATE
        ("00000001 01000002 6869", Data(1, True, b"hi")),
    ],
)
def test_frames(frame: str, event: Event | None) -> None:
    session = Session()
    came = bytes.fromhex(frame.replace(" ", ""))
    found = [event for at in range(len(came)) for event in session.receive(came[at : at + 1])]
    assert found == ([] if event is None else [event])


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("8003000100000004 00000001", "cut short"),
        ("800300010000000e 00000001 00000000 0000 01020304", "can't be unpacked"),
    ],
)
def test_what_is_no_spdy(frame: str, words: str) -> None:
    with pytest.raises(SpdyError, match=words):
        list(Session(server=True).receive(bytes.fromhex(frame.replace(" ", ""))))


def test_headers_that_blow_up_are_refused() -> None:
    _, sent = Session().open({"a": "x" * spdy.MAX_HEADERS})
    with pytest.raises(SpdyError, match="more than 65536 bytes"):
        list(Session(server=True).receive(sent))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(came: bytes) -> None:
    with contextlib.suppress(SpdyError):
        list(Session(server=True).receive(came))


@given(st.dictionaries(st.from_regex(r"[a-z-]{0,9}", fullmatch=True), st.text("abcé09 ", max_size=20), max_size=5))
def test_headers_come_as_they_were_sent(headers: dict[str, str]) -> None:
    _, sent = Session().open(headers)
    assert list(Session(server=True).receive(sent)) == [Opened(1, False, headers)]
