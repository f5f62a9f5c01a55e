"""The raw WebSocket at /ws: the handshake, and the handing over to the hub. An upgrade at / reaches it too.

flask-sock does the handshake on a thread of the server. Then the connection is taken from the server: the hub gets a
duplicate of the descriptor, the server's own is pointed at a dead socket, so that its later shutdown and close do not
touch the client; and the thread is free again. It leans on how simple-websocket 1.1.0 uses its thread class.
"""

from __future__ import annotations

import base64
import binascii
import functools
import logging
import os
import resource
import socket
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, request
from flask_sock import Sock
from simple_websocket import Server

from fairway.commands.validation import shown
from fairway.protocol.context import Context
from fairway.protocol.requests import LEVELS
from fairway.protocol.session import Session
from fairway.settings import Settings
from fairway.web.access import client_address, is_loopback
from fairway.web.websocket.hub import Begin, ConnectionLimits, Hub
from fairway.web.websocket.message_reader import MAX_MESSAGE_BYTES, REQUEST_BURST, REQUESTS_PER_S
from fairway.web.websocket.no_reader import NoReader

log = logging.getLogger(__name__)
SPARE_DESCRIPTORS = 512
SOCKETS = ("werkzeug.socket", "gunicorn.socket")


def limits(settings: Settings) -> dict[str, int]:
    """What `connection_established` publishes and the hub enforces."""
    return {
        "max_message_bytes": MAX_MESSAGE_BYTES,
        "max_clients": settings.max_clients,
        "max_clients_per_address": settings.max_clients_per_address,
        "requests_per_s": int(REQUESTS_PER_S),
        "request_burst": int(REQUEST_BURST),
    }


def mount(
    server: Flask,
    context: Context,
    settings: Settings,
    monotonic: Callable[[], float],
    stop: threading.Event,
    others: Mapping[str, Begin],
) -> Hub:
    """Serve /ws on `server`, and `others` at their paths; the hub holds the clients, and its `run` wants a thread."""
    _reserve_descriptors(settings.max_clients)
    hub = Hub(
        context, ConnectionLimits(settings.max_clients, settings.max_clients_per_address, is_loopback), monotonic, stop
    )
    server.config["SOCK_SERVER_OPTIONS"] = {"thread_class": NoReader}
    server.wsgi_app = UpgradeMiddleware(server.wsgi_app, ("/ws", *others))  # type: ignore[method-assign]

    def serve(ws: Server, begin: Begin) -> None:
        try:
            taken = take_over(ws.sock)
        except OSError as error:
            log.warning("no descriptor for a client: %s", error)
            ws.close(1013, "the server is out of descriptors, try again later")
            return
        hub.adopt(taken, client_address(request.environ, settings), begin)

    def serve_ws(ws: Server) -> None:
        serve(ws, functools.partial(Session, proto=2 if request.args.get("proto") == "2" else 1))

    sock = Sock(server)
    sock.route("/ws")(serve_ws)
    for path, begin in others.items():
        sock.route(path, endpoint=path)(functools.partial(serve, begin=begin))
    return hub


def _reserve_descriptors(clients: int) -> None:
    """Raise the soft limit on open files, often 1,024, to what the clients need, as far as the hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = clients + SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY and hard < wanted:
        log.warning("max_clients %d needs %d open files, the limit is %d (ulimit -Hn)", clients, wanted, hard)
        wanted = hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def take_over(sock: socket.socket) -> socket.socket:
    """The connection of `sock` under a descriptor of its own; `sock` itself is left with a dead socket.

    Raises:
        OSError: The process has no descriptor left; `sock` is as it was.

    """
    dead, other = socket.socketpair()
    with dead:
        other.close()
        taken = sock.dup()
        os.dup2(dead.fileno(), sock.fileno(), inheritable=False)
    return taken


class UpgradeMiddleware:
    """WSGI: sends an upgrade at / to /ws, answers what is no proper handshake, and declines compression."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], paths: Collection[str] = ("/ws",)) -> None:
        self._inner, self._paths = inner, paths

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        upgrade = environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        if upgrade and environ["PATH_INFO"] == "/":
            environ["PATH_INFO"] = "/ws"
        if environ["PATH_INFO"] in self._paths or (upgrade and environ["PATH_INFO"].startswith("/socket.io/")):
            refusal = _refusal(environ, upgrade) or _unfit(environ) or _wrong_level(environ)
            if refusal:
                headers = [("Content-Type", "text/plain"), ("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
                start_response(refusal.partition(":")[0], headers)
                return [refusal.encode() + b"\n"]
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return self._inner(environ, start_response)


def _wrong_level(environ: dict[str, Any]) -> str | None:
    """The status line, and why, where `?proto=` asks for a level that no one speaks."""
    asked = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).get("proto", ["1"])[-1]
    levels = [str(level) for level in LEVELS]
    return None if asked in levels else f"400 Bad Request: proto {shown(asked)} is not one of {', '.join(levels)}"


def _unfit(environ: dict[str, Any]) -> str | None:
    """The status line where the connection can't be handed over: no plain TCP socket, or no server with threads."""
    sock = next((environ[name] for name in SOCKETS if name in environ), None)
    # a socket of ssl or gevent is more than its descriptor
    if type(sock).__module__ == "socket" and environ["wsgi.multithread"]:
        return None
    server = environ.get("SERVER_SOFTWARE")
    log.error("no /ws under %s with %s: it needs werkzeug or gunicorn's gthread, without TLS", server, type(sock))
    return "501 Not Implemented"


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
