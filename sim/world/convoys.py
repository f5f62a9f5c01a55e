"""Convoys: when vessels may enter a canal. They gather in the roads and go through one after another.

Source of the hours: for Suez the canal authority's rules of navigation, northbound from Suez at 04:00 and southbound
from Port Said at 03:30 local standard time (UTC+2). For Panama a simpler order than the real one: some 18 a day each
way, from 04:00 local time (UTC-5), so that those who meet do so in the lake.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world.passage import PANAMA_LAT, ROADS_NM

Floats = NDArray[np.float64]

DAY_S: Final = 86400.0
NORTHBOUND_S: Final = 2 * 3600.0
SOUTHBOUND_S: Final = 1.5 * 3600.0
"""Seconds after midnight UTC at which a convoy's first vessel enters Suez."""
PANAMA_SOUTHBOUND_S: Final = 9 * 3600.0
PANAMA_NORTHBOUND_S: Final = PANAMA_SOUTHBOUND_S + 1200.0
HEADWAY_S: Final = {"suez": 600.0, "panama": 2400.0}
OPEN_S: Final = {"suez": 24_000.0, "panama": 43_200.0}
"""So long after the first the last one may enter."""
FLEET: Final = 1000
LEAST_HEADWAY_S: Final = 120.0
"""A larger fleet than this has shorter headways, down to this: as many convoys must carry it."""
MEAN_WAIT_S: Final = 0.55 * DAY_S
_MIDDLE_LAT: Final = 30.5


class Convoys:
    """Books places in the convoys of a fleet of `size` vessels."""

    def __init__(self, lanes: Lanes, size: int) -> None:
        self.begins_nm, self.ends_nm = lanes.canal[:, 0], lanes.canal[:, 1]
        """float64[legs], where the canal lies along each leg; NaN where there is none."""
        legs = np.arange(len(lanes.first), dtype=np.int32)
        lat = lanes.position(legs, np.nan_to_num(self.begins_nm), lanes.first)[0]
        panama = lanes.passage == "panama"
        suez_s = np.where(lat > _MIDDLE_LAT, SOUTHBOUND_S, NORTHBOUND_S)
        panama_s = np.where(lat > PANAMA_LAT, PANAMA_SOUTHBOUND_S, PANAMA_NORTHBOUND_S)
        self._hour_s = np.where(panama, panama_s, suez_s)
        usual_s = np.where(panama, HEADWAY_S["panama"], HEADWAY_S["suez"])
        self._headway_s = np.maximum(usual_s * min(1.0, FLEET / max(size, 1)), LEAST_HEADWAY_S)
        self._ships = np.where(panama, OPEN_S["panama"], OPEN_S["suez"]) // self._headway_s
        self._booked: dict[tuple[float, int], int] = {}
        self._entered: dict[float, int] = {}

    def waits(self, leg: NDArray[Any], along_nm: Floats) -> NDArray[np.bool_]:
        """Whether k vessels have the roads of a canal before them, bool[k]."""
        return np.asarray(along_nm < self.begins_nm[leg] - ROADS_NM[1])

    def expected(self, leg: NDArray[Any], arrival: Floats) -> Floats:
        """When k vessels that arrive at the canal so will enter it, if few are before them; Unix seconds."""
        hour = self._hour_s[leg]
        return np.asarray(np.ceil((arrival - hour) / DAY_S) * DAY_S + hour + 3 * self._headway_s[leg])

    def book(self, leg: int, earliest: float) -> float:
        """The next free entry at `earliest` or later; Unix seconds."""
        hour, headway = float(self._hour_s[leg]), float(self._headway_s[leg])
        day = int((earliest - hour) // DAY_S)
        while True:
            start = day * DAY_S + hour
            slot = max(self._booked.get((hour, day), 0), int(np.ceil((earliest - start) / headway)))
            if slot < self._ships[leg]:
                self._booked = {key: value for key, value in self._booked.items() if key[1] > day - 3}
                self._booked[hour, day] = slot + 1
                return start + slot * headway
            day += 1

    def entered(self, leg: int, now: float) -> float:
        """When the next of those entered that are under way as the simulation begins, at `now`; perhaps later."""
        hour = float(self._hour_s[leg])
        slot = self._entered.get(hour, 0)
        self._entered[hour] = slot + 1
        return float((now - hour) // DAY_S * DAY_S + hour + slot * self._headway_s[leg])
