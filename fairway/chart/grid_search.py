"""Search over the land mask: the cheapest route by water from one place to every cell around it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import angle_diff
from fairway.chart.land_mask import CELLS, LandMask

Floats = NDArray[np.float64]
Place = tuple[float, float]

_NEAR_LAND: Final = (4.0, 2.0, 1.4)
"""Cost of a mile in cells one, two and three cells from land; 1 farther away. Routes keep off the coast by it."""
_STEPS: Final = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))


class GridSearch:
    """Cost of reaching each cell of a window around `start`; miles near land cost more.

    Args:
        start: latitude and longitude in degrees, on water.
        water: the land mask.
        reach_deg: half the height of the window in degrees of latitude; its width has as many miles.
        goal: a place that the window must contain; the search stops when no cheaper route to it remains.

    """

    def __init__(self, start: Place, water: LandMask, reach_deg: float, goal: Place | None = None) -> None:
        ends = np.array([start, start if goal is None else (goal[0], start[1] + float(angle_diff(goal[1], start[1])))])
        (south, west), (north, east) = ends.min(axis=0), ends.max(axis=0)
        widest = reach_deg / max(float(np.cos(np.radians(np.abs(ends[:, 0]).max()))), 0.1)
        self._north = int((90 - north - reach_deg) * CELLS)
        self._west = int(np.floor((west - widest + 180) * CELLS))
        rows = int((90 - south + reach_deg) * CELLS) - self._north + 1
        columns = int(np.floor((east + widest + 180) * CELLS)) - self._west + 1
        self._shape = (rows, columns)
        middle = np.radians((south + north) / 2)
        self._steps = np.array([np.hypot(down, right * np.cos(middle)) for down, right in _STEPS]) * 60 / CELLS
        self._offsets = np.array([down * columns + right for down, right in _STEPS])
        self._price = _price(water.window(self._north, self._west, rows, columns)).ravel()
        self._start = self._cell(start)
        self._total = self._relax(None if goal is None else self._cell(goal))

    def total(self, place: Place) -> float:
        """Cost of the route to `place`; inf without a route or outside the window."""
        cell = self._cell(place)
        return float("inf") if cell is None else float(self._total[cell])

    def route(self, place: Place) -> list[Place]:
        """Middles of the cells on the route to `place`, without the start's cell.

        Raises:
            ValueError: If no route leads there within the window.

        """
        cell = self._cell(place)
        if not np.isfinite(self.total(place)):
            raise ValueError(f"no route by water from here to {place} within the window")
        cells = []
        while cell is not None and cell != self._start:
            cells.append(cell)
            around = cell + self._offsets
            cost = self._total[around] + self._steps * (self._price[around] + self._price[cell]) / 2
            cell = int(around[np.argmin(cost)])
        columns = self._shape[1]
        return [self._place(*divmod(cell, columns)) for cell in cells[::-1]]

    def _place(self, row: int, column: int) -> Place:
        lon = (column + self._west + 0.5) / CELLS - 180
        return 90 - (row + self._north + 0.5) / CELLS, float(angle_diff(lon, 0.0))

    def _cell(self, place: Place) -> int | None:
        row = int(np.floor((90 - place[0]) * CELLS)) - self._north
        column = (int(np.floor((place[1] + 180) * CELLS)) - self._west) % (360 * CELLS)
        inside = 0 < row < self._shape[0] - 1 and 0 < column < self._shape[1] - 1
        return row * self._shape[1] + column if inside else None

    def _relax(self, goal: int | None) -> Floats:
        """Cost of each cell, float64[cells]: each round relaxes the neighbours of the cells that became cheaper."""
        total = np.full(len(self._price), np.inf)
        if self._start is None:
            return total
        total[self._start] = 0.0
        front = np.array([self._start])
        while len(front):
            around = front[:, None] + self._offsets
            cost = total[front, None] + self._steps * (self._price[around] + self._price[front, None]) / 2
            least = np.inf if goal is None else total[goal]
            better = (cost < total[around] - 1e-9) & (cost < least)
            cells, costs = around[better], cost[better]
            np.minimum.at(total, cells, costs)
            front = np.unique(cells)
        return total


def _price(land: NDArray[np.bool_]) -> Floats:
    """Cost of a mile in each cell, float64 like `land`: inf on land and on the window's edge."""
    price = np.ones(land.shape)
    near = land.copy()
    for cost in _NEAR_LAND:
        grown = near.copy()
        grown[1:] |= near[:-1]
        grown[:-1] |= near[1:]
        grown[:, 1:] |= grown[:, :-1].copy()
        grown[:, :-1] |= grown[:, 1:].copy()
        price[grown & ~near] = cost
        near = grown
    price[land] = np.inf
    price[[0, -1]] = np.inf
    price[:, [0, -1]] = np.inf
    return price
