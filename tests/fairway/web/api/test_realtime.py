"""REST, answered by the wired application without a socket."""

import gzip
import json
import re
from datetime import UTC, datetime

import numpy as np
import pytest

from app import create
from fairway.server import Server
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE, U2_NA, VESSEL_TYPES

PIONEER = 352_100_000


# by MMSI: name, IMO number, type, degrees north and east, knots
SHIPS = {
    PIONEER: ("MV Atlantic Pioneer", 7000009, "container", 50, -20, 12.1),
    2: ("", 0, "tanker", 51, -21, None),
    3: ('EVIL "<b>&', 0, "fishing", -17, 179.5, 3.0),
    4: ("FIJI", 0, "cargo", -18, -179.5, 0.0),
}
UNSEEN = 5


def batch(at: float, mmsi: list[int], **moving) -> Batch:
    columns = {"sog": np.full(len(mmsi), 120, np.uint16), "cog": np.full(len(mmsi), 900, np.uint16)} | moving
    return Batch(np.array(mmsi, np.uint32), np.full(len(mmsi), round(at * 1000)), "simulator", True, columns, {})


def degrees(values) -> np.ndarray:
    return np.rint(np.array(values) * LATLON_SCALE).astype(np.int32)


def make_fairway(**settings) -> Server:
    built = create(Settings(**({"database_url": ""} | settings)))
    now = built.clock.now()
    names, imos, types, lat, lon, knots = zip(*SHIPS.values(), strict=True)
    sog = np.array([U2_NA if speed is None else round(speed * 10) for speed in knots], np.uint16)
    reports = batch(now, list(SHIPS), lat=degrees(lat), lon=degrees(lon), sog=sog)
    reports.static.update(name=list(names), imo=list(imos), vessel_type=[VESSEL_TYPES.index(name) for name in types])
    built.traffic.put(reports)
    unseen = Batch(np.array([UNSEEN], np.uint32), np.array([round(now * 1000)]), "simulator", True, {}, {})
    unseen.static.update(name=["UNSEEN"], callsign=["DABC"])
    built.traffic.put(unseen)
    built.traffic.advance(now)
    return built


@pytest.fixture(scope="module")
def fairway() -> Server:
    return make_fairway()


