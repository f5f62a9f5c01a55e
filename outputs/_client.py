"""One adopted WebSocket connection: frames go out without waiting, bytes come in as far as they can be answered."""

from __future__ import annotations

import socket
import struct
from functools import lru_cache
from typing import Final, Protocol

from outputs._inbound import Inbound
from traffic.wire import Binary

RECEIVE_BYTES: Final = 8192
NOTSENT_BYTES: Final = 128 * 1024
"""Unsent bytes the kernel may hold: more would be a backlog of stale positions."""
USER_TIMEOUT_MS: Final = 20_000
MAX_BUFFERS: Final = 512
"""Of one sendmsg; POSIX systems take 1,024."""
TEXT, BINARY = 0x81, 0x82
PING: Final = b"\x89\x00"

Buffer = bytes | memoryview


@lru_cache(maxsize=1024)
def header(first: int, length: int) -> bytes:
    """The header of a whole frame of `length` bytes; `first` is FIN and opcode. Source: RFC 6455 section 5.2."""
    if length < 126:
        return struct.pack("!BB", first, length)
    if length < 65536:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)


def framed(messages: list[bytes]) -> list[Buffer]:
    """Messages as frames, ready for sendmsg. The message objects stay shared: no byte of them is copied."""
    buffers: list[Buffer] = []
    for message in messages:
        buffers += (header(BINARY if isinstance(message, Binary) else TEXT, len(message)), message)
    return buffers


class Conversation(Protocol):
    """What the hub needs of a client's side of a protocol; see `traffic.session.Session`."""

    @property
    def period_s(self) -> float:
        """Wall seconds between two ticks."""

    @property
    def subscription(self) -> str:
        """What is subscribed to, for the log."""

    def open(self) -> list[bytes]:
        """What is said first."""

    def receive(self, text: str | bytes) -> list[bytes]:
        """The answer to a message."""

    def refuse(self, code: str, text: str, retry_after_ms: int | None = None) -> list[bytes]:
        """An error of the transport's own."""

    def heartbeat(self) -> list[bytes]:
        """Every 15 wall seconds."""

    def tick(self, skipped: int = 0) -> list[bytes]:
        """When `period_s` has gone by."""


class Client:
    """A connection and its conversation.

    Attributes:
        pending: what the kernel did not take yet, at most the rest of one reply or one tick.
        progressed: when the kernel last took something of it, monotonic seconds.
        skipped: ticks that were left out because of `pending`.
        heard, pinged: when the client last sent something, and was last asked to.
        closing: monotonic seconds at which the connection is cut if the client has not closed it; None: it is open.

    """

    __slots__ = (
        "address", "closing", "heard", "inbound", "number", "pending", "period_s", "pinged", "progressed",
        "session", "skipped", "sock", "watched",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, address: str, number: int, session: Conversation, now: float) -> None:
        _tune(sock)
        self.sock, self.address, self.number, self.session = sock, address, number, session
        self.inbound = Inbound(now)
        self.period_s = session.period_s
        self.pending: list[Buffer] = []
        self.progressed = self.heard = self.pinged = now
        self.skipped = self.watched = 0
        self.closing: float | None = None

    def send(self, buffers: list[Buffer], now: float) -> None:
        """Send what the kernel takes at once; the rest is `pending`.

        Raises:
            OSError: The connection is broken.

        """
        if self.pending:
            self.pending += buffers
            return
        self.progressed = now
        self.pending = buffers
        self.flush(now)

    def flush(self, now: float) -> None:
        """Send more of `pending`.

        Raises:
            OSError: The connection is broken.

        """
        try:
            taken = self.sock.sendmsg(self.pending[:MAX_BUFFERS])
        except BlockingIOError:
            return
        self.progressed = now
        self.pending = _rest(self.pending, taken)

    def receive(self) -> bytes | None:
        """Up to RECEIVE_BYTES; None when there is nothing to read, empty at the end of the stream.

        Raises:
            OSError: The connection is broken.

        """
        try:
            return self.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return None

    def abort(self) -> None:
        """Close at once and let the kernel forget what it has not sent."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def _rest(buffers: list[Buffer], taken: int) -> list[Buffer]:
    for position, buffer in enumerate(buffers):
        if taken < len(buffer):
            return [memoryview(buffer)[taken:], *buffers[position + 1 :]]
        taken -= len(buffer)
    return []


def _tune(sock: socket.socket) -> None:
    sock.setblocking(False)
    wanted = (("TCP_NODELAY", 1), ("TCP_NOTSENT_LOWAT", NOTSENT_BYTES), ("TCP_USER_TIMEOUT", USER_TIMEOUT_MS))
    for name, value in wanted:
        if hasattr(socket, name):  # macOS has no TCP_USER_TIMEOUT: there only the ping finds the dead
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
