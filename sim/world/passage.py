"""Speed limits along the legs, and the passage times that follow from them.

Source of the limits: pilot at 6 nm with 8 kn, slow-down 15 nm before the port; 8 kn in the Suez canal; through Panama
in about nine hours, of which three in the locks.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes

Floats = NDArray[np.float64]
Rows = NDArray[np.integer[Any]]

MIN_ACCELERATION_KN_H: Final = 13.0
"""Acceleration of the largest vessel, laden: 0 to 14 kn in 65 minutes. Successive limits let it brake in time."""
HARBOUR_KN: Final = 6.0
PILOTAGE_KN: Final = 8.0
APPROACH_KN: Final = 12.0
CANAL_KN: Final = 8.0
ROADS_NM: Final = (4.0, 8.0)
"""Range of distances before the canal at which vessels wait; CANAL_KN limits them from there on."""
PANAMA: Final = ((6.9, 8.2, 1.3), (26.7, 34.2, 6.0), (34.2, 35.0, 1.3), (36.1, 37.1, 1.3), (37.1, 42.0, 7.0))
"""Miles from the Atlantic end of the Panama canal, and knots: the locks of Gatun, the cut, the locks of Pedro Miguel
and of Miraflores, the Pacific reach."""
PANAMA_MEAN_KN: Final = 5.1
PANAMA_LAT: Final = 9.1
"""The Atlantic end lies north of this latitude."""
PILOT_KN: Final = 6.5
PILOT_LADDER_NM: Final = 1.0
"""Distance before the pilotage over which a pilot boards or leaves."""
PILOTAGE_NM: Final = 6.0
APPROACH_NM: Final = 15.0


class Passage:
    """The speed limits of every leg as marks: `limit_kn` applies from `mark_nm` on.

    Attributes:
        mark_nm: float64[legs, marks], distance along the leg; the first is 0; inf after the last mark of a leg.
        limit_kn: float64[legs, marks]; inf if only the vessel's own speed limits.

    """

    def __init__(self, lanes: Lanes) -> None:
        marks = [_marks(_zones(lanes, leg)) for leg in range(len(lanes.length_nm))]
        width = max(len(item) for item in marks) + 1
        self.mark_nm = np.full((len(marks), width), np.inf)
        self.limit_kn = np.full((len(marks), width), np.inf)
        for leg, item in enumerate(marks):
            self.mark_nm[leg, : len(item)] = [nm for nm, _ in item]
            self.limit_kn[leg, : len(item)] = [limit for _, limit in item]
        begins, ends = lanes.canal.T[:, :, None]
        self._exact = (self.mark_nm >= begins - ROADS_NM[1] - 1e-7) & (self.mark_nm < ends)

    def ahead(
        self, leg: Rows, along_nm: Floats, stop_nm: Floats, speed_kn: Floats, haste: Floats, braking_kn_h: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return target speeds, distances of the next marks (at most `stop_nm`) and speeds at those, float64[k] each.

        `haste` scales the limits, except in canals.
        """
        row = np.arange(len(leg))
        marks, limits = self.mark_nm[leg], self._limits(leg, haste)
        here = (marks <= along_nm[:, None] + 1e-7).sum(axis=1) - 1
        target = np.minimum(speed_kn, limits[row, here])
        mark = np.minimum(marks[row, here + 1], stop_nm)
        to_stop = np.sqrt(2 * braking_kn_h * np.maximum(stop_nm - mark, 0.0))
        return target, mark, np.minimum(np.minimum(limits[row, here + 1], target), to_stop)

    def hours(self, leg: Rows, from_nm: Floats, to_nm: Floats, cruise_kn: Floats, haste: Floats) -> Floats:
        """Return the hours that k vessels need between two points of their legs, float64[k]."""
        pieces, _, _ = self._pieces(leg, from_nm, to_nm, cruise_kn, haste)
        return np.asarray(pieces.sum(axis=1))

    def reached(self, leg: Rows, hours: Floats, length_nm: Floats, cruise_kn: Floats, haste: Floats) -> Floats:
        """Return the distance of k vessels along their legs after `hours`, float64[k], at most `length_nm`."""
        pieces, begin, speed = self._pieces(leg, np.zeros(len(leg)), length_nm, cruise_kn, haste)
        done = np.cumsum(pieces, axis=1)
        row = np.arange(len(leg))
        piece = np.minimum((done <= hours[:, None]).sum(axis=1), pieces.shape[1] - 1)
        within = hours - (done[row, piece] - pieces[row, piece])
        begins = np.where(np.isfinite(begin[row, piece]), begin[row, piece], length_nm)
        return np.asarray(np.minimum(begins + within * speed[row, piece], length_nm))

    def _limits(self, leg: Rows, haste: Floats) -> Floats:
        limits = self.limit_kn[leg]
        return np.where(self._exact[leg], limits, limits * haste[:, None])

    def _pieces(
        self, leg: Rows, from_nm: Floats, to_nm: Floats, cruise_kn: Floats, haste: Floats
    ) -> tuple[Floats, Floats, Floats]:
        begin = self.mark_nm[leg]
        end = np.concatenate([begin[:, 1:], np.full((len(leg), 1), np.inf)], axis=1)
        speed = np.minimum(self._limits(leg, haste), cruise_kn[:, None])
        length = np.maximum(np.minimum(end, to_nm[:, None]) - np.maximum(begin, from_nm[:, None]), 0.0)
        return np.where(np.isfinite(begin), length, 0.0) / speed, begin, speed


def _zones(lanes: Lanes, leg: int) -> list[tuple[float, float, float]]:
    """Return (from, to, limit) of each speed zone of a leg; zones may overlap."""
    length = float(lanes.length_nm[leg])
    leaves, enters = float(lanes.entrance_out_nm[leg]), float(lanes.entrance_in_nm[leg])
    zones = [
        (0.0, length, np.inf),
        (0.0, leaves, HARBOUR_KN),
        (leaves, leaves + PILOTAGE_NM, PILOTAGE_KN),
        (leaves, leaves + APPROACH_NM, APPROACH_KN),
        (enters - APPROACH_NM, enters, APPROACH_KN),
        (enters - PILOTAGE_NM - PILOT_LADDER_NM, enters - PILOTAGE_NM, PILOT_KN),
        (enters - PILOTAGE_NM, enters, PILOTAGE_KN),
        (enters, length, HARBOUR_KN),
    ]
    begins, ends = (float(nm) for nm in lanes.canal[leg])
    if begins == begins:
        zones.append((begins - ROADS_NM[1], ends, CANAL_KN))
    if lanes.passage[leg] == "panama":
        southbound = lanes.position(*(np.array([at]) for at in (leg, begins, 0)))[0][0] > PANAMA_LAT
        for near, far, limit in PANAMA:
            zones.append((begins + near, begins + far, limit) if southbound else (ends - far, ends - near, limit))
    return zones


def _marks(zones: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """Return (distance, limit) of each mark; limits let the slowest vessel brake from each mark to the next."""
    length = zones[0][1]
    places = sorted({min(max(edge, 0.0), length) for zone in zones for edge in zone[:2]})[:-1]
    limits = [min(limit for begin, end, limit in zones if begin <= nm < end) for nm in places]
    for index in range(len(places) - 2, -1, -1):
        room_nm = places[index + 1] - places[index]
        limits[index] = min(limits[index], (limits[index + 1] ** 2 + 2 * MIN_ACCELERATION_KN_H * room_nm) ** 0.5)
    return [pair for at, pair in enumerate(zip(places, limits, strict=True)) if at == 0 or pair[1] != limits[at - 1]]
