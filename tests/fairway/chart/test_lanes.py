"""The lanes: none on land, no step, no sharp turn, no head-on traffic."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import fairway.chart.lanes
from fairway.chart.geodesy import RADIUS_NM, angle_diff, bearing_deg, destination, distance_nm

CANALS = {
    name: np.array(json.loads((Path(fairway.chart.lanes.__file__).parent / "data" / f"{name}.json").read_text()))
    for name in ("suez", "panama")
}
CANAL_NM = 2.0
GUIDE = {
    "Asia-Europe (Suez Route)": (("Singapore", "Rotterdam"), {"container", "general_cargo"}),
    "Trans-Pacific Route": (("Hong Kong", "Tokyo", "Los Angeles"), {"container", "bulker"}),
    "Trans-Atlantic Route": (("Rotterdam", "New York", "Miami"), {"container", "general_cargo"}),
    "Middle East Oil Route": (("Bahrain", "Abu Dhabi", "Marseille"), {"tanker"}),
    "Brazil-China Iron Ore Route": (("Vitoria", "Santos", "Singapore", "Qingdao"), {"bulker"}),
}
CUSTOMARY = {
    ("Singapore", "Rotterdam"): 8300,
    ("Hong Kong", "Tokyo"): 1590,
    ("Tokyo", "Los Angeles"): 4850,
    ("Rotterdam", "New York"): 3300,
    ("New York", "Miami"): 1020,
    ("Abu Dhabi", "Marseille"): 4700,
    ("Vitoria", "Santos"): 470,
    ("Santos", "Singapore"): 8850,
    ("Singapore", "Qingdao"): 2400,
}
"""Customary distances in nautical miles, known to a few per cent: which way one goes makes the difference."""


def vectors(lat, lon):
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def from_canal_nm(lat, lon):
    """Distance from the nearer canal's centreline."""
    line = np.concatenate([np.linspace(a, b, 40) for canal in CANALS.values() for a, b in pairwise(canal)])
    return np.array([distance_nm(a, o, *line.T).min() for a, o in zip(lat, lon, strict=True)])


def opposite(lanes, leg):
    """The leg back of the same kind."""
    back = (lanes.start_port == lanes.end_port[leg]) & (lanes.end_port == lanes.start_port[leg])
    return int(np.flatnonzero(back & (lanes.kind == lanes.kind[leg]))[0])


def at_sea(lanes, leg, along, margin_nm):
    """Samples that are farther than `margin_nm` from both harbours and the canal."""
    away = np.minimum(along - lanes.entrance_out_nm[leg], lanes.entrance_in_nm[leg] - along)
    begins, ends = lanes.canal[leg]
    if begins == begins:
        away = np.minimum(away, np.maximum(begins - along, along - ends))
    return away > margin_nm


@pytest.mark.long
def test_lanes_are_on_water(lanes, sampled, referee):
    """Every tenth of a mile of every leg is water, but for harbours behind their entrance and the canals."""
    found = []
    for leg in range(len(lanes.first)):
        along, lat, lon, _ = sampled(leg)
        outside = (along > lanes.entrance_out_nm[leg]) & (along < lanes.entrance_in_nm[leg])
        dry = np.flatnonzero(outside & referee.contains_many(lon, lat))
        dry = dry[from_canal_nm(lat[dry], lon[dry]) > CANAL_NM]
        found += [(leg, round(float(lat[at]), 3), round(float(lon[at]), 3)) for at in dry]
    assert found == []


def test_routes_of_the_guide(lanes, ports):
    """The five routes have the guide's ports and vessel types, and their legs follow one another there and back."""
    assert {
        route.name: (tuple(ports[p].name for p in route.ports), set(route.vessel_types)) for route in lanes.routes
    } == GUIDE
    for route in lanes.routes:
        called = [ports[p].name for p in route.ports]
        assert [name for name in route.waypoints if name in called] == called
        for legs, calls in ((route.legs_out, route.ports), (route.legs_back, route.ports[::-1])):
            assert [lanes.start_port[leg] for leg in legs] == list(calls[:-1])
            assert [lanes.end_port[leg] for leg in legs] == list(calls[1:])
            assert {str(lanes.kind[leg]) for leg in legs} == {"route"}


@pytest.mark.parametrize("pair", CUSTOMARY)
def test_length_of_the_routes_legs(lanes, ports, pair):
    """Legs are about as long as is customary, there and back."""
    names = [port.name for port in ports]
    start, end = (names.index(name) for name in pair)
    leg = int(np.flatnonzero((lanes.start_port == start) & (lanes.end_port == end))[0])
    assert lanes.length_nm[leg] == pytest.approx(CUSTOMARY[pair], rel=0.06)
    assert lanes.length_nm[opposite(lanes, leg)] == pytest.approx(lanes.length_nm[leg], rel=0.01)


