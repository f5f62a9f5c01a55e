"""Custom: who a vessel that a person asks for is, and which way a route of a person's own goes."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from fairway.chart import routing
from fairway.chart.geodesy import destination
from fairway.chart.ports import PortIndex
from sim.world import identity
from sim.world.fleet import AT_ANCHOR, MOORED, SHIP_TYPES, SIZE_CLASSES, UNDER_WAY, VESSEL_TYPES, Fleet
from sim.world.fleet import VesselType as VesselType

Floats = NDArray[np.float64]

MOST_WAYPOINTS: Final = 50
STAY_S: Final = 12 * 3600.0
"""How long a vessel lies at a port of its route."""
MOST_KN: Final = 60.0
RANGES: Final = {
    "speed": (0.0, MOST_KN, "knots"),
    "course": (0.0, 359.999, "degrees"),
    "length": (5.0, 460.0, "metres"),
    "beam": (2.0, 80.0, "metres"),
}
"""What numbers of a vessel can be."""
_NAME_CHARACTERS: Final = 20
_LEGS_KEPT: Final = 256
_PORT_RANGE_NM: Final = 5.0
_STRAIGHT_NM: Final = (1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0)
_SIZES: Final = {
    "passenger": (290, 32, 8.0, 18.0), "high_speed": (90, 26, 3.5, 30.0), "tug_special": (32, 11, 5.0, 9.0),
    "fishing": (40, 10, 4.5, 9.0), "pleasure": (18, 5, 2.5, 8.0),
}  # fmt: skip
"""Length, beam, draught in metres and usual speed in knots, where the fleet has no size class."""


class CustomError(ValueError):
    """What a person asked for can't be: `field` is the key at fault."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A place that a route passes: degrees, and its name."""

    lat: float
    lon: float
    name: str


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel as a person describes it; what is None is chosen to agree with the rest.

    Attributes:
        vessel_name: at most the 20 characters of AIS.
        vessel_type: a VesselType or its value.
        position: latitude and longitude in degrees; None: where its route begins.
        speed: knots; None: what its type usually makes on its way, and at rest without one.
        course: degrees; None: along its way, or north.
        destination: a place, or the name or UN/LOCODE of a port, to which it sails by water and where it then lies;
            None: where its route leads, or nowhere.
        length, beam: metres; None: what is usual for its type, and a beam that fits the length.
        imo_number: seven digits, with or without IMO; a wrong check digit is taken as it is.
        mmsi: nine digits that begin with a country's.
        flag: ISO 3166-1 alpha-2.

    """

    vessel_name: str
    vessel_type: str
    position: tuple[float, float] | None = None
    speed: float | None = None
    course: float | None = None
    destination: Waypoint | str | None = None
    length: float | None = None
    beam: float | None = None
    imo_number: str | int | None = None
    mmsi: int | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CustomRoute:
    """A route of a person's own: its stops, where vessels lie, and the way by water between each two.

    Attributes:
        name: as given. waypoints: as given.
        stops: the water that each waypoint stands for.
        legs: the way from each stop to the next.
        calls: by stop, whether vessels lie there: at its ends, and where it is a port.
        vessel_types: who may sail it; empty: everybody.
        number: what the column `route` of a Fleet has for it; -1: none.

    """

    name: str
    waypoints: tuple[Waypoint, ...]
    stops: tuple[routing.Stop, ...]
    legs: tuple[routing.Path, ...]
    calls: tuple[bool, ...]
    vessel_types: tuple[str, ...]
    number: int = -1


@functools.cache
def port_index() -> PortIndex:
    """The world's ports, loaded once."""
    return PortIndex.load()


@functools.lru_cache(maxsize=_LEGS_KEPT)
def way(start: routing.Stop, end: routing.Stop, closed: frozenset[str]) -> routing.Path:
    """`routing.path`, kept for a while: who draws a route asks for each leg before the whole."""
    return routing.path(start, end, closed)


def make_route(
    name: str, waypoints: Sequence[Waypoint], vessel_types: Sequence[str] = (), closed: Collection[str] = ()
) -> CustomRoute:
    """A route through `waypoints` by water, without the passages that are `closed`.

    Raises:
        CustomError: Too few or too many waypoints, or a type that is none.
        routing.UnsailableError: A waypoint on land, or a leg that can't be sailed; the message names it.

    """
    if not 2 <= len(waypoints) <= MOST_WAYPOINTS:
        raise CustomError(f"{len(waypoints)} waypoints; a route has 2 to {MOST_WAYPOINTS}", "waypoints")
    for kind in vessel_types:
        if kind not in VESSEL_TYPES:
            raise CustomError(f"{kind!r:.60} is not one of {', '.join(VESSEL_TYPES)}", "vessel_types")
    stops = tuple(routing.stop(point.name, point.lat, point.lon) for point in waypoints)
    legs = tuple(way(a, b, frozenset(closed)) for a, b in pairwise(stops))
    lat, lon = np.array([stop.place for stop in stops]).T
    near = port_index().nearest(lat, lon, _PORT_RANGE_NM) >= 0
    calls = tuple(at in (0, len(stops) - 1) or bool(port) for at, port in enumerate(near.tolist()))
    return CustomRoute(name, tuple(waypoints), stops, legs, calls, tuple(vessel_types))


