"""What browsers learn about the page's rights."""

import base64
import hashlib
import re

import pytest

from app import create
from fairway.settings import Settings


@pytest.fixture(scope="module")
def client():
    return create(Settings(state_file="")).server.test_client()


@pytest.mark.parametrize("path", ["/", "/api/realtime/status", "/assets/main.mjs", "/_dash-layout"])
def test_every_answer_has_them(client, path):
    """Page, REST, assets and Dash's own routes bear the policy, and may not be sniffed or framed by others."""
    headers = client.get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_scripts_from_elsewhere_and_inline_ones_are_not_run(client):
    """Scripts are the server's own files, and the one inline script of the page by its hash: no wildcard, no eval."""
    response = client.get("/")
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    (script,) = re.findall(r'<script id="_dash-renderer"[^>]*>(.*?)</script>', response.text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy["script-src"].split() == ["'self'", f"'sha256-{digest}'"]
