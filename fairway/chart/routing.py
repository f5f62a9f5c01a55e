"""Routes by water between any two places.

A route is a great circle where no land is in the way. Otherwise it follows the network of sea lanes, joined to both
ends by a search over the land mask, and is then straightened. Depth is ignored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import RADIUS_NM, angle_diff, distance_nm
from fairway.chart.grid_search import GridSearch
from fairway.chart.land_mask import LandMask
from fairway.chart.network import SUEZ, Network

Floats = NDArray[np.float64]
Place = tuple[float, float]

RANGE_NM: Final = 15.0
"""A waypoint on land stands for the water or the harbour within this distance."""
ROOM_NM: Final = 2.0
"""Distance to land that straightening preserves where the route had it."""
_REACH_DEG: Final = 2.5
_NODES: Final = 12
_LONGEST_CHORD_NM: Final = 30.0
_LONGEST_CUT_NM: Final = 5000.0
_SAMPLE_NM: Final = 0.5


class UnsailableError(ValueError):
    """No ship reaches a waypoint, or no water joins two of them; the message names them."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A waypoint and the water it stands for.

    Attributes:
        name: the waypoint's.
        place: latitude and longitude of the water, degrees.
        node: node of the network in a canal or harbour; None on open water.

    """

    name: str
    place: Place
    node: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A route by water between two stops.

    Attributes:
        lat, lon: float64[corners], degrees; longitude is continuous and may leave [-180, 180).
        sheltered_out_nm, sheltered_in_nm: length of the harbour approach at its start and at its end.
        canal_nm: distances along it at which the Suez Canal starts and ends; None without the canal.

    """

    lat: Floats
    lon: Floats
    sheltered_out_nm: float
    sheltered_in_nm: float
    canal_nm: tuple[float, float] | None

    @property
    def length_nm(self) -> float:
        """Length in nautical miles."""
        return float(distance_nm(self.lat[:-1], self.lon[:-1], self.lat[1:], self.lon[1:]).sum())

    def reversed(self) -> Path:
        """The same path in the other direction."""
        length = self.length_nm
        canal = None if self.canal_nm is None else (length - self.canal_nm[1], length - self.canal_nm[0])
        return Path(self.lat[::-1], self.lon[::-1], self.sheltered_in_nm, self.sheltered_out_nm, canal)

    def extended_from(self, place: Place) -> Path:
        """The path with one more corner at its start."""
        lon = self.lon[0] + angle_diff(place[1], self.lon[0])
        more = float(distance_nm(*place, self.lat[0], self.lon[0]))
        canal = None if self.canal_nm is None else (self.canal_nm[0] + more, self.canal_nm[1] + more)
        out = self.sheltered_out_nm + more if self.sheltered_out_nm else 0.0
        return Path(np.append(place[0], self.lat), np.append(lon, self.lon), out, self.sheltered_in_nm, canal)

    def hours(self, kn: float, harbour_kn: float, canal_kn: float, gone_nm: float = 0.0) -> float:
        """Hours for the rest of the path after `gone_nm`.

        Args:
            kn: speed in open water, knots.
            harbour_kn: upper limit of the speed in harbour approaches, knots.
            canal_kn: upper limit of the speed in the canal, knots.
            gone_nm: distance already sailed, nautical miles.

        """
        length = self.length_nm
        begins, ends = self.canal_nm or (length, length)
        slow = [
            (0.0, self.sheltered_out_nm, harbour_kn),
            (begins, ends, canal_kn),
            (length - self.sheltered_in_nm, length, harbour_kn),
        ]
        hours, left = 0.0, length - gone_nm
        for begin, end, limit in slow:
            nm = max(end - max(begin, gone_nm), 0.0)
            hours, left = hours + nm / min(kn, limit), left - nm
        return hours + max(left, 0.0) / kn


def straight(start: Place, end: Place) -> Path:
    """The great circle between two places, without regard to land."""
    lat, lon = np.array(_divided([start, end])).T
    return Path(lat, np.degrees(np.unwrap(np.radians(lon))), 0.0, 0.0, None)


def is_clear(start: Place, end: Place) -> bool:
    """Whether the great circle keeps ROOM_NM from land."""
    return _clear(start, end, ROOM_NM)


