"""How Flask-SocketIO is set up so that its clients cost no more than themselves.

It leans on how engineio 4 and simple-websocket 1.1.0 are made inside; both are pinned. Three things are changed: the
thread that reads a WebSocket reads from the network itself (there was one more thread, with a buffer without bound),
a send that makes no progress ends, and a client that connects but never says what it wants is closed.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Final

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE, Packet
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO
from wsproto.events import TextMessage
from wsproto.utilities import ProtocolError

from fairway.settings import Settings
from fairway.web.access import client_address
from fairway.web.rate_limit import Bucket
from fairway.web.socketio.listeners import STALLED_AFTER_S, Listeners
from fairway.web.websocket.message_reader import MAX_MESSAGE_BYTES
from fairway.web.websocket.no_reader import NoReader

RECEIVE_BYTES: Final = 4096
PATIENCE: Final = struct.pack("ll", int(STALLED_AFTER_S), 0)
FRAMES_PER_S: Final = 50.0
FRAME_BURST: Final = 100.0
SILENT_AFTER_S: Final = 5.0
NAMESPACE: Final = "/"


def build(
    server: Flask, listeners: Listeners, settings: Settings, monotonic: Callable[[], float]
) -> Callable[..., Iterable[bytes]]:
    """The WSGI application that speaks Socket.IO for `listeners`."""
    io = SocketIO(
        async_mode="threading",
        async_handlers=False,
        cors_allowed_origins=[],
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        http_compression=False,
    )
    served = server.wsgi_app
    io.init_app(server)
    server.wsgi_app = served  # type: ignore[method-assign]  # it had put itself in front of everything
    engine = io.server.eio
    engine._async = engine._async | {"queue": CountingQueue, "websocket": partial(Wire, monotonic)}
    manager = io.server.manager

    def connect(auth: object = None) -> None:  # noqa: ARG001 - what a client may send as its credentials
        sid = request.sid  # type: ignore[attr-defined]  # flask_socketio's
        line = EngineTransport(io, sid, engine.sockets[manager.eio_sid_from_sid(sid, NAMESPACE)])
        refusal = listeners.enter(sid, line, client_address(request.environ, settings))
        if refusal:
            raise Refused(refusal)

    def answer(event: str, *arguments: Any) -> None:
        listeners.answer(request.sid, event, arguments)  # type: ignore[attr-defined]

    io.on_event("connect", connect)
    io.on_event("disconnect", lambda *_reason: listeners.leave(request.sid))  # type: ignore[attr-defined]
    io.on_event("*", answer)
    listeners.sweep = partial(close_silent, io, {}, monotonic)
    return io.sockio_mw  # type: ignore[no-any-return]


class CountingQueue(queue.Queue[Any]):
    """A queue that knows how much has left it."""

    taken = 0

    def _get(self) -> Any:
        self.taken += 1
        return super()._get()


class EngineTransport:
    """One client, as `Listeners` sees it."""

    def __init__(self, io: SocketIO, sid: str, engine_socket: Any) -> None:
        self._manager, self._sid, self._socket = io.server.manager, sid, engine_socket

    @property
    def ready(self) -> bool:
        """Whether the client knows that it is connected."""
        return bool(self._manager.is_connected(self._sid, NAMESPACE))

    @property
    def queued(self) -> int:
        """Packets that wait for the client."""
        return int(self._socket.queue.qsize())

    @property
    def taken(self) -> int:
        """How many packets have left the queue, ever."""
        return int(self._socket.queue.taken)

    def send(self, message: bytes) -> None:
        """Queue an event."""
        with contextlib.suppress(EngineIOError):
            self._socket.send(_packet(message))

    def close(self) -> None:
        """End the connection."""
        self._socket.close(wait=False, abort=False)


@lru_cache(maxsize=8)
def _packet(message: bytes) -> Packet:
    """The protocol's message as a Socket.IO event: `type` becomes the event's name. Shared by clients in step.

    Source: Socket.IO protocol revision 5, Engine.IO protocol revision 4: "4" a message, "2" an event.
    """
    head, name, body = message.split(b'"', 4)[1], message.split(b'"', 4)[3], message.split(b'"', 4)[4]
    assert head == b"type"
    packet = Packet(MESSAGE, "")
    packet.encode_cache = '42["' + name.decode() + '",{' + body.removeprefix(b",").decode() + "]"
    return packet


def close_silent(io: SocketIO, strangers: dict[str, float], monotonic: Callable[[], float]) -> None:
    """Close connections on which no one has asked for a seat, or was given one, for SILENT_AFTER_S."""
    seated = {engine_sid for _, engine_sid in io.server.manager.get_participants(NAMESPACE, None)}
    now, sockets = monotonic(), dict(io.server.eio.sockets)
    for sid in [sid for sid in strangers if sid not in sockets or sid in seated]:
        del strangers[sid]
    for sid in sockets.keys() - seated:
        if now - strangers.setdefault(sid, now) >= SILENT_AFTER_S:
            sockets[sid].close(wait=False, abort=False)


class Wire(SimpleWebSocketWSGI):  # type: ignore[misc]
    """A WebSocket whose reader reads no faster than it is allowed, and whose writer does not wait for ever."""

    def __init__(self, monotonic: Callable[[], float], handler: Callable[..., Any], server: Any) -> None:
        super().__init__(handler, server, max_message_size=MAX_MESSAGE_BYTES, thread_class=NoReader)
        self._monotonic, self._sending = monotonic, threading.Lock()
        self._bucket = Bucket(FRAMES_PER_S, FRAME_BURST, monotonic())

    def wait(self) -> str | bytes | None:
        """The next message of the client; None at the end."""
        ws = self.ws
        # a frame read too early costs the reader's time: TCP then holds the sender back
        debt_s = self._bucket.pay(1, self._monotonic())
        if debt_s:
            time.sleep(debt_s)
        try:
            while ws.connected and not ws.input_buffer:
                received = ws.sock.recv(RECEIVE_BYTES)
                if not received:
                    return None
                ws.ws.receive_data(received)
                with self._sending:  # it answers pings, and two at once would garble the stream
                    ws.connected = ws._handle_events()
        except (OSError, ProtocolError):
            return None
        return ws.input_buffer.pop(0) if ws.input_buffer else None

    def send(self, message: str) -> None:
        """All of it, or an OSError when nothing was taken for STALLED_AFTER_S."""
        sock = self.ws.sock
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, PATIENCE)
        try:
            with self._sending:
                sock.sendall(self.ws.ws.send(TextMessage(data=message)))
        except OSError:
            self._hang_up()
            raise

    def close(self) -> None:
        """Say goodbye, and let the reader know."""
        with contextlib.suppress(OSError):
            super().close()
        self._hang_up()

    def _hang_up(self) -> None:
        self.ws.connected = False
        with contextlib.suppress(OSError):
            self.ws.sock.shutdown(socket.SHUT_RDWR)
