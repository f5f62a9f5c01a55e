"""Fleet: every simulated vessel as a struct of arrays, and how a fleet is made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world import identity


class VesselType(StrEnum):
    """The types of vessels."""

    CONTAINER = "container"
    BULKER = "bulker"
    GENERAL_CARGO = "general_cargo"
    TANKER = "tanker"
    PASSENGER = "passenger"
    HIGH_SPEED = "high_speed"
    TUG_SPECIAL = "tug_special"
    FISHING = "fishing"
    PLEASURE = "pleasure"
    CARGO = "cargo"
    OTHER = "other"


VESSEL_TYPES: Final = tuple(kind.value for kind in VesselType)
SHIP_TYPES: Final = (79, 70, 70, 80, 60, 40, 52, 30, 37, 70, 90)
"""By index in VESSEL_TYPES: code of ITU-R M.1371."""
CONTAINER, BULKER, GENERAL_CARGO, TANKER = range(4)
TYPE_SHARES: Final = {CONTAINER: 0.25, BULKER: 0.25, GENERAL_CARGO: 0.20, TANKER: 0.30}
ROUTE_SHARE: Final = 0.70
UNDER_WAY, AT_ANCHOR, MOORED = 0, 1, 5
SAILING, IN_ROADS, ANCHORED, ALONGSIDE, READY, TURNING = range(6)
"""What a vessel does. IN_ROADS it waits for a canal, READY it is moored and about to sail, TURNING it casts off."""
NAV_STATUS: Final = np.array([UNDER_WAY, AT_ANCHOR, AT_ANCHOR, MOORED, MOORED, UNDER_WAY], np.uint8)
"""By phase."""
MIN_CRUISE_KN: Final = 8.5
MAX_CRUISE_KN: Final = 25.0


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Vessels of one size: metres, speed at sea and its spread in knots, share within the type, canals it fits."""

    vessel_type: int
    name: str
    length_m: int
    beam_m: int
    laden_m: float
    ballast_m: float
    mean_kn: float
    spread_kn: float
    share: float
    fits_suez: bool = True
    fits_panama: bool = True


SIZE_CLASSES: Final = (
    SizeClass(CONTAINER, "ULCV", 400, 61, 15.8, 13.0, 16.2, 2.0, 0.15, fits_panama=False),
    SizeClass(CONTAINER, "neo-Panamax", 366, 49, 14.6, 12.0, 15.6, 2.2, 0.25),
    SizeClass(CONTAINER, "Panamax", 294, 32, 12.6, 10.5, 14.8, 2.3, 0.25),
    SizeClass(CONTAINER, "feeder", 170, 27, 9.4, 7.8, 13.4, 2.3, 0.35),
    SizeClass(BULKER, "Valemax", 362, 65, 22.8, 12.0, 11.9, 1.0, 0.10, fits_suez=False, fits_panama=False),
    SizeClass(BULKER, "Capesize", 292, 45, 18.0, 9.5, 11.6, 1.1, 0.25, fits_panama=False),
    SizeClass(BULKER, "Kamsarmax", 229, 32, 14.3, 7.6, 11.5, 1.2, 0.35),
    SizeClass(BULKER, "Handysize", 180, 30, 10.2, 6.2, 11.5, 1.3, 0.30),
    SizeClass(GENERAL_CARGO, "general cargo", 160, 27, 9.8, 6.4, 12.6, 1.9, 0.60),
    SizeClass(GENERAL_CARGO, "coaster", 95, 14, 5.9, 4.0, 10.7, 1.4, 0.40),
    SizeClass(TANKER, "VLCC", 330, 60, 20.8, 10.5, 12.1, 1.1, 0.15, fits_suez=False, fits_panama=False),
    SizeClass(TANKER, "Suezmax", 274, 48, 16.2, 8.8, 12.0, 1.1, 0.25, fits_panama=False),
    SizeClass(TANKER, "Aframax", 244, 42, 14.4, 7.8, 12.0, 1.1, 0.30),
    SizeClass(TANKER, "MR", 183, 32, 12.2, 6.8, 12.0, 1.2, 0.30),
)
_ASTERN_SHARE: Final = {CONTAINER: 0.32, BULKER: 0.14, GENERAL_CARGO: 0.18, TANKER: 0.15}