def stop(name: str, lat: float, lon: float) -> Stop:
    """The water that a waypoint stands for: itself, or the nearest water or harbour within RANGE_NM.

    Raises:
        UnsailableError: If no water lies within RANGE_NM.

    """
    water, network = LandMask.load(), Network.load()
    near = water.nearest(lat, lon, RANGE_NM)
    if near is not None and near[2] == 0.0:
        return Stop(name, (lat, lon))
    nodes = network.narrow_nodes
    away = distance_nm(lat, lon, network.lat[nodes], network.lon[nodes])
    node = int(nodes[np.argmin(away)])
    if away.min() <= min(RANGE_NM, near[2] if near else np.inf):
        return Stop(name, (float(network.lat[node]), float(network.lon[node])), node)
    if near is None:
        far = water.nearest(lat, lon, 300.0)
        words = f"{far[2]:.0f} nm" if far else "more than 300 nm"
        raise UnsailableError(f"waypoint {name!r} ({lat:g}, {lon:g}) is on land, {words} from the nearest water")
    return Stop(name, near[:2])


def path(start: Stop, end: Stop, closed: Collection[str] = ()) -> Path:
    """The route from one stop to the next that avoids the `closed` passages.

    Raises:
        UnsailableError: If no such route exists; the message names both stops.

    """
    if start.place == end.place:
        raise UnsailableError(f"leg {start.name!r} - {end.name!r}: both are the same place")
    if start.node is None and end.node is None and _clear(start.place, end.place, ROOM_NM):
        return _finished([_Piece([start.place, end.place])])
    pieces = _by_network(start, end, closed)
    if pieces is None:
        without = f" without {', '.join(sorted(closed))}" if closed else ""
        raise UnsailableError(f"leg {start.name!r} - {end.name!r}: no route by water{without}")
    return _finished(pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a path: open water, where corners may be cut, or a narrow passage, where they stay."""

    places: list[Place]
    narrow: bool = False
    passage: str = ""


class _Joint:
    """Connection of one end of a path to the network.

    Attributes:
        nodes: nodes of the network in reach, each with the miles to it.
        direct: cost of the route to the other end within the window of the search; inf without one.

    """

    def __init__(self, stop: Stop, other: Stop) -> None:
        self._stop = stop
        self._search: GridSearch | None = None
        self.direct = float("inf")
        self.nodes: dict[int, float] = {}
        network, water = Network.load(), LandMask.load()
        if stop.node is not None:
            self.nodes[stop.node] = 0.0
            return
        away = distance_nm(*stop.place, network.lat, network.lon)
        nearest = np.argsort(away)[: 8 * _NODES].tolist()
        straight = [at for at in nearest if _clear(stop.place, (network.lat[at], network.lon[at]), 0.0)][:_NODES]
        self.nodes = {at: float(away[at]) for at in straight}
        self._search = GridSearch(stop.place, water, _REACH_DEG)
        for at in nearest:
            total = self._search.total((network.lat[at], network.lon[at]))
            if np.isfinite(total) and at not in self.nodes and len(self.nodes) < 2 * _NODES:
                self.nodes[at] = total
        if other.node is None:
            self.direct = self._search.total(other.place)

    def places_to(self, place: Place) -> list[Place]:
        """Corners from the stop to `place`, both included."""
        if self._search is None or _clear(self._stop.place, place, 0.0):
            return [self._stop.place, place]
        return [self._stop.place, *self._search.route(place)[:-1], place]


def _by_network(start: Stop, end: Stop, closed: Collection[str]) -> list[_Piece] | None:
    network = Network.load()
    out, back = _Joint(start, end), _Joint(end, start)
    nm, first, edges = network.shortest(out.nodes.items(), back.nodes, closed)
    if out.direct < 1.05 * nm and np.isfinite(out.direct):
        return [_Piece(out.places_to(end.place))]
    if not np.isfinite(nm):
        return None
    pieces = [_Piece(out.places_to((float(network.lat[first]), float(network.lon[first]))))]
    node = first
    for edge, forward in edges:
        line = network.corners[edge] if forward else network.corners[edge][::-1]
        places = [(lat, lon) for lat, lon in line.tolist()]
        pieces.append(_Piece(places, bool(network.narrow[edge]), str(network.passage[edge])))
        node = int((network.end if forward else network.start)[edge])
    pieces.append(_Piece(back.places_to((float(network.lat[node]), float(network.lon[node])))[::-1]))
    return pieces


def _finished(pieces: list[_Piece]) -> Path:
    """One path from its pieces: open water straightened, passages and harbour approaches located."""
    line: list[Place] = []
    narrow: list[tuple[float, float, str]] = []
    gone = 0.0
    for is_narrow, passage, places in _runs(pieces):
        corners = places if is_narrow else _divided(straightened(places))
        length = _length(corners)
        if is_narrow:
            narrow.append((gone, gone + length, passage))
        gone += length
        line += corners[1:] if line else corners
    lat, lon = np.array(line).T
    canal = [span for span in narrow if span[2] == SUEZ]
    starts, ends = [s for s in narrow if s[0] <= 0.0], [s for s in narrow if s[1] >= gone - 1e-9]
    return Path(
        lat,
        np.degrees(np.unwrap(np.radians(lon))),
        starts[0][1] if starts and not starts[0][2] else 0.0,
        gone - ends[-1][0] if ends and not ends[-1][2] else 0.0,
        (canal[0][0], canal[-1][1]) if canal else None,
    )


def _runs(pieces: list[_Piece]) -> list[tuple[bool, str, list[Place]]]:
    """Consecutive pieces of one kind joined, without repeated places."""
    runs: list[tuple[bool, str, list[Place]]] = []
    for piece in pieces:
        if runs and runs[-1][:2] == (piece.narrow, piece.passage if piece.narrow else ""):
            runs[-1][2].extend(piece.places[1:])
        else:
            runs.append((piece.narrow, piece.passage if piece.narrow else "", list(piece.places)))
    cleaned = [(narrow, passage, [p for at, p in enumerate(run) if not at or p != run[at - 1]])
            for narrow, passage, run in runs]  # fmt: skip
    return [run for run in cleaned if len(run[2]) > 1]


def straightened(places: list[Place]) -> list[Place]:
    """Open water without the corners that can be cut; ROOM_NM from land where the route had it."""
    roomy = _roomy(np.array(places), ROOM_NM)
    corners, here = [places[0]], 0
    while here < len(places) - 1:
        reach, step = here + 1, 1
        while reach + step < len(places) and _may_cut(places, roomy, here, reach + step):
            reach, step = reach + step, 2 * step
        while step > 1:
            step //= 2
            if reach + step < len(places) and _may_cut(places, roomy, here, reach + step):
                reach += step
        corners.append(places[reach])
        here = reach
    return corners


def _may_cut(places: list[Place], roomy: NDArray[np.bool_], a: int, b: int) -> bool:
    return _clear(places[a], places[b], ROOM_NM if roomy[a : b + 1].all() else 0.0)


def _clear(a: Place, b: Place, room_nm: float) -> bool:
    """Whether the great circle between two places stays on water and `room_nm` from land."""
    nm = float(distance_nm(*a, *b))
    return nm <= _LONGEST_CUT_NM and bool(_roomy(_arc(a, b, max(int(nm / _SAMPLE_NM), 1)), room_nm).all())


def _roomy(points: Floats, room_nm: float) -> NDArray[np.bool_]:
    """Whether points (rows of latitude, longitude) are on water with no land within `room_nm`; bool[points]."""
    water, (lat, lon) = LandMask.load(), points.T
    free = ~water.is_land(lat, lon)
    if room_nm:
        north, east = room_nm / 60, room_nm / 60 / np.maximum(np.cos(np.radians(lat)), 0.05)
        for up, right in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)):
            free &= ~water.is_land(lat + up * north, lon + right * east)
    return np.asarray(free)


def _divided(places: list[Place]) -> list[Place]:
    """Great circles as chords that are short enough to be straight in latitude and longitude."""
    line = [places[0]]
    for a, b in pairwise(places):
        count = int(np.ceil(float(distance_nm(*a, *b)) / _LONGEST_CHORD_NM))
        line += [(lat, lon) for lat, lon in _arc(a, b, max(count, 1))[1:].tolist()]
    return line


def _arc(a: Place, b: Place, parts: int) -> Floats:
    """Points at even distances on a great circle, both ends included, float64[parts + 1, 2]."""
    phi, lam = np.radians([[a[0], b[0]], [a[1], b[1]]])
    ends = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)
    angle = float(distance_nm(*a, *b)) / RADIUS_NM
    part = np.linspace(0, 1, parts + 1)[:, None]
    line = ((np.sin((1 - part) * angle) * ends[0] + np.sin(part * angle) * ends[1]) / np.sin(angle)) if angle else ends
    points = np.degrees(np.stack([np.arcsin(np.clip(line[:, 2], -1, 1)), np.arctan2(line[:, 1], line[:, 0])], axis=1))
    points[0], points[-1] = a, b
    return np.asarray(points)


def _length(places: list[Place]) -> float:
    lat, lon = np.array(places).T
    return float(distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
