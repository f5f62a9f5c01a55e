"""The vessel's card and figure, called as the functions they are."""

import json
from datetime import datetime, timedelta
from unittest.mock import Mock

import numpy as np
import pytest
from plotly.graph_objects import Figure
from plotly.utils import PlotlyJSONEncoder

from components import flags, vessel, voyage
from fairway.chart.lanes import Lanes
from fairway.traffic.derived import flag_state

ROW = {
    "mmsi": 232100000, "imo_number": "IMO7000009", "vessel_name": "MV Atlantic Pioneer", "vessel_type": "general_cargo",
    "callsign": "MAAA2", "flag": "GB", "length_m": 170, "beam_m": 27, "draught": 8.0, "status": "at_sea",
    "kinematics": {"speed_over_ground": 0.0, "course_over_ground": 66.3, "heading": 0.0, "rate_of_turn": -1.5},
    "position": {"latitude": -6.5, "longitude": 106.8755, "port_name": None, "country": None},
    "destination": "Rotterdam", "eta": "2026-12-02T04:03:00Z", "source": "simulator", "age_s": 12.3,
    "timestamp": "2026-11-24T12:00:00Z", "received": None, "latency_s": None, "station": None,
}  # fmt: skip


def words(row, voyage=None) -> str:
    """All text of a card."""
    return json.dumps(
        [part.to_plotly_json() for part in vessel.card(row, voyage)], cls=PlotlyJSONEncoder, ensure_ascii=False
    )


@pytest.mark.parametrize(
    "shown",
    ["MV Atlantic Pioneer", "general cargo · United Kingdom", "170 x 27 m", "8.0 m", "at sea", "0.0 kn", "0.0°",
     "-1.5°/min", "06°\u00a030.000'\u00a0S 106°\u00a052.530'\u00a0E", "02 Dec 04:03 UTC", ", in 7.7 days", "12 s"],
)  # fmt: skip
def test_what_the_card_says(shown):
    """Particulars with their units; zero is a value."""
    assert shown in words(ROW)


def test_who_heard_it_and_when():
    """A received vessel's card says how long its report was under way, and through which station."""
    late = ROW | {"received": "2026-11-24T12:00:02.500Z", "latency_s": 2.5, "station": "<b>north"}
    assert "Received" not in words(ROW)
    assert "2.5 s after" in words(late)
    assert "<b>north" in words(late)
    assert "3.0 s before: a wrong clock" in words(late | {"latency_s": -3.0})


def test_how_far_it_is():
    """Half-way along its lane a vessel has half of it to go, at its speed so many hours, and a bar that says so."""
    lanes = Lanes.load()
    leg = lanes.routes[0].legs_out[0]
    middle = int(
        lanes.first[leg]
        + np.searchsorted(lanes.along_nm[lanes.first[leg] :][: lanes.count[leg]], lanes.length_nm[leg] / 2)
    )
    lat, lon = float(lanes.lat[middle]), float(lanes.lon[middle])
    found = voyage.find(lanes, lat, lon, 12.0, "Rotterdam", 0)
    assert found.start == "Singapore"
    assert found.done == pytest.approx(0.5, abs=0.01)
    assert found.hours == pytest.approx(found.to_go_nm / 12)
    assert voyage.find(lanes, lat, lon, 0.0, "Rotterdam", -1).hours is None
    assert voyage.find(lanes, lat, lon, 12.0, "NOWHERE", -1) is None
    assert voyage.find(lanes, 80.0, -120.0, 12.0, "Rotterdam", -1) is None
    shown = words(ROW, found)
    assert "50 %" in shown
    arrival = datetime.fromisoformat(ROW["timestamp"]) + timedelta(hours=found.hours, seconds=ROW["age_s"])
    assert f'ETA computed: ", {{"props": {{"children": "{arrival:%d %b %H:%M} UTC"' in shown
    assert f'"title": "{arrival:%Y-%m-%dT%H:%M:%SZ}"' in shown


OWN = {
    "name": "Ours",
    "index": 9,
    "waypoints": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
    "legs": [[[0.0, 179.0], [0.0, 181.0]], [[0.0, 181.0], [3.0, 181.0]]],
}