@dataclass(slots=True, eq=False)
class Fleet:
    """n vessels, one row each. Motion and voyage are rewritten by the World; the identity stays.

    Attributes:
        mmsi, imo: uint32[n]; imo is 0 where no number was left.
        name, callsign, flag: lists of n texts; flag is ISO 3166-1 alpha-2.
        vessel_type: uint8[n], index in VESSEL_TYPES. ship_type: uint8[n], code of ITU-R M.1371.
        size_class: int16[n], index in SIZE_CLASSES. length_m, beam_m: uint16[n].
        a, b, c, d: uint16[n], metres from the antenna to bow, stern, port and starboard.
        route: int16[n], index in Lanes.routes, -1 none. usual_kn: float64[n], its own usual speed at sea, half laden;
            cruise_kn: float64[n], its speed at sea on this leg. haste: float64[n], what part of the limits near ports
            it makes.
        aside, aside_wanted: float64[n], 0 to 1, how far towards the starboard side of its lane a vessel keeps, and
            soon will. way_kn, way_until: float64[n], the most it makes while it gives way, inf, and until when.
        acceleration_kn_h: float64[n]. turn_deg_min_kn: float64[n], fastest turn at one knot, degrees a minute.
        pivot_deg_min: float64[n], fastest turn at no speed, with tugs; 0 at rest.
        lat, lon, sog, cog, heading, rot: float64[n]; degrees, knots, degrees a minute.
        nav_status: uint8[n]: 0 under way, 1 at anchor, 5 moored. draught: float64[n], metres.
        phase: uint8[n], what a vessel does, SAILING to TURNING. bound: uint8[n], its phase where it stops next.
        leg, hint: int32[n]; along_nm: float64[n]; where it is on its leg. A moored vessel has its next leg.
        stop_nm: float64[n], where on the leg it stops next; inf at rest. stop_lat, stop_lon: float64[n], the place.
        calls_at, berth: int16[n], port and number of the berth that it has or is bound for, -1 none.
        target_kn, mark_nm, mark_kn: float64[n], what it steams for, see `sim.motion.advance`.
        weather_kn: float64[n], what wind and current do to its speed. set_deg, set_wanted_deg: float64[n], its
            heading less its course, now and soon.
        rest_until: float64[n], Unix seconds, inf while it sails.
        path_...: float64[n], the segment that it is on, see `sim.world.steering`: path_lat, path_lon its start, path_north,
            path_east where it leads, in degrees; path_side_north, path_side_east to starboard of it; path_course of
            its chord, path_in and path_out its slopes against that at its ends; path_from_nm, path_to_nm along the
            leg, path_per_nm one part of that; path_pace, miles sailed for a mile along the leg.
        route_place: int32[n], place of its leg in the cycle of its route; 0 for free vessels.
        destination: list of n texts. eta: float64[n], Unix seconds, NaN none.
        voyage_version: uint32[n], rises when destination, eta or draught change.

    """

    mmsi: NDArray[np.uint32]
    imo: NDArray[np.uint32]
    name: list[str]
    callsign: list[str]
    flag: list[str]
    vessel_type: NDArray[np.uint8]
    ship_type: NDArray[np.uint8]
    size_class: NDArray[np.int16]
    length_m: NDArray[np.uint16]
    beam_m: NDArray[np.uint16]
    a: NDArray[np.uint16]
    b: NDArray[np.uint16]
    c: NDArray[np.uint16]
    d: NDArray[np.uint16]
    route: NDArray[np.int16]
    usual_kn: NDArray[np.float64]
    cruise_kn: NDArray[np.float64]
    haste: NDArray[np.float64]
    aside: NDArray[np.float64]
    aside_wanted: NDArray[np.float64]
    way_kn: NDArray[np.float64]
    way_until: NDArray[np.float64]
    acceleration_kn_h: NDArray[np.float64]
    turn_deg_min_kn: NDArray[np.float64]
    pivot_deg_min: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    sog: NDArray[np.float64]
    cog: NDArray[np.float64]
    heading: NDArray[np.float64]
    rot: NDArray[np.float64]
    nav_status: NDArray[np.uint8]
    draught: NDArray[np.float64]
    phase: NDArray[np.uint8]
    bound: NDArray[np.uint8]
    calls_at: NDArray[np.int16]
    berth: NDArray[np.int16]
    leg: NDArray[np.int32]
    hint: NDArray[np.int32]
    along_nm: NDArray[np.float64]
    stop_nm: NDArray[np.float64]
    stop_lat: NDArray[np.float64]
    stop_lon: NDArray[np.float64]
    target_kn: NDArray[np.float64]
    mark_nm: NDArray[np.float64]
    mark_kn: NDArray[np.float64]
    weather_kn: NDArray[np.float64]
    set_deg: NDArray[np.float64]
    set_wanted_deg: NDArray[np.float64]
    rest_until: NDArray[np.float64]
    path_lat: NDArray[np.float64]
    path_lon: NDArray[np.float64]
    path_north: NDArray[np.float64]
    path_east: NDArray[np.float64]
    path_side_north: NDArray[np.float64]
    path_side_east: NDArray[np.float64]
    path_course: NDArray[np.float64]
    path_in: NDArray[np.float64]
    path_out: NDArray[np.float64]
    path_from_nm: NDArray[np.float64]
    path_to_nm: NDArray[np.float64]
    path_per_nm: NDArray[np.float64]
    path_pace: NDArray[np.float64]
    route_place: NDArray[np.int32]
    destination: list[str]
    eta: NDArray[np.float64]
    voyage_version: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.mmsi)


