"""Doubts: which reported positions are not believed. What no ship can do is not drawn as truth.

Impossible values are taken out of a Batch before anybody sees them; jumps are judged against what is known of a vessel.
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
"""No ship is faster; the fastest ferries make 58 knots."""
SLACK_M: Final = 926.0
"""Half a mile: reports without a time of their own may have waited a minute on their way."""
TAKE_OVER: Final = 3
"""So many reports in a row that agree with each other, but not with what is known, ..."""
SILENCE_MS: Final = 210_000
"""... win if the known place was not confirmed for so long: longer than ships at anchor are silent."""
REMEMBERED_MS: Final = 600_000
"""A vessel stays in doubt for so long after the last report that was not believed."""
_MOST: Final = (("sog", "speed", round(TOP_SPEED_KN * 10)), ("cog", "course", 3599), ("heading", "heading", 359))
"""Column, its name in the counts, and the highest value that can be."""
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
    """Whether a ship can sail so far in so long."""
    return np.asarray(distance_m <= SLACK_M + _TOP_M_PER_MS * np.abs(elapsed_ms))


def reject_impossible(batch: Batch, dropped: Counter[str]) -> Batch:
    """The batch with values that cannot be as not available, counted in `dropped`; itself where there are none.

    Positions off the globe or at exactly 0, 0 (a receiver without a fix), over 80 knots, 360 degrees and more.
    """
    moving = batch.moving
    mended: dict[str, NDArray[Any]] = {}
    if "lat" in moving:
        lat, lon = moving["lat"], moving["lon"]
        missing = (lat == fields.LAT_NA) | (lon == fields.LON_NA)
        off = _beyond(lat, 90 * fields.LATLON_SCALE) | _beyond(lon, 180 * fields.LATLON_SCALE)
        bad = (off | ((lat == 0) & (lon == 0))) & ~missing
        if bad.any():
            mended["lat"], mended["lon"] = np.where(bad, fields.LAT_NA, lat), np.where(bad, fields.LON_NA, lon)
            dropped[f"{batch.source}: impossible position"] += int(np.count_nonzero(bad))
    for name, called, most in _MOST:
        bad = (moving[name] > most) & (moving[name] != fields.U2_NA) if name in moving else np.zeros(0, bool)
        if bad.any():
            mended[name] = np.where(bad, np.uint16(fields.U2_NA), moving[name])
            dropped[f"{batch.source}: impossible {called}"] += int(np.count_nonzero(bad))
    return dataclasses.replace(batch, moving=moving | mended) if mended else batch


def _beyond(column: NDArray[Any], most: int) -> Bools:
    return np.asarray((column > most) | (column < -most))


class Plausibility:
    """Remembers for each row of Traffic its last believed position, and one that was not believed.

    Two ships under one MMSI: the first stays, the other is counted. A ship that really is elsewhere (its first position
    was wrong, or it was not heard on its way) wins when it says so `TAKE_OVER` times and the old place falls silent.
    """

    def __init__(self) -> None:
        self._state = np.zeros(0, STATE)
        self._any = False

    def forget(self, rows: int | Rows | list[int]) -> None:
        """Nothing is known of `rows` any more."""
        self._reserve(int(np.max(rows, initial=-1)) + 1)
        self._state[rows] = 0

    def saved(self, rows: Rows) -> NDArray[Any]:
        """What is remembered of `rows`, for `restore`."""
        self._reserve(int(rows.max(initial=-1)) + 1)
        return self._state[rows]

    def restore(self, rows: Rows, state: NDArray[Any]) -> None:
        """Take over what `saved` gave."""
        self._reserve(int(rows.max(initial=-1)) + 1)
        self._state[rows] = state
        self._any = bool((self._state["doubted_t"] > 0).any())

    def check(self, rows: Rows, t: NDArray[Any], lat: NDArray[Any], lon: NDArray[Any]) -> tuple[Bools, Rows]:
        """Which of the positions of distinct `rows` are believed, and the rows that were moved elsewhere by that.

        Args:
            rows: intp[n].
            t: int64[n], ms; newer than what was believed before.
            lat: int32[n], column units; known.
            lon: int32[n], column units; known.

        """
        self._reserve(int(rows.max(initial=-1)) + 1)
        state = self._state[rows]
        elapsed = t - state["t"]
        believed = (state["t"] == 0) | reachable(metres(lat, lon, state["lat"], state["lon"]), elapsed)
        moved = np.zeros(len(rows), bool)
        if not believed.all():
            odd = np.flatnonzero(~believed)
            moved[odd] = self._weigh(rows[odd], state[odd], t[odd], lat[odd], lon[odd])
            believed |= moved
        at = rows[believed]
        self._state["t"][at], self._state["lat"][at], self._state["lon"][at] = t[believed], lat[believed], lon[believed]
        self._state["trusted"][at] = np.where(moved, TAKE_OVER, np.minimum(state["trusted"] + 1, 255))[believed]
        self._state["streak"][at] = 0
        return believed, rows[moved]

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
        """Remember positions that are out of reach; whether they have been told often enough to be believed."""
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
