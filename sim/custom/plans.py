"""Plans of independent vessels: what a vessel sails and where it lies, one part after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fairway.chart import routing
from fairway.chart.geodesy import destination
from sim.custom.paths import Place, port_index
from sim.custom.routes import PORT_RANGE_NM, CustomRoute
from sim.world.fleet import AT_ANCHOR, MOORED, UNDER_WAY

PORT_STAY_S: Final = 12 * 3600.0
"""How long a vessel lies at a port of its route."""
_STRAIGHT_NM: Final = (1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0)
"""Lengths tried for a straight course, longest first: the first one without land is sailed."""


@dataclass(frozen=True, slots=True, eq=False)
class Sail:
    """Part of a plan: follow a path.

    Attributes:
        path: the path.
        destination: what the vessel reports as its destination.
        begin: the part of the path that is done already, 0 to 1.
        stops: whether the vessel stops at the end; otherwise it passes on to the next part at speed.
        kn: speed in knots; None: the vessel's own cruising speed.
        nav_status: navigational status of ITU-R M.1371 on the way.

    """

    path: routing.Path
    destination: str
    begin: float = 0.0
    stops: bool = True
    kn: float | None = None
    nav_status: int = UNDER_WAY

    @property
    def end(self) -> routing.Stop:
        """The stop at the end of the path."""
        lon = (float(self.path.lon[-1]) + 180.0) % 360.0 - 180.0
        return routing.stop(self.destination or "its course", float(self.path.lat[-1]), lon)


@dataclass(frozen=True, slots=True)
class Stay:
    """Part of a plan: lie at a place.

    Attributes:
        nav_status: navigational status of ITU-R M.1371 meanwhile.
        seconds: the shortest stay; inf: for good.
        until: Unix seconds before which the vessel does not leave.

    """

    nav_status: int
    seconds: float
    until: float = 0.0


Plan = Iterator[Sail | Stay]
"""The parts of a vessel's plan, in order; after the last one the vessel lies where it is.

Plans are dataclasses, not generators: a checkpoint saves them. `next` raises routing.UnsailableError if a passage
that the plan needs has closed.
"""


@dataclass(slots=True, eq=False)
class PlanSequence(Plan):
    """The given parts, followed by another plan if there is one."""

    parts: list[Sail | Stay]
    then: Plan | None = None

    def __next__(self) -> Sail | Stay:
        if self.parts:
            return self.parts.pop(0)
        if self.then is None:
            raise StopIteration
        return next(self.then)


@dataclass(slots=True, eq=False)
class RoutePlan(Plan):
    """Sail a route out and back without end, and lie at its port calls.

    Attributes:
        route: the route.
        at: index of the next leg: first the legs out, from 0, then the legs back.
        begin: the part of that leg that is done already, 0 to 1.
        stays: whether the next part is a stay.

    """

    route: CustomRoute
    at: int = 0
    begin: float = 0.0
    stays: bool = False

    def __next__(self) -> Sail | Stay:
        if self.stays:
            self.stays = False
            return Stay(MOORED, PORT_STAY_S)
        route, legs, begin = self.route, len(self.route.legs), self.begin
        out = self.at < legs
        leg = self.at if out else 2 * legs - 1 - self.at
        path, end = (route.legs[leg], leg + 1) if out else (route.legs[leg].reversed(), leg)
        self.at, self.begin, self.stays = (self.at + 1) % (2 * legs), 0.0, route.calls[end]
        return Sail(path, route.stops[end].name, begin, route.calls[end])


@dataclass(slots=True, eq=False)
class ShuttlePlan(Plan):
    """Sail between two stops without end, and lie at each.

    Attributes:
        here: the stop where the vessel is, or from which it sails.
        there: the other stop.
        closed: passages that the path avoids.
        path: the path from `here`; None until the first departure.
        stays: whether the next part is a stay.

    """

    here: routing.Stop
    there: routing.Stop
    closed: frozenset[str]
    path: routing.Path | None = None
    stays: bool = True

    def __next__(self) -> Sail | Stay:
        if self.stays:
            self.stays = False
            return Stay(MOORED, PORT_STAY_S)
        path = self.path or routing.path(self.here, self.there, self.closed)
        sail = Sail(path, self.there.name)
        self.here, self.there, self.path, self.stays = self.there, self.here, path.reversed(), True
        return sail


def sail_route(route: CustomRoute, progress: float = 0.0) -> Plan:
    """Return the plan to sail a route out and back without end, from `progress` (0 to 1) of the way out."""
    lengths = np.array([path.length_nm for path in route.legs])
    gone = progress * lengths.sum()
    first = min(int(np.searchsorted(np.cumsum(lengths), gone, side="right")), len(lengths) - 1)
    return RoutePlan(route, first, min(float((gone - lengths[:first].sum()) / lengths[first]), 1.0))


def sail_to(path: routing.Path, name: str, place: Place) -> Plan:
    """Return the plan to sail a path to a place of this name and to lie there for good."""
    return PlanSequence([Sail(path, name), lie(place)])


def keep_course(place: Place, course: float, kn: float) -> Plan:
    """Return the plan to keep a course while there is water ahead, at most 1,000 nm, and then to anchor or moor."""
    for nm in _STRAIGHT_NM:
        lat, lon = (float(part) for part in destination(*place, course, nm))
        if routing.is_clear(place, (lat, lon)):
            return PlanSequence([Sail(routing.straight(place, (lat, lon)), "", kn=kn), lie(place)])
    return PlanSequence([lie(place)])


def lie(place: Place) -> Stay:
    """Return a stay for good: moored near a port, elsewhere at anchor."""
    lat, lon = (np.array([part]) for part in place)
    in_port = port_index().nearest(lat, lon, PORT_RANGE_NM)[0] >= 0
    return Stay(MOORED if in_port else AT_ANCHOR, np.inf)