def test_how_far_it_is_on_a_route_of_its_own():
    """On a custom route the leg is that to the destination, out or back, across the antimeridian too."""
    out = voyage.on_own_route(OWN, 0.0, -179.5, 10.0, "B")
    assert (out.start, out.done) == ("A", pytest.approx(0.75, abs=0.01))
    assert out.hours == pytest.approx(30 / 10, rel=0.01)
    back = voyage.on_own_route(OWN, 1.0, -179.0, 0.0, "B")
    assert (back.start, back.done, back.hours) == ("C", pytest.approx(2 / 3, abs=0.01), None)
    assert voyage.on_own_route(OWN, 40.0, 0.0, 10.0, "B") is None
    assert voyage.on_own_route(OWN, 0.0, 179.5, 10.0, "D") is None


class Ours:
    """A Control with one route."""

    def routes(self) -> list:
        return [OWN]


def test_the_name_of_the_route():
    """The card names the route, one of the lanes or a person's own; a number that nobody has any more is none."""
    lanes, row = Lanes.load(), ROW | {"simulated": True}
    own = vessel._own_route(row | {"route": 9}, lanes, Ours())
    assert vessel._route_of(row, lanes, own) == ("Ours", OWN["legs"])
    assert vessel._own_route(row | {"route": 9}, lanes, None) is None
    assert vessel._route_of(row | {"route": 9}, lanes, None) == ("", [])
    # who sails a lane's route has none of his own: nobody is asked, which may be a trip to another process
    assert vessel._own_route(row | {"route": 0}, lanes, Mock(spec=[])) is None
    name, legs = vessel._route_of(row | {"route": 0}, lanes, None)
    assert (name, len(legs)) == (lanes.routes[0].name, len(lanes.routes[0].legs_out))
    assert "Ours" in json.dumps(vessel.card(row, None, "Ours"), cls=PlotlyJSONEncoder)


def test_flags_come_from_the_mmsi():
    """Where a report has no flag the MMSI tells it; each code has a name and a picture."""
    assert "Panama" in words(ROW | {"flag": None, "mmsi": 351000000})
    assert set(flag_state.CODES) == set(flags.countries())
    assert len({str(flags.picture(code).style) for code in flag_state.CODES}) == len(flag_state.CODES)


def test_what_is_not_known_is_a_dash():
    """A vessel of which little is known has dashes, never None or nan."""
    nothing = dict.fromkeys(ROW) | {
        "mmsi": 5,
        "vessel_type": "other",
        "status": "at_sea",
        "age_s": 300.0,
        "source": "x",
    }
    nothing |= {name: dict.fromkeys(ROW[name]) for name in ("kinematics", "position")}
    text = words(nothing)
    assert "MMSI 5" in text
    assert "5 min" in text
    assert "None" not in text
    assert "nan" not in text


def test_minutes_are_carried():
    """59.9999 minutes are the next degree, not 60 minutes."""
    assert "08°\u00a000.000'" in vessel._minutes(7.9999999, 2)


def test_the_speed_figure():
    """Speed over time in knots, a gap where the speed is not known."""
    track = {"t": np.array([0, 60_000, 120_000]), "sog": np.array([10.0, np.nan, 12.0])}
    (trace,) = vessel.speed_figure(track)["data"]
    assert [moment[11:19] for moment in trace["x"]] == ["00:00:00", "00:01:00", "00:02:00"]
    assert trace["y"] == [10.0, None, 12.0]


def test_a_track_ends_at_the_last_report():
    """A vessel on a steady course keeps few points: its last report is added, and never twice."""
    known = {"t": np.array([0]), "lat": np.array([1.0]), "lon": np.array([2.0]), "sog": np.array([12.0])}
    track = vessel.with_latest(known, ROW)
    assert track["t"].astype("datetime64[ms]")[-1] == np.datetime64("2026-11-24T12:00:00")
    assert (track["lat"][-1], track["lon"][-1], track["sog"][-1]) == (-6.5, 106.8755, 0.0)
    assert len(vessel.with_latest(track, ROW)["t"]) == 2


def test_a_young_track_is_not_stretched():
    """The figure shows at least ten minutes, however short the track."""
    track = {"t": np.array([600_000]), "sog": np.array([10.0])}
    first, last = vessel.speed_figure(track)["layout"]["xaxis"]["range"]
    assert np.datetime64(last) - np.datetime64(first) == np.timedelta64(10, "m")


def test_plotly_takes_the_figure():
    """Plotly's own classes find nothing wrong with it."""
    track = {"t": np.array([0, 60_000]), "sog": np.array([10.0, 11.0])}
    assert Figure(vessel.speed_figure(track)).data[0].y == (10.0, 11.0)
