"""Any request to any route has an answer below 500 without paths or secrets. Routes come from the URL map."""

import copy
import logging
import re

import pytest

from app import create
from fairway.settings import Settings
from tests.support.malformed import STRANGE, paths

SECRET = "open-sesame-7"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PARTS = ("x", "1", "%00", "..%2F..%2Fetc%2Fpasswd", "9" * 400, "%F0%9F%9A%A2", "%ff", "'%3B--", "%3Cscript%3E")
BODIES = (
    b"", b"{", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 50_000, b'{"a":' * 2000, b'"' + b"x" * 2**20 + b'"',
    b'{"time": 1e999}', b'{"name": 1, "corners": [[1, 2], "x"], "seconds": "1", "rate": []}',
)  # fmt: skip
TELLTALE = re.compile(rb'Traceback|File "|site-packages|/usr/|/home/|/tmp/|/root/|\.py\b|' + SECRET.encode())
CALLBACK = {
    "output": "..vessel-card.children...vessel-speed.figure...vessel-figure.hidden...track.data..",
    "outputs": [
        {"id": "vessel-card", "property": "children"},
        {"id": "vessel-speed", "property": "figure"},
        {"id": "vessel-figure", "property": "hidden"},
        {"id": "track", "property": "data"},
    ],
    "inputs": [{"id": "selected", "property": "data", "value": {"mmsi": 352100000}}],
    "changedPropIds": ["selected.data"],
}


@pytest.fixture(scope="module")
def server():
    settings = Settings(token=SECRET, state_file="", mqtt_url=f"mqtt://me:{SECRET}@localhost", feeds="simulator")
    return create(settings).server


def requests(server):
    """(method, path) of every route with every method, and junk in the place of each part of the path."""
    for rule in server.url_map.iter_rules():
        for part in PARTS if "<" in rule.rule else PARTS[:1]:
            for method in METHODS:
                yield method, re.sub(r"<[^>]+>", part, rule.rule)


def judge(answer, asked):
    # /readyz of a server that has not started is a 503, and Socket.IO's seats may be taken
    assert answer.status_code < 500 or (answer.status_code, asked[1]) == (503, "/readyz"), (asked, answer.data[:300])
    if answer.status_code >= 400:
        assert not TELLTALE.search(answer.data), (asked, answer.data[:300])
        if asked[1].startswith("/api/") and asked[0] != "HEAD":
            assert answer.json["type"] == "error", (asked, answer.data[:300])


def test_junk(server, caplog):
    """404, 405, 413, 415 and 400 name the fault only; no request leaves a traceback or a token in the answer."""
    client = server.test_client()
    bearer = {"Authorization": f"Bearer {SECRET}"}
    with caplog.at_level(logging.INFO):
        for method, path in requests(server):
            judge(client.open(path, method=method, headers=bearer), (method, path))
            judge(client.open(f"{path}?limit=x&bbox=%ff&q=%00", method=method, headers=bearer), (method, path))
    assert [record for record in caplog.records if record.exc_info or SECRET in record.getMessage()] == []


def test_junk_in_the_body(server, caplog):
    """The same for invalid JSON, too long bodies, and JSON of another kind."""
    client = server.test_client()
    routes = [
        (method, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in server.url_map.iter_rules()
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(routes) > 10
    for method, path in routes:
        for body in BODIES:
            for kind in ("application/json", "text/plain"):
                answer = client.open(
                    path, method=method, data=body, content_type=kind, headers={"Authorization": f"Bearer {SECRET}"}
                )
                judge(answer, (method, path, body[:40]))
    assert [record for record in caplog.records if record.exc_info] == []


def test_junk_for_the_page(server):
    """A callback of the page with one value replaced or removed is refused or answered, and never fails."""
    ask = server.test_client().post
    good = ask("/_dash-update-component", json=CALLBACK)
    assert (good.status_code, "vessel-card" in good.text) == (200, True)
    for path in paths(CALLBACK):
        for strange in (*STRANGE[:-1], {"mmsi": -1}, {"mmsi": 10**30}, {"mmsi": "1"}, ...):
            body = copy.deepcopy(CALLBACK)
            place = body
            for key in path[:-1]:
                place = place[key]
            if strange is ...:
                del place[path[-1]]
            else:
                place[path[-1]] = strange
            judge(ask("/_dash-update-component", json=body), ("POST", "/_dash-update-component", path, strange))
