"""Sea lanes: the legs from berth to berth that simulated vessels follow, and the routes made of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from fairway.chart.geodesy import DEGREE_NM, angle_diff, bearing_deg, distance_nm
from fairway.chart.lane_width import sides

Floats = NDArray[np.float64]
Line = tuple[Floats, Floats, Floats, Floats]
Ints = NDArray[np.int32]

_FOLDER: Final = Path(__file__).parent / "data"
MAX_SEGMENT_NM: Final = 5.0
"""Up to this length, being linear in latitude and longitude errs by at most 2.3 m."""
_PART_NM: Final = 4.9
"""Parts of a line that is divided evenly in degrees are not quite equal in miles."""
_DEGREES: Final = 1e-6
"""Unit of the stored coordinates."""
ROOM_UNIT_NM: Final = 0.05
"""Unit of the stored room towards land."""
_SHARP_DEG: Final = 1.0
_GRADED_NM: Final = (0.35, 1.05, 2.45)


@dataclass(frozen=True, slots=True)
class Route:
    """A shipping route: its ports in order, the guide's waypoints, who sails it, and its legs out and back."""

    name: str
    ports: tuple[int, ...]
    waypoints: tuple[str, ...]
    vessel_types: tuple[str, ...]
    legs_out: tuple[int, ...]
    legs_back: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """All legs. Leg `i` has the points `first[i]` to `first[i] + count[i] - 1`.

    Attributes:
        routes: the guide's five.
        start_port, end_port: int16[legs], indices in `sea.ports.load_ports()`.
        kind: '<U7'[legs]: route, coastal or ocean.
        first, count: int32[legs].
        lat, lon: float64[points], degrees; along a leg lon is continuous and may leave [-180, 180).
        along_nm: float64[points], distance from the start of the leg.
        course: float64[points], degrees in [0, 360), of the segment that begins here; at a leg's end of the last one.
        tangent: float64[points], course at the point itself, between those of the segments that meet there.
        length_nm: float64[legs].
        passage: '<U6'[legs], the canal on the leg: suez or panama; empty without one.
        canal: float64[legs, 2], from and to along the leg; NaN where there is no canal.
        entrance_out_nm, entrance_in_nm: float64[legs], where the leg passes the entrance of its first and last port.
        anchorage_nm: float64[legs], where it passes the anchorage of its last port, before that port's entrance.
        room: uint8[points], least distance to land around each point in units of ROOM_UNIT_NM; 255: that or more.
        to_port_nm, to_starboard_nm: float64[points], how far vessels keep to either side; the way back is to port.

    """

    routes: tuple[Route, ...]
    start_port: NDArray[np.int16]
    end_port: NDArray[np.int16]
    kind: NDArray[np.str_]
    passage: NDArray[np.str_]
    first: Ints
    count: Ints
    lat: Floats
    lon: Floats
    along_nm: Floats
    course: Floats
    tangent: Floats
    length_nm: Floats
    canal: Floats
    entrance_out_nm: Floats
    entrance_in_nm: Floats
    anchorage_nm: Floats
    room: NDArray[np.uint8]
    to_port_nm: Floats
    to_starboard_nm: Floats

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """The lanes that come with the program."""
        routes = tuple(_route(row) for row in orjson.loads((_FOLDER / "routes.json").read_bytes()))
        with np.load(_FOLDER / "lanes.npz") as stored:
            steps, vertices = stored["steps"].astype(np.int64), stored["vertices"]
            legs, room = {name: stored[name] for name in PER_LEG}, stored["room"]
        ends = np.cumsum(vertices)
        corners = (
            np.cumsum(steps[end - size : end], axis=0) * _DEGREES
            for end, size in zip(ends.tolist(), vertices.tolist(), strict=True)
        )
        return cls.of(routes, (trace(*corner.T) for corner in corners), legs, room)

    @classmethod
    def of(
        cls, routes: tuple[Route, ...], traced: Iterable[Line], legs: Mapping[str, Any], room: NDArray[np.uint8]
    ) -> Self:
        """The lanes along lines that `trace` made.

        Args:
            routes: the routes, by number of leg.
            traced: each leg's line.
            legs: the columns named in PER_LEG.
            room: uint8[points], distance from each point of all legs to land, in units of ROOM_UNIT_NM.

        """
        # filled leg by leg: a list of small arrays would leave 10 MB of holes in the heap
        columns = np.empty((7, len(room)))
        count: list[int] = []
        for line in traced:
            at, size = sum(count), len(line[0])
            count.append(size)
            part = slice(at, at + size)
            columns[:, part] = (
                *line,
                _tangents(line[2], line[3]),
                *sides(*line[2:], room[part] * np.float64(ROOM_UNIT_NM)),
            )
        lat, lon, along, course, tangent, port, starboard = columns
        counts = np.array(count, np.int32)
        first = (np.cumsum(counts) - counts).astype(np.int32)
        return cls(routes, first=first, count=counts, lat=lat, lon=lon, along_nm=along, course=course, tangent=tangent,
                   length_nm=along[first + counts - 1], room=room, to_port_nm=port, to_starboard_nm=starboard,
                   **legs)  # fmt: skip

    def starboard(self, points: NDArray[Any] | slice) -> tuple[Floats, Floats]:
        """Degrees of latitude and longitude that lead a mile to starboard of the points; float64 like `points`."""
        return beside(self.lat[points], self.tangent[points], 1.0)

    def position(self, leg: Ints, along_nm: Floats, hint: Ints) -> tuple[Floats, Floats, Floats, Ints]:
        """Where n vessels are: latitude, longitude in [-180, 180), course in degrees, and the new hint.

        Args:
            leg: int32[n].
            along_nm: float64[n], 0 to the leg's length.
            hint: int32[n], index of the point at which the vessel's segment began when it was last asked for. Any
                other number will do, but costs a search.

        """
        at = self.segment(leg, along_nm, hint)
        part = (along_nm - self.along_nm[at]) / (self.along_nm[at + 1] - self.along_nm[at])
        lat = self.lat[at] + part * (self.lat[at + 1] - self.lat[at])
        lon = self.lon[at] + part * (self.lon[at + 1] - self.lon[at])
        return lat, lon - np.floor((lon + 180.0) * (1 / 360)) * 360.0, self.course[at], at

    def segment(self, leg: Ints, along_nm: Floats, hint: Ints) -> Ints:
        """Index of the point at which the segment of n vessels begins, int32[n]; arguments as for `position`."""
        begin, last = self.first[leg], self.first[leg] + self.count[leg] - 2
        at = np.minimum(np.maximum(hint, begin), last)
        at = np.where(self.along_nm[at] > along_nm, begin, at)
        behind = np.flatnonzero((self.along_nm[at + 1] <= along_nm) & (at < last))
        for _ in range(_STEPS):
            at[behind] += 1
            behind = behind[(self.along_nm[at[behind] + 1] <= along_nm[behind]) & (at[behind] < last[behind])]
            if not len(behind):
                break
        self._search(at, behind, leg, along_nm)
        return at.astype(np.int32)

    def _search(self, at: NDArray[Any], rows: NDArray[np.intp], leg: Ints, along_nm: Floats) -> None:
        """Find the segments of vessels that are far from their hints; a search each, 3 us."""
        for row in rows.tolist():
            first, count = int(self.first[leg[row]]), int(self.count[leg[row]])
            place = int(np.searchsorted(self.along_nm[first : first + count], along_nm[row], side="right")) - 1
            at[row] = first + min(max(place, 0), count - 2)


