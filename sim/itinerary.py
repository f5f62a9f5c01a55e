"""Itinerary: which leg follows which, on a route and for vessels that are free to choose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sea.lanes import Lanes

Rows = NDArray[np.intp]
Ints = NDArray[np.int32]


class Itinerary:
    """The order of legs. A route is sailed out and back for ever; a free vessel draws from its port's free legs."""

    def __init__(self, lanes: Lanes) -> None:
        self._start, self._end = np.asarray(lanes.start_port), np.asarray(lanes.end_port)
        self._cycles = [self._cycle(route.legs_out + route.legs_back) for route in lanes.routes]
        kind = np.asarray(lanes.kind)
        ports = int(max(self._start.max(), self._end.max())) + 1
        self._choices = [self._leaving(port, kind) for port in range(ports)]
        self._free_legs = np.unique(np.concatenate(self._choices)).astype(np.intp)
        self._free_visits = self._stationary()

    def legs(self, route: int) -> Rows:
        """The legs of `route`, in order; of all free vessels where it is -1."""
        return self._free_legs if route < 0 else self._cycles[route]

    def visits(self, route: int) -> NDArray[np.float64]:
        """How often each of `legs(route)` is sailed in the long run; sums to 1."""
        if route < 0:
            return self._free_visits
        return np.full(len(self._cycles[route]), 1 / len(self._cycles[route]))

    def draw(
        self, route: int, weight_s: NDArray[np.float64], count: int, rng: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Legs (and their places in the cycle) where `count` vessels are found at a random moment."""
        chance = self.visits(route) * weight_s
        place = rng.choice(len(chance), count, p=chance / chance.sum())
        legs = self.legs(route)[place].astype(np.int32)
        return legs, (place if route >= 0 else np.zeros(count)).astype(np.int32)

    def next(self, route: NDArray[np.int16], place: Ints, leg: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """The leg after `leg`, and its place in the cycle, int32[k] each."""
        legs, places = np.empty(len(leg), np.int32), np.zeros(len(leg), np.int32)
        for at, (which, here, old) in enumerate(zip(route.tolist(), place.tolist(), leg.tolist(), strict=True)):
            if which >= 0:
                places[at] = (here + 1) % len(self._cycles[which])
                legs[at] = self._cycles[which][places[at]]
            else:
                choices = self._choices[self._end[old]]
                legs[at] = choices[int(rng.random() * len(choices))]
        return legs, places

    def _cycle(self, legs: tuple[int, ...]) -> Rows:
        """The legs in an order in which each starts where the one before ended."""
        left, ordered = list(legs[1:]), [legs[0]]
        while left:
            port = self._end[ordered[-1]]
            following = next((leg for leg in left if self._start[leg] == port), None)
            if following is None:
                raise ValueError(f"route breaks off after leg {ordered[-1]}")
            ordered.append(following)
            left.remove(following)
        return np.array(ordered, np.intp)

    def _leaving(self, port: int, kind: NDArray[np.str_]) -> Rows:
        leaving = np.flatnonzero(self._start == port)
        free = leaving[kind[leaving] != "route"]
        return free if len(free) else leaving

    def _stationary(self) -> NDArray[np.float64]:
        """Long-run frequency of each free leg: the Markov chain of ports, by power iteration."""
        ports = len(self._choices)
        step = np.zeros((ports, ports))
        for port, choices in enumerate(self._choices):
            np.add.at(step[port], self._end[choices], 1 / max(len(choices), 1))
        share = np.full(ports, 1 / ports)
        for _ in range(2000):
            # Half a step at a time: a chain that goes to and fro would never settle.
            share = 0.5 * (share + share @ step)
        visits = np.array([share[self._start[leg]] / len(self._choices[self._start[leg]]) for leg in self._free_legs])
        return np.asarray(visits / visits.sum())
