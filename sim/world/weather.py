"""Weather: what wind, sea and current do to each vessel's speed and heading, renewed every ten minutes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.world.fleet import SAILING, Fleet

Rows = NDArray[np.intp]

EVERY_S: Final = 600
MOST_KN: Final = 0.5
MOST_SET_DEG: Final = 8.0
_KEPT: Final = 0.95
"""An AR(1) process that forgets in about three hours."""
_SPEED_KN: Final = 0.3
_SET_DEG: Final = 2.6


class Weather:
    """An AR(1) process for each vessel of `fleet`; all randomness comes from `rng`, of which no one else draws."""

    def __init__(self, fleet: Fleet, rng: np.random.Generator) -> None:
        self._fleet, self._rng = fleet, rng
        start = rng.normal(0.0, 1.0, (len(fleet), 2))
        self._write(np.arange(len(fleet)), start)
        fleet.set_deg[:] = fleet.set_wanted_deg

    def change(self, before: float, now: float) -> Rows:
        """Renew it for the vessels whose turn came after `before`; returns those of them that sail.

        Each second has its vessels, so that steps of any length draw the same numbers for the same ones.
        """
        fleet = self._fleet
        turns = np.arange(int(before) + 1, int(now) + 1) % EVERY_S
        rows = (turns[:, None] + np.arange(0, len(fleet), EVERY_S)[None]).ravel()
        rows = rows[rows < len(fleet)]
        if not len(rows):
            return rows
        state = np.stack([fleet.weather_kn[rows] / _SPEED_KN, fleet.set_wanted_deg[rows] / _SET_DEG], axis=1)
        fresh = self._rng.normal(0.0, np.sqrt(1 - _KEPT**2), state.shape)
        self._write(rows, _KEPT * state + fresh)
        return np.asarray(rows[fleet.phase[rows] == SAILING])

    def _write(self, rows: Rows, state: NDArray[np.float64]) -> None:
        self._fleet.weather_kn[rows] = np.clip(state[:, 0] * _SPEED_KN, -MOST_KN, MOST_KN)
        self._fleet.set_wanted_deg[rows] = np.clip(state[:, 1] * _SET_DEG, -MOST_SET_DEG, MOST_SET_DEG)