@pytest.fixture
def ask(fairway):
    """The answer to a GET, or another method, with its status checked."""

    def ask(path: str, status: int = 200, method: str = "GET", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = fairway.server.test_client().open(path, method=method, headers=named)
        assert response.status_code == status, response.data[:300]
        return response

    return ask


@pytest.fixture
def get(ask):
    def get(path: str, status: int = 200):
        response = ask(path, status)
        assert response.mimetype == "application/json"
        return json.loads(response.data)

    return get


@pytest.fixture
def numbers(get):
    """The MMSIs that a query of the vessels gives, in order."""
    return lambda query="": [vessel["mmsi"] for vessel in get(f"/api/realtime/vessels?{query}")["vessels"]]


def test_status(get, fairway):
    """The guide's curl shows that it runs, how often it updates, and how the fleet stands."""
    status = get("/api/realtime/status")
    assert (status["total_vessels"], status["update_interval"], status["connected_clients"]) == (4, 30.0, 0)
    assert status["is_running"] is False
    assert status["epoch"] == fairway.traffic.snapshot().epoch
    assert status["clients"] == {"ws": 0, "socketio": 0}
    assert 20e6 < status["memory"]["rss_bytes"] < 4e9
    assert status["reports"] == {"simulator": 5}


def test_vessels(get):
    """All vessels, counted, in the shape of an update."""
    answer = get("/api/realtime/vessels")
    assert answer["total_count"] == len(answer["vessels"]) == 4
    assert {v["mmsi"]: v["vessel_name"] for v in answer["vessels"]} == {n: s[0] or None for n, s in SHIPS.items()}
    assert answer.keys() >= {"epoch", "seq", "timestamp"}
    assert answer["snapshot"] is True


@pytest.mark.parametrize("number", ["IMO7000009", "7000009", str(PIONEER), "imo7000009", "IMO7000001"])
def test_one_vessel(get, number):
    """A vessel is found by any of its numbers, the guide's wrong check digit included."""
    assert get(f"/api/realtime/vessels/{number}")["mmsi"] == PIONEER


def test_track(get):
    """The track has the points in memory, with speed in knots."""
    answer = get(f"/api/realtime/vessels/{PIONEER}/track")
    assert answer["count"] == len(answer["points"]) == 1
    point = answer["points"][0]
    assert (point["latitude"], point["longitude"], point["speed_over_ground"]) == (50.0, -20.0, 12.1)


@pytest.mark.parametrize(
    ("query", "minutes"),
    [
        ("", [0, 15, 30, 45]),
        ("?limit=2", [30, 45]),
        ("?from={1}", [15, 30, 45]),
        ("?to={1}", [0, 15]),
        ("?from={1}&to={2}", [15, 30]),
        ("?from={3}&to={0}", []),
    ],
)
def test_a_part_of_a_track(query, minutes):
    """From, to and limit choose points; a limit keeps the newest."""
    fairway = make_fairway()
    start = fairway.clock.now()
    for minute in (15, 30, 45):
        moment = start + 60 * minute
        fairway.traffic.put(batch(moment, [PIONEER], lat=degrees([50 + minute / 100]), lon=degrees([-20])))
        fairway.traffic.advance(moment)
    times = [
        f"{datetime.fromtimestamp(round(start * 1000) / 1000 + 900 * n, UTC):%Y-%m-%dT%H:%M:%S.%f}Z" for n in range(4)
    ]
    url = f"/api/realtime/vessels/{PIONEER}/track" + query.format(*times)
    points = fairway.server.test_client().get(url).json["points"]
    assert [round(100 * (point["latitude"] - 50)) for point in points] == minutes


@pytest.mark.parametrize("time", ["yesterday", "2024-01-15", "2024-01-15T10:30:00", "2024-01-15T25:00:00Z", ""])
def test_a_bad_time_is_named(get, time):
    """A time of a track is RFC 3339 with its zone."""
    assert get(f"/api/realtime/vessels/{PIONEER}/track?from={time}", 400)["field"] == "from"


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [
        ("geojson", "application/geo+json"),
        ("gpx", "application/gpx+xml"),
        ("csv", "text/csv"),
        ("json", "application/json"),
    ],
)
def test_formats_of_a_track(ask, name, mimetype):
    """By parameter, or by Accept."""
    path = f"/api/realtime/vessels/{PIONEER}/track"
    by_format, by_accept = ask(f"{path}?format={name}"), ask(path, Accept=mimetype)
    assert by_format.mimetype == by_accept.mimetype == mimetype
    assert by_format.data == by_accept.data != b""


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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [2, 3, 4, PIONEER]),
        ("bbox=-25,45,-15,50.5", [PIONEER]),
        ("bbox=179,-20,-179,-10", [3, 4]),
        ("bbox=-179,-90,179,90", [2, PIONEER]),
        ("type=tanker", [2]),
        ("type=tanker,fishing", [2, 3]),
        ("status=at_sea", [2, 3, 4, PIONEER]),
        ("status=in_port,anchored", []),
        ("min_speed=12.1", [PIONEER]),
        ("max_speed=3", [3, 4]),
        ("min_speed=0", [3, 4, PIONEER]),
        ("min_speed=13", []),
        ("q=atlantic", [PIONEER]),
        ("q=IMO7000009", [PIONEER]),
        ("q=7000009", [PIONEER]),
        ("q=3521", [PIONEER]),
        ("q=dabc", [UNSEEN]),
        ("q=%22%3Cb", [3]),
        ("q=nothing", []),
        ("limit=2", [2, 3]),
        ("limit=2&offset=3", [PIONEER]),
        ("offset=99", []),
    ],
)
def test_filters(numbers, query, expected):
    """Each filter keeps what matches, across the antimeridian too; a speed that is not known is neither."""
    assert numbers(query) == expected


def test_total_count_is_of_all_that_match(get):
    """A page of a list says how long the list is."""
    answer = get("/api/realtime/vessels?limit=1&min_speed=0")
    assert (answer["total_count"], len(answer["vessels"])) == (3, 1)


