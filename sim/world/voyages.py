"""Voyages: what a vessel does next. At sea, perhaps at anchor, moored, then the next leg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port
from sim.world.convoys import Convoys
from sim.world.fleet import (
    ALONGSIDE,
    ANCHORED,
    BULKER,
    IN_ROADS,
    MAX_CRUISE_KN,
    MIN_CRUISE_KN,
    NAV_STATUS,
    READY,
    SAILING,
    SIZE_CLASSES,
    TANKER,
    TURNING,
    Fleet,
)
from sim.world.itinerary import Itinerary, itineraries
from sim.world.moorings import Moorings, Places
from sim.world.motion import turn_limit_deg_min
from sim.world.passage import CANAL_KN, PANAMA_MEAN_KN, ROADS_NM, Passage
from sim.world.port_stays import STAY_SIGMA, WAIT_SIGMA, Cycles
from sim.world.steering import Steering

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

QUEUE_NM: Final = 3.0
"""Vessels at anchor spread over so much of the lane before the anchorage."""
PIVOT_DEG_MIN: Final = 20.0
"""How fast tugs turn a vessel."""
_TURNED_DEG: Final = 15.0
_WEIGHS_S: Final = 1200.0
"""In the roads everybody is given the time of half a turn and of the way to the lane, so that convoys keep order."""
_LEAST_STAY_S: Final = 3600.0
_READY_S: Final = 1800.0
"""Cargo is done, draught and voyage data are set, so long before a vessel sails."""
_VOYAGE_KN: Final = 0.6
"""How much one vessel's speeds differ from voyage to voyage."""
_HASTE: Final = (0.65, 1.05)
_LOAD_KN: Final = 0.8
"""How much faster an empty vessel is than a laden one."""


