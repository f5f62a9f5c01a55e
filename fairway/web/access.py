"""Who may read and who may write: one pure function each over a WSGI environ and the settings.

The peer is taken at its word only where a browser cannot lie for it: Host and Origin are the browser's own, and
forwarded headers count only behind `trusted_proxies`. The guard also keeps who may ask from asking too often.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from wsgiref.headers import Headers

import orjson
from flask import Flask
from werkzeug.exceptions import HTTPException

from fairway.settings import Settings
from fairway.web.rate_limit import Buckets

Environ = Mapping[str, Any]

CORS_SECONDS: Final = "600"
_METHODS: Final = "GET, HEAD, POST, PATCH, DELETE, OPTIONS"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_READERS: Final = ("/_dash-update-component", "api_subscribe")
"""Endpoints that take a POST and change nothing: Dash's callbacks, and the answer that says how to subscribe."""
_LIMITED: Final = ("/api/", "/status", "/readyz", "/metrics")
"""Paths that cost an answer made for the one who asks; the page's own parts are not among them."""
_PROBES: Final = ("/healthz", "/readyz")
"""Paths that answer for any Host: health checks use an address or the public name, and the answers hold no secrets."""
BURST_S: Final = 5.0
WORK_SHARE: Final = 0.25
"""Of a processor that one address may take for its answers: a list of the whole fleet is worth many small ones."""
_ORIGIN: Final = re.compile(r"(https?)://([^/?#@\s,]+)", re.ASCII | re.IGNORECASE)
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?", re.ASCII | re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered: the HTTP status, the error's code and its message."""

    status: int
    code: str
    message: str
    retry_after_s: float = 0.0


def refuse(environ: Environ, settings: Settings) -> Refusal | None:
    """Why this request may not read, or None if it may. Also for streams, before the upgrade."""
    rebound = _refuse_host(environ, settings)
    if rebound or _is_own(environ, settings):
        return rebound
    origin = environ["HTTP_ORIGIN"]
    if _is_local(environ) and (origin == "null" or _is_loopback_name(_host_of_origin(origin))):
        return None
    return Refusal(
        403, "forbidden_origin", f"pages of {origin!r:.80} may not read here; --origins names those that may"
    )


def refuse_write(environ: Environ, settings: Settings) -> Refusal | None:
    """Why this request may not change anything, or None if it may."""
    refusal = _refuse_host(environ, settings)
    if refusal:
        return refusal
    if not _is_own(environ, settings):
        return Refusal(403, "forbidden_origin", f"pages of {environ['HTTP_ORIGIN']!r:.80} may not write here")
    return _refuse_token(environ, settings.token) if settings.token else _refuse_without_token(environ, settings)


def address(environ: Environ, settings: Settings) -> tuple[str, str]:
    """Where the client sent this request: http or https, and the host with its port."""
    count = settings.trusted_proxies
    scheme = _trusted(environ, "HTTP_X_FORWARDED_PROTO", count) or environ.get("wsgi.url_scheme", "http")
    host = _trusted(environ, "HTTP_X_FORWARDED_HOST", count) or environ.get("HTTP_HOST", "")
    # a WebSocket under some servers has the scheme ws
    return {"ws": "http", "wss": "https"}.get(scheme, scheme), host


def client_address(environ: Environ, settings: Settings) -> str:
    """The address that limits count by: the peer's, or the one that the outermost trusted proxy saw."""
    forwarded = _split(environ.get("HTTP_X_FORWARDED_FOR", ""))
    if not 0 < settings.trusted_proxies <= len(forwarded):
        return str(environ.get("REMOTE_ADDR", ""))
    match = re.fullmatch(r"\[(.+)\](?::\d+)?|([^:]+):\d+|(.+)", forwarded[-settings.trusted_proxies])
    return next(filter(None, match.groups()), "") if match else ""


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own, 127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104; False for what is none."""
    try:
        ip = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def guard(server: Flask, settings: Settings, timestamp: Callable[[], str]) -> None:
    """Put every route of `server` behind `refuse`, and those that change something behind `refuse_write` as well.

    A route is closed unless it is known to change nothing: a new one need not be listed here. Allowed foreign pages get
    their CORS headers. Who asks too often gets 429. Mount it last: what is mounted later stands outside.
    """
    server.wsgi_app = _Guard(server, settings, timestamp)  # type: ignore[method-assign]


def limits(settings: Settings) -> dict[str, int]:
    """What `connection_established` publishes of the limits on requests by REST; nothing where there is none."""
    rate = settings.rest_requests_per_s
    return {"rest_requests_per_s": rate, "rest_request_burst": int(rate * BURST_S)} if rate else {}


def changes(method: str, endpoint: str) -> bool:
    """Whether a request with this method may change something, at this endpoint of Flask's."""
    return method not in _SAFE and endpoint not in _READERS


