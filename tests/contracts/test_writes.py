"""What changes something is closed to strangers: found from the URL map, so that a new route is closed by itself."""

import re

import pytest

from app import create
from fairway.settings import Settings

STRANGER = {"REMOTE_ADDR": "10.9.8.7"}
READERS = {"/_dash-update-component", "/api/realtime/vessels/<vessel>/subscribe"}
"""Routes that take a POST and change nothing. Whoever adds one here has to be sure of it."""


@pytest.fixture(scope="module")
def server():
    made = create(Settings(state_file="", token="open sesame")).server
    made.add_url_rule("/brand/new", "brand new", lambda: "done", methods=["PUT"])
    return made


def writes(server) -> list[tuple[str, str]]:
    """(method, path) of every route that may change something, with some value for each part of the path."""
    found = [
        (method, re.sub(r"<int(\(.*\))?:\w+>", "1", re.sub(r"<\w+>", "x", rule.rule)))
        for rule in server.url_map.iter_rules()
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}
        if rule.rule not in READERS
    ]
    return sorted(found)


def test_strangers_change_nothing(server):
    """Without the token every such route answers 401, with a wrong one as well; with the right one it listens."""
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
    """A server without a token refuses every stranger, and listens to its own machine."""
    server = create(Settings(state_file="")).server
    client = server.test_client()
    for method, path in writes(server):
        assert client.open(path, method=method, json={}, environ_base=STRANGER).status_code == 403
        forwarded = client.open(path, method=method, json={}, headers={"X-Forwarded-For": "10.9.8.7"})
        assert forwarded.status_code == 403
        assert client.open(path, method=method, json={}).status_code not in (401, 403)


def test_a_route_that_is_not_there_is_not_a_write(server):
    """A wrong method is told 405, an unknown path 404, whoever asks."""
    client = server.test_client()
    assert client.post("/api/realtime/status", json={}, environ_base=STRANGER).status_code == 405
    assert client.post("/nowhere/at/all", json={}, environ_base=STRANGER).status_code in (404, 405)
