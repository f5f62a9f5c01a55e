"""The raw WebSocket at /ws: a thread per client, level 1 of the protocol.

An upgrade at / reaches it too. Half of the server's threads may hold a client; further ones are told 1013.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import itertools
import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from traffic.session import Context, Session

log = logging.getLogger(__name__)
MAX_MESSAGE_BYTES = 65536
STALLED_AFTER_S = 10
PATIENCE = struct.pack("ll", STALLED_AFTER_S, 0)
STOP_SEEN_WITHIN_S = 0.5


class Clients:
    """Counts the connected clients and refuses more than `limit`."""

    def __init__(self, limit: int) -> None:
        self.limit, self.count = limit, 0
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Take a seat; False when all are taken."""
        with self._lock:
            if self.count >= self.limit:
                return False
            self.count += 1
            return True

    def leave(self) -> None:
        """Give the seat back."""
        with self._lock:
            self.count -= 1


def mount(
    server: Flask,
    context: Context,
    clients: Clients,
    interval_s: float,
    monotonic: Callable[[], float],
    stop: threading.Event,
) -> None:
    """Serve /ws on `server`, one tick for all every `interval_s` wall seconds; goes away with 1001 on `stop`."""
    server.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": MAX_MESSAGE_BYTES, "ping_interval": 25}
    server.wsgi_app = Gate(server.wsgi_app)  # type: ignore[method-assign]
    numbers = itertools.count(1)

    def serve(ws: Server) -> None:
        number, reason, end = next(numbers), "closed", socket.SHUT_WR
        log.info("client %d connected from %s", number, request.remote_addr)
        seated = clients.enter()
        try:
            if not seated:
                ws.close(1013, "all seats are taken, try again later")
                raise ConnectionClosed(1013)
            ws.sock = PatientSocket(ws.sock)
            _converse(ws, Session(context), interval_s, monotonic, stop, number)
            ws.close(1001, "going away")
        except ConnectionClosed as closed:
            reason = f"closed {closed.reason or 1006}"
        except OSError as error:
            reason, end = f"took nothing for {STALLED_AFTER_S} s or broke off: {error}", socket.SHUT_RDWR
        finally:
            if seated:
                clients.leave()
            log.info("client %d %s", number, reason)
            with contextlib.suppress(OSError):
                # the server now waits for another request: end our side, and do not wait for ever
                ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, PATIENCE)
                ws.sock.shutdown(end)

    Sock(server).route("/ws")(serve)


def _converse(
    ws: Any,
    session: Session,
    interval_s: float,
    monotonic: Callable[[], float],
    stop: threading.Event,
    number: int,
) -> None:
    messages = session.open()
    due = _next_tick(monotonic(), interval_s)
    while not stop.is_set():
        for message in messages:
            ws.send(message.decode())
        text = ws.receive(timeout=min(max(0.0, due - monotonic()), STOP_SEEN_WITHIN_S))
        messages = session.receive(text) if text is not None else []
        if messages and b'"subscription_confirmed"' in messages[0][:40]:
            log.info("client %d subscribed to %s", number, session.subscription)
        if monotonic() >= due:
            messages += session.tick()
            due = _next_tick(monotonic(), interval_s)


def _next_tick(now: float, interval_s: float) -> float:
    """The next point of the grid that all clients share, so that they share frames."""
    return (now // interval_s + 1) * interval_s


class PatientSocket:
    """A socket whose `send` sends everything, or raises when the peer takes nothing for STALLED_AFTER_S."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, PATIENCE)
        self._sock = sock

    def send(self, out: bytes) -> int:
        """All of `out`: a short write in the middle of a frame would garble the stream."""
        self._sock.sendall(out)
        return len(out)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Gate:
    """WSGI: sends an upgrade at / to /ws, answers a malformed one, and declines compression per client."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        upgrade = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        if upgrade and environ["PATH_INFO"] == "/":
            environ["PATH_INFO"] = "/ws"
        if environ["PATH_INFO"] == "/ws":
            refusal = _refusal(environ, upgrade)
            if refusal:
                headers = [("Content-Type", "text/plain"), ("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
                start_response(refusal, headers)
                return [refusal.encode() + b"\n"]
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return self._inner(environ, start_response)


def _refusal(environ: dict[str, Any], upgrade: bool) -> str | None:
    """The status line for a request at /ws that is no proper opening handshake. Source: RFC 6455 section 4.2.1."""
    if not upgrade or "upgrade" not in environ.get("HTTP_CONNECTION", "").lower():
        return "426 Upgrade Required"
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return "426 Upgrade Required"
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except binascii.Error:
        key = b""
    return None if len(key) == 16 and environ["REQUEST_METHOD"] == "GET" else "400 Bad Request"
