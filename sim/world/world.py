"""The simulated truth: a fleet on the sea lanes, advanced step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port, load_ports
from sim.world import motion
from sim.world.composition import make_fleet
from sim.world.encounters import Encounters
from sim.world.fleet import ALONGSIDE, MOORED, Fleet
from sim.world.placement import Placement
from sim.world.voyages import Voyages
from sim.world.weather import Weather

MAX_STEP_S: Final = 60.0
_BLOCK: Final = 16_384
"""Rows per step: their columns fit in the processor's cache."""


class World:
    """A fleet of `size` vessels at `now` (Unix seconds). The same seed, size, start and steps give the same world.

    `shares`, if given, replaces the default shares of the vessel types.

    Attributes:
        fleet: the vessels; read-only outside this package.
        lanes, ports: the chart.
        now: simulated time, Unix seconds.

    """

    def __init__(
        self,
        seed: int,
        size: int,
        now: float,
        lanes: Lanes | None = None,
        ports: Sequence[Port] | None = None,
        shares: Mapping[str, float] | None = None,
    ) -> None:
        rng = np.random.default_rng(seed)
        self.lanes = Lanes.load() if lanes is None else lanes
        self.ports: Sequence[Port] = load_ports() if ports is None else ports
        self.now = now
        self.fleet: Fleet = make_fleet(size, self.lanes, rng, shares)
        self._weather = Weather(self.fleet, np.random.default_rng([seed, 2]))
        self._voyages = Voyages(self.fleet, self.lanes, self.ports, rng)
        self._encounters = Encounters(self.fleet, self.lanes)
        Placement(self.fleet, self.lanes, self._voyages, rng).place(now)
        self._place(0.0)
        self._next_rested = float(self.fleet.rest_until.min(initial=np.inf))

    def step(self, dt: float) -> None:
        """Advance by `dt` seconds.

        Raises:
            ValueError: If `dt` is not in (0, 60].

        """
        if not 0 < dt <= MAX_STEP_S:
            raise ValueError(f"step of {dt} s is outside 0 to {MAX_STEP_S:.0f} s")
        before, self.now = self.now, self.now + dt
        for changed in (self._weather.change(before, self.now), self._encounters.change(before, self.now)):
            if len(changed):
                self._voyages.look_ahead(changed)
        self._advance(dt)
        self._place(dt)

    def retire(self, row: int) -> None:
        """Remove a vessel permanently; its row stays, without an MMSI and motionless."""
        fleet = self.fleet
        fleet.mmsi[row], fleet.nav_status[row], fleet.phase[row] = 0, MOORED, ALONGSIDE
        fleet.berth_port[row] = fleet.berth[row] = -1
        for column in (fleet.sog, fleet.target_kn, fleet.mark_kn, fleet.pivot_deg_min):
            column[row] = 0.0
        for column in (fleet.mark_nm, fleet.stop_nm, fleet.rest_until):
            column[row] = np.inf

    def _advance(self, dt: float) -> None:
        """Move every vessel along its lane; handle those that passed a mark or end a rest."""
        fleet, reached, crossed = self.fleet, [], []
        for rows in self._blocks():
            motion.advance(fleet, rows, dt)
            along = fleet.along_nm[rows]
            reached.append(rows.start + np.flatnonzero(along >= fleet.mark_nm[rows]))
            crossed.append(rows.start + np.flatnonzero(along > fleet.path_to_nm[rows]))
        ends, marks = np.concatenate(crossed), np.concatenate(reached)
        if len(ends):
            self._voyages.steering.follow(ends)
        if len(marks):
            self._voyages.pass_marks(marks, self.now)
        rest_over = self.now >= self._next_rested
        if rest_over:
            self._voyages.end_rests(np.flatnonzero(fleet.rest_until <= self.now), self.now)
        if rest_over or len(marks):
            self._next_rested = float(fleet.rest_until.min())

    def _place(self, dt: float) -> None:
        """Set every vessel's position and heading from its distance along the lane; `dt` 0 sets the heading at once."""
        fleet = self.fleet
        for rows in self._blocks():
            course = motion.place(fleet, rows)
            if dt:
                motion.steer(fleet, rows, course, dt)
            else:
                fleet.heading[rows] = (course + fleet.set_deg[rows] * (fleet.sog[rows] > 0)) % 360.0
                fleet.cog[rows] = np.where(fleet.sog[rows] > 0, course, fleet.heading[rows])

    def _blocks(self) -> Iterator[slice]:
        return (slice(start, start + _BLOCK) for start in range(0, len(self.fleet), _BLOCK))