@dataclass(frozen=True, slots=True, eq=False)
class Sail:
    """Part of a plan: follow a path, `begin` (0 to 1) of it being done, and stop at its end or pass on."""

    path: routing.Path
    destination: str
    begin: float = 0.0
    stops: bool = True
    kn: float | None = None
    nav_status: int = UNDER_WAY


@dataclass(frozen=True, slots=True)
class Stay:
    """Part of a plan: lie for some seconds, and at least until a time (Unix seconds), with a navigational status."""

    nav_status: int
    seconds: float
    until: float = 0.0


Plan = Iterator[Sail | Stay]
"""What a vessel does, part by part; after the last it lies where it is. Data, no generators: plans outlive a process.

`next` may raise routing.UnsailableError.
"""


@dataclass(slots=True, eq=False)
class PlanSequence(Plan):
    """The parts given, then another plan."""

    parts: list[Sail | Stay]
    then: Plan | None = None

    def __next__(self) -> Sail | Stay:
        if self.parts:
            return self.parts.pop(0)
        if self.then is None:
            raise StopIteration
        return next(self.then)


@dataclass(slots=True, eq=False)
class ToAndFro(Plan):
    """Sail a route out and back for ever, and lie where it calls.

    Attributes:
        route: as given.
        at: the next leg: those out, from 0 on, and after them those back.
        begin: how much of that leg is done, 0 to 1.
        rests: whether a stay comes before it.

    """

    route: CustomRoute
    at: int = 0
    begin: float = 0.0
    rests: bool = False

    def __next__(self) -> Sail | Stay:
        if self.rests:
            self.rests = False
            return Stay(MOORED, STAY_S)
        route, legs, begin = self.route, len(self.route.legs), self.begin
        out = self.at < legs
        leg = self.at if out else 2 * legs - 1 - self.at
        path, end = (route.legs[leg], leg + 1) if out else (route.legs[leg].reversed(), leg)
        self.at, self.begin, self.rests = (self.at + 1) % (2 * legs), 0.0, route.calls[end]
        return Sail(path, route.stops[end].name, begin, route.calls[end])


def to_and_fro(route: CustomRoute, progress: float = 0.0) -> Plan:
    """Sail a route out and back for ever, from `progress` (0 to 1) of the way out."""
    lengths = np.array([path.length_nm for path in route.legs])
    gone = progress * lengths.sum()
    first = min(int(np.searchsorted(np.cumsum(lengths), gone, side="right")), len(lengths) - 1)
    return ToAndFro(route, first, min(float((gone - lengths[:first].sum()) / lengths[first]), 1.0))


def bound_for(path: routing.Path, name: str, place: tuple[float, float]) -> Plan:
    """Sail a path to a place of that name, and lie there for good."""
    return PlanSequence([Sail(path, name), at_rest(place)])


def straight_on(place: tuple[float, float], course: float, kn: float) -> Plan:
    """Keep a course for as far as there is water, at most 1,000 miles; then lie at anchor."""
    for nm in _STRAIGHT_NM:
        lat, lon = (float(part) for part in destination(*place, course, nm))
        if routing.is_clear(place, (lat, lon)):
            return PlanSequence([Sail(routing.straight(place, (lat, lon)), "", kn=kn), at_rest(place)])
    return PlanSequence([at_rest(place)])


def at_rest(place: tuple[float, float]) -> Stay:
    """Lie for good: moored within five miles of a port, else at anchor."""
    lat, lon = (np.array([part]) for part in place)
    in_port = port_index().nearest(lat, lon, _PORT_RANGE_NM)[0] >= 0
    return Stay(MOORED if in_port else AT_ANCHOR, np.inf)


def empty_fleet() -> Fleet:
    """A Fleet of no vessels."""
    columns: dict[str, Any] = {name: [] if kind is None else np.zeros(0, kind) for name, kind in COLUMNS.items()}
    return Fleet(**columns)


def _dtype(hint: Any) -> Any:
    arguments = get_args(hint)
    return get_args(arguments[1])[0] if len(arguments) == 2 else None


