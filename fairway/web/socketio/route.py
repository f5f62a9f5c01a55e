"""Socket.IO: the guide's events on the same port, at level 1 of the protocol.

Every client holds one of the server's threads, and more of the library's; /ws costs none. So at most half of the
threads are given to it. The library is loaded when the first client knocks: it takes about 15 MB.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from flask import Flask

from fairway.protocol.context import Context
from fairway.settings import Settings
from fairway.web.access import is_loopback
from fairway.web.socketio.listeners import Listeners
from fairway.web.websocket.hub import ConnectionLimits

PATH: Final = "/socket.io/"
REFUSALS_AT_ONCE: Final = 4
"""Threads, besides the half, that tell further clients why there is no seat."""


def mount(
    server: Flask, context: Context, settings: Settings, monotonic: Callable[[], float], stop: threading.Event
) -> Listeners:
    """Serve Socket.IO on `server`; the clients are held by the Listeners, whose `run` wants a thread."""
    seats = ConnectionLimits(settings.threads // 2, settings.max_clients_per_address, is_loopback)
    listeners = Listeners(context, seats, monotonic, stop)
    server.wsgi_app = _Door(server, listeners, settings, monotonic)  # type: ignore[method-assign]
    return listeners


class _Door:
    """WSGI: what is under /socket.io goes to the library, as long as threads are left for everyone else."""

    def __init__(self, server: Flask, listeners: Listeners, settings: Settings, monotonic: Callable[[], float]) -> None:
        self._inner, self._server, self._listeners = server.wsgi_app, server, listeners
        self._settings, self._monotonic = settings, monotonic
        self._room = min(settings.threads // 2 + REFUSALS_AT_ONCE, settings.threads - 1)
        self._held, self._lock = 0, threading.Lock()
        self._library: Callable[..., Iterable[bytes]] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request. A GET is held as long as a poll waits or a WebSocket lives."""
        if not environ["PATH_INFO"].startswith(PATH):
            return self._inner(environ, start_response)
        if "j" in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True):
            # JSONP: a script of a foreign page, which comes without an Origin, could read the answer
            return _say(start_response, "400 Bad Request", "bad_request", "JSONP is not served")
        if environ["REQUEST_METHOD"] != "GET":
            return self._loaded()(environ, start_response)
        if not self._take():
            text = f"all {self._room} threads for Socket.IO are taken, try again later, or use /ws"
            return _say(start_response, "503 Service Unavailable", "busy", text)
        try:
            return self._loaded()(environ, start_response)
        finally:
            with self._lock:
                self._held -= 1

    def _take(self) -> bool:
        with self._lock:
            free = self._held < self._room
            self._held += free
            return free

    def _loaded(self) -> Callable[..., Iterable[bytes]]:
        with self._lock:
            if self._library is None:
                from fairway.web.socketio.engineio import build

                self._library = build(self._server, self._listeners, self._settings, self._monotonic)
            return self._library


def _say(start_response: Callable[..., Any], status: str, code: str, text: str) -> Iterable[bytes]:
    body = orjson.dumps({"type": "error", "code": code, "message": text})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "5")]
    start_response(status, headers)
    return [body]