class Voyages:
    """Decides for the vessels that change state. All randomness comes from `rng`."""

    def __init__(self, fleet: Fleet, lanes: Lanes, ports: Sequence[Port], rng: np.random.Generator) -> None:
        self._fleet, self._lanes, self._rng = fleet, lanes, rng
        self._names = [port.name for port in ports]
        self._passage, self._itinerary = Passage(lanes), Itinerary(lanes)
        fleet.haste[:] = rng.uniform(*_HASTE, len(fleet))
        self._cycles = Cycles(fleet, lanes, self._passage, self._itinerary)
        self._itineraries = itineraries(fleet)
        self._convoys, self._moorings = Convoys(lanes, len(fleet)), Moorings(fleet, lanes)
        self.steering = Steering(fleet, lanes)
        self._mean_kn = np.array([item.mean_kn for item in SIZE_CLASSES])
        self._spread_kn = np.array([item.spread_kn for item in SIZE_CLASSES])
        self._laden_m = np.array([item.laden_m for item in SIZE_CLASSES])
        self._ballast_m = np.array([item.ballast_m for item in SIZE_CLASSES])

    def begin(self, now: float) -> None:
        """Place every vessel somewhere in its cycle, as a fleet that has sailed for ever would be found."""
        fleet, rng = self._fleet, self._rng
        rows = np.arange(len(fleet))
        fleet.turn_deg_min_kn[:] = turn_limit_deg_min(fleet.length_m)
        fleet.aside[:] = (rng.random() + rows * 0.6180339887498949) % 1.0
        fleet.usual_kn[:] = rng.normal(self._mean_kn[fleet.size_class], self._spread_kn[fleet.size_class])
        fleet.aside_wanted[:], fleet.way_kn[:] = fleet.aside, np.inf
        self._load(rows, rng.random(len(rows)) < 0.5)
        for group in self._cycles.groups():
            weight = self._cycles.of_group(group).sum(axis=0)
            fleet.leg[group], fleet.route_place[group] = self._itinerary.draw(
                self._cycles.itinerary_of(group), weight, len(group), rng
            )
        sea_s, road_s, wait_s, stay_s = self._cycles.own(rows)
        moment = rng.random(len(rows)) * (sea_s + road_s + wait_s + stay_s)
        ends = np.cumsum([sea_s, road_s, wait_s], axis=0)
        state = (moment >= ends).sum(axis=0)
        self._begin_alongside(rows[state == 3], now)
        self._begin_anchored(rows[state == 2], now)
        self._begin_in_roads(rows[state == 1], now)
        self._begin_under_way(rows[state == 0], moment[state == 0] / 3600, now)

    def reached(self, rows: Rows, now: float) -> None:
        """Vessels that passed a mark: steam for the next one, or come to rest."""
        fleet = self._fleet
        stopped = fleet.along_nm[rows] >= fleet.stop_nm[rows] - 1e-7
        self.look_ahead(rows[~stopped])
        rows = rows[stopped]
        for phase, rest in ((IN_ROADS, self._wait_in_roads), (ANCHORED, self._anchor), (ALONGSIDE, self._moor)):
            stopping = rows[fleet.bound[rows] == phase]
            if len(stopping):
                places = fleet.stop_lat[stopping], fleet.stop_lon[stopping], fleet.heading[stopping]
                rest(stopping, places, now)

    def rested(self, rows: Rows, now: float) -> None:
        """Vessels whose rest is over: from the roads and the anchorage onwards, from the berth to sea."""
        fleet = self._fleet
        phase = fleet.phase[rows]
        self._make_ready(rows[phase == ALONGSIDE], now)
        self._weigh(rows[(phase == READY) | (phase == IN_ROADS) | (phase == ANCHORED)], now)
        self._get_under_way(rows[phase == TURNING], now)

    def look_ahead(self, rows: Rows) -> None:
        """Set what vessels under way steam for from where they are."""
        fleet = self._fleet
        speed = np.clip(fleet.cruise_kn[rows] + fleet.weather_kn[rows], MIN_CRUISE_KN - 0.5, MAX_CRUISE_KN)
        speed = np.minimum(speed, fleet.way_kn[rows])
        ahead = self._passage.ahead(
            fleet.leg[rows],
            fleet.along_nm[rows],
            fleet.stop_nm[rows],
            speed,
            fleet.haste[rows],
            fleet.acceleration_kn_h[rows],
        )
        fleet.target_kn[rows], fleet.mark_nm[rows], fleet.mark_kn[rows] = ahead

    def _make_ready(self, rows: Rows, now: float) -> None:
        """Cargo done: a new draught, and for bulk the other of laden and in ballast."""
        fleet = self._fleet
        if len(rows):
            fleet.phase[rows] = READY
            fleet.rest_until[rows] = now + _READY_S
            self._load(rows, self._part_laden(rows) < 0.5)
            self._announce(rows, now + _READY_S)

    def _weigh(self, rows: Rows, now: float) -> None:
        """Cast off or heave up the anchor, and turn to where the way leads."""
        fleet = self._fleet
        if not len(rows):
            return
        from_roads = fleet.phase[rows] == IN_ROADS
        self._moorings.release(rows[fleet.phase[rows] == READY])
        self._choose_stop(rows)
        self.steering.join(rows)
        self._come_to(rows, TURNING)
        apart = fleet.path_course[rows] - fleet.heading[rows]
        apart = np.maximum(np.abs((apart + 180.0) % 360.0 - 180.0) - _TURNED_DEG, 0.0)
        detour_nm = (fleet.path_pace[rows] - 1) * (fleet.path_to_nm[rows] - fleet.path_from_nm[rows])
        turns_s = np.where(from_roads, _WEIGHS_S - detour_nm / CANAL_KN * 3600, apart / PIVOT_DEG_MIN * 60)
        fleet.rest_until[rows] = now + turns_s
        fleet.mark_nm[rows] = np.inf

    def _get_under_way(self, rows: Rows, now: float) -> None:
        if len(rows):
            self._come_to(rows, SAILING)
            self._fleet.rest_until[rows] = np.inf
            self.look_ahead(rows)
            self._announce(rows, now)

    def _choose_stop(self, rows: Rows) -> None:
        """Where vessels stop next on their leg: in the roads of the canal, at the anchorage, or at their berth."""
        fleet, lanes, rng = self._fleet, self._lanes, self._rng
        leg, along = fleet.leg[rows], fleet.along_nm[rows]
        draw, part = rng.random(len(rows)), rng.random(len(rows))
        anchorage = np.maximum(lanes.anchorage_nm[leg] - part * QUEUE_NM, 0.5 * lanes.anchorage_nm[leg])
        anchors = (draw < self._cycles.rest.anchors[fleet.vessel_type[rows]]) & (fleet.phase[rows] != ANCHORED)
        anchors &= along < anchorage - 2.0
        waits = self._convoys.waits(leg, along)
        fleet.bound[rows] = np.where(waits, IN_ROADS, np.where(anchors, ANCHORED, ALONGSIDE))
        roads = self._convoys.begins_nm[leg] - ROADS_NM[0] - part * (ROADS_NM[1] - ROADS_NM[0])
        self._stop_at(rows[waits], roads[waits])
        anchors &= ~waits
        self._stop_at(rows[anchors], anchorage[anchors])
        berths = rows[~waits & ~anchors]
        self._moorings.reserve(berths, arriving=True)
        stop = lanes.length_nm[fleet.leg[berths]] - self._moorings.from_end_nm(berths)
        places = self._moorings.berth(berths, stop, arriving=True)
        fleet.stop_nm[berths], fleet.stop_lat[berths], fleet.stop_lon[berths] = stop, places[0], places[1]

    def _stop_at(self, rows: Rows, along_nm: Floats) -> None:
        fleet = self._fleet
        lat, lon, _ = self._moorings.anchorage(rows, along_nm, self._rng)
        fleet.stop_nm[rows], fleet.stop_lat[rows], fleet.stop_lon[rows] = along_nm, lat, lon

    def _come_to(self, rows: Rows, phase: int) -> None:
        self._fleet.phase[rows] = phase
        self._fleet.nav_status[rows] = NAV_STATUS[phase]
        self._fleet.pivot_deg_min[rows] = PIVOT_DEG_MIN if NAV_STATUS[phase] == 0 else 0.0

    def _lie(self, rows: Rows, phase: int, places: Places, until: Floats) -> None:
        fleet = self._fleet
        self._come_to(rows, phase)
        fleet.rest_until[rows] = until
        for column in (fleet.sog, fleet.target_kn, fleet.mark_kn):
            column[rows] = 0.0
        fleet.stop_nm[rows] = fleet.mark_nm[rows] = np.inf
        self.steering.hold(rows, *places)

    def _wait_in_roads(self, rows: Rows, places: Places, now: float) -> None:
        """Book a place in the next convoy, and leave so as to be at the canal in time."""
        fleet = self._fleet
        leg, to_go_nm = fleet.leg[rows], self._convoys.begins_nm[fleet.leg[rows]] - fleet.along_nm[rows]
        way_s = (to_go_nm / CANAL_KN + CANAL_KN / (2 * fleet.acceleration_kn_h[rows])) * 3600 + _WEIGHS_S
        earliest = (now + way_s).tolist()
        until = [self._convoys.book(*pair) for pair in zip(leg.tolist(), earliest, strict=True)] - way_s
        self._lie(rows, IN_ROADS, places, until)
        self._announce(rows, until)

    def _anchor(self, rows: Rows, places: Places, now: float, biased: bool = False) -> None:
        median = self._cycles.rest.wait_s[self._fleet.vessel_type[rows]]
        wait = self._cycles.rest.draw(median, WAIT_SIGMA, self._rng, biased)
        self._lie(rows, ANCHORED, places, now + (wait * self._rng.random(len(rows)) if biased else wait))

    def _moor(self, rows: Rows, places: Places, now: float, biased: bool = False) -> None:
        fleet = self._fleet
        if not biased:
            self._next_leg(rows)
        stay = self._cycles.rest.draw(self._cycles.rest.stay_s[fleet.vessel_type[rows]], STAY_SIGMA, self._rng, biased)
        stay = stay * self._rng.random(len(rows)) if biased else np.maximum(stay, _LEAST_STAY_S)
        fleet.along_nm[rows] = self._moorings.from_end_nm(rows)
        fleet.hint[rows] = self._lanes.first[fleet.leg[rows]]
        self._lie(rows, ALONGSIDE, places, now + np.maximum(stay - _READY_S, 0.0))
        self._announce(rows, now + stay)

    def _next_leg(self, rows: Rows) -> None:
        fleet = self._fleet
        which = self._itineraries[rows]
        chosen = self._itinerary.next(which, fleet.route_place[rows], fleet.leg[rows], self._rng)
        fleet.leg[rows], fleet.route_place[rows] = chosen

    def _part_laden(self, rows: Rows) -> Floats:
        ballast, laden = (column[self._fleet.size_class[rows]] for column in (self._ballast_m, self._laden_m))
        return np.asarray((self._fleet.draught[rows] - ballast) / (laden - ballast))

    def _load(self, rows: Rows, fill: NDArray[np.bool_]) -> None:
        """A new draught, and the speed and acceleration that go with it. Bulk is carried one way only."""
        fleet, rng = self._fleet, self._rng
        part, size = rng.random(len(rows)), fleet.size_class[rows]
        bulk = (fleet.vessel_type[rows] == BULKER) | (fleet.vessel_type[rows] == TANKER)
        part = np.where(bulk, np.where(fill, 1.0 - 0.1 * part, 0.1 * part), part)
        draught = self._ballast_m[size] + part * (self._laden_m[size] - self._ballast_m[size])
        fleet.draught[rows] = np.rint(draught * 10) / 10
        speed = rng.normal(fleet.usual_kn[rows], _VOYAGE_KN) + _LOAD_KN * (0.5 - part)
        fleet.cruise_kn[rows] = np.clip(speed, MIN_CRUISE_KN, MAX_CRUISE_KN)
        large = np.clip((fleet.length_m[rows] - 90.0) / 310.0, 0.0, 1.0)
        fleet.acceleration_kn_h[rows] = (34.0 - 19.0 * large) * (1.1 - 0.2 * part)

    def _announce(self, rows: Rows, start: float | Floats) -> None:
        """Destination and ETA of vessels that sail at `start`."""
        fleet, lanes = self._fleet, self._lanes
        leg, along, own = fleet.leg[rows], fleet.along_nm[rows], (fleet.cruise_kn[rows], fleet.haste[rows])
        waits, canal = self._convoys.waits(leg, along), self._convoys.begins_nm[leg]
        middle = np.where(waits, canal, along)
        start = start + self._passage.hours(leg, along, middle, *own) * 3600
        start = np.where(waits, self._convoys.expected(leg, start), start)
        eta = start + self._passage.hours(leg, middle, lanes.length_nm[leg], *own) * 3600
        fleet.eta[rows] = np.rint(eta / 60) * 60
        for row, port in zip(rows.tolist(), lanes.end_port[leg].tolist(), strict=True):
            fleet.destination[row] = self._names[port]
        fleet.voyage_version[rows] += 1

    def _begin_under_way(self, rows: Rows, hours: Floats, now: float) -> None:
        fleet, leg = self._fleet, self._fleet.leg[rows]
        length = self._lanes.length_nm[leg]
        # Two miles before the end are left, for a berth that is off the end of the lane.
        gone = self._passage.reached(leg, hours, length, fleet.cruise_kn[rows], fleet.haste[rows])
        along = np.minimum(gone, length - 2.0)
        fleet.along_nm[rows], fleet.hint[rows] = along, self._lanes.first[leg]
        begins, ends = self._convoys.begins_nm[leg], self._convoys.ends_nm[leg]
        in_canal = (along >= begins - ROADS_NM[1]) & (along < ends)
        outside = self._begin_in_canal(rows[in_canal], now)
        self._come_to(rows, SAILING)
        fleet.rest_until[rows] = np.inf
        self._choose_stop(rows)
        self.steering.lead(rows)
        self.look_ahead(rows)
        self._begin_speed(rows)
        fleet.heading[rows] = fleet.path_course[rows]
        self._announce(rows, now)
        self._begin_in_roads(outside, now)

    def _begin_in_canal(self, rows: Rows, now: float) -> Rows:
        """Give vessels their places in the convoy that is under way; those for which there is none are returned."""
        fleet, outside = self._fleet, []
        for row, leg in zip(rows.tolist(), fleet.leg[rows].tolist(), strict=True):
            begins, ends = self._convoys.begins_nm[leg], self._convoys.ends_nm[leg]
            hours = (now - self._convoys.entered(leg, now)) / 3600
            gone_nm = hours * (PANAMA_MEAN_KN if self._lanes.passage[leg] == "panama" else CANAL_KN)
            if 0 <= gone_nm < ends - begins:
                fleet.along_nm[row] = begins + gone_nm
            else:
                outside.append(row)
        return np.array(outside, np.intp)

    def _begin_speed(self, rows: Rows) -> None:
        """As fast as a vessel is that began at its leg's start and must pass its next mark."""
        fleet = self._fleet
        along, mark, mark_kn = fleet.along_nm[rows], fleet.mark_nm[rows], fleet.mark_kn[rows]
        twice = 2 * fleet.acceleration_kn_h[rows]
        gained = np.sqrt(twice * np.maximum(along, 0.0))
        near = np.sqrt(mark_kn**2 + twice * np.maximum(mark - along, 0.0))
        fleet.sog[rows] = np.minimum(np.minimum(gained, near), fleet.target_kn[rows])

    def _begin_in_roads(self, rows: Rows, now: float) -> None:
        fleet = self._fleet
        begins = self._convoys.begins_nm[fleet.leg[rows]]
        fleet.along_nm[rows] = begins - self._rng.uniform(*ROADS_NM, len(rows))
        self._wait_in_roads(rows, self._moorings.anchorage(rows, fleet.along_nm[rows], self._rng), now)

    def _begin_anchored(self, rows: Rows, now: float) -> None:
        fleet, lanes = self._fleet, self._lanes
        anchorage = lanes.anchorage_nm[fleet.leg[rows]]
        along = np.maximum(anchorage - self._rng.random(len(rows)) * QUEUE_NM, 0.5 * anchorage)
        fleet.along_nm[rows], fleet.hint[rows] = along, lanes.first[fleet.leg[rows]]
        self._anchor(rows, self._moorings.anchorage(rows, along, self._rng), now, biased=True)
        self._announce(rows, fleet.rest_until[rows])

    def _begin_alongside(self, rows: Rows, now: float) -> None:
        self._moorings.reserve(rows, arriving=False)
        lat, lon, course = self._moorings.berth(rows, self._moorings.from_end_nm(rows), arriving=False)
        self._moor(rows, (lat, lon, (course + 180.0) % 360.0), now, biased=True)