COLUMNS: Final[dict[str, Any]] = {name: _dtype(hint) for name, hint in get_type_hints(Fleet).items()}
"""Name of each column of a Fleet -> its numpy type, None for lists."""


def row_of(vessel: Vessel, number: int, taken: Collection[int]) -> dict[str, Any]:
    """Values of the columns of a Fleet that say who `vessel` is; identity and flag agree.

    Args:
        vessel: what was asked for.
        number: how many vessels the simulator has named before: each gets numbers of its own.
        taken: MMSIs in use.

    Raises:
        CustomError: A name, type or number that can't be, or an MMSI in use.

    """
    kind = _checked(vessel)
    flag = vessel.flag or ""
    known = [item for item in identity.FLAGS if item.iso2 == flag or (vessel.mmsi or 0) // 1_000_000 == item.mid]
    country = known[0] if known else identity.FLAGS[0]
    mmsi = vessel.mmsi if vessel.mmsi is not None else _free_mmsi(country.mid, number, taken)
    if mmsi in taken:
        raise CustomError(f"mmsi {mmsi} is in use", "mmsi")
    length, beam, draught, usual_kn = _size(kind, vessel)
    astern = round(0.2 * length)
    imo = vessel.imo_number
    return {
        "mmsi": mmsi,
        "imo": int(identity.imo_numbers(number + 1)[-1]) if imo is None else int(str(imo)[-7:]),
        "name": vessel.vessel_name,
        "callsign": f"{country.prefix}{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{number // 676 + 2}",
        "flag": flag or (country.iso2 if known or vessel.mmsi is None else ""),
        "vessel_type": VESSEL_TYPES.index(kind),
        "ship_type": SHIP_TYPES[VESSEL_TYPES.index(kind)],
        "length_m": length,
        "beam_m": beam,
        "a": length - astern,
        "b": astern,
        "c": beam // 2,
        "d": beam - beam // 2,
        "draught": draught,
        "cruise_kn": usual_kn if vessel.speed is None else vessel.speed,
        "heading": vessel.course or 0.0,
        "route": -1,
        "eta": np.nan,
        "voyage_version": 1,
    }


def _checked(vessel: Vessel) -> str:
    """The vessel's type, if everything about it can be."""
    kind, name = str(vessel.vessel_type), vessel.vessel_name
    if kind not in VESSEL_TYPES:
        raise CustomError(f"vessel_type {kind!r:.60} is not one of {', '.join(VESSEL_TYPES)}", "vessel_type")
    if not 0 < len(name) <= _NAME_CHARACTERS or not name.isprintable():
        text = f"vessel_name {name!r:.60} must have 1 to {_NAME_CHARACTERS} printable characters, as in AIS"
        raise CustomError(text, "vessel_name")
    if vessel.imo_number is not None and not re.fullmatch(r"(IMO\s?)?[1-9]\d{6}", str(vessel.imo_number), re.ASCII):
        raise CustomError(f"imo_number {vessel.imo_number!r:.60} has not seven digits", "imo_number")
    if vessel.mmsi is not None and not 200_000_000 <= vessel.mmsi < 780_000_000:
        raise CustomError(f"mmsi {vessel.mmsi!r:.60} is no ship's: 9 digits from 2 to 7", "mmsi")
    for name, (low, high, unit) in RANGES.items():
        value = getattr(vessel, name)
        if value is not None and not low <= value <= high:
            raise CustomError(f"{name} {value:g} is outside {low:g} to {high:g} {unit}", name)
    if vessel.position is not None and not (abs(vessel.position[0]) <= 90 and abs(vessel.position[1]) <= 180):
        raise CustomError(f"position {vessel.position} is no latitude and longitude", "position")
    return kind


def _free_mmsi(mid: int, number: int, taken: Collection[int]) -> int:
    serial = (number * 7919 + 100_000) % 1_000_000
    while mid * 1_000_000 + serial in taken:
        serial = (serial + 1) % 1_000_000
    return mid * 1_000_000 + serial


def _size(kind: str, vessel: Vessel) -> tuple[int, int, float, float]:
    """Length, beam, draught and usual speed; a vessel of another length than its type's has its proportions."""
    length, beam, draught, kn = _usual_size(kind)
    wanted = round(vessel.length or length)
    scale = wanted / length
    return wanted, round(vessel.beam or beam * scale), round(min(draught * scale, 25.0), 1), kn


def _usual_size(kind: str) -> tuple[int, int, float, float]:
    for item in SIZE_CLASSES:
        if VESSEL_TYPES[item.vessel_type] == kind and item.name not in ("ULCV", "Valemax", "VLCC"):
            return item.length_m, item.beam_m, item.laden_m, item.mean_kn
    return _SIZES.get(kind, (120, 18, 7.0, 12.0))
