"""/api/simulation, answered by the wired application without a socket or a thread."""

import json

import pytest

from app import create
from fairway.settings import Settings
from fairway.traffic import fields
from sim.scenario import scenario


@pytest.fixture
def fairway():
    return create(Settings(state_file="", fleet_size=20, start="2026-01-31T12:00:00Z"))


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
    assert clock.pop("rate_actual") <= 1.0
    assert clock == {
        "time": "2026-01-31T12:00:00Z",
        "rate": 1.0,
        "paused": False,
        "mode": "simulation",
        "seed": 1,
        "update_interval": 30.0,
        "scenario": None,
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
        ({"rate": None}, "rate"),
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


UPDATE_KEYS = [key.name for key in fields.UPDATE]
TRACKER = {"vessel_name": "Custom Tracker", "vessel_type": "tanker", "position": {"latitude": 45.0, "longitude": -30.0}}
ON_ROUTE = {"vessel_name": "Custom Tracker", "vessel_type": "tanker", "route": "Atlantic"}
ATLANTIC = {
    "name": "Atlantic",
    "waypoints": [
        {"lat": 40.7128, "lon": -74.0060, "name": "New York"},
        {"lat": 51.5074, "lon": -0.1278, "name": "London"},
    ],
    "vessel_types": ["tanker"],
}


def test_a_custom_vessel(call, fairway):
    """The guide's custom vessel is answered in the shape of an update, is in the stream's next one, and can go."""
    built = call("POST", "/vessels", TRACKER | {"speed": 10, "course": 90}, 201)
    assert built["imo_valid"]
    assert (built["vessel_name"], built["vessel_type"], built["status"]) == ("Custom Tracker", "tanker", "at_sea")
    fairway.traffic.advance(fairway.clock.now())
    read = fairway.server.test_client().get(f"/api/realtime/vessels/{built['mmsi']}").json
    assert {key: built[key] for key in built.keys() & read.keys()} == {
        key: read[key] for key in built.keys() & read.keys()
    }
    assert set(UPDATE_KEYS) <= built.keys() & read.keys()
    assert call("DELETE", f"/vessels/{built['imo_number']}") == {"removed": built["mmsi"]}
    fairway.traffic.advance(fairway.clock.now())
    assert fairway.server.test_client().get(f"/api/realtime/vessels/{built['mmsi']}").status_code == 404
    call("DELETE", f"/vessels/{built['mmsi']}", status=404)


def test_a_wrong_check_digit_is_taken(call):
    """The guide's IMO7000001 has a wrong check digit: it is taken, and said."""
    built = call("POST", "/vessels", TRACKER | {"imo_number": "IMO7000001"}, 201)
    assert (built["imo_number"], built["imo_valid"]) == ("IMO7000001", False)


def test_a_custom_route(call, fairway):
    """A route follows the water; a vessel is put on it; the guide's Paris is refused by its name."""
    route = call("POST", "/routes", ATLANTIC, 201)
    assert route["length_nm"] == pytest.approx(3250, rel=0.02)
    assert [point["name"] for point in route["waypoints"]] == ["New York", "London"]
    assert call("GET", "/routes")["routes"] == [route]
    built = call("POST", "/vessels", ON_ROUTE | {"route_progress": 0.5}, 201)
    assert built["destination"] == "London"
    assert -50 < built["position"]["longitude"] < -20
    paris = {"lat": 48.8566, "lon": 2.3522, "name": "Paris"}
    error = call("POST", "/routes", ATLANTIC | {"name": "x", "waypoints": [*ATLANTIC["waypoints"], paris]}, 400)
    assert "'Paris' (48.8566, 2.3522) is on land" in error["message"]
    assert call("DELETE", "/routes/Atlantic") == {"removed": "Atlantic"}
    call("DELETE", "/routes/Atlantic", status=404)
    call("POST", "/routes", ATLANTIC | {"name": "out/back"}, 201)
    assert call("DELETE", "/routes/out%2Fback") == {"removed": "out/back"}


def test_a_way_is_reported_before_it_is_kept(call):
    """The way between waypoints is that of the route later; one waypoint is put on the water; nothing is kept."""
    way = call("POST", "/way", {"waypoints": ATLANTIC["waypoints"]})
    (alone,) = call("POST", "/way", {"waypoints": ATLANTIC["waypoints"][:1]})["waypoints"]
    assert call("GET", "/routes")["routes"] == []
    assert (alone["sailed_lat"], alone["sailed_lon"]) == tuple(way["legs"][0][0])
    assert call("POST", "/routes", ATLANTIC, 201)["legs"] == way["legs"]
    lake = [*ATLANTIC["waypoints"][:1], {"lat": 42.0, "lon": 51.0, "name": "Caspian"}]
    error = call("POST", "/way", {"waypoints": lake}, 400)
    assert (error["code"], "'New York' - 'Caspian'" in error["message"]) == ("unsailable", True)
    assert call("POST", "/way", {"waypoints": []}, 400)["field"] == "waypoints"


def test_own_routes_are_among_the_routes(call, fairway):
    """A custom route is listed with its vessels, counts as one, and its number is let go of with it."""
    route = call("POST", "/routes", ATLANTIC, 201)
    built = call("POST", "/vessels", ON_ROUTE | {"route_progress": 0.25}, 201)

    def listed():
        snapshot = fairway.traffic.advance(fairway.clock.now())
        routes = fairway.server.test_client().get("/api/realtime/routes").json["routes"]
        return snapshot.summary["vessels_with_routes"], {item["name"]: item for item in routes}

    call("POST", "/step", {"seconds": 1})
    count, routes = listed()
    own = routes["Atlantic"]
    assert (own["custom"], own["index"], own["vessels"]) == (True, route["index"], [built["mmsi"]])
    assert own["index"] == len(routes) - 1
    assert [item["index"] for item in routes.values()] == list(range(len(routes)))
    (vessel,) = call("GET", "/vessels")["vessels"]
    assert (vessel["mmsi"], vessel["route"]) == (built["mmsi"], "Atlantic")
    assert vessel["route_progress"] == pytest.approx(0.25, abs=0.001)
    call("DELETE", "/routes/Atlantic")
    call("POST", "/step", {"seconds": 400})
    fewer, routes = listed()
    assert (fewer, "Atlantic" in routes) == (count - 1, False)
    assert call("GET", "/vessels")["vessels"][0]["route"] is None
    assert call("POST", "/routes", ATLANTIC, 201)["index"] != route["index"]


def test_a_vessel_with_a_destination(call):
    """A vessel sails to a port or a place by water, at its size and speed, and its list tells so."""
    built = call("POST", "/vessels", TRACKER | {"destination": "Rotterdam", "speed": 14, "length": 120}, 201)
    assert (built["destination"], built["eta"] is not None) == ("Rotterdam", True)
    (vessel,) = call("GET", "/vessels")["vessels"]
    assert (vessel["speed"], vessel["length"], vessel["beam"], vessel["destination"]) == (14.0, 120, 21, "Rotterdam")
    place = {"latitude": 48.0, "longitude": -20.0, "name": "Porcupine"}
    other = call("POST", "/vessels", TRACKER | {"vessel_name": "Other", "destination": place}, 201)
    assert other["destination"] == "Porcupine"
    error = call("POST", "/vessels", TRACKER | {"destination": "Atlantis"}, 400)
    assert (error["field"], "'Atlantis'" in error["message"]) == ("destination", True)


def test_a_change_of_a_vessel(call, fairway):
    """Speed, course, destination and route of a vessel are changed, of one of the fleet too."""
    call("POST", "/routes", ATLANTIC, 201)
    built = call("POST", "/vessels", TRACKER | {"speed": 10, "course": 90}, 201)
    path = f"/vessels/{built['mmsi']}"
    sailing = call("PATCH", path, {"destination": "Rotterdam", "speed": 15})
    slower = call("PATCH", path, {"speed": 5})
    assert (sailing["destination"], sailing["eta"] < slower["eta"]) == ("Rotterdam", True)
    assert call("PATCH", path, {"course": 200})["destination"] is None
    assert call("PATCH", path, {"route": "Atlantic", "route_progress": 0.5})["destination"] == "London"
    fleet = fairway.fleet.world.fleet
    row = int((fleet.nav_status == 0).argmax())
    mmsi, kind = int(fleet.mmsi[row]), int(fleet.vessel_type[row])
    assert call("PATCH", f"/vessels/{mmsi}", {"destination": "New York"})["mmsi"] == mmsi
    assert {vessel["mmsi"] for vessel in call("GET", "/vessels")["vessels"]} == {mmsi, built["mmsi"]}
    assert len(call("GET", "/truth?all=true")["vessels"]) == 21
    if kind != 3:
        assert call("PATCH", f"/vessels/{mmsi}", {"route": "Atlantic"}, 400)["field"] == "route"
    call("PATCH", "/vessels/1", {"speed": 5}, 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "speed"),
        ({"speed": 100}, "speed"),
        ({"name": "x"}, "name"),
        ({"course": 5, "destination": "Rotterdam"}, "destination"),
        ({"destination": "Atlantis"}, "destination"),
        ({"destination": {"latitude": 1}}, "destination"),
        ({"route": "nowhere"}, None),
    ],
)
def test_a_change_that_cant_be_is_named(call, body, field):
    """What can't be changed is named, and the vessel sails on as before."""
    built = call("POST", "/vessels", TRACKER | {"speed": 10, "course": 90}, 201)
    before = call("GET", "/vessels")
    error = call("PATCH", f"/vessels/{built['mmsi']}", body, 404 if field is None else 400)
    assert error.get("field") == field
    assert call("GET", "/vessels") == before


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/vessels", {}, "vessel_name"),
        ("/vessels", TRACKER | {"length": 1000}, "length"),
        ("/vessels", TRACKER | {"beam": "wide"}, "beam"),
        ("/vessels", TRACKER | {"destination": 5}, "destination"),
        ("/vessels", TRACKER | {"destination": {"latitude": 45.0, "longitude": 500}}, "destination"),
        ("/vessels", TRACKER | {"vessel_type": "galleon"}, "vessel_type"),
        ("/vessels", TRACKER | {"speed": "fast"}, "speed"),
        ("/vessels", TRACKER | {"speed": 200}, "speed"),
        ("/vessels", TRACKER | {"position": {"latitude": 1}}, "position"),
        ("/vessels", TRACKER | {"position": 5}, "position"),
        ("/vessels", TRACKER | {"imo_number": "12"}, "imo_number"),
        ("/vessels", TRACKER | {"mmsi": "abc"}, "mmsi"),
        ("/vessels", TRACKER | {"colour": "red"}, "colour"),
        ("/vessels", TRACKER | {"position": None}, "position"),
        ("/vessels", TRACKER | {"kind": "add_vessel"}, "kind"),
        ("/routes", ATLANTIC | {"waypoints": 5}, "waypoints"),
        ("/routes", ATLANTIC | {"waypoints": [5, 6]}, "waypoints"),
        ("/routes", ATLANTIC | {"vessel_types": ["galleon"]}, "vessel_types"),
        ("/routes", ATLANTIC | {"vessel_types": [5]}, "vessel_types"),
        ("/routes", ATLANTIC | {"name": "\u202eetuoR"}, "name"),
        ("/routes", ATLANTIC | {"waypoints": [{"lat": 40.5, "lon": -73.8, "name": "\x1b[31m"}] * 2}, "waypoints"),
        ("/routes", ATLANTIC | {"name": ""}, "name"),
    ],
)
def test_what_cant_be_is_named(call, path, body, field):
    """A vessel or route that can't be is a 400 with the key at fault, and nothing is made."""
    assert call("POST", path, body, 400)["field"] == field


