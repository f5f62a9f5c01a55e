"""The card of one vessel."""

import json
from datetime import datetime, timedelta

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.vessel import card
from components.vessel.voyage import Voyage

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
        [part.to_plotly_json() for part in card.card(row, voyage)], cls=PlotlyJSONEncoder, ensure_ascii=False
    )


@pytest.mark.parametrize(
    "shown",
    ["MV Atlantic Pioneer", "general cargo · United Kingdom", "170 x 27 m", "8.0 m", "at sea", "0.0 kn", "0.0°",
     "-1.5°/min", "06°\u00a030.000'\u00a0S 106°\u00a052.530'\u00a0E", "02 Dec 04:03 UTC", ", in 7.7 days", "12 s"],
)  # fmt: skip
def test_particulars(shown):
    """Each particular shows with its unit; zero is a value."""
    assert shown in words(ROW)


def test_latency_and_station():
    """The card of a received vessel shows the latency of its report and the station."""
    late = ROW | {"received": "2026-11-24T12:00:02.500Z", "latency_s": 2.5, "station": "<b>north"}
    assert "Received" not in words(ROW)
    assert "2.5 s after" in words(late)
    assert "<b>north" in words(late)
    assert "3.0 s before: a wrong clock" in words(late | {"latency_s": -3.0})


def test_the_voyage():
    """The card shows the sailed share, the distance to go, and the computed time of arrival, exact on hover."""
    voyage = Voyage("Singapore", 4000.0, 8000.0, 400.0)
    shown = words(ROW, voyage)
    assert "50 %" in shown
    assert "4,000 nm to go of 8,000" in shown
    arrival = datetime.fromisoformat(ROW["timestamp"]) + timedelta(hours=400, seconds=ROW["age_s"])
    assert f'ETA computed: ", {{"props": {{"children": "{arrival:%d %b %H:%M} UTC"' in shown
    assert f'"title": "{arrival:%Y-%m-%dT%H:%M:%SZ}"' in shown


def test_the_name_of_the_route():
    """A vessel on a route shows its name."""
    assert "Ours" in json.dumps(card.card(ROW, None, "Ours"), cls=PlotlyJSONEncoder)


def test_the_flag_comes_from_the_mmsi():
    """The MMSI gives the flag where a report has none."""
    assert "Panama" in words(ROW | {"flag": None, "mmsi": 351000000})


def test_unknown_values():
    """An unknown value is a dash, never None or nan."""
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
    assert "08°\u00a000.000'" in card.degrees_minutes(7.9999999, 2)