def test_fields(get):
    """Only the keys that were asked for, and the MMSI."""
    vessel = get("/api/realtime/vessels?fields=position,status&limit=1")["vessels"][0]
    assert vessel.keys() == {"mmsi", "position", "status"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("bbox=1,2,3", "bbox"),
        ("bbox=0,60,1,50", "bbox"),
        ("bbox=0,0,181,1", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("type=ship", "type"),
        ("type=", "type"),
        ("status=lost", "status"),
        ("min_speed=fast", "min_speed"),
        ("max_speed=-1", "max_speed"),
        ("min_speed=nan", "min_speed"),
        ("q=", "q"),
        ("since=-1", "since"),
        ("limit=0", "limit"),
        ("offset=1.5", "offset"),
        ("fields=colour", "fields"),
        ("format=xml", "format"),
        ("limit=1&limit=2", "limit"),
        ("colour=red", "colour"),
    ],
)
def test_a_bad_parameter_is_named(get, query, field):
    """The error says which parameter is wrong and shows its value."""
    error = get(f"/api/realtime/vessels?{query}", 400)
    assert (error["code"], error["field"]) == ("bad_request", field)
    assert field in error["message"]


def test_only_what_changed():
    """With epoch and since: what changed and who left; another epoch, the future or zero: everything."""
    fairway = make_fairway()
    client = fairway.server.test_client()

    def get(path: str) -> dict:
        return client.get(path).json

    now = fairway.clock.now() + 60
    fairway.traffic.put(batch(now, [777, 778], lat=degrees([1, 2]), lon=degrees([1, 2])))
    before = fairway.traffic.advance(now)
    fairway.traffic.put(batch(now + 1, [777], lat=degrees([1.5]), lon=degrees([1])))
    fairway.traffic.advance(now + 1)
    since = f"since={before.seq}"
    changed = get(f"/api/realtime/vessels?epoch={before.epoch}&{since}")
    assert [vessel["mmsi"] for vessel in changed["vessels"]] == [777]
    assert (changed["snapshot"], changed["removed"]) == (False, [])
    for cursor in (since, f"epoch=x&{since}", f"epoch={before.epoch}&since=9999", f"epoch={before.epoch}&since=0"):
        answer = get(f"/api/realtime/vessels?{cursor}")
        assert (answer["snapshot"], len(answer["vessels"])) == (True, 6)
    fairway.traffic.put(batch(now + 3580, [777], lat=degrees([1.5]), lon=degrees([1])))
    fairway.traffic.advance(now + 3580)
    later = get(f"/api/realtime/vessels?epoch={before.epoch}&{since}")
    assert {"mmsi": 778, "reason": "lost"} not in later["removed"]
    assert {"mmsi": 2, "reason": "lost"} in later["removed"]


def test_a_write_is_refused(fairway):
    """There is nothing to write here yet: 405."""
    assert fairway.server.test_client().post("/api/realtime/vessels").status_code == 405


def test_geojson(ask):
    """The same list as GeoJSON, by parameter or by Accept; without a position there is no geometry."""
    by_format = ask("/api/realtime/vessels?format=geojson")
    by_accept = ask("/api/realtime/vessels", Accept="application/geo+json")
    assert by_format.mimetype == by_accept.mimetype == "application/geo+json"
    assert by_format.data == by_accept.data
    collection = json.loads(by_format.data)
    assert (collection["type"], collection["total_count"]) == ("FeatureCollection", 4)
    points = {feature["id"]: feature["geometry"]["coordinates"] for feature in collection["features"]}
    assert points == {mmsi: [lon, lat] for mmsi, (_, _, _, lat, lon, _) in SHIPS.items()}
    (unseen,) = json.loads(ask("/api/realtime/vessels?format=geojson&q=unseen").data)["features"]
    assert unseen["geometry"] is None
    fields = json.loads(ask("/api/realtime/vessels?format=geojson&fields=kinematics&limit=1").data)
    assert fields["features"][0]["properties"].keys() >= {"mmsi", "speed_over_ground"}
    assert "vessel_name" not in fields["features"][0]["properties"]


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "image/png"])
def test_json_is_what_others_get(ask, accept):
    """A browser's or curl's Accept gets JSON."""
    assert ask("/api/realtime/vessels", Accept=accept).mimetype == "application/json"