def test_free_vessels_can_go_on_for_ever(lanes, ports):
    """Over coastal and ocean legs every port is reached from every port; both kinds exist and are what they say."""
    free = lanes.kind != "route"
    reach = np.eye(len(ports), dtype=bool)
    reach[lanes.start_port[free], lanes.end_port[free]] = True
    for _ in range(5):
        reach = (reach.astype(int) @ reach.astype(int)) > 0
    assert reach.all()
    assert set(lanes.kind) == {"route", "coastal", "ocean"}
    assert lanes.length_nm[lanes.kind == "coastal"].max() < 1000 < lanes.length_nm[lanes.kind == "ocean"].min()


def test_legs_lead_from_berth_to_berth(lanes, ports):
    """First and last point of each leg are the berths of its ports."""
    for leg, (start, end) in enumerate(zip(lanes.start_port, lanes.end_port, strict=True)):
        first, last = lanes.first[leg], lanes.first[leg] + lanes.count[leg] - 1
        assert distance_nm(lanes.lat[first], lanes.lon[first], *ports[start].berth) < 0.01
        assert distance_nm(lanes.lat[last], lanes.lon[last], *ports[end].berth) < 0.01


def test_entrances_and_anchorages_are_where_the_leg_says(lanes, ports):
    """The three places along each leg are near the port's own, and in the order in which a vessel passes them."""
    legs = np.arange(len(lanes.first), dtype=np.int32)
    berth_to_sea = lanes.length_nm - lanes.entrance_in_nm
    waits = lanes.entrance_in_nm - lanes.anchorage_nm
    assert (lanes.entrance_out_nm > 0.5).all()
    assert (np.maximum(lanes.entrance_out_nm, berth_to_sea) < 9.0).all()
    assert ((waits >= 1.0) & (waits <= 10.0)).all()
    assert (lanes.anchorage_nm - 3.0 > lanes.entrance_out_nm).all()
    for along, port_of, place, nm in (
        (lanes.entrance_out_nm, lanes.start_port, "entrance", 0.3),
        (lanes.entrance_in_nm, lanes.end_port, "entrance", 0.3),
        (lanes.anchorage_nm, lanes.end_port, "anchorage", 2.0),
    ):
        lat, lon, _, _ = lanes.position(legs, along, lanes.first)
        wanted = np.array([getattr(ports[port], place) for port in port_of])
        assert (distance_nm(lat, lon, *wanted.T) < nm).all()


def test_waiting_vessels_are_at_their_port(lanes, index):
    """Where vessels anchor, up to 3 nm before the anchorage, the port in range is the one they wait for."""
    for back_nm in (0.0, 1.0, 2.0, 3.0):
        legs = np.arange(len(lanes.first), dtype=np.int32)
        lat, lon, _, _ = lanes.position(legs, lanes.anchorage_nm - back_nm, lanes.first)
        assert index.nearest(lat, lon, 15.0).tolist() == lanes.end_port.tolist()


def test_segments(lanes):
    """Segments are at most 5 nm, none is empty, and along_nm is their sum."""
    for leg in range(len(lanes.first)):
        part = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg])
        lat, lon, along = lanes.lat[part], lanes.lon[part], lanes.along_nm[part]
        steps = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
        assert along[0] == 0
        assert along[-1] == lanes.length_nm[leg]
        assert np.allclose(np.diff(along), steps, atol=1e-6)
        assert steps.min() > 0.01
        assert steps.max() <= fairway.chart.lanes.MAX_SEGMENT_NM
        assert np.abs(np.diff(lon)).max() < 1


@pytest.mark.parametrize("step_nm", [0.003, 0.11, 1.7, 9.0, 60.0])
def test_movement_is_as_far_as_it_says(lanes, step_nm):
    """Between two positions a vessel has moved as far as its distance along the leg, at any step, on every leg."""
    legs = np.arange(len(lanes.first), dtype=np.int32)
    rng = np.random.default_rng(3)
    for start in rng.random((20, len(legs))) * (lanes.length_nm - step_nm):
        lat, lon, _, hint = lanes.position(legs, start, lanes.first)
        middle = lanes.position(legs, start + step_nm / 2, hint)
        lat2, lon2, _, after = lanes.position(legs, start + step_nm, hint)
        moved = distance_nm(lat, lon, lat2, lon2)
        assert (moved <= step_nm * 1.003).all()
        # Where nothing turned in between, the straight distance is the whole way.
        straight = after == hint
        assert moved[straight] == pytest.approx(step_nm, rel=0.003)
        assert (lanes.along_nm[hint] <= start).all()
        assert (start < lanes.along_nm[hint + 1]).all()
        assert (hint <= middle[3]).all()
        assert (middle[3] <= after).all()


@pytest.mark.long
def test_movement_adds_up(lanes):
    """Small steps over a whole leg add up to its length."""
    for leg in (0, 3, 10):
        along = np.linspace(0, lanes.length_nm[leg], 40_000)
        hint, places = np.array([lanes.first[leg]]), []
        for nm in along:
            lat, lon, _, hint = lanes.position(np.array([leg]), np.array([nm]), hint)
            places.append((lat[0], lon[0]))
        lat, lon = np.array(places).T
        steps = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
        assert steps.sum() == pytest.approx(lanes.length_nm[leg], rel=0.003)
        assert steps == pytest.approx(np.diff(along), rel=0.1)


def test_a_hint_is_only_a_hint(lanes):
    """A wrong hint, ahead, behind or on another leg, does not change the answer."""
    rng = np.random.default_rng(4)
    leg = rng.integers(0, len(lanes.first), 3000).astype(np.int32)
    along = rng.random(3000) * lanes.length_nm[leg]
    expected = lanes.position(leg, along, lanes.first[leg])
    wrong = lanes.position(leg, along, rng.integers(0, len(lanes.lat), 3000).astype(np.int32))
    for left, right in zip(expected, wrong, strict=True):
        assert (left == right).all()
    behind = lanes.position(leg, np.maximum(along - 40, 0), expected[3])
    assert (behind[3] <= expected[3]).all()


def test_course_is_the_direction_of_movement(lanes):
    """The course of a position is where the next position lies."""
    legs = np.arange(len(lanes.first), dtype=np.int32)
    for start in np.random.default_rng(6).random((20, len(legs))) * (lanes.length_nm - 0.01):
        lat, lon, course, hint = lanes.position(legs, start, lanes.first)
        lat2, lon2, _, after = lanes.position(legs, start + 0.005, hint)
        same = hint == after
        assert np.abs(angle_diff(bearing_deg(lat, lon, lat2, lon2), course))[same].max() < 0.2
        assert ((course >= 0) & (course < 360)).all()


def test_across_the_antimeridian(lanes, ports, sampled):
    """A leg over the Pacific goes on without a jump where longitudes change sign."""
    names = [port.name for port in ports]
    for start, end in (("Tokyo", "Los Angeles"), ("Los Angeles", "Tokyo")):
        leg = int(np.flatnonzero((lanes.start_port == names.index(start)) & (lanes.end_port == names.index(end)))[0])
        _, lat, lon, course = sampled(leg, 1.0)
        assert lon.min() >= -180
        assert lon.max() < 180
        crossing = int(np.argmax(np.abs(np.diff(lon))))
        assert abs(lon[crossing + 1] - lon[crossing]) > 359
        near = slice(crossing - 20, crossing + 20)
        assert distance_nm(lat[near][:-1], lon[near][:-1], lat[near][1:], lon[near][1:]) == pytest.approx(
            1.0, abs=0.003
        )
        assert np.abs(angle_diff(course[near][1:], course[near][:-1])).max() < 5


def test_turns_are_wide(lanes):
    """No lane turns faster than a large vessel can: 96 degrees a mile at sea, twice that where it goes slowly."""
    window_nm = 0.6
    for leg in range(len(lanes.first)):
        part = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg])
        gone, course = lanes.along_nm[part], lanes.course[part][:-1]
        turned = np.concatenate([[0.0], np.cumsum(angle_diff(course[1:], course[:-1]))])
        begin = np.arange(0.0, gone[-1] - window_nm, 0.1)
        segment, later = (np.searchsorted(gone, at, side="right") - 1 for at in (begin, begin + window_nm))
        per_nm = np.abs(turned[later] - turned[segment]) / window_nm
        # Within 15 nm of an entrance vessels make 12 knots or less.
        fast = at_sea(lanes, leg, begin, 16.0)
        assert per_nm[fast].max() <= 96.0
        assert per_nm.max() <= 192.0


@pytest.mark.long
def test_opposite_lanes_keep_apart(lanes, sampled):
    """At sea the lane of the way back is a quarter of a mile away or more, and to port."""
    for leg in range(len(lanes.first)):
        along, lat, lon, course = sampled(leg, 2.0)
        _, back_lat, back_lon, _ = sampled(opposite(lanes, leg), 0.1)
        sea_miles = at_sea(lanes, leg, along, 5.0)
        there, back = vectors(lat[sea_miles], lon[sea_miles]), vectors(back_lat, back_lon)
        expected = ((1 - along[sea_miles] / along[-1]) * len(back)).astype(int)
        nearest = np.array(
            [np.abs(back[max(at - 800, 0) : at + 800] - here).max(axis=1).argmin() + max(at - 800, 0)
             for here, at in zip(there, expected, strict=True)]
        )  # fmt: skip
        apart = np.linalg.norm(back[nearest] - there, axis=1) * RADIUS_NM
        assert apart.min() > 0.25
        towards = bearing_deg(lat[sea_miles], lon[sea_miles], back_lat[nearest], back_lon[nearest])
        assert (angle_diff(towards, course[sea_miles]) < 0).all()


