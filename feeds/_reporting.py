"""What a receiver hears of the simulated truth: which vessel reports when, and in which units.

The difference between truth and report lives here and in `feeds.simulator`, nowhere else.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.world import World
from traffic.batch import Batch
from traffic.fields import LATLON_SCALE

SOURCE: Final = "simulator"
REST_INTERVAL_S: Final = 180.0
STATIC_INTERVAL_S: Final = 360.0

Rows = NDArray[np.intp]


class Reporter:
    """Says which vessels of `world` report now. Each has a phase of its own within the interval.

    Args:
        world: the truth.
        interval_s: simulated seconds between two reports of a vessel under way; at rest at least 180 s.

    """

    def __init__(self, world: World, interval_s: float) -> None:
        self.world = world
        size = len(world.fleet)
        # The golden ratio spreads the phases evenly whatever the size.
        phase = np.arange(1, size + 1) * 0.6180339887498949 % 1.0
        self._under_way_s, self._rest_s = interval_s, max(REST_INTERVAL_S, interval_s)
        self._next = np.asarray(world.now + phase * self._intervals(), np.float64)
        self._next_static = world.now + phase * STATIC_INTERVAL_S
        self._status = world.fleet.nav_status.copy()
        self._version = world.fleet.voyage_version.copy()

    def everything(self) -> list[Batch]:
        """Position and static data of every vessel."""
        rows = np.arange(len(self.world.fleet))
        return [position_report(self.world, rows), static_report(self.world, rows)]

    def due(self) -> list[Batch]:
        """The reports due at the world's time; a vessel that changes its status or voyage reports at once."""
        fleet, now = self.world.fleet, self.world.now
        batches = []
        rows = np.flatnonzero((self._next <= now) | (fleet.nav_status != self._status))
        if len(rows):
            self._status[rows] = fleet.nav_status[rows]
            self._next[rows] = _following(self._next[rows], now, self._intervals()[rows])
            batches.append(position_report(self.world, rows))
        rows = np.flatnonzero((self._next_static <= now) | (fleet.voyage_version != self._version))
        if len(rows):
            self._version[rows] = fleet.voyage_version[rows]
            self._next_static[rows] = _following(self._next_static[rows], now, STATIC_INTERVAL_S)
            batches.append(static_report(self.world, rows))
        return batches

    def _intervals(self) -> NDArray[np.float64]:
        return np.asarray(np.where(self.world.fleet.nav_status == 0, self._under_way_s, self._rest_s), np.float64)


def _following(
    due: NDArray[np.floating[Any]], now: float, interval_s: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """The first time after `now` on each row's own grid, at most one interval away."""
    return np.asarray(due + (np.floor((now - due) / interval_s) + 1) * interval_s)


def position_report(world: World, rows: Rows) -> Batch:
    """The motion of `rows` in the scaled integers of `traffic.fields`."""
    fleet = world.fleet
    moving: dict[str, NDArray[Any]] = {
        "lat": np.rint(fleet.lat[rows] * LATLON_SCALE).astype(np.int32),
        "lon": np.rint(fleet.lon[rows] * LATLON_SCALE).astype(np.int32),
        "sog": np.rint(fleet.sog[rows] * 10).astype(np.uint16),
        "cog": (np.rint(fleet.cog[rows] * 10) % 3600).astype(np.uint16),
        "heading": (np.rint(fleet.heading[rows]) % 360).astype(np.uint16),
        "rot": np.rint(fleet.rot[rows] * 10).astype(np.int16),
        "nav_status": fleet.nav_status[rows],
    }
    return _batch(world, rows, moving, {})


def static_report(world: World, rows: Rows) -> Batch:
    """Identity and voyage of `rows`."""
    fleet, listed = world.fleet, rows.tolist()
    eta = np.where(np.isfinite(fleet.eta[rows]), fleet.eta[rows] * 1000, 0)
    static: dict[str, Any] = {
        "draught": np.minimum(np.rint(fleet.draught[rows] * 10), 255).astype(np.uint8),
        "eta": eta.astype(np.int64),
    }
    for name in ("imo", "vessel_type", "ship_type", "a", "b", "c", "d", "route"):
        static[name] = getattr(fleet, name)[rows]
    for name in ("name", "callsign", "destination", "flag"):
        column = getattr(fleet, name)
        static[name] = [column[row] for row in listed]
    return _batch(world, rows, {}, static)


def _batch(world: World, rows: Rows, moving: dict[str, NDArray[Any]], static: dict[str, Any]) -> Batch:
    time = np.full(len(rows), round(world.now * 1000), np.int64)
    return Batch(world.fleet.mmsi[rows], time, SOURCE, True, moving, static)
