"""Port stays: durations at berths and anchorages by type, and their share of a vessel's cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world.convoys import DAY_S, MEAN_WAIT_S
from sim.world.fleet import Fleet
from sim.world.itinerary import Itinerary, itineraries
from sim.world.passage import Passage
from sim.world.vessel_types import BULKER, CONTAINER, GENERAL_CARGO, SIZE_CLASSES, TANKER

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

PORT_SHARE: Final = 0.20
ANCHOR_SHARE: Final = 0.10
_STAY_DAYS: Final = {CONTAINER: 0.7, BULKER: 2.05, GENERAL_CARGO: 1.1, TANKER: 0.95}
"""Median stay at a berth by type."""
_WAIT_DAYS: Final = {CONTAINER: 0.4, BULKER: 0.9, GENERAL_CARGO: 0.4, TANKER: 0.7}
_ANCHORS_FIRST: Final = {CONTAINER: 0.2, BULKER: 1.0, GENERAL_CARGO: 0.35, TANKER: 1.0}
"""Probability that a vessel waits at the anchorage before it berths."""
STAY_SIGMA: Final = 0.5
WAIT_SIGMA: Final = 0.8


@dataclass(frozen=True, slots=True)
class PortStay:
    """Log-normal stays, float64[types]: medians in seconds by type, calibrated to the fleet's shares at rest."""

    stay_s: Floats
    wait_s: Floats
    anchors: Floats

    def draw(self, median_s: Floats, sigma: float, rng: np.random.Generator, biased: bool = False) -> Floats:
        """Draw durations in seconds; `biased`: weighted by length, as an observer samples them at a random moment."""
        shift = sigma * sigma if biased else 0.0
        return np.asarray(median_s * np.exp(rng.normal(shift, sigma, len(median_s))))

    def means_s(self, kind: NDArray[Any]) -> tuple[Floats, Floats]:
        """Return the mean seconds at the anchorage and at the berth for vessels of these types."""
        wait = self.wait_s[kind] * np.exp(WAIT_SIGMA**2 / 2) * self.anchors[kind]
        return wait, self.stay_s[kind] * np.exp(STAY_SIGMA**2 / 2)


class Cycles:
    """Mean times that the vessels of `fleet` spend at sea, waiting and moored."""

    def __init__(self, fleet: Fleet, lanes: Lanes, passage: Passage, itinerary: Itinerary) -> None:
        self._fleet, self._lanes, self._passage, self._itinerary = fleet, lanes, passage, itinerary
        self._itineraries = itineraries(fleet)
        self._mean_kn = np.array([item.mean_kn for item in SIZE_CLASSES])
        self._road_s = np.where(np.isfinite(lanes.canal[:, 0]), MEAN_WAIT_S, 0.0)
        self.stays = self._calibrated()

    def groups(self) -> list[Rows]:
        """Return the rows of each group of vessels with the same itinerary and type, and thus the same cycle."""
        fleet = self._fleet
        key = self._itineraries.astype(np.int64) * 16 + fleet.vessel_type
        return [np.flatnonzero(key == value) for value in np.unique(key)]

    def itinerary_of(self, group: Rows) -> int:
        """Return the itinerary of a group."""
        return int(self._itineraries[group[0]])

    def of_group(self, group: Rows) -> Floats:
        """Return mean seconds at sea, in roads, at anchor and moored, float64[4, legs], on each leg of a group."""
        return self._of_group(group, self.stays)

    def own(self, rows: Rows) -> tuple[Floats, Floats, Floats, Floats]:
        """Return seconds at sea, in roads, at anchor and moored of vessels on their current legs."""
        fleet, leg = self._fleet, self._fleet.leg[rows]
        own = fleet.cruise_kn[rows], fleet.limit_share[rows]
        hours = self._passage.hours(leg, np.zeros(len(rows)), self._lanes.length_nm[leg], *own)
        return hours * 3600, self._road_s[leg], *self.stays.means_s(fleet.vessel_type[rows])

    def _of_group(self, group: Rows, stays: PortStay) -> Floats:
        legs = self._itinerary.legs(self.itinerary_of(group))
        kind = np.array([int(self._fleet.vessel_type[group[0]])])
        means = self._mean_kn[self._fleet.size_class[group]].mean(), self._fleet.limit_share[group].mean()
        own = (np.full(len(legs), mean) for mean in means)
        at_sea_s = self._passage.hours(legs, np.zeros(len(legs)), self._lanes.length_nm[legs], *own) * 3600
        return np.stack([at_sea_s, self._road_s[legs], *(np.full(len(legs), mean) for mean in stays.means_s(kind))])

    def _calibrated(self) -> PortStay:
        """Scale stays and waits until the fleet's shares at rest match PORT_SHARE and ANCHOR_SHARE."""
        tables = (np.array([table[kind] for kind in range(4)]) for table in (_STAY_DAYS, _WAIT_DAYS, _ANCHORS_FIRST))
        stay_days, wait_days, anchors = tables
        stays = PortStay(stay_days * DAY_S, wait_days * DAY_S, anchors)
        groups = [(group, self._itinerary.visits(self.itinerary_of(group))) for group in self.groups()]
        for _ in range(40):
            found = np.zeros(4)
            for group, visits in groups:
                cycle = self._of_group(group, stays) @ visits
                found += cycle / cycle.sum() * len(group)
            found /= max(found.sum(), 1e-9)
            wait_share = max(ANCHOR_SHARE - float(found[1]), 0.3 * ANCHOR_SHARE)
            stays = PortStay(stays.stay_s * PORT_SHARE / found[3], stays.wait_s * wait_share / found[2], anchors)
        return stays
