"""Voyages: what a vessel does next. At sea, perhaps at anchor, moored, then the next leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sea.lanes import Lanes
from sea.ports import Port
from sim.fleet import (
    AT_ANCHOR,
    BULKER,
    CONTAINER,
    GENERAL_CARGO,
    MAX_CRUISE_KN,
    MIN_CRUISE_KN,
    MOORED,
    SIZE_CLASSES,
    TANKER,
    UNDER_WAY,
    Fleet,
)
from sim.itinerary import Itinerary
from sim.passage import ACCELERATION_KN_H, Passage

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

PORT_SHARE: Final = 0.20
ANCHOR_SHARE: Final = 0.10
_DAY_S: Final = 86400.0
_STAY_DAYS: Final = {CONTAINER: 0.7, BULKER: 2.05, GENERAL_CARGO: 1.1, TANKER: 0.95}
"""Median stay at a berth by type."""
_WAIT_DAYS: Final = {CONTAINER: 0.4, BULKER: 0.9, GENERAL_CARGO: 0.4, TANKER: 0.7}
_ANCHORS_FIRST: Final = {CONTAINER: 0.2, BULKER: 1.0, GENERAL_CARGO: 0.35, TANKER: 1.0}
"""Probability that a vessel waits at the anchorage before it berths."""
_STAY_SIGMA: Final = 0.5
_WAIT_SIGMA: Final = 0.8
_QUEUE_NM: Final = 3.0
"""Vessels at anchor spread over so much of the lane before the anchorage."""
_CRUISE_SIGMA_KN: Final = 1.1
TURN_AT_REST_DEG_MIN: Final = 20.0
TURN_UNDER_WAY_DEG_MIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Log-normal stays by type, uint8 code -> median in seconds, calibrated so that a fleet has the wanted shares."""

    stay_s: Floats
    wait_s: Floats
    anchors: Floats

    def draw(self, median_s: Floats, sigma: float, rng: np.random.Generator, biased: bool = False) -> Floats:
        """Durations in seconds; `biased` as an observer finds them at a random moment: in proportion to length."""
        shift = sigma * sigma if biased else 0.0
        return np.asarray(median_s * np.exp(rng.normal(shift, sigma, len(median_s))))