def test_faults(call, fairway):
    """What shall go wrong is set as a whole, counted, and seen in the status."""
    state = call("PUT", "/faults", {"drop": 0.5})
    assert (state["active"], state["drop"], state["silence"]) == (True, 0.5, False)
    call("POST", "/step", {"seconds": 300})
    assert fairway.status()["simulation"]["faults"]["counts"]["dropped"] > 0
    assert call("PUT", "/faults", {"drop": 2}, 400)["field"] == "drop"
    assert call("PUT", "/faults", {})["active"] is False


def test_an_event_and_its_truth(call):
    """An event can be made to happen now, and the truth labels the vessel; one that can't be is an error."""
    built = call("POST", "/vessels", TRACKER | {"speed": 10, "course": 90}, 201)
    call("POST", "/events", {"kind": "false_position", "vessel": "Custom Tracker", "north_nm": 60, "for": "1h"}, 201)
    truth = call("GET", "/truth")
    (vessel,) = truth["vessels"]
    assert (vessel["mmsi"], vessel["labels"]) == (built["mmsi"], ["false_position"])
    assert truth["events"][0]["until"] == "2026-01-31T13:00:00Z"
    assert len(call("GET", "/truth?all=true")["vessels"]) == 21
    assert "no one" in call("POST", "/events", {"kind": "dark", "vessel": "no one"}, 404)["message"]
    assert "kind" in call("POST", "/events", {"kind": "party"}, 400)["message"]
    assert call("GET", "/scenario")["name"] is None


