"""Compressed answers, from the wired application."""

import gzip

import pytest

from app import create
from fairway.settings import Settings


@pytest.fixture(scope="module")
def client():
    return create(Settings(state_file="")).server.test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/_dash-component-suites/dash_leaflet/dash_leaflet.js",
        "/assets/main.mjs",
        "/api/docs/swagger-ui.css",
        "/api/realtime/ports",
    ],
)
def test_long_texts_go_out_compressed(client, path):
    """Who takes gzip gets the same text in fewer bytes, and again; who does not gets it as it is."""
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    for _ in range(2):
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) * 0.6
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert "Accept-Encoding" in packed.vary


@pytest.mark.parametrize("path", ["/api/realtime/zones", "/assets/none.mjs", "/healthz", "/assets/favicon.ico"])
def test_what_is_short_or_no_text_stays_as_it_is(client, path):
    """Packing it would cost more than it saves."""
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers
