"""Convoy schedules: when vessels enter a canal. They gather in the roads and pass through one after another.

Source of the hours: for Suez the canal authority's rules of navigation, northbound from Suez at 04:00 and southbound
from Port Said at 03:30 local standard time (UTC+2). Panama has a simpler order than the real one: some 18 vessels
a day each way, from 04:00 local time (UTC-5), so that opposing vessels meet in the lake.
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
"""Seconds between the entries of the first and the last vessel of a convoy."""
FLEET: Final = 1000
MIN_HEADWAY_S: Final = 120.0
"""A fleet of more than FLEET vessels has shorter headways, down to this: the number of convoys a day is fixed."""
MEAN_WAIT_S: Final = 0.55 * DAY_S
_MIDDLE_LAT: Final = 30.5


class Convoys:
    """Books places in the convoys of a fleet of `size` vessels."""

    def __init__(self, lanes: Lanes, size: int) -> None:
        self.begins_nm, self.ends_nm = lanes.canal[:, 0], lanes.canal[:, 1]
        """float64[legs], distance along each leg to the canal; NaN if the leg has no canal."""
        legs = np.arange(len(lanes.first), dtype=np.int32)
        lat = lanes.position(legs, np.nan_to_num(self.begins_nm), lanes.first)[0]
        panama = lanes.passage == "panama"
        suez_s = np.where(lat > _MIDDLE_LAT, SOUTHBOUND_S, NORTHBOUND_S)
        panama_s = np.where(lat > PANAMA_LAT, PANAMA_SOUTHBOUND_S, PANAMA_NORTHBOUND_S)
        self._hour_s = np.where(panama, panama_s, suez_s)
        usual_s = np.where(panama, HEADWAY_S["panama"], HEADWAY_S["suez"])
        self._headway_s = np.maximum(usual_s * min(1.0, FLEET / max(size, 1)), MIN_HEADWAY_S)
        self._ships = np.where(panama, OPEN_S["panama"], OPEN_S["suez"]) // self._headway_s
        self._booked: dict[tuple[float, int], int] = {}
        self._entered: dict[float, int] = {}

    def waits(self, leg: NDArray[Any], along_nm: Floats) -> NDArray[np.bool_]:
        """Return whether the roads of a canal lie ahead of each of k vessels, bool[k]."""
        return np.asarray(along_nm < self.begins_nm[leg] - ROADS_NM[1])

    def expected(self, leg: NDArray[Any], arrival: Floats) -> Floats:
        """Estimate when k vessels enter the canal from their arrival times, Unix seconds; assumes a short queue."""
        hour = self._hour_s[leg]
        return np.asarray(np.ceil((arrival - hour) / DAY_S) * DAY_S + hour + 3 * self._headway_s[leg])

    def book(self, leg: int, earliest: float) -> float:
        """Book the next free entry at `earliest` or later and return its time; Unix seconds."""
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
        """Return an entry time for a vessel that is in the canal when the simulation starts, at `now`; may be later."""
        hour = float(self._hour_s[leg])
        slot = self._entered.get(hour, 0)
        self._entered[hour] = slot + 1
        return float((now - hour) // DAY_S * DAY_S + hour + slot * self._headway_s[leg])