@pytest.mark.parametrize(
    "path", ["/api/realtime/vessels", f"/api/realtime/vessels/{PIONEER}", f"/api/realtime/vessels/{PIONEER}/track"]
)
def test_what_did_not_change_is_not_sent_again(ask, path):
    """Who sends the ETag back gets 304 and no body; another tag gets the whole."""
    tag = ask(path).headers["ETag"]
    unchanged = ask(path, 304, If_None_Match=tag)
    assert (unchanged.data, unchanged.headers["ETag"]) == (b"", tag)
    assert ask(path, If_None_Match='"other-1"').data


def test_the_etag_of_the_list_is_epoch_and_seq(ask, fairway):
    """So a client can tell from it how far it is."""
    snapshot = fairway.traffic.snapshot()
    assert ask("/api/realtime/vessels").get_etag() == (f"{snapshot.epoch}-{snapshot.seq}", True)


def test_gzip(ask):
    """Long answers are packed for those who can unpack them, and caches learn so."""
    packed = ask("/api/realtime/vessels", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == ask("/api/realtime/vessels").data
    assert {"Accept", "Accept-Encoding", "Origin"} <= set(packed.vary)
    assert "Content-Encoding" not in ask("/api/realtime/vessels", Accept_Encoding="gzip;q=0").headers
    assert "Content-Encoding" not in ask("/api/realtime/vessels?q=nothing", Accept_Encoding="gzip").headers


def test_subscribe(ask):
    """What the answer says to do is what the stream takes; the address is the one that was asked."""
    answer = json.loads(ask("/api/realtime/vessels/IMO7000009/subscribe", method="POST", Host="localhost:8050").data)
    assert answer == {
        "subscribed": True,
        "imo_number": "IMO7000009",
        "mmsi": PIONEER,
        "vessel_name": "MV Atlantic Pioneer",
        "ws_url": "ws://localhost:8050/ws",
        "subscribe_message": {
            "type": "subscribe",
            "subscription_type": "vessels",
            "proto": 2,
            "filter": {"mmsi": [PIONEER]},
        },
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nonsense", 404),
        ("POST", "/api/nonsense", 404),
        ("GET", "/api/realtime", 404),
        ("GET", f"/api/realtime/vessels/{PIONEER}/nonsense", 404),
        ("POST", "/api/realtime/vessels/IMO9074729/subscribe", 404),
        ("DELETE", "/api/realtime/vessels", 405),
        ("POST", "/api/realtime/status", 405),
        ("PUT", f"/api/realtime/vessels/{PIONEER}", 405),
    ],
)
def test_paths_and_methods(ask, method, path, status):
    """Under /api nothing answers with a page: what is not there is 404, a wrong method 405 with the right ones."""
    answer = ask(path, status, method)
    assert answer.mimetype == "application/json"
    assert json.loads(answer.data)["type"] == "error"
    assert ("Allow" in answer.headers) == (status == 405)


def test_get_of_subscribe_names_the_method(ask):
    """A browser that opens it learns that it is a POST."""
    assert ask(f"/api/realtime/vessels/{PIONEER}/subscribe", 405).headers["Allow"] == "POST"


def test_cors(ask):
    """A page of localhost may read, a foreign one may not."""
    answer = ask("/api/realtime/vessels", Origin="http://localhost:8080")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
    assert (
        json.loads(ask("/api/realtime/vessels", 403, Origin="http://evil.example").data)["code"] == "forbidden_origin"
    )


def test_the_docs_page_comes_from_here(ask):
    """No part of the docs page is fetched from elsewhere."""
    page = ask("/api/docs/").get_data(as_text=True)
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(parts) >= 4
    assert all(part.startswith("/api/docs/") for part in parts)
    assert all(ask(part).data for part in parts)
    assert "/api/openapi.json" in page


def test_a_body_has_an_end(fairway):
    """More than a megabyte is not read: 413, in the one shape."""
    body = {"name": "x" * 2**20, "corners": []}
    answer = fairway.server.test_client().post("/api/realtime/zones", json=body)
    assert (answer.status_code, answer.json["code"]) == (413, "too_long")
