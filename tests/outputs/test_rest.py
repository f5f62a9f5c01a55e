"""REST, answered by the wired application without a socket."""

import json

import numpy as np
import pytest

from app import Fairway, create
from config import Settings
from traffic.batch import Batch
from traffic.fields import LATLON_SCALE

PIONEER = 352_100_000


@pytest.fixture(scope="module")
def fairway() -> Fairway:
    made = create(Settings())
    now = made.clock.now()
    mmsi, times = np.array([PIONEER, 2], np.uint32), np.full(2, round(now * 1000))
    moving = {"lat": np.array([50, 51], np.int32) * LATLON_SCALE, "lon": np.array([-20, -21], np.int32) * LATLON_SCALE}
    moving |= {"sog": np.full(2, 120, np.uint16), "cog": np.full(2, 900, np.uint16)}
    static = {"name": ["MV Atlantic Pioneer", ""], "imo": [7000009, 0], "vessel_type": [0, 3]}
    made.traffic.put(Batch(mmsi, times, "simulator", True, moving, static))
    made.traffic.advance(now)
    return made


@pytest.fixture
def get(fairway):
    def get(path: str, status: int = 200):
        response = fairway.server.test_client().get(path)
        assert response.status_code == status
        assert response.mimetype == "application/json"
        return json.loads(response.data)

    return get


def test_status(get, fairway):
    """The guide's curl shows that it runs, how often it updates, and how the fleet stands."""
    status = get("/api/realtime/status")
    assert (status["total_vessels"], status["update_interval"], status["connected_clients"]) == (2, 30.0, 0)
    assert status["is_running"] is False
    assert status["epoch"] == fairway.traffic.snapshot().epoch
    assert status["reports"] == {"simulator": 2}


def test_vessels(get):
    """All vessels, counted, in the shape of an update."""
    answer = get("/api/realtime/vessels")
    assert answer["total_count"] == len(answer["vessels"]) == 2
    assert {v["mmsi"]: v["vessel_name"] for v in answer["vessels"]} == {PIONEER: "MV Atlantic Pioneer", 2: None}
    assert answer.keys() >= {"epoch", "seq", "timestamp"}


@pytest.mark.parametrize("number", ["IMO7000009", "7000009", str(PIONEER), "imo7000009", "IMO7000001"])
def test_one_vessel(get, number):
    """A vessel is found by any of its numbers, the guide's wrong check digit included."""
    assert get(f"/api/realtime/vessels/{number}")["mmsi"] == PIONEER


def test_track(get):
    """The track has the points in memory, with speed in knots."""
    answer = get(f"/api/realtime/vessels/{PIONEER}/track")
    assert answer["count"] == len(answer["points"]) == 1
    point = answer["points"][0]
    assert (point["latitude"], point["longitude"], point["speed_over_ground"]) == (50.0, -20.0, 12.0)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("IMO9074729", 404, "not_found"), ("IMO12", 400, "bad_request"), ("%22%3Cscript%3E/track", 400, "bad_request")],
)
def test_errors(get, path, status, code):
    """An unknown vessel is 404, a number that is none is 400, in the shape of the stream's error, naming it."""
    error = get(f"/api/realtime/vessels/{path}", status)
    assert (error["type"], error["code"]) == ("error", code)
    assert error["message"]


def test_routes_and_ports(get):
    """The guide's five routes and their ports."""
    routes = {route["name"]: route for route in get("/api/realtime/routes")["routes"]}
    assert len(routes) == 5
    assert all(len(leg) > 10 for route in routes.values() for leg in route["legs"])
    ports = {port["name"]: port for port in get("/api/realtime/ports")["ports"]}
    assert {"Singapore", "Rotterdam", "Hong Kong", "Tokyo", "Los Angeles", "New York", "Miami"} <= ports.keys()
    assert {"Bahrain", "Abu Dhabi", "Marseille", "Vitoria", "Santos", "Qingdao"} <= ports.keys()
    assert ports["Rotterdam"]["locode"] == "NLRTM"


def test_a_write_is_refused(fairway):
    """There is nothing to write here yet: 405."""
    assert fairway.server.test_client().post("/api/realtime/vessels").status_code == 405
