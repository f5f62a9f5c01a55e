"""Reports of the simulated vessels: when each vessel reports, its values, and whether a station receives it.

The difference between truth and report is made here, in `sim.reports.sensors` and in `sim.engine`, nowhere else.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fairway.chart.ports import PortIndex
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE, ROT_NA, U2_NA
from sim.reports.coverage import Coverage
from sim.reports.crew_errors import Statuses, misread
from sim.reports.sensors import Sensors
from sim.world.fleet import Fleet

SOURCE: Final = "simulator"
REST_INTERVAL_S: Final = 180.0
STATIC_INTERVAL_S: Final = 360.0
_CLASS_B: Final = (36, 37)
"""Ship types with class B equipment: sailing and pleasure craft."""
_TURNING_DEG: Final = 5.0
_MEAN_S: Final = 15.0
"""Time constant of the mean heading; its lag equals that of the mean over the last 30 s."""
_SLOT_SHARE: Final = 0.1
"""A transmission uses a free slot within this share of the interval before or after its nominal time."""


class Truth(Protocol):
    """The vessels to report, and the simulated time in Unix seconds."""

    fleet: Fleet
    now: float


Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


class Reporter:
    """Produces the reports of `world`. Each vessel has its own phase within its interval.

    The fleet may grow at any time; `keep` must follow each removal.

    Args:
        world: the truth.
        interval_s: simulated seconds between two reports of a vessel under way; at rest at least 180 s.
        mode: "interval", or "itu" for the intervals of ITU-R M.1371, which ignore `interval_s`, and for errors of
            equipment and crews.
        coverage: probability of reception by position; None: every report is received.
        seed: seed of all random numbers of the reports.

    """

    def __init__(
        self, world: Truth, interval_s: float, mode: str = "interval", coverage: Coverage | None = None, seed: int = 0
    ) -> None:
        self.world, self.interval_s = world, interval_s
        self._itu, self._coverage = mode == "itu", coverage
        self._rng = np.random.default_rng([seed, 1])
        self._sensors, self._statuses = Sensors(), Statuses()
        self._grid = self._next = self._next_static = self._lag = np.zeros(0)
        self._status, self._version = np.zeros(0, np.uint8), np.zeros(0, np.uint32)
        self._time = world.now
        self._grow()

    @classmethod
    def of(cls, world: Truth, settings: Settings) -> Reporter:
        """Return a Reporter configured by `settings`."""
        coverage = Coverage.of_ports(PortIndex.load()) if settings.coverage == "terrestrial" else None
        return cls(world, settings.update_interval, settings.reporting, coverage, settings.seed)

    def everything(self) -> list[Batch]:
        """Return position and static data of every vessel within reception."""
        self._grow()
        rows = self._heard(np.arange(len(self.world.fleet)))
        return [self.position_report(rows), static_report(self.world, rows)] if len(rows) else []

    def due(self) -> list[Batch]:
        """Return the reports due at the world's time; a vessel that changes its status or voyage reports at once."""
        self._grow()
        fleet, now = self.world.fleet, self.world.now
        if self._itu:
            self._notice_turns(now - self._time)
            self._statuses.follow(fleet.nav_status, now - self._time, self._rng)
        self._time = now
        rows = np.flatnonzero((self._next <= now) | (self.reported_status != self._status))
        self._status[rows] = self.reported_status[rows]
        self._plan(rows)
        static = np.flatnonzero((self._next_static <= now) | (fleet.voyage_version != self._version))
        self._version[static] = fleet.voyage_version[static]
        self._next_static[static] = _following(self._next_static[static], now, STATIC_INTERVAL_S)
        rows, static = self._heard(rows), self._heard(static)
        batches = [self.position_report(rows)] if len(rows) else []
        return [*batches, static_report(self.world, static)] if len(static) else batches

    def keep(self, rows: Rows) -> None:
        """Drop all vessels except `rows` (ascending), which the fleet has moved to rows 0, 1, 2...

        Vessels that joined after the last report are not known here yet; the next report adds them.
        """
        rows = rows[: np.searchsorted(rows, len(self._next))]
        for name in ("_grid", "_next", "_next_static", "_lag", "_status", "_version"):
            setattr(self, name, getattr(self, name)[rows])
        self._sensors.keep(rows)
        if self._itu:
            self._statuses.keep(rows)

    def position_report(self, rows: Rows) -> Batch:
        """Return the motion of `rows` as their sensors measure it, in scaled integers of `fairway.traffic.fields`."""
        self._grow()
        seen = self._sensors.read(self.world.fleet, rows, self.world.now, self._rng)
        if self._itu:
            misread(self.world.fleet, rows, self.world.now, seen, self._rng)
        moving: dict[str, NDArray[Any]] = {
            "lat": np.rint(seen.lat * LATLON_SCALE).astype(np.int32),
            "lon": np.rint(seen.lon * LATLON_SCALE).astype(np.int32),
            "sog": np.rint(seen.sog * 10).astype(np.uint16),
            "cog": (np.rint(seen.cog * 10) % 3600).astype(np.uint16),
            "heading": np.where(np.isnan(seen.heading), U2_NA, np.rint(seen.heading) % 360).astype(np.uint16),
            "rot": np.where(np.isnan(seen.rot), ROT_NA, np.rint(seen.rot * 10)).astype(np.int16),
            "nav_status": self.reported_status[rows],
        }
        return _batch(self.world, rows, moving, {})

    @property
    def reported_status(self) -> NDArray[np.uint8]:
        """The navigational status that each vessel reports, uint8[n]."""
        return self._statuses.said if self._itu else self.world.fleet.nav_status

    def _grow(self) -> None:
        """Add vessels that joined the fleet; they report at once, then in their own phase."""
        fleet, known = self.world.fleet, len(self._next)
        if len(fleet) == known:
            return
        rows = np.arange(known, len(fleet))
        # The golden ratio spreads the phases evenly for every fleet size.
        phase = (rows + 1) * 0.6180339887498949 % 1.0
        if self._itu:
            self._statuses.grow(fleet.nav_status[rows], self._rng)
        self._status = np.append(self._status, self.reported_status[rows])
        self._version = np.append(self._version, fleet.voyage_version[rows])
        self._lag = np.append(self._lag, np.zeros(len(rows)))
        self._grid = np.append(self._grid, self.world.now + phase * self._intervals(rows))
        self._next = np.append(self._next, self._grid[rows] if known == 0 else np.full(len(rows), self.world.now))
        static = self.world.now + (phase * STATIC_INTERVAL_S if known == 0 else np.zeros(len(rows)))
        self._next_static = np.append(self._next_static, static)

    def _plan(self, rows: Rows) -> None:
        """Schedule the next reports of `rows`, which report now."""
        interval = self._intervals(rows)
        jitter_s = _SLOT_SHARE * interval if self._itu else 0.0 * interval
        # A slot before the nominal time counts for that time.
        self._grid[rows] = _following(self._grid[rows], self.world.now + jitter_s, interval)
        self._next[rows] = self._grid[rows] + jitter_s * self._rng.uniform(-1.0, 1.0, len(rows))

    def _intervals(self, rows: Rows) -> Floats:
        fleet = self.world.fleet
        status, sog = self.reported_status[rows], fleet.sog[rows]
        if not self._itu:
            return np.where(status == 0, self.interval_s, max(REST_INTERVAL_S, self.interval_s))
        turning = np.abs(self._lag[rows]) > _TURNING_DEG
        class_b = np.isin(fleet.ship_type[rows], _CLASS_B)
        return itu_interval_s(sog, status, turning, class_b)

    def _notice_turns(self, elapsed_s: float) -> None:
        """Update the difference of each heading from its mean; a vessel that starts to turn reports sooner."""
        before = np.abs(self._lag) > _TURNING_DEG
        self._lag *= np.exp(-elapsed_s / _MEAN_S)
        self._lag += self.world.fleet.rot * (-np.expm1(-elapsed_s / _MEAN_S) * _MEAN_S / 60)
        started = np.flatnonzero((np.abs(self._lag) > _TURNING_DEG) & ~before)
        soon = self.world.now + self._intervals(started)
        self._grid[started] = self._next[started] = np.minimum(self._next[started], soon)

    def _heard(self, rows: Rows) -> Rows:
        if self._coverage is None or not len(rows):
            return rows
        fleet = self.world.fleet
        chance = self._coverage.chance(fleet.lat[rows], fleet.lon[rows])
        return np.asarray(rows[self._rng.random(len(rows)) < chance])


