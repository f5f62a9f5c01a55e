"""Convoys: when vessels may enter the Suez canal. They gather in the roads and go through one after another.

Source of the hours: the canal authority's rules of navigation, northbound from Suez at 04:00 and southbound from Port
Said at 03:30 local standard time (UTC+2).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sea.lanes import Lanes
from sim.passage import ROADS_NM

Floats = NDArray[np.float64]

DAY_S: Final = 86400.0
NORTHBOUND_S: Final = 2 * 3600.0
SOUTHBOUND_S: Final = 1.5 * 3600.0
"""Seconds after midnight UTC at which a convoy's first vessel enters."""
SHIPS: Final = 40
HEADWAY_S: Final = 600.0
FLEET: Final = 1000
"""A larger fleet than this has shorter headways: as many convoys must carry it."""
MEAN_WAIT_S: Final = 0.55 * DAY_S
_MIDDLE_LAT: Final = 30.5


class Convoys:
    """Books places in the convoys of a fleet of `size` vessels."""

    def __init__(self, lanes: Lanes, size: int) -> None:
        self.begins_nm, self.ends_nm = lanes.canal[:, 0], lanes.canal[:, 1]
        """float64[legs], where the canal lies along each leg; NaN where there is none."""
        legs = np.arange(len(lanes.first), dtype=np.int32)
        lat = lanes.position(legs, np.nan_to_num(self.begins_nm), lanes.first)[0]
        self._hour_s = np.where(lat > _MIDDLE_LAT, SOUTHBOUND_S, NORTHBOUND_S)
        self._headway_s = HEADWAY_S * min(1.0, FLEET / max(size, 1))
        self._booked: dict[tuple[float, int], int] = {}

    def waits(self, leg: NDArray[Any], along_nm: Floats) -> NDArray[np.bool_]:
        """Whether k vessels have the roads of a canal before them, bool[k]."""
        return np.asarray(along_nm < self.begins_nm[leg] - ROADS_NM[1])

    def expected(self, leg: NDArray[Any], arrival: Floats) -> Floats:
        """When k vessels that arrive at the canal so will enter it, if few are before them; Unix seconds."""
        hour = self._hour_s[leg]
        return np.asarray(np.ceil((arrival - hour) / DAY_S) * DAY_S + hour + 3 * self._headway_s)

    def book(self, leg: int, earliest: float) -> float:
        """The next free entry at `earliest` or later; Unix seconds."""
        hour = float(self._hour_s[leg])
        day = int((earliest - hour) // DAY_S)
        while True:
            start = day * DAY_S + hour
            slot = max(self._booked.get((hour, day), 0), int(np.ceil((earliest - start) / self._headway_s)))
            if slot < SHIPS:
                self._booked = {key: value for key, value in self._booked.items() if key[1] > day - 3}
                self._booked[hour, day] = slot + 1
                return start + slot * self._headway_s
            day += 1

    def entered(self, leg: int, now: float) -> float:
        """An entry in the convoy that is under way at `now`; Unix seconds, perhaps later than `now`."""
        hour = float(self._hour_s[leg])
        day = int((now - hour) // DAY_S)
        slot = self._booked.get((hour, day), 0)
        self._booked[hour, day] = slot + 1
        return day * DAY_S + hour + slot * self._headway_s
