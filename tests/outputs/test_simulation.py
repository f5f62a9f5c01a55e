"""/api/simulation, answered by the wired application without a socket or a thread."""

import json

import pytest

from app import create
from config import Settings


@pytest.fixture
def fairway():
    return create(Settings(fleet_size=20, start="2026-01-31T12:00:00Z"))


@pytest.fixture
def call(fairway):
    def call(method: str, path: str, body=None, status: int = 200, **options):
        response = fairway.server.test_client().open(
            f"/api/simulation{path}", method=method, **({"json": body} if body is not None else {}), **options
        )
        assert response.status_code == status, response.text
        return json.loads(response.data)

    return call


def test_the_clock(call):
    """The clock tells its time, rate, mode, seed and interval."""
    clock = call("GET", "/clock")
    assert clock == {
        "time": "2026-01-31T12:00:00Z",
        "rate": 1.0,
        "rate_actual": 1.0,
        "paused": False,
        "mode": "simulation",
        "seed": 1,
        "update_interval": 30.0,
    }


def test_change_and_step(call, fairway):
    """A patch changes what it names; a step of a minute moves the time by one."""
    changed = call("PATCH", "/clock", {"rate": 60, "paused": True, "update_interval": 10})
    assert (changed["rate"], changed["paused"], changed["update_interval"]) == (60.0, True, 10.0)
    assert call("POST", "/step", {"seconds": 60})["time"] == "2026-01-31T12:01:00Z"
    assert call("POST", "/step", {})["time"] == "2026-01-31T12:01:01Z"
    assert call("PATCH", "/clock", {"time": "2026-01-31T15:00:00Z"})["time"] == "2026-01-31T15:00:00Z"
    assert fairway.status()["update_interval"] == 10.0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rate": 5000}, "rate"),
        ({"rate": "fast"}, "rate"),
        ({"rate": True}, "rate"),
        ({"paused": 1}, "paused"),
        ({"time": "noon"}, "time"),
        ({"time": 12}, "time"),
        ({"speed": 2}, "speed"),
        ({"update_interval": 0}, "update_interval"),
    ],
)
def test_a_bad_patch_names_its_fault(call, body, field):
    """What can't be is a 400 in the shape of the stream's error, and changes nothing."""
    before = call("GET", "/clock")
    error = call("PATCH", "/clock", body, 400)
    assert (error["type"], error["field"]) == ("error", field)
    assert call("GET", "/clock") == before


def test_no_json(call):
    """A body that is no JSON object is refused."""
    assert call("PATCH", "/clock", [1], 400)["code"] == "bad_request"
    text = {"data": "{", "content_type": "application/json"}
    assert call("PATCH", "/clock", status=400, **text)["code"] == "bad_json"


def test_writes_obey_the_rule(call):
    """A foreign page or a body that a form could send changes nothing; a wrong method is 405."""
    assert call("PATCH", "/clock", {"rate": 2}, 403, headers={"Origin": "http://evil.example"})["type"] == "error"
    assert call("PATCH", "/clock", {"rate": 2}, 403, headers={"Origin": "http://localhost:9"})["type"] == "error"
    call("POST", "/step", status=415, data="seconds=1", content_type="application/x-www-form-urlencoded")
    assert call("GET", "/clock")["rate"] == 1.0


def test_without_a_simulator(recording):
    """A replay answers 409 to everything here."""
    made = create(Settings(feeds="aivdm_file", aivdm_file=str(recording)))
    for method, path in (("GET", "/clock"), ("PATCH", "/clock"), ("POST", "/step")):
        response = made.server.test_client().open(f"/api/simulation{path}", method=method, json={})
        assert (response.status_code, response.json["code"]) == (409, "no_simulator")
