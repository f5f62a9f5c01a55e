"""Scripts and styles go out compressed, each compressed once while the process lives."""

from __future__ import annotations

import gzip
import hashlib
from typing import Final

from flask import Flask, Response, request

PATHS: Final = ("/assets/", "/_dash-component-suites/", "/_dash-layout")
FROM_BYTES: Final = 1400
MOST: Final = 512
"""Kept answers; the page has about a hundred."""


def mount(server: Flask) -> None:
    """Compress the page's own parts for browsers that take gzip."""
    packed: dict[bytes, bytes] = {}

    def compress(response: Response) -> Response:
        if response.status_code != 200 or not _worth_it(response):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < FROM_BYTES:
            return response
        # by content: the layout is made anew for each request, and is the same each time
        key = hashlib.blake2b(body, digest_size=16).digest()
        if key not in packed and len(packed) < MOST:
            packed[key] = gzip.compress(body, 6, mtime=0)
        if key in packed:
            response.set_data(packed[key])
            response.headers["Content-Encoding"] = "gzip"
            tag, _ = response.get_etag()
            if tag:
                response.set_etag(tag, weak=True)
            response.vary.add("Accept-Encoding")
        return response

    server.after_request(compress)


def _worth_it(response: Response) -> bool:
    text = response.mimetype in ("text/javascript", "application/javascript", "text/css", "application/json")
    ours = any(part in request.path for part in PATHS) and not request.path.endswith(".gz")
    return text and ours and request.accept_encodings["gzip"] > 0 and "Content-Encoding" not in response.headers
