"""Answers go out compressed to those who take gzip: the API's as fast as can be, the page's parts once and for all."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

from flask import Flask, Response, request

API: Final = "/api/"
PARTS: Final = ("/api/docs/", "/assets/", "/_dash-component-suites/", "/_dash-layout")
TEXTS: Final = ("text/", "application/javascript", "application/json", "application/geo+json", "application/gpx+xml")
FROM_BYTES: Final = 1400
FAST, SMALL = 1, 6
"""zlib's levels: of an answer that is made for one client, and of a part that is packed once for all."""
MOST: Final = 512
"""Parts that are kept; the page has about a hundred."""
_GZIP_WINDOW: Final = 31


def mount(server: Flask) -> None:
    """Compress what `server` answers under /api and as parts of the page."""
    kept: dict[bytes, bytes] = {}

    def compress(response: Response) -> Response:
        part = any(place in request.path for place in PARTS) and not request.path.endswith(".gz")
        if not (part or request.path.startswith(API)):
            return response
        response.vary.add("Accept-Encoding")
        if not _worth_it(response):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) >= FROM_BYTES:
            response.set_data(_kept(kept, body) if part else _packed(body, FAST))
            response.headers["Content-Encoding"] = "gzip"
            tag, _ = response.get_etag()
            if tag:
                response.set_etag(tag, weak=True)
        return response

    server.after_request(compress)


def _worth_it(response: Response) -> bool:
    text = (response.mimetype or "").startswith(TEXTS)
    whole = response.status_code == 200 and "Content-Encoding" not in response.headers
    return text and whole and request.accept_encodings["gzip"] > 0


def _kept(kept: dict[bytes, bytes], body: bytes) -> bytes:
    # by content: the layout is made anew for each request, and is the same each time
    key = hashlib.blake2b(body, digest_size=16).digest()
    if key in kept:
        return kept[key]
    packed = _packed(body, SMALL)
    if len(kept) < MOST:
        kept[key] = packed
    return packed


def _packed(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(body) + packer.flush()
