"""Weather: effects of wind, sea and current on each vessel's speed and heading, updated every ten minutes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.world.fleet import SAILING, Fleet

Rows = NDArray[np.intp]

EVERY_S: Final = 600
MAX_KN: Final = 0.5
MAX_SET_DEG: Final = 8.0
_PERSISTENCE: Final = 0.95
"""Coefficient of the AR(1) process for ten minutes: its memory is about three hours."""
_SPEED_KN: Final = 0.3
_SET_DEG: Final = 2.6


class Weather:
    """An AR(1) process for each vessel of `fleet`; all random numbers come from `rng`, which nothing else uses."""

    def __init__(self, fleet: Fleet, rng: np.random.Generator) -> None:
        self._fleet, self._rng = fleet, rng
        start = rng.normal(0.0, 1.0, (len(fleet), 2))
        self._write(np.arange(len(fleet)), start)
        fleet.set_deg[:] = fleet.set_wanted_deg

    def change(self, before: float, now: float) -> Rows:
        """Update the vessels due between `before` and `now`; return the rows of those under way.

        Each vessel has a fixed second, so that steps of any length draw the same numbers for the same vessels.
        """
        fleet = self._fleet
        turns = np.arange(int(before) + 1, int(now) + 1) % EVERY_S
        rows = (turns[:, None] + np.arange(0, len(fleet), EVERY_S)[None]).ravel()
        rows = rows[rows < len(fleet)]
        if not len(rows):
            return rows
        state = np.stack([fleet.weather_kn[rows] / _SPEED_KN, fleet.set_wanted_deg[rows] / _SET_DEG], axis=1)
        fresh = self._rng.normal(0.0, np.sqrt(1 - _PERSISTENCE**2), state.shape)
        self._write(rows, _PERSISTENCE * state + fresh)
        return np.asarray(rows[fleet.phase[rows] == SAILING])

    def _write(self, rows: Rows, state: NDArray[np.float64]) -> None:
        self._fleet.weather_kn[rows] = np.clip(state[:, 0] * _SPEED_KN, -MAX_KN, MAX_KN)
        self._fleet.set_wanted_deg[rows] = np.clip(state[:, 1] * _SET_DEG, -MAX_SET_DEG, MAX_SET_DEG)
