"""The leg that a simulated vessel sails to its destination, on a lane or a custom route, and the distance to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import distance_nm
from fairway.chart.lanes import Lanes
from fairway.chart.ports import load_ports
from fairway.chart.progress import nearest

_OFF_LANE_NM: Final = 30.0
"""A vessel farther than this from every lane to its destination sails none of them."""
_MIN_SOG_KN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Voyage:
    """The leg that a vessel sails.

    Attributes:
        start: name of the port where the leg begins.
        to_go_nm: along the lane to the berth.
        length_nm: of the whole leg.
        hours: to the berth at the present speed; None at rest.

    """

    start: str
    to_go_nm: float
    length_nm: float
    hours: float | None

    @property
    def done(self) -> float:
        """Share of the leg that has been sailed, 0 to 1."""
        return min(max(1 - self.to_go_nm / self.length_nm, 0.0), 1.0)


def find(lanes: Lanes, lat: float, lon: float, sog: float | None, destination: str | None, route: int) -> Voyage | None:
    """The nearest leg to `destination`; None if no lane nearby leads there.

    Args:
        lanes: all legs.
        lat: degrees.
        lon: degrees.
        sog: knots, None where not known.
        destination: name of one of the simulator's ports.
        route: index in `lanes.routes`, -1 for none; the legs of this route come before all others.

    """
    ports = [port.name for port in load_ports()]
    if destination not in ports:
        return None
    legs = np.flatnonzero(lanes.end_port == ports.index(destination))
    on_route = [leg for leg in _of_route(lanes, route) if leg in legs]
    nearest = min((_nearest(lanes, leg, lat, lon) for leg in on_route or legs.tolist()), default=None)
    if nearest is None or nearest[0] > _OFF_LANE_NM:
        return None
    _, point, leg = nearest
    length = float(lanes.length_nm[leg])
    to_go = length - float(lanes.along_nm[point])
    return Voyage(ports[lanes.start_port[leg]], to_go, length, _hours(to_go, sog))


def on_custom_route(
    route: dict[str, Any], lat: float, lon: float, sog: float | None, destination: str | None
) -> Voyage | None:
    """The leg of a custom route that leads to `destination`, out or back; None if the vessel is on none.

    Args:
        route: as `GetRoutes` lists it.
        lat: degrees.
        lon: degrees.
        sog: knots, None where not known.
        destination: name of a waypoint.

    """
    names = [point["name"] for point in route["waypoints"]]
    found = []
    for at, leg in enumerate(route["legs"]):
        line_lat, line_lon = np.array(leg).T
        away, along = nearest(line_lat, line_lon, lat, lon)
        length = float(distance_nm(line_lat[:-1], line_lon[:-1], line_lat[1:], line_lon[1:]).sum())
        if names[at + 1] == destination:
            found.append((away, names[at], length - along, length))
        if names[at] == destination:
            found.append((away, names[at + 1], along, length))
    if not found or min(found)[0] > _OFF_LANE_NM:
        return None
    _, start, to_go, length = min(found)
    return Voyage(start, to_go, length, _hours(to_go, sog))


def _hours(to_go_nm: float, sog: float | None) -> float | None:
    return to_go_nm / sog if sog is not None and sog >= _MIN_SOG_KN else None


def _of_route(lanes: Lanes, route: int) -> tuple[int, ...]:
    return lanes.routes[route].legs_out + lanes.routes[route].legs_back if route >= 0 else ()


def _nearest(lanes: Lanes, leg: int, lat: float, lon: float) -> tuple[float, int, int]:
    """Distance in nautical miles to the nearest point of a leg, that point's index, and the leg."""
    part = slice(int(lanes.first[leg]), int(lanes.first[leg] + lanes.count[leg]))
    apart: NDArray[np.float64] = distance_nm(lanes.lat[part], lanes.lon[part], lat, lon)
    best = int(apart.argmin())
    return float(apart[best]), part.start + best, leg
