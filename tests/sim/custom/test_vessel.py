"""Vessels and routes of a person's own: who they are, and that they sail as ships do."""

from itertools import islice

import numpy as np
import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.traffic.fields import imo_is_valid
from sim.custom import Vessel
from sim.custom.errors import CustomError
from sim.custom.independent import IndependentVessels
from sim.custom.paths import Waypoint
from sim.custom.plans import Sail, Stay, keep_course, lie, sail_route
from sim.custom.routes import make_route
from sim.custom.vessel import columns_of
from sim.world.identity import FLAGS
from sim.world.vessel_types import VesselType

NOW = 1_800_000_000.0
NEW_YORK = Waypoint(40.7128, -74.0060, "New York")
LONDON = Waypoint(51.5074, -0.1278, "London")
PARIS = Waypoint(48.8566, 2.3522, "Paris")


@pytest.fixture(scope="module")
def route():
    return make_route("Atlantic", [NEW_YORK, LONDON], ["container"])


def test_the_guides_route(route):
    """New York to London is sailed; the guide's third waypoint, Paris, is refused by its name."""
    assert [stop.name for stop in route.stops] == ["New York", "London"]
    assert route.calls == (True, True)
    with pytest.raises(routing.UnsailableError, match="'Paris'"):
        make_route("Custom Trade Route", [NEW_YORK, LONDON, PARIS])


@pytest.mark.parametrize(("points", "kinds"), [([LONDON], []), ([LONDON] * 51, []), ([NEW_YORK, LONDON], ["galleon"])])
def test_routes_that_are_none(points, kinds):
    """One waypoint, too many, or an unknown type are refused before anything is searched."""
    with pytest.raises(CustomError):
        make_route("x", points, kinds)


def test_identity_agrees():
    """Flag, MID and call sign of a custom vessel are one country's, its IMO number checks, and nobody else has them."""
    seen = set()
    for number in range(500, 560):
        row = columns_of(Vessel("Custom Tracker", VesselType.TANKER), number, {n for n, *_ in seen})
        flag = next(flag for flag in FLAGS if flag.iso2 == row["flag"])
        assert row["mmsi"] // 1_000_000 == flag.mid
        assert row["callsign"].startswith(flag.prefix)
        assert imo_is_valid(row["imo"])
        assert row["a"] + row["b"] == row["length_m"]
        seen.add((row["mmsi"], row["imo"], row["callsign"]))
    assert len(seen) == 60
    greek = columns_of(Vessel("Hellas", "bulker", mmsi=241_000_001), 1, set())
    assert (greek["flag"], greek["callsign"][:2]) == ("GR", "SV")


def test_a_wrong_check_digit_is_taken():
    """An IMO number that a person gives stays as it is."""
    assert columns_of(Vessel("x", "tanker", imo_number="IMO7000001"), 1, set())["imo"] == 7000001
    assert columns_of(Vessel("x", "tanker", imo_number=7000001), 1, set())["imo"] == 7000001


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"vessel_type": "galleon"}, "vessel_type"),
        ({"vessel_name": "a" * 21}, "vessel_name"),
        ({"vessel_name": "a\x07"}, "vessel_name"),
        ({"vessel_name": ""}, "vessel_name"),
        ({"imo_number": "IMO12"}, "imo_number"),
        ({"mmsi": 12}, "mmsi"),
        ({"mmsi": 241_000_001}, "mmsi"),
        ({"speed": 99.0}, "speed"),
        ({"course": 360.0}, "course"),
        ({"position": (91.0, 0.0)}, "position"),
    ],
)
def test_vessels_that_are_none(given, field):
    """What can't be is refused with its key."""
    with pytest.raises(CustomError) as caught:
        columns_of(Vessel(**({"vessel_name": "x", "vessel_type": "tanker"} | given)), 1, {241_000_001})
    assert caught.value.field == field


def test_to_and_fro(route):
    """A vessel begins where its progress says, lies at the ends, and sails back."""
    parts = list(islice(sail_route(route, 0.25), 5))
    assert [type(part) for part in parts] == [Sail, Stay, Sail, Stay, Sail]
    assert parts[0].begin == pytest.approx(0.25)
    assert [part.destination for part in parts[::2]] == ["London", "New York", "London"]
    assert parts[2].path.lat[0] == parts[0].path.lat[-1]


def columns(kn=15.0):
    return columns_of(Vessel("Custom Tracker", "tanker", speed=kn), 500, set())


def test_kinematics(route):
    """Displacement is speed times time, acceleration and turns are a ship's, and the way is kept."""
    independent = IndependentVessels(NOW)
    independent.join(columns(), *route.stops[0].place, sail_route(route))  # type: ignore[call-arg]
    fleet = independent.fleet
    line = np.stack([route.legs[0].lat, route.legs[0].lon], 1)
    for _ in range(4000):
        lat, lon, sog, heading = fleet.lat[0], fleet.lon[0], fleet.sog[0], fleet.heading[0]
        independent.step(10.0)
        sailed = float(distance_nm(lat, lon, fleet.lat[0], fleet.lon[0]))
        assert sailed == pytest.approx((sog + fleet.sog[0]) / 2 * 10 / 3600, abs=0.004)
        assert abs(fleet.sog[0] - sog) <= 0.11
        assert abs((fleet.heading[0] - heading + 180) % 360 - 180) <= 5.01
    assert fleet.sog[0] == pytest.approx(15.0)
    assert distance_nm(fleet.lat[0], fleet.lon[0], *line.T).min() < 16
    assert independent.now == NOW + 40_000


def test_arrival_at_the_eta(route):
    """A vessel arrives within two hours of what it announced, lies in port for half a day, and turns round."""
    independent = IndependentVessels(NOW)
    independent.join(columns(), *route.stops[0].place, sail_route(route, 0.9))  # type: ignore[call-arg]
    fleet, eta = independent.fleet, independent.fleet.eta[0]
    while fleet.nav_status[0] == 0:
        independent.step(60.0)
    assert abs(independent.now - eta) < 7200
    assert distance_nm(fleet.lat[0], fleet.lon[0], LONDON.lat, LONDON.lon) < 3
    assert fleet.destination[0] == "London"
    left = independent.now + 12 * 3600 + 120
    while independent.now < left:
        independent.step(60.0)
    assert (int(fleet.nav_status[0]), fleet.destination[0]) == (0, "New York")


def test_without_a_route():
    """A vessel with a speed keeps its course until land is near, then anchors; one without lies where it is."""
    first, second = list(keep_course((45.0, -30.0), 90.0, 12.0))
    assert isinstance(first, Sail)
    assert second.nav_status == 1
    assert lie((51.95, 4.05)).nav_status == 5
    assert lie((45.0, -30.0)).nav_status == 1


def test_many_at_once(route):
    """Vessels join and leave; each keeps its own place and plan."""
    independent = IndependentVessels(NOW)
    for number in range(50):
        independent.join(columns() | {"mmsi": number}, *route.stops[0].place, sail_route(route, number / 50))  # type: ignore[call-arg]
    independent.step(10.0)
    before = dict(zip(independent.fleet.mmsi.tolist(), independent.fleet.lat.tolist(), strict=True))
    assert independent.leave(np.array([0, 7])).tolist() == [row for row in range(50) if row not in (0, 7)]
    assert len(independent.fleet) == 48
    after = dict(zip(independent.fleet.mmsi.tolist(), independent.fleet.lat.tolist(), strict=True))
    assert after == {mmsi: lat for mmsi, lat in before.items() if mmsi not in (0, 7)}
    independent.step(10.0)
    assert len(np.unique(independent.fleet.lat)) == 48
