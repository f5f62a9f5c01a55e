"""Plausibility: rejects reported values and positions that no ship can have.

Impossible values are removed from a Batch before it is recorded; a jump is checked against the vessel's last position.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.batch import Batch

Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]

TOP_SPEED_KN: Final = 80.0
"""No ship is faster: the fastest ferries make 58 knots."""
SLACK_M: Final = 926.0
"""Half a mile: a report without a time of its own may be a minute older than its arrival."""
TAKE_OVER: Final = 3
"""Reports in a row that agree with each other, but not with the accepted position, ..."""
SILENCE_MS: Final = 210_000
"""... replace it if no report has confirmed it for this time: longer than the interval of ships at anchor."""
REMEMBERED_MS: Final = 600_000
"""`doubt` stays set for this time after the last rejected report."""
_MAX: Final = (("sog", "speed", round(TOP_SPEED_KN * 10)), ("cog", "course", 3599), ("heading", "heading", 359))
"""Column, its name in the counts, and its highest possible value."""
_TOP_M_PER_MS: Final = TOP_SPEED_KN * 1852 / 3_600_000
_METRES: Final = 1852.0 * 60 / fields.LATLON_SCALE
STATE: Final = np.dtype(
    [("t", "i8"), ("lat", "i4"), ("lon", "i4"), ("trusted", "u1"),
     ("other_t", "i8"), ("other_lat", "i4"), ("other_lon", "i4"), ("streak", "u1"), ("agreed", "u1"),
     ("doubted_t", "i8")]
)  # fmt: skip


def metres(lat: NDArray[Any], lon: NDArray[Any], other_lat: NDArray[Any], other_lon: NDArray[Any]) -> NDArray[Any]:
    """Distance of points a few hundred miles apart, metres; all in column units, float64 of their shape."""
    half = 180 * fields.LATLON_SCALE
    east = (lon.astype(np.int64) - other_lon + half) % (2 * half) - half
    middle = np.radians((lat.astype(np.int64) + other_lat) / (2 * fields.LATLON_SCALE))
    return np.asarray(np.hypot(lat.astype(np.int64) - other_lat, east * np.cos(middle)) * _METRES)


def reachable(distance_m: NDArray[Any], elapsed_ms: NDArray[Any]) -> Bools:
    """Whether a ship can sail the distance in the time; bool of their shape."""
    return np.asarray(distance_m <= SLACK_M + _TOP_M_PER_MS * np.abs(elapsed_ms))


def reject_impossible(batch: Batch, dropped: Counter[str]) -> Batch:
    """The batch with impossible values replaced by "not available" and counted in `dropped`.

    Positions off the globe or at exactly 0, 0 (a receiver without a fix), over 80 knots, 360 degrees and more.
    """
    moving = batch.moving
    replaced: dict[str, NDArray[Any]] = {}
    if "lat" in moving:
        lat, lon = moving["lat"], moving["lon"]
        missing = (lat == fields.LAT_NA) | (lon == fields.LON_NA)
        off = _beyond(lat, 90 * fields.LATLON_SCALE) | _beyond(lon, 180 * fields.LATLON_SCALE)
        bad = (off | ((lat == 0) & (lon == 0))) & ~missing
        if bad.any():
            replaced["lat"], replaced["lon"] = np.where(bad, fields.LAT_NA, lat), np.where(bad, fields.LON_NA, lon)
            dropped[f"{batch.source}: impossible position"] += int(np.count_nonzero(bad))
    for name, label, high in _MAX:
        bad = (moving[name] > high) & (moving[name] != fields.U2_NA) if name in moving else np.zeros(0, bool)
        if bad.any():
            replaced[name] = np.where(bad, np.uint16(fields.U2_NA), moving[name])
            dropped[f"{batch.source}: impossible {label}"] += int(np.count_nonzero(bad))
    return dataclasses.replace(batch, moving=moving | replaced) if replaced else batch


def _beyond(column: NDArray[Any], limit: int) -> Bools:
    return np.asarray((column > limit) | (column < -limit))


class Plausibility:
    """The last accepted position of each row of Traffic, and the last rejected one.

    If two ships use one MMSI, the first one stays and the other is counted. A ship that really is elsewhere (its first
    position was wrong, or it was out of range on its way) is accepted after TAKE_OVER reports, if none confirmed the
    old position for SILENCE_MS.
    """

    def __init__(self) -> None:
        self._state = np.zeros(0, STATE)
        self._any = False

    def forget(self, rows: int | Rows | list[int]) -> None:
        """Clear `rows`."""
        self._reserve(int(np.max(rows, initial=-1)) + 1)
        self._state[rows] = 0

    def saved(self, rows: Rows) -> NDArray[Any]:
        """STATE[k] of `rows`, for `restore`."""
        self._reserve(int(rows.max(initial=-1)) + 1)
        return self._state[rows]

    def restore(self, rows: Rows, state: NDArray[Any]) -> None:
        """Load the result of `saved`."""
        self._reserve(int(rows.max(initial=-1)) + 1)
        self._state[rows] = state
        self._any = bool((self._state["doubted_t"] > 0).any())

    def check(self, rows: Rows, t: NDArray[Any], lat: NDArray[Any], lon: NDArray[Any]) -> tuple[Bools, Rows]:
        """Which positions of distinct `rows` are accepted, and the rows whose position was replaced by a distant one.

        Args:
            rows: intp[n].
            t: int64[n], ms; newer than the last accepted position.
            lat: int32[n], column units; available.
            lon: int32[n], column units; available.

        """
        self._reserve(int(rows.max(initial=-1)) + 1)
        state = self._state[rows]
        elapsed = t - state["t"]
        accepted = (state["t"] == 0) | reachable(metres(lat, lon, state["lat"], state["lon"]), elapsed)
        moved = np.zeros(len(rows), bool)
        if not accepted.all():
            distant = np.flatnonzero(~accepted)
            moved[distant] = self._weigh(rows[distant], state[distant], t[distant], lat[distant], lon[distant])
            accepted |= moved
        at = rows[accepted]
        self._state["t"][at], self._state["lat"][at], self._state["lon"][at] = t[accepted], lat[accepted], lon[accepted]
        self._state["trusted"][at] = np.where(moved, TAKE_OVER, np.minimum(state["trusted"] + 1, 255))[accepted]
        self._state["streak"][at] = 0
        return accepted, rows[moved]

    def codes(self, rows: Rows, t: NDArray[Any]) -> NDArray[np.uint8]:
        """Codes of `fields.DOUBTS` for `rows` at `t` (int64[n], ms)."""
        if not self._any:
            return np.zeros(len(rows), np.uint8)
        self._reserve(int(rows.max(initial=-1)) + 1)
        state = self._state[rows]
        recent = (state["doubted_t"] > 0) & (t - state["doubted_t"] < REMEMBERED_MS)
        twice = recent & (state["trusted"] >= TAKE_OVER) & (state["agreed"] >= 2)
        return np.where(twice, fields.SHARED_MMSI, np.where(recent, fields.JUMP, 0)).astype(np.uint8)

    def _weigh(self, rows: Rows, state: NDArray[Any], t: NDArray[Any], lat: NDArray[Any], lon: NDArray[Any]) -> Bools:
        """Record positions out of reach; return which ones were repeated often enough to be accepted."""
        apart = metres(lat, lon, state["other_lat"], state["other_lon"])
        agrees = (state["other_t"] > 0) & reachable(apart, t - state["other_t"])
        streak = np.where(agrees, np.minimum(state["streak"] + 1, 255), 1)
        self._state["other_t"][rows], self._state["streak"][rows] = t, streak
        self._state["other_lat"][rows], self._state["other_lon"][rows] = lat, lon
        self._state["agreed"][rows] = np.where(agrees, np.minimum(state["agreed"] + 1, 255), 0)
        self._state["doubted_t"][rows] = t
        self._any = True
        unsure = (t - state["t"] > SILENCE_MS) | (state["trusted"] < TAKE_OVER)
        return np.asarray((streak >= TAKE_OVER) & unsure)

    def _reserve(self, rows: int) -> None:
        if rows > len(self._state):
            grown = np.zeros(max(rows, 2 * len(self._state)), STATE)
            grown[: len(self._state)] = self._state
            self._state = grown
