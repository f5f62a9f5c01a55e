"""Independent vessels: users' vessels and those of scenarios, which follow plans of their own beside the lanes.

Each follows its plan (see `sim.custom.plans`) along paths over water, within limits of acceleration and turn. Lanes,
berths and convoys belong to the World.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import trace
from fairway.chart.routing import UnsailableError
from sim.custom.plans import Plan, Sail, Stay
from sim.world.fleet import AT_ANCHOR, COLUMNS, MOORED, Fleet

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ACCELERATION_KN_H: Final = 24.0
HARBOUR_KN: Final = 6.0
CANAL_KN: Final = 8.0
TURN_DEG_MIN: Final = 30.0
MAX_VESSELS: Final = 5000
_CREEP_KN: Final = 0.8
"""Minimum speed of a vessel that approaches its stop."""


class IndependentVessels:
    """Vessels with plans. Rows are in the order of joining; those after one that leaves move up.

    Attributes:
        fleet: the vessels, as columns of a Fleet; read only for others.
        sails: by row, the part of its plan that it sails; None at rest.
        now: simulated time, Unix seconds.

    """

    def __init__(self, now: float) -> None:
        self.now = now
        self.fleet: Fleet = Fleet.empty()
        self.sails: list[Sail | None] = []
        self._plans: list[Plan] = []
        self._lines: list[tuple[Floats, Floats, Floats, Floats]] = []
        self._own: dict[str, Floats] = {name: np.zeros(0) for name in _OWN}
        self._stops = np.zeros(0, bool)
        self._stale = True

    def join(self, columns: dict[str, Any], lat: float, lon: float, plan: Plan) -> int:
        """Add a vessel at a position, start its plan, and return its row.

        Args:
            columns: values of columns of a Fleet, by name; the others are 0 or empty.
            lat: degrees.
            lon: degrees.
            plan: starts at once.

        """
        row = len(self.fleet)
        for name, kind in COLUMNS.items():
            if kind is None:
                getattr(self.fleet, name).append(columns.get(name, ""))
            else:
                value = np.array([columns.get(name, 0)]).astype(kind)
                setattr(self.fleet, name, np.concatenate([getattr(self.fleet, name), value]))
        self._own = {name: np.append(column, 0.0) for name, column in self._own.items()}
        self._stops = np.append(self._stops, True)
        self._plans.append(plan)
        self.sails.append(None)
        self._lines.append(_lying(lat, lon, float(self.fleet.heading[row])))
        self.fleet.lat[row], self.fleet.lon[row] = lat, lon
        self._next(row)
        self._place(0.0)
        return row

    def leave(self, rows: Rows) -> Rows:
        """Remove vessels; return the former rows of the others, ascending."""
        staying = np.setdiff1d(np.arange(len(self.fleet)), rows)
        for name, kind in COLUMNS.items():
            column = getattr(self.fleet, name)
            setattr(self.fleet, name, [column[at] for at in staying] if kind is None else column[staying])
        self._plans = [self._plans[at] for at in staying]
        self._lines = [self._lines[at] for at in staying]
        self.sails = [self.sails[at] for at in staying]
        self._own = {name: column[staying] for name, column in self._own.items()}
        self._stops, self._stale = self._stops[staying], True
        return staying

    def replan(self, row: int, plan: Callable[[Plan], Plan]) -> None:
        """Start a new plan of a vessel: the result of `plan` for the rest of the old one."""
        self._plans[row] = plan(self._plans[row])
        self._next(row)
        self._place(0.0)

    def set_speed(self, row: int, kn: float) -> None:
        """Set the speed of a vessel, knots."""
        self.fleet.cruise_kn[row] = kn
        sail = self.sails[row]
        if sail:
            self._set(row, kn=kn)
            self._announce(row, sail, kn)
        self.fleet.voyage_version[row] += 1

    def step(self, dt: float) -> None:
        """Advance by `dt` seconds."""
        self.now += dt
        fleet = self.fleet
        if not len(fleet):
            return
        self._advance(dt)
        arrived = (fleet.along_nm >= self._own["length"] - 1e-9) & np.isinf(fleet.rest_until)
        for row in np.flatnonzero((arrived & (self._own["sails"] > 0)) | (fleet.rest_until <= self.now)).tolist():
            self._next(row)
        self._place(dt)

    def _advance(self, dt: float) -> None:
        """Adjust speeds to the limits, and advance along the lines by the mean of old and new speed."""
        fleet, own, change_kn = self.fleet, self._own, ACCELERATION_KN_H * dt / 3600
        left = np.maximum(own["length"] - fleet.along_nm, 0.0)
        harbour = (fleet.along_nm < own["out"]) | (left < own["in"])
        canal = (fleet.along_nm >= own["canal_from"]) & (fleet.along_nm < own["canal_to"])
        limit = np.where(harbour, HARBOUR_KN, np.where(canal, CANAL_KN, np.inf))
        wanted = np.where(own["sails"] > 0, np.minimum(own["kn"], limit), 0.0)
        braking = np.maximum(np.sqrt(2 * ACCELERATION_KN_H * left), _CREEP_KN)
        wanted = np.where(self._stops, np.minimum(wanted, braking), wanted)
        sog = np.clip(wanted, fleet.sog - 1.5 * change_kn, fleet.sog + change_kn)
        fleet.along_nm = np.minimum(fleet.along_nm + (fleet.sog + sog) / 2 * dt / 3600, own["length"])
        fleet.sog = sog

    def _place(self, dt: float) -> None:
        fleet = self.fleet
        self._chart()
        at = np.searchsorted(self._keys, self._first_key + fleet.along_nm, side="right") - 1
        at = np.clip(at, self._first, self._last - 1)
        begin, end = self._along[at], self._along[at + 1]
        part = np.clip((fleet.along_nm - begin) / np.maximum(end - begin, 1e-12), 0.0, 1.0)
        fleet.lat = self._lat[at] + part * (self._lat[at + 1] - self._lat[at])
        lon = self._lon[at] + part * (self._lon[at + 1] - self._lon[at])
        fleet.lon = (lon + 180.0) % 360.0 - 180.0
        course = self._course[at]
        apart = (course - fleet.heading + 180.0) % 360.0 - 180.0
        apart = np.where(self._own["sails"] > 0, apart, 0.0)
        turned = np.clip(apart, -TURN_DEG_MIN * dt / 60, TURN_DEG_MIN * dt / 60)
        fleet.rot = turned * 60 / dt if dt else np.zeros(len(turned))
        fleet.heading = (fleet.heading + turned) % 360.0
        fleet.cog = np.where(fleet.sog > 0, course, fleet.heading)

    def _next(self, row: int) -> None:
        """Start the next part of a vessel's plan; after the last part it moors at its position."""
        try:
            part = next(self._plans[row])
        except StopIteration:
            part = Stay(MOORED, np.inf)
        except UnsailableError:
            # a passage has closed since the plan was created
            part = Stay(AT_ANCHOR, np.inf)
        self.sails[row] = None
        if isinstance(part, Stay):
            self._rest(row, part)
        else:
            self._sail(row, part)
            self.sails[row] = part
            self.fleet.voyage_version[row] += 1
        self._stale = True

    def _rest(self, row: int, rest: Stay) -> None:
        fleet = self.fleet
        self._lines[row] = _lying(float(fleet.lat[row]), float(fleet.lon[row]), float(fleet.heading[row]))
        fleet.nav_status[row], fleet.sog[row], fleet.along_nm[row] = rest.nav_status, 0.0, 0.0
        fleet.rest_until[row] = max(self.now + rest.seconds, rest.until)
        self._set(row, sails=0.0, length=0.0, kn=0.0)

    def _sail(self, row: int, sail: Sail) -> None:
        fleet, path = self.fleet, sail.path
        line = trace(path.lat, path.lon)[:4]
        length = float(line[2][-1])
        kn = sail.kn if sail.kn is not None else float(fleet.cruise_kn[row])
        self._lines[row], self._stops[row] = line, sail.stops
        fleet.nav_status[row], fleet.rest_until[row] = sail.nav_status, np.inf
        fleet.along_nm[row] = sail.begin * length
        if sail.begin:
            fleet.sog[row], fleet.heading[row] = kn, line[3][np.searchsorted(line[2], sail.begin * length) - 1]
        canal = path.canal_nm or (np.inf, np.inf)
        self._set(
            row, sails=1.0, length=length, kn=kn, out=path.sheltered_out_nm, canal_from=canal[0], canal_to=canal[1]
        )
        self._own["in"][row] = path.sheltered_in_nm
        self._announce(row, sail, kn)

    def _announce(self, row: int, sail: Sail, kn: float) -> None:
        fleet = self.fleet
        fleet.destination[row] = sail.destination
        fleet.eta[row] = np.nan
        if sail.destination and kn > 0:
            hours = sail.path.hours(kn, HARBOUR_KN, CANAL_KN, float(fleet.along_nm[row]))
            fleet.eta[row] = np.rint((self.now + hours * 3600) / 60) * 60

    def _set(self, row: int, **values: float) -> None:
        for name, value in values.items():
            self._own[name][row] = value

    def _chart(self) -> None:
        """Join all lines into one with a rising key: one search finds every vessel's segment."""
        if not self._stale:
            return
        count = np.array([len(line[0]) for line in self._lines])
        self._last = np.cumsum(count) - 1
        self._first = self._last - count + 1
        self._lat, self._lon, self._along, self._course = (
            np.concatenate(column) for column in zip(*self._lines, strict=True)
        )
        self._first_key = np.arange(len(count)) * 1e6
        self._keys = np.repeat(self._first_key, count) + self._along
        self._stale = False


_OWN: Final = ("sails", "length", "kn", "out", "in", "canal_from", "canal_to")


def _lying(lat: float, lon: float, heading: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return a line of a vessel at rest: latitude, longitude, distance and course."""
    return np.array([lat, lat]), np.array([lon, lon]), np.array([0.0, 1.0]), np.array([heading, heading])
