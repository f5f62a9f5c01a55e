"""Voyage data: the load of each vessel, the speed that goes with it, and the destination and ETA that it reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port
from sim.world.convoys import Convoys
from sim.world.fleet import Fleet
from sim.world.passage import Passage
from sim.world.vessel_types import BULKER, SIZE_CLASSES, TANKER

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

MIN_CRUISE_KN: Final = 8.5
MAX_CRUISE_KN: Final = 25.0
_VOYAGE_KN: Final = 0.6
"""Standard deviation of one vessel's speed from voyage to voyage."""
_LOAD_KN: Final = 0.8
"""How much faster an empty vessel is than a laden one."""
_LADEN_M: Final = np.array([item.laden_m for item in SIZE_CLASSES])
_BALLAST_M: Final = np.array([item.ballast_m for item in SIZE_CLASSES])


class VoyageData:
    """Writes draught, speed, acceleration, destination and ETA of `fleet`.

    Args:
        fleet: written.
        lanes: the chart.
        ports: the chart's ports, whose names are the destinations.
        passage: speed limits, for the ETA.
        convoys: convoy times, for the ETA.
        rng: source of all random choices; the generator of `Voyages`.

    """

    def __init__(
        self,
        fleet: Fleet,
        lanes: Lanes,
        ports: Sequence[Port],
        passage: Passage,
        convoys: Convoys,
        rng: np.random.Generator,
    ) -> None:
        self._fleet, self._lanes, self._rng = fleet, lanes, rng
        self._port_names = [port.name for port in ports]
        self._passage, self._convoys = passage, convoys

    def load_share(self, rows: Rows) -> Floats:
        """Return the load of vessels by their draught: 0 in ballast, 1 laden."""
        size_class = self._fleet.size_class[rows]
        ballast, laden = _BALLAST_M[size_class], _LADEN_M[size_class]
        return np.asarray((self._fleet.draught[rows] - ballast) / (laden - ballast))

    def load(self, rows: Rows, fill: NDArray[np.bool_]) -> None:
        """Draw a new load, and set draught, speed and acceleration by it.

        Args:
            rows: the vessels.
            fill: bool[k], whether a bulker or tanker loads; otherwise it discharges, as bulk is carried one way only.
                The load of other types does not depend on it.

        """
        fleet, rng = self._fleet, self._rng
        share, size = rng.random(len(rows)), fleet.size_class[rows]
        bulk = (fleet.vessel_type[rows] == BULKER) | (fleet.vessel_type[rows] == TANKER)
        share = np.where(bulk, np.where(fill, 1.0 - 0.1 * share, 0.1 * share), share)
        draught = _BALLAST_M[size] + share * (_LADEN_M[size] - _BALLAST_M[size])
        fleet.draught[rows] = np.rint(draught * 10) / 10
        speed = rng.normal(fleet.usual_kn[rows], _VOYAGE_KN) + _LOAD_KN * (0.5 - share)
        fleet.cruise_kn[rows] = np.clip(speed, MIN_CRUISE_KN, MAX_CRUISE_KN)
        large = np.clip((fleet.length_m[rows] - 90.0) / 310.0, 0.0, 1.0)
        fleet.acceleration_kn_h[rows] = (34.0 - 19.0 * large) * (1.1 - 0.2 * share)

    def announce(self, rows: Rows, start: float | Floats) -> None:
        """Set destination and ETA of vessels that sail on at `start` (Unix seconds) from where they are.

        A Python loop over the vessels sets the texts, 0.1 us each.
        """
        fleet, lanes = self._fleet, self._lanes
        leg, along, own = fleet.leg[rows], fleet.along_nm[rows], (fleet.cruise_kn[rows], fleet.limit_share[rows])
        waits, canal = self._convoys.waits(leg, along), self._convoys.begins_nm[leg]
        middle = np.where(waits, canal, along)
        start = start + self._passage.hours(leg, along, middle, *own) * 3600
        start = np.where(waits, self._convoys.expected(leg, start), start)
        eta = start + self._passage.hours(leg, middle, lanes.length_nm[leg], *own) * 3600
        fleet.eta[rows] = np.rint(eta / 60) * 60
        for row, port in zip(rows.tolist(), lanes.end_port[leg].tolist(), strict=True):
            fleet.destination[row] = self._port_names[port]
        fleet.voyage_version[rows] += 1
