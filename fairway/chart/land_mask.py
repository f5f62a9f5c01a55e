"""Mask of land and water in cells of one minute of arc, for custom routes; the simulator's lanes do not need it.

A cell is land if the coastline of OpenStreetMap touches it. Rivers, canals and the narrowest straits are therefore
land; `fairway.chart.network` holds those that ships use. The mask takes 29 MB and is loaded with the first route.
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
_FILE: Final = Path(__file__).parent / "data/land_mask.npz"


class LandMask:
    """Land as bits: a row of cells from 180 W for each minute of latitude, from north to south.

    Args:
        packed: uint8[HEIGHT, WIDTH / 8], one bit per cell, 1 for land.

    """

    def __init__(self, packed: NDArray[np.uint8]) -> None:
        self._packed = packed

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """Return the mask that ships with the program."""
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
        """Nearest water to a place in degrees.

        Returns:
            Latitude, longitude and distance in nautical miles: the place itself if it is on water, otherwise the
            middle of the nearest cell of water. None if no water lies within `range_nm`.

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
