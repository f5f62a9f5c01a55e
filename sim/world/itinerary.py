"""Itineraries: the order of legs on a route, and for vessels without a route."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world.fleet import Fleet
from sim.world.vessel_types import SIZE_CLASSES

Rows = NDArray[np.intp]
Ints = NDArray[np.int32]

FREE: Final = -1
FREE_BUT_PANAMA: Final = -2
"""Itineraries of vessels without a route: all free legs, or all but those through Panama for vessels too wide."""
_FITS_PANAMA: Final = np.array([item.fits_panama for item in SIZE_CLASSES])


def itineraries(fleet: Fleet) -> NDArray[np.int16]:
    """Return each vessel's itinerary, int16[n]: the number of its route, FREE or FREE_BUT_PANAMA."""
    narrow = _FITS_PANAMA[fleet.size_class]
    return np.where((fleet.route < 0) & ~narrow, FREE_BUT_PANAMA, fleet.route).astype(np.int16)


class Itinerary:
    """The order of legs. A route repeats out and back; a vessel without a route draws from its port's free legs.

    `which` is what `itineraries` returns.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._start, self._end = np.asarray(lanes.start_port), np.asarray(lanes.end_port)
        self._cycles = [self._cycle(route.legs_out + route.legs_back) for route in lanes.routes]
        free = {FREE: np.asarray(lanes.kind) != "route"}
        free[FREE_BUT_PANAMA] = free[FREE] & (np.asarray(lanes.passage) != "panama")
        ports = int(max(self._start.max(), self._end.max())) + 1
        self._choices = {which: [self._leaving(port, legs) for port in range(ports)] for which, legs in free.items()}
        self._free_legs = {
            which: np.unique(np.concatenate(choices)).astype(np.intp) for which, choices in self._choices.items()
        }
        self._free_visits = {which: self._stationary(which) for which in free}

    def legs(self, which: int) -> Rows:
        """Return the legs of a route in order, or all legs of vessels without a route."""
        return self._free_legs[which] if which < 0 else self._cycles[which]

    def visits(self, which: int) -> NDArray[np.float64]:
        """Return the long-run frequency of each of `legs(which)`; sums to 1."""
        if which < 0:
            return self._free_visits[which]
        return np.full(len(self._cycles[which]), 1 / len(self._cycles[which]))

    def draw(
        self, which: int, weight_s: NDArray[np.float64], count: int, rng: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Draw the legs, and their places in the cycle, of `count` vessels at a random moment, int32[count] each."""
        chance = self.visits(which) * weight_s
        place = rng.choice(len(chance), count, p=chance / chance.sum())
        legs = self.legs(which)[place].astype(np.int32)
        return legs, (place if which >= 0 else np.zeros(count)).astype(np.int32)

    def next(self, which: NDArray[np.int16], place: Ints, leg: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Return the leg after `leg`, and its place in the cycle, int32[k] each."""
        legs, places = np.empty(len(leg), np.int32), np.zeros(len(leg), np.int32)
        for at, (each, here, old) in enumerate(zip(which.tolist(), place.tolist(), leg.tolist(), strict=True)):
            if each >= 0:
                places[at] = (here + 1) % len(self._cycles[each])
                legs[at] = self._cycles[each][places[at]]
            else:
                choices = self._choices[each][self._end[old]]
                legs[at] = choices[int(rng.random() * len(choices))]
        return legs, places

    def _cycle(self, legs: tuple[int, ...]) -> Rows:
        """Return the legs in an order in which each starts at the end of the one before."""
        left, ordered = list(legs[1:]), [legs[0]]
        while left:
            port = self._end[ordered[-1]]
            following = next((leg for leg in left if self._start[leg] == port), None)
            if following is None:
                raise ValueError(f"no leg of the route starts at the end of leg {ordered[-1]}")
            ordered.append(following)
            left.remove(following)
        return np.array(ordered, np.intp)

    def _leaving(self, port: int, allowed: NDArray[np.bool_]) -> Rows:
        leaving = np.flatnonzero(self._start == port)
        free = leaving[allowed[leaving]]
        return free if len(free) else leaving

    def _stationary(self, which: int) -> NDArray[np.float64]:
        """Return the long-run frequency of each free leg: the Markov chain of ports, by power iteration."""
        leaving, legs = self._choices[which], self._free_legs[which]
        ports = len(leaving)
        step = np.zeros((ports, ports))
        for port, choices in enumerate(leaving):
            np.add.at(step[port], self._end[choices], 1 / max(len(choices), 1))
        share = np.full(ports, 1 / ports)
        for _ in range(2000):
            # Half a step at a time: a chain that alternates between two ports would not converge.
            share = 0.5 * (share + share @ step)
        visits = np.array([share[self._start[leg]] / len(leaving[self._start[leg]]) for leg in legs])
        return np.asarray(visits / visits.sum())
