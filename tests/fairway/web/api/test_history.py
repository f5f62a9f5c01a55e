"""The past by request, on both databases."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from app import create
from fairway.history.store import Store
from fairway.protocol import encode_binary
from fairway.settings import Settings
from fairway.traffic.fields import LATLON_SCALE
from tests.fairway.web.api.test_realtime import make_fairway
from tests.support.reports import VOYAGE, moving, static

HOUR = 3600
SHIP = 352_100_000


class Server:
    """One whose history has three vessels for an hour, each minute, the last of them only from half time on."""

    def __init__(self, url: str) -> None:
        built = create(Settings(database_url=url, state_file=""))
        self.begin, self.client = int(built.clock.now()) - HOUR, built.server.test_client()
        store = Store(url, "simulation")
        store.prepare()
        hostile = VOYAGE | {"name": "=HYPERLINK(1)", "imo": 0, "vessel_type": 3}
        store.write([replace(static(VOYAGE, hostile, t=self.begin), epoch="e1")])
        for minute in range(61):
            rows = [{"sog": 100 + n, "lon": (10 * n + minute) * LATLON_SCALE // 10} for n in range(2 + (minute >= 30))]
            store.write([replace(moving(*rows, t=self.begin + 60 * minute), epoch="e1")])
        store.close()

    def at(self, minutes: float) -> str:
        return str(np.datetime64(round((self.begin + 60 * minutes) * 1000), "ms")) + "Z"

    def get(self, path: str, status: int = 200):
        answer = self.client.get(f"/api/history/{path}")
        assert answer.status_code == status, answer.data[:300]
        return answer

    def frames(self, query: str) -> list:
        data, found = self.get(f"frames?{query}").data, []
        while data:
            n, gone = (int.from_bytes(data[place : place + 4], "little") for place in (8, 12))
            length = encode_binary.HEAD.size + 24 * n + 4 * gone
            found.append(encode_binary.read(data[:length]))
            data = data[length:]
        return found


@pytest.fixture
def past(url):
    return Server(url)


def test_what_is_kept(past):
    """The range tells from when to when there is something, the run, and the bounds."""
    reported = past.get("range").json
    assert reported["kept"] is True
    assert reported["from"][:16] == past.at(0)[:16]
    assert reported["to"][:16] == past.at(60)[:16]
    assert [(run["epoch"], run["mode"]) for run in reported["runs"]] == [("e1", "simulation")]
    assert (reported["days"], reported["megabytes"], reported["max_age_s"]) == (7.0, 500.0, 3600.0)


def test_everyone_at_a_moment(past):
    """Each vessel's last report until then, with names, in the shape of an update; filters and paging work."""
    answer = past.get(f"vessels?at={past.at(10.5)}").json
    assert answer["total_count"] == 2
    assert answer["timestamp"][:16] == past.at(10.5)[:16]
    first, second = answer["vessels"]
    assert (first["mmsi"], first["vessel_name"], first["imo_number"]) == (SHIP, "MV Atlantic Pioneer", "IMO7000009")
    assert first["timestamp"][:19] == past.at(10)[:19]
    assert first["position"]["longitude"] == 1.0
    assert first["kinematics"]["speed_over_ground"] == 10.0
    assert (first["vessel_type"], second["vessel_type"]) == ("container", "tanker")
    assert (first["source"], first["simulated"]) == ("simulator", True)
    for query, numbers in (
        ("", [0, 1, 2]), ("&bbox=0,49,4.5,51", [0]), ("&type=tanker", [1]), ("&min_speed=10.1", [1, 2]),
        ("&limit=1", [0]), ("&offset=2", [2]), ("&q=atlantic", [0]), ("&max_age=10", [0, 1, 2]),
    ):  # fmt: skip
        found = past.get(f"vessels?at={past.at(40)}{query}").json["vessels"]
        assert (query, [vessel["mmsi"] - SHIP for vessel in found]) == (query, numbers)
    assert past.get(f"vessels?at={past.at(40.5)}&max_age=10").json["vessels"] == []
    assert past.get(f"vessels?at={past.at(-1)}").json["vessels"] == []


def test_geojson_of_the_past(past):
    """The same as GeoJSON, and only some keys."""
    answer = past.get(f"vessels?at={past.at(40)}&format=geojson&fields=vessel_name")
    assert answer.mimetype == "application/geo+json"
    names = [feature["properties"]["vessel_name"] for feature in answer.json["features"]]
    assert names == ["MV Atlantic Pioneer", "=HYPERLINK(1)", None]


