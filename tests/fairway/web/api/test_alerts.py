"""Alerts and zones over REST and the stream, from a real server."""

import json
import urllib.error
import urllib.request

import orjson
import pytest
from websockets.sync.client import connect

from tests.support.frames import checked


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    """Everything above one knot is fast here, so that something happens; zones are kept in a file."""
    path = str(tmp_path_factory.mktemp("state") / "zones.db")
    return start_server("--update-interval", "1", "--fleet-size", "20", "--speed-alert", "1", "--state-file", path)


def send(server, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
    """The status and the JSON of an answer."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, content, headers, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
            return response.status, orjson.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        return error.code, orjson.loads(error.read())


def test_alerts_by_request(server):
    """Each alert is an event of the stream's shape; `since` and `limit` choose."""
    server.wait_until(lambda _: server.get("/api/realtime/alerts")["alerts"])
    answer = server.get("/api/realtime/alerts")
    first = answer["alerts"][0]
    assert (first["type"], first["kind"], first["state"], first["event_seq"]) == ("event", "high_speed", "raised", 1)
    assert answer["event_seq"] >= len(answer["alerts"])
    assert server.get(f"/api/realtime/alerts?since={answer['event_seq']}")["alerts"] == []
    assert len(server.get("/api/realtime/alerts?limit=1")["alerts"]) == 1


def test_acknowledged_by_anybody_for_everyone(server):
    """What one acknowledges, the next one sees; unknown ids are forgotten, nonsense is named."""
    server.wait_until(lambda _: len(server.get("/api/realtime/alerts")["alerts"]) > 1)
    path, ids = "/api/realtime/alerts", [event["event_id"] for event in server.get("/api/realtime/alerts")["alerts"]]
    assert server.get(path)["acknowledged"] == []
    assert send(server, "POST", f"{path}/acknowledged", {"event_ids": [ids[0], "no one's"]}) == (
        200,
        {"acknowledged": [ids[0]]},
    )
    assert send(server, "POST", f"{path}/acknowledged", {"event_ids": [ids[1]]})[1]["acknowledged"] == ids[:2]
    assert server.get(f"{path}?limit=1")["acknowledged"] == ids[:2]
    for body in ({}, {"event_ids": [7]}):
        code, answer = send(server, "POST", f"{path}/acknowledged", body)
        assert (code, answer["code"], answer["field"]) == (400, "bad_request", "event_ids")


def test_alerts_on_the_stream(server):
    """A level-2 client that resumes from an early event is sent those after it."""
    with connect(server.ws_url) as ws:
        greeting = checked(ws.recv())
        resume = {"epoch": greeting["epoch"], "seq": greeting["seq"], "event_seq": 0}
        wanted = {"type": "subscribe", "proto": 2, "period_ms": 250, "encoding": "columns", "resume": resume}
        ws.send(orjson.dumps(wanted).decode())
        kinds = set()
        while "event" not in kinds:
            kinds.add(checked(ws.recv(timeout=10))["type"])


def test_zones_are_made_listed_and_forgotten(server):
    """A zone drawn around the world is there until it is deleted."""
    ring = [[-10, -10], [10, -10], [10, 10], [-10, 10]]
    code, built = send(server, "POST", "/api/realtime/zones", {"name": "<b>Null</b>", "corners": ring})
    assert (code, built["name"], built["corners"]) == (201, "<b>Null</b>", ring)
    assert built in server.get("/api/realtime/zones")["zones"]
    assert send(server, "DELETE", f"/api/realtime/zones/{built['id']}")[0] == 204
    assert send(server, "DELETE", f"/api/realtime/zones/{built['id']}")[0] == 404
    assert server.get("/api/realtime/zones")["zones"] == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "name: is missing"),
        ([], "an object with name, corners"),
        ({"name": "x"}, "corners: is missing"),
        ({"name": "", "corners": [[0, 0], [1, 0], [0, 1]]}, "name: expected a text of 1 to 60"),
        ({"name": 3}, "name: expected a text"),
        ({"name": "x", "corners": [[0, 0], [1, 0], [1, 0]]}, "at least 3 corners"),
        ({"name": "x", "corners": [[0, 0], [1, 0], [0, 91]]}, "corners[2][1]: expected a number from -90 to 90"),
    ],
)
def test_a_bad_zone_is_an_error_that_says_why(server, body, says):
    """400 in the one shape of errors."""
    code, answer = send(server, "POST", "/api/realtime/zones", body)
    assert (code, answer["code"]) == (400, "bad_request")
    assert says in answer["message"]


def test_foreign_pages_draw_no_zones(server):
    """A page of another origin may not write."""
    body = {"name": "x", "corners": [[0, 0], [1, 0], [0, 1]]}
    code, _ = send(server, "POST", "/api/realtime/zones", body, Origin="http://127.0.0.1:1")
    assert code == 403
