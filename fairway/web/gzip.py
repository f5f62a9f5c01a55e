"""Compresses responses for clients that accept gzip: the API's at the fastest level, the page's files once each."""

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
"""zlib's levels: for a response to one client, and for a file that is compressed once for all."""
MAX_FILES: Final = 512
"""Compressed files in memory; the page has about a hundred."""
_GZIP_WINDOW: Final = 31


def mount(server: Flask) -> None:
    """Compress the responses of `server` under /api and the files of the page."""
    cache: dict[bytes, bytes] = {}

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
            response.set_data(_compressed_once(cache, body) if part else _packed(body, FAST))
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


def _compressed_once(cache: dict[bytes, bytes], body: bytes) -> bytes:
    # by content: Dash builds the layout for each request, with the same bytes each time
    key = hashlib.blake2b(body, digest_size=16).digest()
    if key in cache:
        return cache[key]
    packed = _packed(body, SMALL)
    if len(cache) < MAX_FILES:
        cache[key] = packed
    return packed


def _packed(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(body) + packer.flush()
