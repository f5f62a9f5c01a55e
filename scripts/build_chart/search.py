"""Mends paths where they come too near to land: the cheapest way over a grid on which room costs nothing."""

from __future__ import annotations

from itertools import pairwise

import course
import numpy as np
from numpy.typing import NDArray
from skimage.graph import MCP_Geometric
from water import CELL_NM, CELLS, Water, clearance

from fairway.chart.geodesy import angle_diff

Floats = NDArray[np.float64]
Place = tuple[float, float]

ROOM_NM = 6.0
"""Farther from land than this a path gains nothing."""
TIGHT_NM = 3.0
"""A path nearer to land than this is searched again."""
OFFING_NM = 15.0
"""A corner is cut if this much room is left, or as much as there was."""
LONGEST_CUT_NM = 2000.0
JOIN_NM = 12.0
"""Stretches near land that are closer together than this are searched as one."""
AROUND_DEG = 0.6
"""How far a search may stray from the two ends' window."""
_STEP_NM = 0.5
_KEPT_EVERY = 20


def mended(path: list[Place], water: Water) -> list[Place]:
    """The path with each stretch near land replaced by the cheapest way, then pulled straight."""
    line = course.sampled(*np.array(path).T, step_nm=_STEP_NM)
    lat, lon = course.degrees(line)
    room = water.clearance(lat, lon)
    stretches, done = [], 0
    for begin, end in _tight_stretches(room):
        stretches += [(float(lat[i]), float(lon[i])) for i in range(done, begin, _KEPT_EVERY)]
        stretches += way((float(lat[begin]), float(lon[begin])), (float(lat[end]), float(lon[end])), water)
        done = end
    stretches += [(float(lat[i]), float(lon[i])) for i in [*range(done, len(lat) - 1, _KEPT_EVERY), len(lat) - 1]]
    return straightened(stretches, water)


def _tight_stretches(room: Floats) -> list[tuple[int, int]]:
    """First and last sample of each stretch near land, widened to where there is room, merged where close together."""
    tight = np.flatnonzero(room < TIGHT_NM)
    join = int(JOIN_NM / _STEP_NM)
    stretches: list[tuple[int, int]] = []
    for first in tight.tolist():
        if stretches and first <= stretches[-1][1]:
            continue
        last = first
        while last + 1 < len(room) and (room[last : last + join] < TIGHT_NM).any():
            last += 1
        while last + 1 < len(room) and room[last] < ROOM_NM:
            last += 1
        while first > 0 and room[first] < ROOM_NM:
            first -= 1
        if stretches and first - stretches[-1][1] < join:
            stretches[-1] = (stretches[-1][0], last)
        else:
            stretches.append((first, last))
    return stretches


def way(start: Place, end: Place, water: Water) -> list[Place]:
    """Return the cheapest way over the grid from `start` to `end`.

    Raises:
        ValueError: If the window has no way.

    """
    grid = Grid(start, end, water)
    costs = MCP_Geometric(grid.cost, sampling=grid.spacing)
    goal = grid.cell(end)
    totals, _ = costs.find_costs([grid.cell(start)], [goal])
    if not np.isfinite(totals[goal]):
        raise ValueError(f"no way from {start} to {end}")
    cells = costs.traceback(goal)
    inner = [grid.place(row, column) for row, column in cells[1:-1]]
    return straightened([start, *inner, end], water, ROOM_NM)


class Grid:
    """Cost of a mile in each cell of the window around two places."""

    def __init__(self, start: Place, end: Place, water: Water, around_deg: float = AROUND_DEG) -> None:
        eastward = float(angle_diff(end[1], start[1]))
        west = start[1] + min(0.0, eastward)
        south = np.floor((min(start[0], end[0]) - around_deg) * CELLS) / CELLS
        self.north = np.ceil((max(start[0], end[0]) + around_deg) * CELLS) / CELLS
        self.west = np.floor((west - around_deg) * CELLS) / CELLS
        east = np.ceil((west + abs(eastward) + around_deg) * CELLS) / CELLS
        land = water.land(south, self.west, self.north, east)
        middle = (south + self.north) / 2
        self.spacing = (CELL_NM, CELL_NM * float(np.cos(np.radians(middle))))
        self.cost = _cost(clearance(land, middle))

    def cell(self, place: Place) -> tuple[int, int]:
        """Row and column of a place."""
        east = float(angle_diff(place[1], self.west))
        return int((self.north - place[0]) * CELLS), int(east * CELLS)

    def place(self, row: int, column: int) -> Place:
        """Middle of a cell."""
        lon = self.west + (column + 0.5) / CELLS
        return self.north - (row + 0.5) / CELLS, float(angle_diff(lon, 0.0))


def _cost(room: Floats) -> Floats:
    """1 where there is room; much within two cells of land, and -1 (closed) on it."""
    cost = 1 + 3 * np.clip(1 - room / ROOM_NM, 0, 1) ** 2
    cost += np.where(room < 2 * CELL_NM, 20.0, 0.0) + np.where(room < 1.3 * CELL_NM, 60.0, 0.0)
    return np.asarray(np.where(room > 0, cost, -1.0))


def straightened(path: list[Place], water: Water, offing_nm: float = OFFING_NM) -> list[Place]:
    """The path without corners that can be cut while staying as far from land as it was, or `offing_nm`."""
    stretches, here = [path[0]], 0
    rooms = [_least_room([a, b], water) for a, b in pairwise(path)]
    while here < len(path) - 1:
        best, reach, step = here + 1, here + 1, 1
        while reach < len(path) and _may_cut(path, rooms, here, reach, water, offing_nm):
            best, reach = reach, reach + step
            step *= 2
        while step > 1:
            step //= 2
            if best + step < len(path) and _may_cut(path, rooms, here, best + step, water, offing_nm):
                best += step
        stretches.append(path[best])
        here = best
    return stretches


def _may_cut(path: list[Place], rooms: list[float], a: int, b: int, water: Water, offing_nm: float) -> bool:
    if b == a + 1:
        return True
    wanted = min(offing_nm, 0.95 * min(rooms[a:b]))
    return _least_room([path[a], path[b]], water, LONGEST_CUT_NM) >= wanted


def _least_room(path: list[Place], water: Water, longest_nm: float = np.inf) -> float:
    line = course.sampled(*np.array(path).T, step_nm=0.25)
    if len(line) * 0.25 > longest_nm:
        return -1.0
    return float(water.clearance(*course.degrees(line)).min())