def test_without_a_simulator(recording):
    """A replay answers 409 to everything here."""
    built = create(Settings(state_file="", feeds="aivdm_file", aivdm_file=str(recording)))
    for method, path in (("GET", "/clock"), ("PATCH", "/clock"), ("POST", "/step")):
        response = built.server.test_client().open(f"/api/simulation{path}", method=method, json={})
        assert (response.status_code, response.json["code"]) == (409, "no_simulator")


@pytest.mark.parametrize("kind", [[], {}, None, 7])
def test_an_event_of_no_kind(call, kind):
    """A kind that is no text is a 400 that names it, not a fault of the server."""
    assert call("POST", "/events", {"kind": kind}, 400)["code"] == "bad_request"


def test_the_log_is_a_scenario(call, fairway, tmp_path):
    """What was done is reported in its order, and comes as a scenario file that can be read."""
    call("POST", "/step", {"seconds": 5})
    call("POST", "/routes", ATLANTIC, 201)
    call("POST", "/vessels", TRACKER, 201)
    call("POST", "/vessels", TRACKER | {"vessel_type": "galleon"}, 400)
    call("PATCH", "/clock", {"time": "2026-01-31T13:00:00Z"})
    log = call("GET", "/log")
    assert [(event["at"], event["kind"]) for event in log["events"]] == [
        (5.0, "add_route"), (5.0, "add_vessel"), (5.0, "jump"),
    ]  # fmt: skip
    assert (log["complete"], log["events"][2]["time"]) == (True, "2026-01-31T13:00:00Z")
    file = fairway.server.test_client().get("/api/simulation/log?format=toml")
    assert (file.mimetype, file.text) == ("application/toml", log["scenario"])
    path = tmp_path / "session.toml"
    path.write_text(file.text)
    assert len(scenario.load(path).events) == 3
    assert fairway.server.test_client().get("/api/simulation/log?format=xml").status_code == 400