def make_fleet(
    size: int, lanes: Lanes, rng: np.random.Generator, shares_of: Mapping[str, float] | None = None
) -> Fleet:
    """`size` vessels with identity, type, size and route; where they are is left to `sim.voyages.begin`.

    `shares_of` the first four VESSEL_TYPES replace TYPE_SHARES; the first vessel is a container vessel all the same.
    """
    vessel_type, route = _types_and_routes(size, lanes, rng, _shares(shares_of))
    size_class = _size_classes(vessel_type, _needs_suez(route, lanes), rng)
    shares = np.array([flag.share for flag in identity.FLAGS])
    flag = rng.choice(len(shares), size, p=shares / shares.sum())
    zeros: dict[str, Any] = {name: np.zeros(size) for name in _FLOAT_COLUMNS}
    return Fleet(
        mmsi=identity.mmsi_numbers(flag),
        imo=identity.imo_numbers(size),
        name=identity.names(size, rng),
        callsign=identity.callsigns(flag),
        flag=[identity.FLAGS[index].iso2 for index in flag.tolist()],
        vessel_type=vessel_type,
        ship_type=np.array(SHIP_TYPES, np.uint8)[vessel_type],
        size_class=size_class,
        route=route,
        nav_status=np.zeros(size, np.uint8),
        phase=np.zeros(size, np.uint8),
        bound=np.full(size, ALONGSIDE, np.uint8),
        calls_at=np.full(size, -1, np.int16),
        berth=np.full(size, -1, np.int16),
        leg=np.zeros(size, np.int32),
        hint=np.zeros(size, np.int32),
        route_place=np.zeros(size, np.int32),
        destination=[""] * size,
        voyage_version=np.ones(size, np.uint32),
        **_dimensions(vessel_type, size_class),
        **zeros,
    )


_FLOAT_COLUMNS: Final = [item.name for item in fields(Fleet) if item.type == "NDArray[np.float64]"]


def _shares(given: Mapping[str, float] | None) -> dict[int, float]:
    return {kind: given.get(VESSEL_TYPES[kind], 0.0) for kind in TYPE_SHARES} if given else TYPE_SHARES


def _types_and_routes(
    size: int, lanes: Lanes, rng: np.random.Generator, type_shares: Mapping[int, float]
) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Types in their shares, 70 % of each type on routes that take it; row 0 is a container vessel on a route."""
    cells = [(kind, on, share * part) for kind, share in type_shares.items() for on, part in _ROUTE_PARTS]
    counts = _apportion(size, np.array([cell[2] for cell in cells]))
    vessel_type = np.repeat(np.array([cell[0] for cell in cells], np.uint8), counts)
    on_route = np.repeat(np.array([cell[1] for cell in cells]), counts)
    shuffled = np.concatenate([[0], 1 + rng.permutation(size - 1)]).astype(np.intp)
    vessel_type, on_route = vessel_type[shuffled], on_route[shuffled]
    route = np.full(size, -1, np.int16)
    for kind in TYPE_SHARES:
        fitting = [at for at, item in enumerate(lanes.routes) if VESSEL_TYPES[kind] in item.vessel_types]
        rows = np.flatnonzero((vessel_type == kind) & on_route)
        if fitting:
            route[rows] = rng.permutation(np.resize(np.array(fitting, np.int16), len(rows)))
    return vessel_type, route


_ROUTE_PARTS: Final = ((True, ROUTE_SHARE), (False, 1 - ROUTE_SHARE))


def _apportion(size: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in proportion to `shares` that sum to `size` (largest remainder); the first is at least 1."""
    exact = shares / shares.sum() * size
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: size - int(counts.sum())]] += 1
    if size and not counts[0]:
        counts[[0, int(np.argmax(counts))]] += (1, -1)
    return np.asarray(counts)


def _needs_suez(route: NDArray[np.int16], lanes: Lanes) -> NDArray[np.bool_]:
    """Whether a vessel may meet the canal: its route uses it, or it is free to."""
    uses = [bool((lanes.passage[list(item.legs_out + item.legs_back)] == "suez").any()) for item in lanes.routes]
    return np.array([*uses, True])[route]


def _size_classes(
    vessel_type: NDArray[np.uint8], needs_suez: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int16]:
    result = np.zeros(len(vessel_type), np.int16)
    for kind in TYPE_SHARES:
        for suez in (True, False):
            rows = np.flatnonzero((vessel_type == kind) & (needs_suez == suez))
            fit = [at for at, c in enumerate(SIZE_CLASSES) if c.vessel_type == kind and (c.fits_suez or not suez)]
            shares = np.array([SIZE_CLASSES[at].share for at in fit])
            result[rows] = rng.choice(fit, len(rows), p=shares / shares.sum())
    return result


def _dimensions(vessel_type: NDArray[np.uint8], size_class: NDArray[np.int16]) -> dict[str, Any]:
    length = np.array([item.length_m for item in SIZE_CLASSES], np.uint16)[size_class]
    beam = np.array([item.beam_m for item in SIZE_CLASSES], np.uint16)[size_class]
    astern = np.array([_ASTERN_SHARE[kind] for kind in range(4)])[vessel_type]
    b, c = np.rint(length * astern).astype(np.uint16), (beam // 2).astype(np.uint16)
    return {"length_m": length, "beam_m": beam, "a": length - b, "b": b, "c": c, "d": beam - c}