class Voyages:
    """Decides for the vessels that change state. All randomness comes from `rng`."""

    def __init__(
        self, fleet: Fleet, lanes: Lanes, ports: Sequence[Port], passage: Passage, rng: np.random.Generator
    ) -> None:
        self._fleet, self._lanes, self._passage, self._rng = fleet, lanes, passage, rng
        self._names = [port.name for port in ports]
        self._itinerary = Itinerary(lanes)
        self._mean_kn = np.array([item.mean_kn for item in SIZE_CLASSES])
        self._laden_m = np.array([item.laden_m for item in SIZE_CLASSES])
        self._ballast_m = np.array([item.ballast_m for item in SIZE_CLASSES])
        self._rest = self._calibrated()

    def begin(self, now: float) -> None:
        """Place every vessel somewhere in its cycle, as a fleet that has sailed for ever would be found."""
        fleet, rng = self._fleet, self._rng
        rows = np.arange(len(fleet))
        self._choose_speed(rows)
        for group in self._groups():
            weight = self._cycle_s(group).sum(axis=0)
            fleet.leg[group], fleet.route_place[group] = self._itinerary.draw(
                int(fleet.route[group[0]]), weight, len(group), rng
            )
        sea_s, wait_s, stay_s = self._own_cycle_s(rows)
        moment = rng.random(len(rows)) * (sea_s + wait_s + stay_s)
        at_berth, waiting = moment >= sea_s + wait_s, (moment >= sea_s) & (moment < sea_s + wait_s)
        self._load(rows)
        self._moor(rows[at_berth], now, biased=True)
        self._sail(rows[~at_berth], now)
        sailing = np.flatnonzero(~at_berth & ~waiting)
        self._place_under_way(sailing, moment[sailing] / 3600, now)
        self._anchor_from_the_start(rows[waiting], now)
        fleet.lat[:], fleet.lon[:], fleet.heading[:], fleet.hint[:] = self._lanes.position(
            fleet.leg, fleet.along_nm, fleet.hint
        )
        fleet.cog[:] = fleet.heading

    def reached(self, rows: Rows, now: float) -> None:
        """Vessels that passed a mark: steam for the next one, or come to rest."""
        fleet = self._fleet
        stopped = fleet.along_nm[rows] >= fleet.stop_nm[rows] - 1e-7
        self._look_ahead(rows[~stopped])
        rows = rows[stopped]
        berthed = fleet.stop_nm[rows] >= self._lanes.length_nm[fleet.leg[rows]] - 1e-7
        self._anchor(rows[~berthed], now)
        rows = rows[berthed]
        if len(rows):
            self._next_leg(rows)
            self._load(rows)
            self._moor(rows, now)

    def rested(self, rows: Rows, now: float) -> None:
        """Vessels whose rest is over: from the anchorage to the berth, from the berth to sea."""
        fleet = self._fleet
        anchored = fleet.nav_status[rows] == AT_ANCHOR
        self._sail(rows[~anchored], now)
        rows = rows[anchored]
        fleet.stop_nm[rows] = self._lanes.length_nm[fleet.leg[rows]]
        self._get_under_way(rows, now)

    def _sail(self, rows: Rows, now: float) -> None:
        fleet, rng = self._fleet, self._rng
        leg = fleet.leg[rows]
        anchors = rng.random(len(rows)) < self._rest.anchors[fleet.vessel_type[rows]]
        queue_nm = rng.random(len(rows)) * _QUEUE_NM
        anchorage_nm = np.maximum(self._lanes.anchorage_nm[leg] - queue_nm, 0.5 * self._lanes.anchorage_nm[leg])
        fleet.stop_nm[rows] = np.where(anchors, anchorage_nm, self._lanes.length_nm[leg])
        self._get_under_way(rows, now)

    def _get_under_way(self, rows: Rows, now: float) -> None:
        fleet = self._fleet
        fleet.nav_status[rows] = UNDER_WAY
        fleet.rest_until[rows] = np.inf
        fleet.turn_limit[rows] = TURN_UNDER_WAY_DEG_MIN
        self._look_ahead(rows)
        self._announce(rows, now)

    def _look_ahead(self, rows: Rows) -> None:
        fleet = self._fleet
        ahead = self._passage.ahead(fleet.leg[rows], fleet.along_nm[rows], fleet.stop_nm[rows], fleet.cruise_kn[rows])
        fleet.target_kn[rows], fleet.mark_nm[rows], fleet.mark_kn[rows] = ahead

    def _come_to_rest(self, rows: Rows, status: int, until: Floats) -> None:
        fleet = self._fleet
        fleet.nav_status[rows] = status
        fleet.rest_until[rows] = until
        fleet.turn_limit[rows] = TURN_AT_REST_DEG_MIN
        for column in (fleet.sog, fleet.target_kn, fleet.mark_kn):
            column[rows] = 0.0
        fleet.stop_nm[rows] = fleet.mark_nm[rows] = np.inf

    def _anchor(self, rows: Rows, now: float, biased: bool = False) -> None:
        median = self._rest.wait_s[self._fleet.vessel_type[rows]]
        wait = self._rest.draw(median, _WAIT_SIGMA, self._rng, biased)
        self._come_to_rest(rows, AT_ANCHOR, now + (wait * self._rng.random(len(rows)) if biased else wait))

    def _moor(self, rows: Rows, now: float, biased: bool = False) -> None:
        fleet = self._fleet
        stay = self._rest.draw(self._rest.stay_s[fleet.vessel_type[rows]], _STAY_SIGMA, self._rng, biased)
        until = now + (stay * self._rng.random(len(rows)) if biased else np.maximum(stay, 3600.0))
        fleet.along_nm[rows] = 0.0
        fleet.hint[rows] = self._lanes.first[fleet.leg[rows]]
        self._come_to_rest(rows, MOORED, until)
        self._announce(rows, until)

    def _next_leg(self, rows: Rows) -> None:
        fleet = self._fleet
        chosen = self._itinerary.next(fleet.route[rows], fleet.route_place[rows], fleet.leg[rows], self._rng)
        fleet.leg[rows], fleet.route_place[rows] = chosen
        self._choose_speed(rows)

    def _choose_speed(self, rows: Rows) -> None:
        fleet = self._fleet
        speed = self._rng.normal(self._mean_kn[fleet.size_class[rows]], _CRUISE_SIGMA_KN)
        fleet.cruise_kn[rows] = np.clip(speed, MIN_CRUISE_KN, MAX_CRUISE_KN)

    def _load(self, rows: Rows) -> None:
        fleet = self._fleet
        part, size = self._rng.random(len(rows)), fleet.size_class[rows]
        bulk = (fleet.vessel_type[rows] == BULKER) | (fleet.vessel_type[rows] == TANKER)
        part = np.where(bulk, np.rint(part) - 0.1 * (part - 0.5), part)
        draught = self._ballast_m[size] + np.clip(part, 0, 1) * (self._laden_m[size] - self._ballast_m[size])
        fleet.draught[rows] = np.rint(draught * 10) / 10

    def _announce(self, rows: Rows, start: float | Floats) -> None:
        """Destination and ETA of vessels that sail at `start`."""
        fleet, lanes = self._fleet, self._lanes
        leg = fleet.leg[rows]
        hours = self._passage.hours(leg, fleet.along_nm[rows], lanes.length_nm[leg], fleet.cruise_kn[rows])
        fleet.eta[rows] = np.rint((start + hours * 3600) / 60) * 60
        for row, port in zip(rows.tolist(), lanes.end_port[leg].tolist(), strict=True):
            fleet.destination[row] = self._names[port]
        fleet.voyage_version[rows] += 1

    def _place_under_way(self, rows: Rows, hours: Floats, now: float) -> None:
        fleet, leg = self._fleet, self._fleet.leg[rows]
        length = self._lanes.length_nm[leg]
        along = np.minimum(self._passage.reached(leg, hours, length, fleet.cruise_kn[rows]), length - 0.02)
        passed = along >= fleet.stop_nm[rows] - 0.02
        fleet.stop_nm[rows] = np.where(passed, length, fleet.stop_nm[rows])
        fleet.along_nm[rows], fleet.hint[rows] = along, self._hint(leg, along)
        self._look_ahead(rows)
        room = 2 * ACCELERATION_KN_H * np.minimum(along, fleet.mark_nm[rows] - along + 1e9 * (fleet.mark_kn[rows] > 0))
        near = fleet.mark_kn[rows] ** 2 + 2 * ACCELERATION_KN_H * np.maximum(fleet.mark_nm[rows] - along, 0.0)
        fleet.sog[rows] = np.sqrt(np.minimum(np.minimum(room, near), fleet.target_kn[rows] ** 2))
        self._announce(rows, now)

    def _anchor_from_the_start(self, rows: Rows, now: float) -> None:
        fleet, leg = self._fleet, self._fleet.leg[rows]
        anchorage_nm = self._lanes.anchorage_nm[leg]
        stop = np.where(fleet.stop_nm[rows] < self._lanes.length_nm[leg], fleet.stop_nm[rows], anchorage_nm)
        fleet.along_nm[rows], fleet.hint[rows] = stop, self._hint(leg, stop)
        self._anchor(rows, now, biased=True)

    def _hint(self, leg: NDArray[np.int32], along_nm: Floats) -> NDArray[np.int32]:
        lanes = self._lanes
        hint = np.empty(len(leg), np.int32)
        for at, (which, along) in enumerate(zip(leg.tolist(), along_nm.tolist(), strict=True)):
            first, last = int(lanes.first[which]), int(lanes.first[which] + lanes.count[which])
            place = int(np.searchsorted(lanes.along_nm[first:last], along, side="right")) - 1
            hint[at] = first + min(max(place, 0), last - first - 2)
        return hint

    def _groups(self) -> list[Rows]:
        """Rows that share route and type, and so their cycle."""
        fleet = self._fleet
        key = fleet.route.astype(np.int64) * 16 + fleet.vessel_type
        return [np.flatnonzero(key == value) for value in np.unique(key)]

    def _cycle_s(self, group: Rows) -> Floats:
        """Mean seconds at sea, waiting and moored, float64[3, legs], on each leg that a group may sail."""
        legs = self._itinerary.legs(int(self._fleet.route[group[0]]))
        kind = int(self._fleet.vessel_type[group[0]])
        cruise = np.full(len(legs), self._mean_kn[self._fleet.size_class[group]].mean())
        sea = self._passage.hours(legs, np.zeros(len(legs)), self._lanes.length_nm[legs], cruise) * 3600
        return np.stack([sea, *(np.full(len(legs), mean) for mean in self._means_s(np.array([kind])))])

    def _own_cycle_s(self, rows: Rows) -> tuple[Floats, Floats, Floats]:
        fleet, leg = self._fleet, self._fleet.leg[rows]
        hours = self._passage.hours(leg, np.zeros(len(rows)), self._lanes.length_nm[leg], fleet.cruise_kn[rows])
        wait, stay = self._means_s(fleet.vessel_type[rows])
        return hours * 3600, wait, stay

    def _means_s(self, kind: NDArray[np.integer]) -> tuple[Floats, Floats]:
        wait = self._rest.wait_s[kind] * np.exp(_WAIT_SIGMA**2 / 2) * self._rest.anchors[kind]
        return wait, self._rest.stay_s[kind] * np.exp(_STAY_SIGMA**2 / 2)

    def _calibrated(self) -> Rest:
        """Stays and waits in proportion by type, scaled until the fleet's shares at rest are those wanted."""
        tables = (np.array([table[kind] for kind in range(4)]) for table in (_STAY_DAYS, _WAIT_DAYS, _ANCHORS_FIRST))
        stay_days, wait_days, anchors = tables
        self._rest = Rest(stay_days * _DAY_S, wait_days * _DAY_S, anchors)
        groups = self._groups()
        for _ in range(40):
            found = np.zeros(3)
            for group in groups:
                cycle = self._cycle_s(group) @ self._itinerary.visits(int(self._fleet.route[group[0]]))
                found += cycle / cycle.sum() * len(group)
            found /= max(found.sum(), 1e-9)
            stay = self._rest.stay_s * PORT_SHARE / found[2]
            self._rest = Rest(stay, self._rest.wait_s * ANCHOR_SHARE / found[1], anchors)
        return self._rest
