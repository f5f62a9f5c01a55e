"""What a WebSocket client sends, through wsproto's own state machine and within bounds. Sans I/O.

Responsible for the size of messages, the number of fragments and the rate; not for what the messages say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from fairway.web.rate_limit import Bucket

MAX_MESSAGE_BYTES: Final = 65536
MAX_FRAGMENTS: Final = 1024
REQUESTS_PER_S: Final = 20.0
REQUEST_BURST: Final = 40.0
FRAME_COST: Final = 0.05
"""What a frame that completes no request costs, in requests: pings, pongs, fragments, pieces of a long message."""
WORK_SHARE: Final = 0.05
"""Of the hub's time that one client's requests may take: a snapshot of its own is worth many small answers."""


@dataclass(frozen=True, slots=True)
class Request:
    """A complete message: str of a text message, bytes of a binary one."""

    body: str | bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A frame that the protocol itself owes, a pong."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that came too soon; it is not answered. The next one is taken `retry_after_s` from now."""

    retry_after_s: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The end: the code and reason, and the close frame that we owe the client."""

    code: int
    reason: str
    frame: bytes


Received = Request | HttpAnswer | Refused | Closed


class MessageReader:
    """One client's bytes in; requests and protocol answers out, as fast as its tokens allow."""

    __slots__ = ("_bucket", "_connection", "_fragments", "_message", "paused_until")

    def __init__(self, now: float) -> None:
        self._connection = Connection(ConnectionType.SERVER)
        self._message: bytearray | None = None
        self._fragments = 0
        self._bucket = Bucket(REQUESTS_PER_S, REQUEST_BURST, now)
        self.paused_until = now

    def feed(self, received: bytes) -> None:
        """Take bytes from the network. Not after `Closed` or `close`."""
        self._connection.receive_data(received)

    def close(self, code: int, reason: str) -> bytes:
        """The close frame that ends this conversation from our side. Source: RFC 6455 section 5.5.1.

        Empty if the client has already closed: then no frame is owed any more.
        """
        if self._connection.state is not ConnectionState.OPEN:
            return b""
        return bytes(self._connection.send(CloseConnection(code, reason)))

    def take(self, now: float) -> Received | None:
        """The next thing to do; None when it needs more bytes, or before `paused_until`: stop reading until then.

        Reading on would gain nothing but memory: the sender is held back by TCP instead.
        """
        while now >= self.paused_until:
            event = next(self._connection.events(), None)
            if event is None:
                return None
            received = self._judge(event, now)
            if received is not None:
                return received
        return None

    def charge(self, work_s: float, now: float) -> None:
        """Let an answer that took `work_s` seconds of the hub count for as many requests as it is worth."""
        self._pay(work_s * REQUESTS_PER_S / WORK_SHARE, now)

    def _judge(self, event: Event, now: float) -> Received | None:
        if isinstance(event, CloseConnection):
            return self._closed(event)
        if isinstance(event, TextMessage | BytesMessage):
            return self._collect(event, now)
        self._pay(FRAME_COST, now)
        return HttpAnswer(bytes(self._connection.send(event.response()))) if isinstance(event, Ping) else None

    def _closed(self, event: CloseConnection) -> Closed:
        remote = self._connection.state is ConnectionState.REMOTE_CLOSING
        frame = self._connection.send(event.response() if remote else event)
        return Closed(int(event.code), event.reason or "", bytes(frame))

    def _collect(self, event: TextMessage | BytesMessage, now: float) -> Received | None:
        """One piece of a message: a fragment, or what has come of a long frame. Source: RFC 6455 section 5.4."""
        # the piece is turned back to bytes only where it is kept or may be too long
        if event.message_finished and self._message is None and len(event.data) * 4 <= MAX_MESSAGE_BYTES:
            return self._request(event.data if isinstance(event, TextMessage) else bytes(event.data), now)
        piece = event.data.encode() if isinstance(event, TextMessage) else event.data
        if self._message is None:
            self._message, self._fragments = bytearray(), 0
        self._message += piece
        self._fragments += event.frame_finished
        if len(self._message) > MAX_MESSAGE_BYTES:
            return self._give_up(CloseReason.MESSAGE_TOO_BIG, f"a message has at most {MAX_MESSAGE_BYTES} bytes")
        if self._fragments > MAX_FRAGMENTS:
            return self._give_up(CloseReason.POLICY_VIOLATION, f"a message has at most {MAX_FRAGMENTS} fragments")
        if not event.message_finished:
            self._pay(FRAME_COST, now)
            return None
        whole, self._message = self._message, None
        return self._request(bytes(whole) if isinstance(event, BytesMessage) else whole.decode(), now)

    def _give_up(self, code: CloseReason, reason: str) -> Closed:
        self._message = None
        return Closed(int(code), reason, self.close(code, reason))

    def _request(self, body: str | bytes, now: float) -> Request | Refused:
        wait_s = self._bucket.take(now)
        if not wait_s:
            return Request(body)
        self.paused_until = now + wait_s
        return Refused(wait_s)

    def _pay(self, tokens: float, now: float) -> None:
        """What can't be refused may run into debt; then nothing is read until it is paid."""
        debt_s = self._bucket.pay(tokens, now)
        if debt_s:
            self.paused_until = now + debt_s
