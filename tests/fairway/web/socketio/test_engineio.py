"""What was changed of Engine.IO: events from messages, a writer whose patience ends, a reader that is held back."""

import socket
import struct
from types import SimpleNamespace

import pytest

from fairway.web.socketio import engineio
from fairway.web.socketio.engineio import FRAME_BURST, FRAMES_PER_S, CountingQueue, Wire, _packet


def test_a_message_becomes_an_event():
    """Its type is the event's name, the rest of it the event's argument; clients in step share the packet."""
    message = b'{"type":"vessel_updates","timestamp":"2024-01-15T10:30:00Z","updates":[{"vessel_name":"A \\"B\\""}]}'
    assert _packet(message).encode() == (
        '42["vessel_updates",{"timestamp":"2024-01-15T10:30:00Z","updates":[{"vessel_name":"A \\"B\\""}]}]'
    )
    assert _packet(message) is _packet(bytes(message))


def test_a_queue_counts_what_left_it():
    """So that progress can be seen, even when as much comes in."""
    queue = CountingQueue()
    for _ in range(3):
        queue.put(1)
    queue.get()
    assert (queue.qsize(), queue.taken) == (2, 1)


@pytest.fixture
def wired():
    """A Wire whose network is one end of a pair of sockets; its frames are 10 MB long."""
    ours, theirs = socket.socketpair()
    time = [0.0]
    wire = Wire(lambda: time[0], lambda: None, None)
    protocol = SimpleNamespace(send=lambda _: b"x" * 10_000_000)
    wire.ws = SimpleNamespace(sock=ours, ws=protocol, connected=True, input_buffer=[])
    yield wire, theirs, time
    ours.close()
    theirs.close()


def test_a_send_without_progress_ends(wired, monkeypatch):
    """Who takes nothing for so long is hung up on, and its reader hears of it."""
    monkeypatch.setattr(engineio, "PATIENCE", struct.pack("ll", 0, 100_000))
    wire, theirs, _ = wired
    with pytest.raises(OSError, match="unavailable"):
        wire.send("message")
    assert not wire.ws.connected
    while received := theirs.recv(2**20):
        assert set(received) == {ord("x")}


def test_a_flood_is_held_back(wired, monkeypatch):
    """After a burst, frames are read at a rate, not as fast as they come."""
    wire, _, time = wired
    slept: list[float] = []
    monkeypatch.setattr(engineio, "time", SimpleNamespace(sleep=slept.append))
    wire.ws.input_buffer = ["frame"] * 200
    for _ in range(int(FRAME_BURST)):
        assert wire.wait() == "frame"
    assert slept == []
    wire.wait()
    assert slept == [pytest.approx(1 / FRAMES_PER_S)]
    time[0] += 10
    wire.wait()
    assert len(slept) == 1
