"""A leg's lane: from the middle of the way between two ports to the vessel's own side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import course
import numpy as np
from harbours import Harbour
from islets import ISLETS
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, minimum_filter1d
from search import mended, way
from water import CELL_NM, Water

from fairway.chart.geodesy import distance_nm
from fairway.chart.lanes import ROOM_UNIT_NM, trace

Floats = NDArray[np.float64]
Place = tuple[float, float]

MAX_OFFSET_NM = 0.5
OFFSET_OF_ROOM = 0.4
"""Part of the room towards land that the offset may use."""
OFFSET_FADES_NM = 4.0
WIDEST_NM = 5.0
QUEUE_NM = 3.0
"""Vessels wait on this length of the lane before an anchorage."""
HARBOUR_RADIUS_NM, APPROACH_RADIUS_NM, SEA_RADIUS_NM = 0.25, 0.45, 0.75
APPROACH_NM = 15.5


@dataclass(frozen=True, slots=True)
class Leg:
    """A finished leg: corners float64[n] in degrees, and the places along it that the simulator asks for.

    `queue` are places where vessels anchor; `room_nm` is how near the leg comes to land, and `tightest` where.
    """

    lat: Floats
    lon: Floats
    facts: dict[str, Any]
    queue: list[Place]
    length_nm: float
    room_nm: float
    tightest: Place


Canals = dict[str, list[Place]]


def middle_of(path: list[Place], canals: Canals, water: Water) -> list[Place]:
    """Return the mended way over a path of the network; a canal (one at most) stays as it is."""
    nodes = {node for canal in canals.values() for node in canal}
    inside = [at for at, node in enumerate(path) if node in nodes]
    if not inside:
        return mended(path, water)
    first, last = inside[0], inside[-1]
    return [*mended(path[: first + 1], water), *path[first + 1 : last], *mended(path[last:], water)]


def lane(start: Harbour, end: Harbour, middle: list[Place], canals: Canals, water: Water) -> Leg:
    """The leg from `start` to `end` along `middle`, which leads from anchorage to anchorage."""
    out, into = start.track, end.track[::-1]
    path = [
        *out[:-1],
        *way(out[-1], start.anchorage, water),
        *middle[1:-1],
        *way(end.anchorage, into[0], water),
        *into[1:],
    ]
    line = course.evenly(course.sampled(*np.array(path).T))
    marks = Marks(line, start, end, canals)
    room = minimum_filter1d(np.where(marks.excused, 0.0, water.clearance(*course.degrees(line))), 21)
    width = np.clip(gaussian_filter1d(room, 20) * 0.35, 0.15, WIDEST_NM)
    line = course.rounded(line, width)
    marks = Marks(line, start, end, canals)
    room = minimum_filter1d(water.clearance(*course.degrees(line)), 21)
    offset = np.minimum(MAX_OFFSET_NM, OFFSET_OF_ROOM * np.maximum(room - CELL_NM, 0.0))
    offset *= np.clip(marks.from_excuse_nm / OFFSET_FADES_NM, 0, 1)
    line = course.to_starboard(line, gaussian_filter1d(minimum_filter1d(offset, 21), 10))
    line = course.relaxed(course.evenly(line), marks.radius_nm)
    return _finished(line, start, end, canals, water)


class Marks:
    """Where along a line harbours and the canal are; arrays with a value for each sample."""

    def __init__(self, line: Floats, start: Harbour, end: Harbour, canals: Canals) -> None:
        lat, lon = course.degrees(line)
        gone = course.along(line)
        half = len(line) // 2
        self.leaves = nearest(lat[:half], lon[:half], start.track[-1])
        self.enters = half + nearest(lat[half:], lon[half:], end.track[-1])
        used = [(name, found) for name, canal in canals.items() if (found := _canal(lat, lon, canal))]
        self.passage, self.canal = used[0] if used else ("", None)
        zones = [(0, self.leaves), (self.enters, len(line) - 1), *([self.canal] if self.canal else [])]
        beyond = [np.maximum(np.maximum(gone[a] - gone, gone - gone[b]), 0.0) for a, b in zones]
        self.from_excuse_nm = np.min(beyond, axis=0)
        self.excused = self.from_excuse_nm == 0
        self.radius_nm = np.where(np.min(beyond[:2], axis=0) < APPROACH_NM, APPROACH_RADIUS_NM, SEA_RADIUS_NM)
        self.radius_nm = np.where(self.from_excuse_nm < 4.0, APPROACH_RADIUS_NM, self.radius_nm)
        self.radius_nm = np.where(self.excused, HARBOUR_RADIUS_NM, self.radius_nm)


def nearest(lat: Floats, lon: Floats, to: Place) -> int:
    """Index of the point that is nearest to a place."""
    return int(np.argmin(distance_nm(lat, lon, *to)))


def _canal(lat: Floats, lon: Floats, canal: list[Place]) -> tuple[int, int] | None:
    """First and last index within the canal, None where the line does not use it."""
    ends = [(place, nearest(lat, lon, place)) for place in (canal[0], canal[-1])]
    if any(distance_nm(lat[at], lon[at], *place) > 2.0 for place, at in ends):
        return None
    first, last = sorted(at for _, at in ends)
    return first, last


def _finished(line: Floats, start: Harbour, end: Harbour, canals: Canals, water: Water) -> Leg:
    """The leg with its corners, and its places measured along them."""
    corner_lat, corner_lon = course.thinned(line)
    length = float(trace(corner_lat, corner_lon)[2][-1])
    lat, lon = course.degrees(line)
    marks = Marks(line, start, end, canals)
    # Cutting corners shortens a leg by a few metres.
    gone = course.along(line) * length / course.along(line)[-1]
    anchorage = nearest(lat[: marks.enters], lon[: marks.enters], end.anchorage)
    waits = range(max(anchorage - int(QUEUE_NM / course.STEP_NM), 0), anchorage + 1)
    room = np.where(marks.excused, np.inf, water.clearance(lat, lon))
    at = int(np.argmin(room))
    facts = {
        "passage": marks.passage,
        "canal": (gone[marks.canal[0]], gone[marks.canal[1]]) if marks.canal else (np.nan, np.nan),
        "entrance_out_nm": gone[marks.leaves],
        "entrance_in_nm": gone[marks.enters],
        "anchorage_nm": gone[anchorage],
    }
    queue = [(float(lat[i]), float(lon[i])) for i in waits]
    return Leg(corner_lat, corner_lon, facts, queue, length, float(room[at]), (float(lat[at]), float(lon[at])))


def room(lat: Floats, lon: Floats, water: Water) -> NDArray[np.uint8]:
    """Return the least room around each point of the line that `trace` builds from these corners, in ROOM_UNIT_NM."""
    lat, lon, along, _ = trace(lat, lon)
    places = np.union1d(along, np.arange(0.0, along[-1], 0.25))
    lat, lon = np.interp(places, along, lat), np.interp(places, along, lon)
    islets = distance_nm(lat[:, None], lon[:, None], *np.array(ISLETS).T).min(axis=1)
    clear = np.minimum(water.clearance(lat, lon), np.maximum(islets - CELL_NM, 0.0))
    edges = np.concatenate([[0.0], (along[1:] + along[:-1]) / 2])
    least = np.minimum.reduceat(clear, np.searchsorted(places, edges))
    return np.asarray(np.minimum(least / ROOM_UNIT_NM, 255)).astype(np.uint8)
