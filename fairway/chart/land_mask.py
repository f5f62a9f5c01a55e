"""Water: where land is, by the minute of arc. For routes that a person draws; the simulator's own lanes don't need it.

A cell counts as land if the coastline of OpenStreetMap touches it. Rivers, canals and the narrowest straits are
therefore land: `fairway.chart.network` has those that ships use. Loaded when first asked for: 29 MB.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairway.chart.geodesy import distance_nm

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CELLS: Final = 60
"""Cells in a degree."""
HEIGHT: Final = 180 * CELLS
WIDTH: Final = 360 * CELLS
_FILE: Final = Path(__file__).parent / "data/water.npz"


class Water:
    """Land as bits, a row of cells from 180 W for each minute of latitude, from north."""

    def __init__(self, packed: NDArray[np.uint8]) -> None:
        self._packed = packed

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """The mask that comes with the program."""
        with np.load(_FILE) as stored:
            return cls(stored["land"])

    def is_land(self, lat: ArrayLike, lon: ArrayLike) -> Bools:
        """Whether places in degrees lie in a cell of land; bool of the broadcast shape."""
        row = np.clip(np.floor((90.0 - np.asarray(lat, np.float64)) * CELLS), 0, HEIGHT - 1).astype(np.int64)
        column = np.floor((np.asarray(lon, np.float64) + 180.0) * CELLS).astype(np.int64) % WIDTH
        return np.asarray(self._packed[row, column >> 3] >> (7 - (column & 7)) & 1, bool)

    def window(self, north: int, west: int, rows: int, columns: int) -> Bools:
        """Cells of a window, bool[rows, columns]: from row `north` and column `west`, which may lie beyond the edge."""
        row = np.clip(np.arange(north, north + rows), 0, HEIGHT - 1)
        column = np.arange(west, west + columns) % WIDTH
        bits = self._packed[row[:, None], column[None] >> 3]
        return np.asarray(bits >> (7 - (column & 7)) & 1, bool)

    def nearest(self, lat: float, lon: float, range_nm: float) -> tuple[float, float, float] | None:
        """Middle of the nearest cell of water and its distance in nautical miles; None within `range_nm`.

        A place on water is its own nearest.
        """
        if not self.is_land(lat, lon):
            return lat, lon, 0.0
        high = int(np.ceil(range_nm)) + 1
        wide = int(np.ceil(high / max(np.cos(np.radians(lat)), 0.05)))
        north, west = int((90 - lat) * CELLS) - high, int((lon + 180) * CELLS) - wide
        rows, columns = np.nonzero(~self.window(north, west, 2 * high + 1, 2 * wide + 1))
        lats = 90 - (rows + north + 0.5) / CELLS
        lons = (columns + west + 0.5) / CELLS - 180
        away = distance_nm(lat, lon, lats, lons)
        if not len(away) or away.min() > range_nm:
            return None
        at = int(np.argmin(away))
        return float(lats[at]), float((lons[at] + 180) % 360 - 180), float(away[at])
