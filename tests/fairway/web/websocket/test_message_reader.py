"""What comes from a client, without sockets: whole messages out, bounds kept, time as an argument."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, TextMessage

from fairway.web.websocket.message_reader import (
    FRAME_COST,
    MAX_FRAGMENTS,
    MAX_MESSAGE_BYTES,
    REQUEST_BURST,
    REQUESTS_PER_S,
    WORK_SHARE,
    Closed,
    HttpAnswer,
    MessageReader,
    Refused,
    Request,
)
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


@pytest.fixture
def client():
    """The other end, in wsproto's client role: it masks."""
    return Connection(ConnectionType.CLIENT)


@pytest.fixture
def inbound():
    return MessageReader(now=0.0)


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


def test_binary_and_text_are_reported_apart(client, inbound):
    """The session refuses binary requests itself, so it must see what they are."""
    inbound.feed(client._proto.send_data(b"\x00\x01") + text(client, "x"))
    assert taken(inbound) == [Request(b"\x00\x01"), Request("x")]


def test_a_ping_is_answered_with_its_payload(client, inbound):
    """The pong is owed by the protocol; the session never hears of it."""
    inbound.feed(client.send(Ping(b"here?")))
    assert taken(inbound) == [HttpAnswer(b"\x8a\x05here?")]


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
    # who waits as long as he was reported is served
    assert inbound.take(1.001 / REQUESTS_PER_S) == Request(str(int(REQUEST_BURST) + 1))
    assert isinstance(inbound.take(1.002 / REQUESTS_PER_S), Refused)


def test_costly_answers_count_for_more(client, inbound):
    """A client gets a twentieth of the hub's time: after an answer that took a second it is held back for 18."""
    inbound.feed(text(client, "everything") + text(client, "again"))
    assert inbound.take(0.0) == Request("everything")
    inbound.charge(1.0, now=1.0)
    assert inbound.take(1.0) is None
    assert inbound.paused_until == pytest.approx(1.0 + 1.0 / WORK_SHARE - REQUEST_BURST / REQUESTS_PER_S)
    assert inbound.take(inbound.paused_until + 0.06) == Request("again")


def test_after_the_end_no_frame_is_owed(client, inbound):
    """A fault that comes after the client's own close has nothing to say any more."""
    inbound.feed(client.send(CloseConnection(1000)))
    assert len(taken(inbound)) == 1
    assert inbound.close(1011, "internal error") == b""


OPCODES = st.sampled_from([TEXT, TEXT, CONTINUATION, CONTINUATION, BINARY, PING, PONG, CLOSE, 3, 11])
PAYLOADS = st.text(max_size=20).map(str.encode) | st.binary(max_size=20) | st.just(b"\x03\xe8")
FRAMES = st.lists(st.builds(frame, OPCODES, PAYLOADS, st.booleans(), st.sampled_from([0, 0, 0, 0, 4])), max_size=8)


@given(FRAMES, st.binary(max_size=50), st.lists(st.integers(1, 50)))
@settings(max_examples=300)
def test_any_bytes(frames, noise, cuts):
    """Whatever comes, and however it is cut: no exception, and the same things are understood."""
    sent = b"".join(frames) + noise

    def understood(pieces):
        inbound, received = MessageReader(0.0), []
        for piece in pieces:
            inbound.feed(piece)
            received += taken(inbound)
            if received and isinstance(received[-1], Closed):
                break
        # the reason of a code may tell at which byte of a piece the fault was
        return [got.code if isinstance(got, Closed) else got for got in received]

    places = [0, *itertools.accumulate(cuts), len(sent)]
    pieces = [sent[begin:end] for begin, end in itertools.pairwise(places) if begin < end]
    assert understood(pieces) == understood([sent])


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