def itu_interval_s(sog: Floats, nav_status: NDArray[np.uint8], turning: NDArray[np.bool_], class_b: Any) -> Floats:
    """Return the seconds between two position reports, float64[n].

    Args:
        sog: float64[n], knots.
        nav_status: uint8[n].
        turning: bool[n], the heading is more than 5 degrees from its mean over 30 s.
        class_b: bool[n], equipment of class B "SO"; else class A.

    Source: ITU-R M.1371-5, annex 1, tables 1 and 2.

    """
    fast = np.searchsorted([14.0, 23.0], sog, side="right")
    under_way = np.where(turning, np.array([10 / 3, 2.0, 2.0])[fast], np.array([10.0, 6.0, 2.0])[fast])
    at_rest = ((nav_status == 1) | (nav_status == 5) | (nav_status == 6)) & (sog <= 3.0)
    class_a = np.where(at_rest, 180.0, np.where((nav_status == 1) | (nav_status == 5), 10.0, under_way))
    b = np.where(sog <= 2.0, 180.0, np.array([30.0, 15.0, 5.0])[fast])
    return np.asarray(np.where(class_b, b, class_a))


def _following(due: Floats, now: float | Floats, interval_s: float | Floats) -> Floats:
    """Return the first time after `now` on each row's grid, at most one interval away."""
    return np.asarray(due + (np.floor((now - due) / interval_s) + 1) * interval_s)


def static_report(world: Truth, rows: Rows) -> Batch:
    """Return the static data of `rows`: identity and voyage."""
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


def _batch(world: Truth, rows: Rows, moving: dict[str, NDArray[Any]], static: dict[str, Any]) -> Batch:
    time = np.full(len(rows), round(world.now * 1000), np.int64)
    return Batch(world.fleet.mmsi[rows], time, SOURCE, True, moving, static)
