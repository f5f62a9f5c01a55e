"""Moorings: the berths of ports, and anchoring positions beside the lane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import ROOM_UNIT_NM, Lanes, beside
from sim.world.fleet import Fleet

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Places = tuple[Floats, Floats, Floats]

BERTH_NM: Final = 0.24
"""Distance between berths along the fairway."""
ASIDE_NM: Final = 0.05
"""Distance of the berths from the fairway, on either side."""
MAX_BERTHS: Final = 16
_BASINS: Final = 9
_BASIN_NM: Final = 0.12
"""Spacing of the basins, rows of berths behind the quays; every second row is offset by half a berth."""
_MAX_SHARED: Final = 2000
_SHARED_NM: Final = 0.02
"""Distance between vessels that share a berth: a fleet may be larger than the number of berths."""
_ANCHOR_MARGIN_NM: Final = 0.5
_ANCHOR_ASIDE_NM: Final = 1.2
_ANCHOR_PART: Final = 0.6
"""Vessels anchor within this part of the room beside the lane."""


class Moorings:
    """Finds berths and anchorages for the vessels of `fleet`."""

    def __init__(self, fleet: Fleet, lanes: Lanes) -> None:
        self._fleet, self._lanes = fleet, lanes
        inside = np.stack([lanes.length_nm - lanes.entrance_in_nm, lanes.entrance_out_nm])
        pairs = np.clip(((inside - 0.3) / BERTH_NM).astype(np.int64), 1, MAX_BERTHS // 2)
        self._in, self._out = 2 * pairs
        """int64[legs], number of berths at the last and at the first port of each leg."""

    def reserve(self, rows: Rows, arriving: bool) -> None:
        """Assign each vessel the least used berth of its leg's last port if `arriving`, else of its first port."""
        fleet, leg = self._fleet, self._fleet.leg[rows]
        port = (self._lanes.end_port if arriving else self._lanes.start_port)[leg]
        berths = (self._in if arriving else self._out)[leg]
        fleet.berth_port[rows] = -1
        taken = {at: set(fleet.berth[fleet.berth_port == at].tolist()) for at in set(port.tolist())}
        free: dict[tuple[int, int], Iterator[int]] = {}
        # One vessel at a time (2 us): each must see the berths assigned before.
        for row, at, count in zip(rows.tolist(), port.tolist(), berths.tolist(), strict=True):
            numbers = free.setdefault((at, count), _numbers(count))
            number = next((number for number in numbers if number not in taken[at]), 0)
            taken[at].add(number)
            fleet.berth_port[row], fleet.berth[row] = at, number

    def release(self, rows: Rows) -> None:
        """Free the berths of vessels."""
        self._fleet.berth_port[rows] = self._fleet.berth[rows] = -1

    def from_end_nm(self, rows: Rows) -> Floats:
        """Return the distance of the vessels' berths from the end of the lane, float64[k], nautical miles."""
        number = self._fleet.berth[rows].astype(np.int64)
        half = number // MAX_BERTHS % _BASINS % 2 * 0.5
        return np.asarray((number % MAX_BERTHS // 2 + half) * BERTH_NM, np.float64)

    def berth(self, rows: Rows, along_nm: Floats, arriving: bool) -> Places:
        """Return latitude, longitude and lane course at the vessels' berths, `along_nm` along their legs."""
        number = self._fleet.berth[rows]
        turn = number // MAX_BERTHS
        aside = ASIDE_NM + turn % _BASINS * _BASIN_NM + _SHARED_NM * (turn // _BASINS * 0.6180339887498949 % 1.0)
        side = np.where((number % 2 == 0) == arriving, 1.0, -1.0)
        return self._beside(self._fleet.leg[rows], along_nm, side * aside)

    def anchorage(self, rows: Rows, along_nm: Floats, rng: np.random.Generator) -> Places:
        """Return latitude, longitude and lane course of anchoring positions, at random distances from the lane."""
        leg = self._fleet.leg[rows]
        at = self._lanes.segment(leg, along_nm, self._lanes.first[leg])
        room = np.minimum(self._lanes.room[at], self._lanes.room[at + 1]) * ROOM_UNIT_NM
        max_nm = np.clip(_ANCHOR_PART * (room - _ANCHOR_MARGIN_NM), 0.02, _ANCHOR_ASIDE_NM)
        return self._beside(leg, along_nm, max_nm * rng.uniform(-1.0, 1.0, len(rows)))

    def _beside(self, leg: NDArray[Any], along_nm: Floats, nm: Floats) -> Places:
        lat, lon, course, _ = self._lanes.position(leg, along_nm, self._lanes.first[leg])
        north, east = beside(lat, course, nm)
        return lat + north, lon + east, course


def _numbers(count: int) -> Iterator[int]:
    """Return the berth numbers of a port in order of use: quays, basins, then shared berths."""
    return (MAX_BERTHS * turn + berth for turn in range(_MAX_SHARED) for berth in range(count))
