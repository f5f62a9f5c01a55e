"""Placement: where the vessels are when the simulation starts, as an observer finds a fleet that has always sailed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world.fleet import SAILING, Fleet
from sim.world.motion import turn_limit_deg_min
from sim.world.passage import CANAL_KN, PANAMA_MEAN_KN, ROADS_NM
from sim.world.vessel_types import SIZE_CLASSES
from sim.world.voyages import QUEUE_NM, Voyages

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

GOLDEN_RATIO: Final = 0.6180339887498949
"""Its multiples modulo 1 spread evenly whatever their number."""
_LEG_LEFT_NM: Final = 2.0
"""Left of the leg for a vessel under way: its berth may be off the end of the lane."""
_MEAN_KN: Final = np.array([item.mean_kn for item in SIZE_CLASSES])
_SPREAD_KN: Final = np.array([item.spread_kn for item in SIZE_CLASSES])


class Placement:
    """Places the vessels of a new fleet.

    Args:
        fleet: written.
        lanes: the chart.
        voyages: the phases of the same fleet.
        rng: source of all random choices; the generator of `voyages`.

    """

    def __init__(self, fleet: Fleet, lanes: Lanes, voyages: Voyages, rng: np.random.Generator) -> None:
        self._fleet, self._lanes, self._voyages, self._rng = fleet, lanes, voyages, rng

    def place(self, now: float) -> None:
        """Give every vessel its speed, load and leg, and place it at a random moment of its cycle."""
        rng, cycles = self._rng, self._voyages.cycles
        rows = np.arange(len(self._fleet))
        self._set_up(rows)
        self._choose_legs()
        sea_s, roads_s, anchor_s, stay_s = cycles.own(rows)
        moment = rng.random(len(rows)) * (sea_s + roads_s + anchor_s + stay_s)
        ends = np.cumsum([sea_s, roads_s, anchor_s], axis=0)
        state = (moment >= ends).sum(axis=0)
        self._alongside(rows[state == 3], now)
        self._anchored(rows[state == 2], now)
        self._in_roads(rows[state == 1], now)
        self._under_way(rows[state == 0], moment[state == 0] / 3600, now)

    def _set_up(self, rows: Rows) -> None:
        fleet, rng = self._fleet, self._rng
        fleet.turn_deg_min_kn[:] = turn_limit_deg_min(fleet.length_m)
        fleet.lane_position[:] = (rng.random() + rows * GOLDEN_RATIO) % 1.0
        fleet.usual_kn[:] = rng.normal(_MEAN_KN[fleet.size_class], _SPREAD_KN[fleet.size_class])
        fleet.lane_position_wanted[:], fleet.give_way_kn[:] = fleet.lane_position, np.inf
        self._voyages.data.load(rows, rng.random(len(rows)) < 0.5)

    def _choose_legs(self) -> None:
        fleet, cycles = self._fleet, self._voyages.cycles
        for group in cycles.groups():
            weight = cycles.of_group(group).sum(axis=0)
            fleet.leg[group], fleet.route_place[group] = self._voyages.itinerary.draw(
                cycles.itinerary_of(group), weight, len(group), self._rng
            )

    def _under_way(self, rows: Rows, hours: Floats, now: float) -> None:
        fleet, voyages, leg = self._fleet, self._voyages, self._fleet.leg[rows]
        length = self._lanes.length_nm[leg]
        gone = voyages.passage.reached(leg, hours, length, fleet.cruise_kn[rows], fleet.limit_share[rows])
        along = np.minimum(gone, length - _LEG_LEFT_NM)
        fleet.along_nm[rows], fleet.lane_point[rows] = along, self._lanes.first[leg]
        begins, ends = voyages.convoys.begins_nm[leg], voyages.convoys.ends_nm[leg]
        in_canal = (along >= begins - ROADS_NM[1]) & (along < ends)
        outside = self._in_convoy(rows[in_canal], now)
        voyages.enter_phase(rows, SAILING)
        fleet.rest_until[rows] = np.inf
        voyages.choose_stop(rows)
        voyages.steering.lead(rows)
        voyages.look_ahead(rows)
        self._set_speed(rows)
        fleet.heading[rows] = fleet.path_course[rows]
        voyages.data.announce(rows, now)
        self._in_roads(outside, now)

    def _in_convoy(self, rows: Rows, now: float) -> Rows:
        """Give vessels places in the convoy that is under way; return those for which it has none."""
        fleet, convoys, outside = self._fleet, self._voyages.convoys, []
        for row, leg in zip(rows.tolist(), fleet.leg[rows].tolist(), strict=True):
            begins, ends = convoys.begins_nm[leg], convoys.ends_nm[leg]
            hours = (now - convoys.entered(leg, now)) / 3600
            gone_nm = hours * (PANAMA_MEAN_KN if self._lanes.passage[leg] == "panama" else CANAL_KN)
            if 0 <= gone_nm < ends - begins:
                fleet.along_nm[row] = begins + gone_nm
            else:
                outside.append(row)
        return np.array(outside, np.intp)

    def _set_speed(self, rows: Rows) -> None:
        """Set the speed of a vessel that started at the beginning of its leg and has to pass its next mark."""
        fleet = self._fleet
        along, mark, mark_kn = fleet.along_nm[rows], fleet.mark_nm[rows], fleet.mark_kn[rows]
        twice = 2 * fleet.acceleration_kn_h[rows]
        gained = np.sqrt(twice * np.maximum(along, 0.0))
        near = np.sqrt(mark_kn**2 + twice * np.maximum(mark - along, 0.0))
        fleet.sog[rows] = np.minimum(np.minimum(gained, near), fleet.target_kn[rows])

    def _in_roads(self, rows: Rows, now: float) -> None:
        fleet, voyages = self._fleet, self._voyages
        begins = voyages.convoys.begins_nm[fleet.leg[rows]]
        fleet.along_nm[rows] = begins - self._rng.uniform(*ROADS_NM, len(rows))
        voyages.wait_in_roads(rows, voyages.moorings.anchorage(rows, fleet.along_nm[rows], self._rng), now)

    def _anchored(self, rows: Rows, now: float) -> None:
        fleet, lanes, voyages = self._fleet, self._lanes, self._voyages
        anchorage = lanes.anchorage_nm[fleet.leg[rows]]
        along = np.maximum(anchorage - self._rng.random(len(rows)) * QUEUE_NM, 0.5 * anchorage)
        fleet.along_nm[rows], fleet.lane_point[rows] = along, lanes.first[fleet.leg[rows]]
        voyages.anchor(rows, voyages.moorings.anchorage(rows, along, self._rng), now, biased=True)
        voyages.data.announce(rows, fleet.rest_until[rows])

    def _alongside(self, rows: Rows, now: float) -> None:
        moorings = self._voyages.moorings
        moorings.reserve(rows, arriving=False)
        lat, lon, course = moorings.berth(rows, moorings.from_end_nm(rows), arriving=False)
        self._voyages.moor(rows, (lat, lon, (course + 180.0) % 360.0), now, biased=True)
