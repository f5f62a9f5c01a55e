"""What comes from a client, without sockets: whole messages out, bounds kept, time as an argument."""

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, TextMessage

from outputs._inbound import (
    FRAME_COST,
    MAX_FRAGMENTS,
    MAX_MESSAGE_BYTES,
    REQUEST_BURST,
    REQUESTS_PER_S,
    Answer,
    Closed,
    Inbound,
    Refused,
    Request,
)


@pytest.fixture
def client():
    """The other end, in wsproto's client role: it masks."""
    return Connection(ConnectionType.CLIENT)


@pytest.fixture
def inbound():
    return Inbound(now=0.0)


def text(client, data, finished=True):
    return client.send(TextMessage(data, message_finished=finished))


def taken(inbound, now=0.0):
    return list(iter(lambda: inbound.take(now), None))


def test_a_message_in_one_piece_and_in_many(client, inbound):
    """Fragments, and frames that arrive byte by byte, give the same request."""
    inbound.feed(text(client, "whole"))
    assert taken(inbound) == [Request("whole")]
    received = []
    for byte in text(client, "fr", False) + text(client, "", False) + text(client, "ägment"):
        inbound.feed(bytes([byte]))
        received += taken(inbound)
    assert received == [Request("frägment")]


def test_binary_and_text_are_told_apart(client, inbound):
    """The session refuses binary requests itself, so it must see what they are."""
    inbound.feed(client._proto.send_data(b"\x00\x01") + text(client, "x"))
    assert taken(inbound) == [Request(b"\x00\x01"), Request("x")]


def test_a_ping_is_answered_with_its_payload(client, inbound):
    """The pong is owed by the protocol; the session never hears of it."""
    inbound.feed(client.send(Ping(b"here?")))
    assert taken(inbound) == [Answer(b"\x8a\x05here?")]


def test_the_limit_is_in_bytes(client, inbound):
    """64 KiB of two-byte letters are a message, one byte more closes with 1009."""
    letters = "ä" * (MAX_MESSAGE_BYTES // 2)
    inbound.feed(text(client, letters))
    assert taken(inbound) == [Request(letters)]
    inbound.feed(text(client, letters + "x"))
    (closed,) = taken(inbound)
    assert (type(closed), closed.code) == (Closed, 1009)


def test_a_frame_that_announces_too_much_is_cut_when_the_limit_is_reached(client, inbound):
    """It is not waited for: its bytes are given up as soon as they pass 64 KiB."""
    announced = b"\x81\xff" + (2**40).to_bytes(8, "big") + bytes(4)
    inbound.feed(announced)
    for sent in range(0, MAX_MESSAGE_BYTES, 8192):
        assert taken(inbound) == [], sent
        inbound.feed(b"x" * 8192)
    assert taken(inbound) == []
    inbound.feed(b"x")
    assert [closed.code for closed in taken(inbound)] == [1009]


def test_endless_fragments(client, inbound):
    """Fragments without content never reach the size; their number is bounded."""
    now, seen = 0.0, []
    for _ in range(MAX_FRAGMENTS + 1):
        now += FRAME_COST / REQUESTS_PER_S
        inbound.feed(text(client, "", finished=False))
        seen += taken(inbound, now)
    assert [closed.code for closed in seen] == [1008]


def test_requests_that_come_too_fast(client, inbound):
    """The burst is served, the next is refused, and no more is read until there is a token again."""
    inbound.feed(b"".join(text(client, str(n)) for n in range(int(REQUEST_BURST) + 3)))
    received = taken(inbound)
    assert received[:-1] == [Request(str(n)) for n in range(int(REQUEST_BURST))]
    assert received[-1] == Refused(pytest.approx(1 / REQUESTS_PER_S))
    assert inbound.paused_until == pytest.approx(1 / REQUESTS_PER_S)
    assert taken(inbound, 0.9 / REQUESTS_PER_S) == []
    # who waits as long as he was told is served
    assert inbound.take(1.001 / REQUESTS_PER_S) == Request(str(int(REQUEST_BURST) + 1))
    assert isinstance(inbound.take(1.002 / REQUESTS_PER_S), Refused)


def test_a_flood_of_pings_is_slowed_down(client, inbound):
    """A ping costs a twentieth of a request: after 800 at once the rest waits, unread."""
    inbound.feed(b"".join(client.send(Ping()) for _ in range(2000)))
    assert len(taken(inbound)) == pytest.approx(REQUEST_BURST / FRAME_COST, abs=2)
    assert inbound.paused_until > 0


def test_the_close_of_the_client_is_echoed(client, inbound):
    """Code and reason come back in the frame that we owe."""
    inbound.feed(client.send(CloseConnection(4001, "bye")))
    assert taken(inbound) == [Closed(4001, "bye", b"\x88\x05\x0f\xa1bye")]


def test_our_own_close(inbound):
    """1001 with its reason, as a frame."""
    assert inbound.close(1001, "going away") == b"\x88\x0c\x03\xe9going away"
