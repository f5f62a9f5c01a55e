"""Paths by water for custom vessels: to a waypoint or port, from a waypoint or from a vessel's own position."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.chart.ports import PortIndex
from sim.custom.errors import CustomError

Place = tuple[float, float]

_CACHED_LEGS: Final = 256
_SAME_PLACE_NM: Final = 0.01


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A named place that a route passes; `lat` and `lon` in degrees."""

    lat: float
    lon: float
    name: str


@functools.cache
def port_index() -> PortIndex:
    """Return the world's ports; the first call loads them."""
    return PortIndex.load()


@functools.lru_cache(maxsize=_CACHED_LEGS)
def path_between(start: routing.Stop, end: routing.Stop, closed: frozenset[str]) -> routing.Path:
    """Return `routing.path` from a cache: drawing a route on the map requests each leg before the whole route."""
    return routing.path(start, end, closed)


def path_from(position: Place, end: routing.Stop, closed: Collection[str]) -> routing.Path:
    """Return the path from a vessel's position to a stop.

    The position may lie in a channel that is narrower than the cells of the land mask. Then the path begins with a
    straight line from there to the nearest water of the mask.

    Raises:
        routing.UnsailableError: No path by water exists without the closed passages.

    """
    start = routing.stop("its position", *position)
    path = routing.path(start, end, closed)
    return path if distance_nm(*position, *start.place) < _SAME_PLACE_NM else path.extended_from(position)


def stop_of(destination: Waypoint | str) -> routing.Stop:
    """Return the water at a waypoint, or at a port given by its name or UN/LOCODE.

    Raises:
        CustomError: No port has this name, or several ports have it.
        routing.UnsailableError: The place is on land.

    """
    if isinstance(destination, Waypoint):
        return routing.stop(destination.name, destination.lat, destination.lon)
    ports = port_index()
    found = ports.resolve(destination)
    if found < 0:
        raise CustomError(f"destination {destination!r:.60}: no port has this name, or several have it", "destination")
    return routing.stop(ports.names[found], float(ports.lat[found]), float(ports.lon[found]))