THROUGH = {
    "suez": {("Singapore", "Rotterdam"), ("Abu Dhabi", "Marseille"), ("Piraeus", "Jeddah")},
    "panama": {
        ("Busan", "New York"), ("Shanghai", "Charleston"), ("Kobe", "Galveston"), ("Los Angeles", "Miami"),
        ("Callao", "Charleston"), ("Valparaiso", "Galveston"),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "length_nm"), [("suez", 102.2), ("panama", 44.6), ("", None)])
def test_the_canals_are_where_they_should_be(lanes, ports, name, length_nm):
    """Legs between east and west of Suez have about 102 nm of canal, on its centreline, Panama 45; others none."""
    found = set()
    for leg in np.flatnonzero(lanes.passage == name).tolist():
        begins, ends = lanes.canal[leg]
        if not name:
            assert begins != begins
            assert ends != ends
            continue
        found.add(tuple(ports[int(port[leg])].name for port in (lanes.start_port, lanes.end_port)))
        assert ends - begins == pytest.approx(length_nm, abs=1.0)
        # A vessel curves into the canal from the open sea.
        along = np.arange(begins + 1.0, ends - 1.0, 0.5)
        lat, lon, _, _ = lanes.position(
            np.full(len(along), leg, np.int32), along, np.full(len(along), lanes.first[leg])
        )
        assert from_canal_nm(lat, lon).max() < 0.15
    expected = THROUGH.get(name, set())
    assert found == expected | {(end, start) for start, end in expected}


def test_asia_europe_passes_bab_el_mandeb(lanes, sampled):
    """The waypoint between Arabia and Africa lies on the leg."""
    leg = lanes.routes[0].legs_out[0]
    _, lat, lon, _ = sampled(leg, 1.0)
    assert distance_nm(lat, lon, 12.6, 43.35).min() < 10


def test_trace_divides_long_segments():
    """A long segment is divided evenly, in a straight line of degrees, but finer near its ends, with its own course."""
    lat, lon = destination(0.0, 179.95, 90.0, 20.0)
    lat, lon, along, course = fairway.chart.lanes.trace(
        np.array([0.0, float(lat)]), np.array([179.95, float(lon) + 360])
    )
    expected = [0, 0.35, 1.05, 2.45, 2.45 + 15.1 / 4, 10, 2.45 + 3 * 15.1 / 4, 17.55, 18.95, 19.65, 20]
    assert along == pytest.approx(expected, abs=1e-5)
    assert course == pytest.approx([90] * 11, abs=1e-6)
    assert lon[-1] > 180


@pytest.mark.long
def test_the_whole_width_is_water(lanes, referee):
    """The lane is water over its whole width, at every tenth of it; and keeps to its own half of the way."""
    found = []
    for leg in range(len(lanes.first)):
        part = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg])
        gone, port = lanes.along_nm[part], lanes.to_port_nm[part]
        along = np.arange(lanes.entrance_out_nm[leg], lanes.entrance_in_nm[leg], 0.5)
        for share in np.linspace(0, 1, 11):
            nm = share * (port + lanes.to_starboard_nm[part]) - port
            north, east = lanes.starboard(part)
            lat = np.interp(along, gone, lanes.lat[part] + nm * north)
            lon = np.interp(along, gone, lanes.lon[part] + nm * east)
            lon = angle_diff(lon, 0.0)
            dry = np.flatnonzero(referee.contains_many(lon, lat))
            dry = dry[from_canal_nm(lat[dry], lon[dry]) > CANAL_NM]
            found += [(leg, round(float(lat[at]), 3), round(float(lon[at]), 3)) for at in dry]
    assert found == []
    assert lanes.to_port_nm.max() <= 0.3 + 1e-9
    assert lanes.to_starboard_nm.min() >= 0.03


def test_tangents(lanes):
    """A point's course lies between those of the segments that meet there."""
    turned = angle_diff(lanes.course[1:-1], lanes.course[:-2])
    part = angle_diff(lanes.tangent[1:-1], lanes.course[:-2])
    inner = np.ones(len(turned), bool)
    inner[lanes.first[1:] - 1] = inner[lanes.first[1:] - 2] = False
    assert (np.abs(part[inner]) <= np.abs(turned[inner]) + 1e-9).all()
    assert (part[inner] * turned[inner] >= -1e-9).all()
