"""Voyages: the phases of each vessel from berth to sea, roads of a canal or anchorage, and the next berth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port
from sim.world.convoys import Convoys
from sim.world.fleet import ALONGSIDE, ANCHORED, IN_ROADS, NAV_STATUS, READY, SAILING, TURNING, Fleet
from sim.world.itinerary import Itinerary, itineraries
from sim.world.moorings import Moorings, Places
from sim.world.passage import CANAL_KN, ROADS_NM, Passage
from sim.world.port_stays import STAY_SIGMA, WAIT_SIGMA, Cycles
from sim.world.steering import Steering
from sim.world.voyage_data import MAX_CRUISE_KN, MIN_CRUISE_KN, VoyageData

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

QUEUE_NM: Final = 3.0
"""Length of the lane before the anchorage over which vessels anchor."""
PIVOT_DEG_MIN: Final = 20.0
"""Rate at which tugs turn a vessel."""
_ALIGNED_DEG: Final = 15.0
"""A vessel gets under way when its heading is within this angle of its course."""
_WEIGH_S: Final = 1200.0
"""Time from the roads to the lane: half a turn and the distance. Equal for every vessel: the convoy keeps its order."""
_MIN_STAY_S: Final = 3600.0
_READY_S: Final = 1800.0
"""Cargo is done, and draught and voyage data are set, this long before a vessel sails."""
_LIMIT_SHARE: Final = (0.65, 1.05)


class Voyages:
    """Changes the phase of vessels that reach a stop or end a rest.

    Args:
        fleet: the vessels to change.
        lanes: the chart.
        ports: the chart's ports.
        rng: source of all random choices.

    Attributes:
        passage: speed limits of the legs.
        itinerary: the order of the legs.
        cycles: shares of time at sea and at rest.
        convoys: places in the convoys through the canals.
        moorings: berths and anchorages.
        steering: the lines of the vessels.
        data: load, destination and ETA.

    """

    def __init__(self, fleet: Fleet, lanes: Lanes, ports: Sequence[Port], rng: np.random.Generator) -> None:
        self._fleet, self._lanes, self._rng = fleet, lanes, rng
        self.passage, self.itinerary = Passage(lanes), Itinerary(lanes)
        # before Cycles, which reads it
        fleet.limit_share[:] = rng.uniform(*_LIMIT_SHARE, len(fleet))
        self.cycles = Cycles(fleet, lanes, self.passage, self.itinerary)
        self._itineraries = itineraries(fleet)
        self.convoys, self.moorings = Convoys(lanes, len(fleet)), Moorings(fleet, lanes)
        self.steering = Steering(fleet, lanes)
        self.data = VoyageData(fleet, lanes, ports, self.passage, self.convoys, rng)

    def pass_marks(self, rows: Rows, now: float) -> None:
        """Apply the next speed limit to vessels that passed a mark, or let them rest at their stop."""
        fleet = self._fleet
        stopped = fleet.along_nm[rows] >= fleet.stop_nm[rows] - 1e-7
        self.look_ahead(rows[~stopped])
        rows = rows[stopped]
        for phase, rest in ((IN_ROADS, self.wait_in_roads), (ANCHORED, self.anchor), (ALONGSIDE, self.moor)):
            stopping = rows[fleet.stop_phase[rows] == phase]
            if len(stopping):
                places = fleet.stop_lat[stopping], fleet.stop_lon[stopping], fleet.heading[stopping]
                rest(stopping, places, now)

    def end_rests(self, rows: Rows, now: float) -> None:
        """Start the next phase of vessels whose rest is over."""
        phase = self._fleet.phase[rows]
        self._make_ready(rows[phase == ALONGSIDE], now)
        self._weigh(rows[(phase == READY) | (phase == IN_ROADS) | (phase == ANCHORED)], now)
        self._get_under_way(rows[phase == TURNING], now)

    def look_ahead(self, rows: Rows) -> None:
        """Set the target speed and the next mark of vessels under way from their positions."""
        fleet = self._fleet
        speed = np.clip(fleet.cruise_kn[rows] + fleet.weather_kn[rows], MIN_CRUISE_KN - 0.5, MAX_CRUISE_KN)
        speed = np.minimum(speed, fleet.give_way_kn[rows])
        ahead = self.passage.ahead(
            fleet.leg[rows],
            fleet.along_nm[rows],
            fleet.stop_nm[rows],
            speed,
            fleet.limit_share[rows],
            fleet.acceleration_kn_h[rows],
        )
        fleet.target_kn[rows], fleet.mark_nm[rows], fleet.mark_kn[rows] = ahead

    def choose_stop(self, rows: Rows) -> None:
        """Set the next stop of vessels on their leg: the roads of the canal, the anchorage, or a berth."""
        fleet, lanes, rng = self._fleet, self._lanes, self._rng
        leg, along = fleet.leg[rows], fleet.along_nm[rows]
        draw, share = rng.random(len(rows)), rng.random(len(rows))
        anchorage = np.maximum(lanes.anchorage_nm[leg] - share * QUEUE_NM, 0.5 * lanes.anchorage_nm[leg])
        anchors = (draw < self.cycles.stays.anchors[fleet.vessel_type[rows]]) & (fleet.phase[rows] != ANCHORED)
        # a nearer stop leaves no distance to brake
        anchors &= along < anchorage - 2.0
        waits = self.convoys.waits(leg, along)
        fleet.stop_phase[rows] = np.where(waits, IN_ROADS, np.where(anchors, ANCHORED, ALONGSIDE))
        roads = self.convoys.begins_nm[leg] - ROADS_NM[0] - share * (ROADS_NM[1] - ROADS_NM[0])
        self._anchor_at(rows[waits], roads[waits])
        anchors &= ~waits
        self._anchor_at(rows[anchors], anchorage[anchors])
        self._berth_at(rows[~waits & ~anchors])

    def _anchor_at(self, rows: Rows, along_nm: Floats) -> None:
        fleet = self._fleet
        lat, lon, _ = self.moorings.anchorage(rows, along_nm, self._rng)
        fleet.stop_nm[rows], fleet.stop_lat[rows], fleet.stop_lon[rows] = along_nm, lat, lon

    def _berth_at(self, rows: Rows) -> None:
        fleet = self._fleet
        self.moorings.reserve(rows, arriving=True)
        along_nm = self._lanes.length_nm[fleet.leg[rows]] - self.moorings.from_end_nm(rows)
        lat, lon, _ = self.moorings.berth(rows, along_nm, arriving=True)
        fleet.stop_nm[rows], fleet.stop_lat[rows], fleet.stop_lon[rows] = along_nm, lat, lon

    def enter_phase(self, rows: Rows, phase: int) -> None:
        """Set phase, navigational status and turning rate by tugs."""
        self._fleet.phase[rows] = phase
        self._fleet.nav_status[rows] = NAV_STATUS[phase]
        self._fleet.pivot_deg_min[rows] = PIVOT_DEG_MIN if NAV_STATUS[phase] == 0 else 0.0

    def wait_in_roads(self, rows: Rows, places: Places, now: float) -> None:
        """Let vessels wait at `places` for the next convoy; they leave in time for their entry."""
        fleet = self._fleet
        leg, to_go_nm = fleet.leg[rows], self.convoys.begins_nm[fleet.leg[rows]] - fleet.along_nm[rows]
        way_s = (to_go_nm / CANAL_KN + CANAL_KN / (2 * fleet.acceleration_kn_h[rows])) * 3600 + _WEIGH_S
        earliest = (now + way_s).tolist()
        until = [self.convoys.book(*pair) for pair in zip(leg.tolist(), earliest, strict=True)] - way_s
        self._rest(rows, IN_ROADS, places, until)
        self.data.announce(rows, until)

    def anchor(self, rows: Rows, places: Places, now: float, biased: bool = False) -> None:
        """Let vessels anchor at `places`; `biased`: at a random moment of their wait."""
        stays = self.cycles.stays
        wait = stays.draw(stays.wait_s[self._fleet.vessel_type[rows]], WAIT_SIGMA, self._rng, biased)
        self._rest(rows, ANCHORED, places, now + (wait * self._rng.random(len(rows)) if biased else wait))

    def moor(self, rows: Rows, places: Places, now: float, biased: bool = False) -> None:
        """Let vessels moor at `places` and take their next leg; `biased`: at a random moment, on the present leg."""
        fleet, stays = self._fleet, self.cycles.stays
        if not biased:
            self._take_next_leg(rows)
        stay = stays.draw(stays.stay_s[fleet.vessel_type[rows]], STAY_SIGMA, self._rng, biased)
        stay = stay * self._rng.random(len(rows)) if biased else np.maximum(stay, _MIN_STAY_S)
        fleet.along_nm[rows] = self.moorings.from_end_nm(rows)
        fleet.lane_point[rows] = self._lanes.first[fleet.leg[rows]]
        self._rest(rows, ALONGSIDE, places, now + np.maximum(stay - _READY_S, 0.0))
        self.data.announce(rows, now + stay)

    def _rest(self, rows: Rows, phase: int, places: Places, until: Floats) -> None:
        fleet = self._fleet
        self.enter_phase(rows, phase)
        fleet.rest_until[rows] = until
        for column in (fleet.sog, fleet.target_kn, fleet.mark_kn):
            column[rows] = 0.0
        fleet.stop_nm[rows] = fleet.mark_nm[rows] = np.inf
        self.steering.hold(rows, *places)

    def _take_next_leg(self, rows: Rows) -> None:
        fleet = self._fleet
        which = self._itineraries[rows]
        chosen = self.itinerary.next(which, fleet.route_place[rows], fleet.leg[rows], self._rng)
        fleet.leg[rows], fleet.route_place[rows] = chosen

    def _make_ready(self, rows: Rows, now: float) -> None:
        """Give vessels a new draught; bulkers and tankers load if they were in ballast, otherwise they discharge."""
        if len(rows):
            self._fleet.phase[rows] = READY
            self._fleet.rest_until[rows] = now + _READY_S
            self.data.load(rows, self.data.load_share(rows) < 0.5)
            self.data.announce(rows, now + _READY_S)

    def _weigh(self, rows: Rows, now: float) -> None:
        """Let vessels cast off or weigh anchor, and turn to their course."""
        fleet = self._fleet
        if not len(rows):
            return
        from_roads = fleet.phase[rows] == IN_ROADS
        self.moorings.release(rows[fleet.phase[rows] == READY])
        self.choose_stop(rows)
        self.steering.join(rows)
        self.enter_phase(rows, TURNING)
        apart = fleet.path_course[rows] - fleet.heading[rows]
        apart = np.maximum(np.abs((apart + 180.0) % 360.0 - 180.0) - _ALIGNED_DEG, 0.0)
        detour_nm = (fleet.path_pace[rows] - 1) * (fleet.path_to_nm[rows] - fleet.path_from_nm[rows])
        turns_s = np.where(from_roads, _WEIGH_S - detour_nm / CANAL_KN * 3600, apart / PIVOT_DEG_MIN * 60)
        fleet.rest_until[rows] = now + turns_s
        fleet.mark_nm[rows] = np.inf

    def _get_under_way(self, rows: Rows, now: float) -> None:
        if len(rows):
            self.enter_phase(rows, SAILING)
            self._fleet.rest_until[rows] = np.inf
            self.look_ahead(rows)
            self.data.announce(rows, now)
