"""Coverage of shore stations: one station at every port, each with its own range."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import distance_nm
from fairway.chart.ports import PortIndex

Floats = NDArray[np.float64]

CELLS: Final = 20
"""Cells in a degree; a cell is three nautical miles wide."""
NEAREST_NM, FARTHEST_NM = 15.0, 40.0
_FADES: Final = 0.2
"""Outer share of the range over which the probability falls to 0."""
_BEST: Final = 0.97


class Coverage:
    """The probability that a station receives a report, as a raster of the world.

    Args:
        lat: float64[n], degrees, positions of the stations.
        lon: float64[n], degrees.
        range_nm: float64[n].

    """

    def __init__(self, lat: Floats, lon: Floats, range_nm: Floats) -> None:
        # 26 MB of address space: pages of the open ocean are never written and stay out of memory.
        self._percent = np.zeros((180 * CELLS, 360 * CELLS), np.uint8)
        for station in zip(lat.tolist(), lon.tolist(), range_nm.tolist(), strict=True):
            self._add(*station)

    @classmethod
    def of_ports(cls, ports: PortIndex) -> Coverage:
        """Return the coverage of a station at every port, with ranges of 15 to 40 nm."""
        part = np.arange(1, len(ports.lat) + 1) * 0.6180339887498949 % 1.0
        return cls(ports.lat, ports.lon, np.asarray(NEAREST_NM + part * (FARTHEST_NM - NEAREST_NM), np.float64))

    def chance(self, lat: Floats, lon: Floats) -> Floats:
        """Return the probability that a station receives a report from each of n points, float64[n] in 0..1."""
        row = np.clip(((lat + 90) * CELLS).astype(np.intp), 0, len(self._percent) - 1)
        column = ((lon + 180) * CELLS).astype(np.intp) % self._percent.shape[1]
        return np.asarray(self._percent[row, column] * 0.01)

    def _add(self, lat: float, lon: float, range_nm: float) -> None:
        high = range_nm / 60
        wide = high / max(float(np.cos(np.radians(abs(lat) + high))), 0.02)
        rows = np.arange(max(int((lat - high + 90) * CELLS), 0), min(int((lat + high + 90) * CELLS) + 1, 180 * CELLS))
        columns = np.arange(int((lon - wide + 180) * CELLS), int((lon + wide + 180) * CELLS) + 1)
        middle_lat, middle_lon = (rows + 0.5) / CELLS - 90, (columns + 0.5) / CELLS - 180
        part = distance_nm(lat, lon, middle_lat[:, None], middle_lon[None]) / range_nm
        percent = np.rint(np.clip((1 - part) / _FADES, 0, 1) * _BEST * 100).astype(np.uint8)
        window = np.ix_(rows, columns % (360 * CELLS))
        self._percent[window] = np.maximum(self._percent[window], percent)
