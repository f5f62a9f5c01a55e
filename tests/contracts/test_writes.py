"""Routes that change something refuse strangers. Routes come from the URL map, so that a new route is covered."""

import re

import pytest

from app import create
from fairway.settings import Settings

STRANGER = {"REMOTE_ADDR": "10.9.8.7"}
READERS = {"/_dash-update-component", "/api/realtime/vessels/<vessel>/subscribe"}
"""Routes that take a POST and change nothing. Whoever adds one here has to be sure of it."""


@pytest.fixture(scope="module")
def server():
    flask = create(Settings(state_file="", token="open sesame")).server
    flask.add_url_rule("/brand/new", "brand new", lambda: "done", methods=["PUT"])
    return flask


def writes(server) -> list[tuple[str, str]]:
    """Return (method, path) of every route that may change something, with a value for each part of the path."""
    found = [
        (method, re.sub(r"<int(\(.*\))?:\w+>", "1", re.sub(r"<\w+>", "x", rule.rule)))
        for rule in server.url_map.iter_rules()
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}
        if rule.rule not in READERS
    ]
    return sorted(found)


def test_strangers_change_nothing(server):
    """Without the token or with a wrong one, each such route answers 401; with the right one it does not."""
    routes = writes(server)
    assert ("PUT", "/brand/new") in routes
    assert ("PATCH", "/api/simulation/clock") in routes
    client = server.test_client()
    for method, path in routes:
        for token in ({}, {"Authorization": "Bearer close sesame"}):
            answer = client.open(path, method=method, json={}, headers=token, environ_base=STRANGER)
            assert (method, path, answer.status_code) == (method, path, 401)
        right = {"Authorization": "Bearer open sesame"}
        answer = client.open(path, method=method, json={}, headers=right, environ_base=STRANGER)
        assert answer.status_code not in (401, 403)


def test_without_a_token_only_this_machine_writes():
    """A server without a token refuses every stranger and accepts its own machine."""
    server = create(Settings(state_file="")).server
    client = server.test_client()
    for method, path in writes(server):
        assert client.open(path, method=method, json={}, environ_base=STRANGER).status_code == 403
        forwarded = client.open(path, method=method, json={}, headers={"X-Forwarded-For": "10.9.8.7"})
        assert forwarded.status_code == 403
        assert client.open(path, method=method, json={}).status_code not in (401, 403)


def test_a_route_that_is_not_there_is_not_a_write(server):
    """A wrong method gets 405, an unknown path 404, from any client."""
    client = server.test_client()
    assert client.post("/api/realtime/status", json={}, environ_base=STRANGER).status_code == 405
    assert client.post("/nowhere/at/all", json={}, environ_base=STRANGER).status_code in (404, 405)
