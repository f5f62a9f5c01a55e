"""Response headers that tell a browser what the page may do: its own scripts, no frames by others, no sniffing.

Source: W3C Content Security Policy Level 3; the OWASP Secure Headers Project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Flask, Response

ONLINE_TILES = ("https://tile.openstreetmap.org", "https://tiles.openseamap.org")
"""The basemaps that a person may switch on; until then no one is asked."""


def secure(server: Flask, script_hashes: Iterable[str]) -> None:
    """Give every response of `server` its security headers.

    Args:
        server: the application.
        script_hashes: of the page's inline scripts, as `Dash.csp_hashes` lists them.

    """
    policy = _policy(list(script_hashes))
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }

    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    server.after_request(add)


def _policy(script_hashes: Sequence[str]) -> str:
    # Dash, Plotly and Leaflet set styles on elements; none of them needs eval
    parts = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *ONLINE_TILES],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in parts.items())