class _Guard:
    """WSGI: 401 or 403 for the refused, 429 for who asks too often, 204 for a preflight, CORS headers for the rest."""

    def __init__(self, server: Flask, settings: Settings, timestamp: Callable[[], str]) -> None:
        self._server, self._inner, self._settings, self._timestamp = server, server.wsgi_app, settings, timestamp
        rate = settings.rest_requests_per_s
        self._buckets = Buckets(rate, rate * BURST_S) if rate else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        refusal = self._judge(environ)
        shared = [] if refusal else _cors(environ, self._settings)
        # the refused pay too: a token is not to be guessed
        refusal = self._too_often(environ) or refusal
        if refusal:
            return self._refused(refusal, shared, start_response)
        if shared and environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("204 No Content", [*shared, ("Content-Length", "0")])
            return []

        def start(status: str, headers: list[tuple[str, str]], *more: object) -> Any:
            mixed = Headers(headers)
            mixed["Vary"] = ", ".join([*mixed.get_all("Vary"), "Origin"])
            headers.extend(item for item in shared if item[0] != "Vary")
            return start_response(status, headers, *more)

        begin = time.thread_time()
        answer = self._inner(environ, start)
        self._charge(environ, time.thread_time() - begin)
        return answer

    def _judge(self, environ: Environ) -> Refusal | None:
        method = environ["REQUEST_METHOD"]
        try:
            endpoint, _ = self._server.url_map.bind("").match(environ.get("PATH_INFO", "/"), method)
        except HTTPException:  # there is no such route, so nothing can be changed
            return refuse(environ, self._settings)
        return (refuse_write if changes(method, endpoint) else refuse)(environ, self._settings)

    def _limited(self, environ: Environ) -> str:
        """The address whose tokens this request costs; empty where it costs none."""
        if not environ.get("PATH_INFO", "").startswith(_LIMITED):
            return ""
        asking = client_address(environ, self._settings)
        return "" if is_loopback(asking) else asking

    def _too_often(self, environ: Environ) -> Refusal | None:
        asking = self._limited(environ)
        if self._buckets is None or not asking:
            return None
        wait_s = self._buckets.take(asking, time.monotonic())
        text = f"at most {self._settings.rest_requests_per_s} requests a second from one address"
        return Refusal(429, "rate_limited", text, wait_s) if wait_s else None

    def _charge(self, environ: Environ, work_s: float) -> None:
        asking = self._limited(environ)
        if self._buckets is not None and asking:
            tokens = work_s * self._settings.rest_requests_per_s / WORK_SHARE
            self._buckets.pay(asking, tokens, time.monotonic())

    def _refused(
        self, refusal: Refusal, shared: list[tuple[str, str]], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        error: dict[str, Any] = {"type": "error", "timestamp": self._timestamp(), "code": refusal.code}
        error["message"] = refusal.message
        headers = [("Content-Type", "application/json")]
        if refusal.retry_after_s:
            error["retry_after_ms"] = math.ceil(refusal.retry_after_s * 1000)
            headers.append(("Retry-After", str(math.ceil(refusal.retry_after_s))))
        body = orjson.dumps(error)
        headers += [("Content-Length", str(len(body))), *(shared or [("Vary", "Origin")])]
        start_response(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", headers)
        return [body]


def _cors(environ: Environ, settings: Settings) -> list[tuple[str, str]]:
    """The headers that let an allowed page of another origin read the answer. Source: the Fetch standard, 3.3."""
    if "HTTP_ORIGIN" not in environ or _is_same(environ, settings):
        return []
    return [
        ("Access-Control-Allow-Origin", environ["HTTP_ORIGIN"]),
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match"),
        ("Access-Control-Expose-Headers", "ETag, Retry-After"),
        ("Access-Control-Max-Age", CORS_SECONDS),
        ("Vary", "Origin"),
    ]


def _refuse_host(environ: Environ, settings: Settings) -> Refusal | None:
    """DNS rebinding: a foreign name that was made to point at this machine comes from a loopback peer.

    A request without Host comes from no browser.
    """
    if not is_loopback(str(environ.get("REMOTE_ADDR", ""))) or "HTTP_HOST" not in environ:
        return None
    if environ.get("REQUEST_METHOD") in _SAFE and environ.get("PATH_INFO") in _PROBES:
        return None
    if settings.trusted_proxies and "HTTP_X_FORWARDED_FOR" in environ:
        return None
    name = _name(environ["HTTP_HOST"])
    if _is_loopback_name(name) or name in settings.host_names:
        return None
    text = f"Host {environ['HTTP_HOST']!r:.80} is not known here; --hosts names further ones, or set --trusted-proxies"
    return Refusal(403, "forbidden_host", text)


def _is_own(environ: Environ, settings: Settings) -> bool:
    """No Origin (no browser, or a page's own GET), the same origin, or one of the settings."""
    if "HTTP_ORIGIN" not in environ or _is_same(environ, settings):
        return True
    origin = _parts(environ["HTTP_ORIGIN"])
    return origin is not None and origin in map(_parts, settings.origin_names)


def _is_same(environ: Environ, settings: Settings) -> bool:
    """Whether Origin is where the request itself went. Source: RFC 6454 section 5."""
    scheme, host = address(environ, settings)
    origin = _parts(environ["HTTP_ORIGIN"])
    return origin is not None and origin == _parts(f"{scheme}://{host}")


def _is_local(environ: Environ) -> bool:
    """A browser on this machine: loopback peer, loopback Host, and no proxy that speaks for another address."""
    peer, host = str(environ.get("REMOTE_ADDR", "")), environ.get("HTTP_HOST", "")
    return is_loopback(peer) and _is_loopback_name(_name(host)) and not _is_forwarded(environ)


def _refuse_token(environ: Environ, token: str) -> Refusal | None:
    scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    # WSGI decodes headers as latin-1
    right = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    if scheme.lower() == "bearer" and right:
        return None
    return Refusal(401, "unauthorized", "writing needs the token: Authorization: Bearer <token>")


def _refuse_without_token(environ: Environ, settings: Settings) -> Refusal | None:
    if not _is_local(environ):
        return Refusal(403, "forbidden", "no token is set, so only this machine may write, and not through a proxy")
    if "HTTP_ORIGIN" in environ and not _is_same(environ, settings):
        return Refusal(403, "forbidden_origin", "no token is set, so only this server's own pages may write")
    has_body = environ["REQUEST_METHOD"] != "DELETE" or environ.get("CONTENT_LENGTH") not in (None, "", "0")
    if has_body and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        return Refusal(415, "not_json", "the body of a write is JSON: Content-Type: application/json")
    return None


def _is_forwarded(environ: Environ) -> bool:
    return any(name == "HTTP_FORWARDED" or name.startswith("HTTP_X_FORWARDED") for name in environ)


def _trusted(environ: Environ, header: str, proxies: int) -> str:
    """What the outermost trusted proxy said; empty where there is none. Proxies append, or replace."""
    values = _split(environ.get(header, ""))
    return values[-min(proxies, len(values))] if proxies and values else ""


def _split(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _parts(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web origin."""
    match = _ORIGIN.fullmatch(origin)
    host = _HOST.fullmatch(match[2]) if match else None
    if not match or not host:
        return None
    scheme = match[1].lower()
    return scheme, host[1].lower(), int(host[2] or _DEFAULT_PORTS[scheme])


def _host_of_origin(origin: str) -> str:
    parts = _parts(origin)
    return parts[1] if parts else ""


def _name(host: str) -> str:
    """The name in a Host header, lower case, without its port; empty for what is none."""
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else ""


def _is_loopback_name(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)
