"""World: the simulated truth. A fleet on the sea lanes, advanced step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from sea.lanes import Lanes
from sea.ports import Port, load_ports
from sim import motion
from sim.fleet import MOORED, Fleet, make_fleet
from sim.passage import Passage
from sim.voyages import Voyages

MAX_STEP_S: Final = 60.0


class World:
    """`size` vessels at `now` (Unix seconds). Same seed, size, start and steps: same world.

    `shares` by type of vessel, if given, replace the usual ones.

    Attributes:
        fleet: the vessels; read only for others.
        lanes, ports: the chart they sail on.
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
        self._voyages = Voyages(self.fleet, self.lanes, self.ports, Passage(self.lanes), rng)
        self._voyages.begin(now)
        self._next_rested = float(self.fleet.rest_until.min(initial=np.inf))

    def step(self, dt: float) -> None:
        """Advance by `dt` seconds.

        Raises:
            ValueError: `dt` is not in (0, 60].

        """
        if not 0 < dt <= MAX_STEP_S:
            raise ValueError(f"step of {dt} s; steps are longer than 0 and at most {MAX_STEP_S:.0f} s")
        fleet = self.fleet
        self.now += dt
        fleet.sog, fleet.along_nm = motion.advance(
            fleet.sog, fleet.along_nm, fleet.target_kn, fleet.mark_nm, fleet.mark_kn, dt
        )
        self._change_state()
        fleet.lat, fleet.lon, course, fleet.hint = self.lanes.position(fleet.leg, fleet.along_nm, fleet.hint)
        fleet.heading, fleet.rot = motion.turn(fleet.heading, course, fleet.turn_limit, dt)
        fleet.cog = np.where(fleet.sog > 0, course, fleet.heading)

    def retire(self, row: int) -> None:
        """Take a vessel out for good; its row stays, without an MMSI, and never moves again."""
        fleet = self.fleet
        fleet.mmsi[row], fleet.nav_status[row] = 0, MOORED
        for column in (fleet.sog, fleet.target_kn, fleet.mark_kn):
            column[row] = 0.0
        for column in (fleet.mark_nm, fleet.stop_nm, fleet.rest_until):
            column[row] = np.inf

    def _change_state(self) -> None:
        """Decide for the few vessels that passed a mark or whose rest is over."""
        fleet = self.fleet
        reached = np.flatnonzero(fleet.along_nm >= fleet.mark_nm)
        if len(reached):
            self._voyages.reached(reached, self.now)
        if self.now >= self._next_rested:
            self._voyages.rested(np.flatnonzero(fleet.rest_until <= self.now), self.now)
        if len(reached) or self.now >= self._next_rested:
            self._next_rested = float(fleet.rest_until.min())