_STEPS: Final = 4
PER_LEG: Final = (
    "start_port", "end_port", "kind", "passage", "canal", "entrance_out_nm", "entrance_in_nm", "anchorage_nm",
)  # fmt: skip


def trace(lat: Floats, lon: Floats) -> Line:
    """A leg from its corners: latitude, longitude, distance along it and course, float64[points] each.

    Segments longer than MAX_SEGMENT_NM are divided, straight in latitude and longitude, and finer towards corners, so
    that a curve through the points bends only near them.
    """
    length = distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:])
    course = _courses(lat, lon)
    sharp = np.zeros(len(lat), bool)
    sharp[1:-1] = np.abs(angle_diff(course[1:], course[:-1])) > _SHARP_DEG
    sharp[[0, -1]] = True
    corner = np.arange(len(lat))
    every = np.sort(np.concatenate([corner, _inner(length, sharp)]))
    lat, lon = np.interp(every, corner, lat), np.interp(every, corner, lon)
    along = np.concatenate([[0.0], np.cumsum(distance_nm(lat[:-1], lon[:-1], lat[1:], lon[1:]))])
    course = _courses(lat, lon)
    return lat, lon, along, np.append(course, course[-1])


def _inner(length_nm: Floats, sharp: NDArray[np.bool_]) -> Floats:
    """Where segments are divided, as segment number plus share of it: finer beside sharp corners, else evenly."""
    at = np.flatnonzero((length_nm > 2 * _GRADED_NM[0]) & ((length_nm > _PART_NM) | sharp[:-1] | sharp[1:]))
    length, graded = length_nm[at], np.array(_GRADED_NM)
    room = graded < 0.45 * length[:, None]
    head, tail = (room & corners[at][:, None] for corners in (sharp[:-1], sharp[1:]))
    begin = np.max(graded * head, axis=1, initial=0.0)
    end = length - np.max(graded * tail, axis=1, initial=0.0)
    count = np.maximum(np.ceil((end - begin) / _PART_NM).astype(np.int64), 1)
    row = np.repeat(np.arange(len(at)), count - 1)
    part = np.arange(len(row)) - np.repeat(np.cumsum(count - 1) - (count - 1), count - 1) + 1
    places = (
        (np.nonzero(head)[0], graded[np.nonzero(head)[1]]),
        (row, begin[row] + (end[row] - begin[row]) * part / count[row]),
        (np.nonzero(tail)[0], length[np.nonzero(tail)[0]] - graded[np.nonzero(tail)[1]]),
    )
    return np.concatenate([at[rows] + nm / length[rows] for rows, nm in places])


def _courses(lat: Floats, lon: Floats) -> Floats:
    """Course of each segment in its middle."""
    ahead = bearing_deg(lat[:-1], lon[:-1], lat[1:], lon[1:])
    back = bearing_deg(lat[1:], lon[1:], lat[:-1], lon[:-1]) + 180.0
    return np.asarray((ahead + angle_diff(back, ahead) / 2) % 360.0)


def beside(lat: Floats, course: Floats, nm: float | Floats) -> tuple[Floats, Floats]:
    """Degrees of latitude and longitude to what lies `nm`, a few at most, to starboard of a point and a course."""
    across = np.radians(course)
    return -nm * np.sin(across) / DEGREE_NM, nm * np.cos(across) / (DEGREE_NM * np.cos(np.radians(lat)))


def _tangents(along_nm: Floats, course: Floats) -> Floats:
    """Course at each point of a line: that of the circle through its neighbours and itself."""
    step = np.diff(along_nm)
    tangent = course.copy()
    part = step[:-1] / (step[:-1] + step[1:])
    tangent[1:-1] = (course[:-2] + part * angle_diff(course[1:-1], course[:-2])) % 360.0
    return tangent


def _route(row: dict[str, Any]) -> Route:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Route(**fields)
