"""One adopted WebSocket connection: frames go out without waiting, bytes come in as far as they can be answered."""

from __future__ import annotations

import socket
import struct
from functools import lru_cache
from typing import Final, Protocol

from fairway.protocol.encode_json import Binary
from fairway.web.websocket.message_reader import MessageReader

RECEIVE_BYTES: Final = 8192
NOTSENT_BYTES: Final = 128 * 1024
"""Unsent bytes the kernel may hold: more would be a backlog of stale positions."""
USER_TIMEOUT_MS: Final = 20_000
MAX_BUFFERS: Final = 512
"""Of one sendmsg; POSIX systems take 1,024."""
MAX_JOINED_BYTES: Final = 2**20
TEXT, BINARY = 0x81, 0x82
PING: Final = b"\x89\x00"

Buffers = tuple[bytes | memoryview, ...]


@lru_cache(maxsize=1024)
def header(first: int, length: int) -> bytes:
    """The header of a whole frame of `length` bytes; `first` is FIN and opcode. Source: RFC 6455 section 5.2."""
    if length < 126:
        return struct.pack("!BB", first, length)
    if length < 65536:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)


def framed(messages: list[bytes]) -> Buffers:
    """Messages as frames, ready for sendmsg. The message objects stay shared: no byte of them is copied."""
    buffers: list[bytes] = []
    for message in messages:
        buffers += (header(BINARY if isinstance(message, Binary) else TEXT, len(message)), message)
    return tuple(buffers)


class Framer:
    """Frames for a round of clients: those who get the very same message objects get the very same buffers."""

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._buffers: Buffers = ()

    def frame(self, messages: list[bytes]) -> Buffers:
        """The frames of `messages`."""
        if messages == self._messages:  # which for the same objects looks at no byte
            if len(self._buffers) > 1 and sum(map(len, self._buffers)) <= MAX_JOINED_BYTES:
                # one buffer is sent faster than several, and many will get it
                self._buffers = (b"".join(self._buffers),)
            return self._buffers
        self._messages, self._buffers = messages, framed(messages)
        return self._buffers


class SessionProtocol(Protocol):
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

    def __init__(self, sock: socket.socket, address: str, number: int, session: SessionProtocol, now: float) -> None:
        _tune(sock)
        self.sock, self.address, self.number, self.session = sock, address, number, session
        self.inbound = MessageReader(now)
        self.period_s = session.period_s
        self.pending: Buffers = ()
        self.progressed = self.heard = self.pinged = now
        self.skipped = self.watched = 0
        self.closing: float | None = None

    def send(self, buffers: Buffers, now: float) -> None:
        """Send what the kernel takes at once; the rest is `pending`.

        Raises:
            OSError: The connection is broken.

        """
        if self.pending:
            self.pending += buffers
            return
        self.progressed = now
        taken = self._offer(buffers)
        if len(buffers) > 1 or taken < len(buffers[0]):
            self.pending = _rest(buffers, taken)

    def flush(self, now: float) -> None:
        """Send more of `pending`.

        Raises:
            OSError: The connection is broken.

        """
        taken = self._offer(self.pending)
        if taken:
            self.progressed = now
            self.pending = _rest(self.pending, taken)

    def _offer(self, buffers: Buffers) -> int:
        try:
            return self.sock.send(buffers[0]) if len(buffers) == 1 else self.sock.sendmsg(buffers[:MAX_BUFFERS])
        except BlockingIOError:
            return 0

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


def _rest(buffers: Buffers, taken: int) -> Buffers:
    for position, buffer in enumerate(buffers):
        if taken < len(buffer):
            return memoryview(buffer)[taken:], *buffers[position + 1 :]
        taken -= len(buffer)
    return ()


def _tune(sock: socket.socket) -> None:
    sock.setblocking(False)
    wanted = (("TCP_NODELAY", 1), ("TCP_NOTSENT_LOWAT", NOTSENT_BYTES), ("TCP_USER_TIMEOUT", USER_TIMEOUT_MS))
    for name, value in wanted:
        if hasattr(socket, name):  # macOS has no TCP_USER_TIMEOUT: there only the ping finds the dead
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