def test_pictures_to_play(past):
    """A snapshot, then what changed in each step; who has long been silent is taken out."""
    messages = past.frames(f"from={past.at(28)}&to={past.at(32)}&step=60")
    assert [head["n"] for head, _ in messages] == [2, 2, 3, 3, 3]
    assert [head["flags"] for head, _ in messages] == [encode_binary.SNAPSHOT, 0, 0, 0, 0]
    assert [head["time"] for head, _ in messages] == [round((past.begin + 60 * m) * 1000) for m in range(28, 33)]
    assert messages[1][1]["mmsi"].tolist() == [SHIP, SHIP + 1]
    assert messages[1][1]["vessel_type"].tolist() == [0, 3]
    halves = past.frames(f"from={past.at(28)}&to={past.at(29)}&step=30")
    assert [head["n"] for head, _ in halves] == [2, 0, 2]
    silent = past.frames(f"from={past.at(60)}&to={past.at(62)}&step=60&max_age=60")
    assert [head["removed"] for head, _ in silent] == [0, 0, 3]
    assert len(past.frames(f"from={past.at(5)}")) == 1


def test_static_data_of_the_past(past):
    """Columns as on the stream; with `since` only of those who came, or told something, in between."""
    whole = past.get(f"static?at={past.at(40)}").json["columns"]
    assert whole["mmsi"] == [SHIP, SHIP + 1, SHIP + 2]
    assert whole["vessel_name"] == ["MV Atlantic Pioneer", "=HYPERLINK(1)", None]
    assert (whole["destination"][0], whole["draught"][0], whole["flag"][2]) == ("Los Angeles", 12.3, "PA")
    came = past.get(f"static?at={past.at(40)}&since={past.at(20)}").json["columns"]
    assert came["mmsi"] == [SHIP + 2]


def test_export(past):
    """Every report between two times as CSV, in order; a name that a spreadsheet would run is made harmless."""
    answer = past.get(f"export.csv?from={past.at(29)}&to={past.at(31)}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["mmsi"]) - SHIP for row in rows] == [0, 1, 0, 1, 2, 0, 1, 2]
    assert [row["timestamp"] for row in rows] == sorted(row["timestamp"] for row in rows)
    assert rows[0]["timestamp"] == past.at(29)
    assert (rows[0]["vessel_name"], rows[1]["vessel_name"]) == ("MV Atlantic Pioneer", "'=HYPERLINK(1)")
    assert (rows[0]["longitude"], rows[0]["speed_over_ground"], rows[0]["imo_number"]) == ("2.9", "10.0", "IMO7000009")
    one = past.get(f"export.csv?from={past.at(0)}&mmsi={SHIP + 2}&bbox=0,49,5.25,51").text
    assert len(one.splitlines()) == 1 + 3
    whole = past.get(f"export.csv?from={past.at(-10_000)}&to={past.at(10_000)}").text
    assert len(whole.splitlines()) == 1 + 61 * 2 + 31


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("vessels?at=yesterday", "at", "'yesterday' is no RFC 3339 time"),
        ("vessels", "at", "missing"),
        ("vessels?at={at}&max_age=7200", "max_age", "7200 is more than lost_after"),
        ("vessels?at={at}&bbox=1,2,3", "bbox", "'1,2,3'"),
        ("frames?from={at}&to=2001-01-01T00:00:00Z", "to", "is before"),
        ("frames?from=2001-01-01T00:00:00Z&to={at}", "step", "more than 61"),
        ("export.csv?from={at}&mmsi=abc", "mmsi", "'abc'"),
        ("range?x=1", "x", "no such parameter"),
    ],
)
def test_what_is_wrong_is_named(query, field, words, tmp_path):
    """A 400 names the parameter and its value."""
    client = create(Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}", state_file="")).server.test_client()
    answer = client.get("/api/history/" + query.format(at="2026-11-24T12:00:00Z"))
    assert answer.status_code == 400
    assert answer.json["field"] == field
    assert words in answer.json["message"]


def test_a_history_that_is_not_there(tmp_path):
    """A file that is not there yet is an empty past, and stays not there; without a history there is none; else 503."""
    path = tmp_path / "none.db"
    client = create(Settings(database_url=f"sqlite:///{path}", state_file="")).server.test_client()
    assert client.get("/api/history/range").json["from"] is None
    assert client.get("/api/history/vessels?at=2026-11-24T12:00:00Z").json["vessels"] == []
    assert not path.exists()
    path.write_text("this is no database, and never was one" * 100)
    answer = client.get("/api/history/vessels?at=2026-11-24T12:00:00Z")
    assert (answer.status_code, answer.json["code"]) == (503, "no_history")
    assert "not a database" in answer.json["message"]
    off = make_fairway(database_url="").server.test_client()
    assert off.get("/api/history/range").json["kept"] is False
    assert off.get("/api/history/frames?from=2026-11-24T12:00:00Z").status_code == 404
