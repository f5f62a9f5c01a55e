"""Zones: areas that users drew, saved in a SQLite file; and whether points lie in one."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fairway.errors import RequestError

Floats = NDArray[np.float64]
M_PER_DEGREE: Final = 60 * 1852.0
MAX_ZONES: Final = 200
MAX_CORNERS: Final = 500
MAX_NAME_LENGTH: Final = 60


class ZoneError(ValueError):
    """The given ring or name is not a valid zone; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A polygon.

    Attributes:
        id: distinct; ids of deleted zones are not used again.
        name: shown to users.
        corners: float64[n, 2], longitude and latitude in degrees; the ring is open, and longitudes continue past 180.

    """

    id: int
    name: str
    corners: Floats

    def box_holds(self, lat: Floats, lon: Floats, margin_m: float) -> NDArray[np.bool_]:
        """bool[n]: whether points lie in the bounding box, widened by `margin_m`."""
        (west, south), (east, north) = self.corners.min(0), self.corners.max(0)
        wide = margin_m / M_PER_DEGREE
        tall = wide / max(np.cos(np.radians(max(abs(south), abs(north)))), 0.01)
        across = self._near_zone(lon)
        return np.asarray(
            (lat >= south - wide) & (lat <= north + wide) & (across >= west - tall) & (across <= east + tall)
        )

    def holds(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        """bool[n]: whether points lie inside.

        Source: the crossing number, as in O'Rourke, Computational Geometry in C, section 7.4.
        """
        x, y = self._near_zone(lon)[:, None], lat[:, None]
        (x0, y0), (x1, y1) = self.corners.T, np.roll(self.corners, -1, axis=0).T
        # a horizontal edge divides by zero, but it spans no latitude and so counts no crossing
        spans = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
        return np.asarray((spans & crossing).sum(1) % 2 == 1)

    def distance_m(self, lat: Floats, lon: Floats) -> Floats:
        """float64[n]: metres from points to the zone's edge, on a plane around each point."""
        shrink = np.cos(np.radians(lat))[:, None]
        x = (self.corners[:, 0] - self._near_zone(lon)[:, None]) * shrink
        y = self.corners[:, 1] - lat[:, None]
        dx, dy = np.roll(x, -1, axis=1) - x, np.roll(y, -1, axis=1) - y
        along = np.clip(-(x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0, 1)
        nearest = np.hypot(x + along * dx, y + along * dy).min(axis=1, initial=np.inf)
        return np.asarray(nearest * M_PER_DEGREE)

    def _near_zone(self, lon: Floats) -> Floats:
        """The longitudes shifted by whole turns to lie near the zone, which may cross the antimeridian."""
        middle = (self.corners[:, 0].min() + self.corners[:, 0].max()) / 2
        return np.asarray(lon + 360.0 * np.round((middle - lon) / 360.0))


def corners_of(ring: object) -> Floats:
    """The checked corners of a GeoJSON ring of [longitude, latitude], open and unwrapped; float64[n, 2].

    Raises:
        ZoneError: If it has fewer than three corners, more than MAX_CORNERS, or one outside the map.

    """
    if not isinstance(ring, list) or not 3 <= len(ring) <= MAX_CORNERS + 1:
        raise ZoneError(f"a zone has 3 to {MAX_CORNERS} corners [longitude, latitude], not {ring!r:.80}")
    try:
        corners = np.array([[float(lon), float(lat)] for lon, lat in ring])
    except (TypeError, ValueError) as error:
        raise ZoneError(f"a corner is [longitude, latitude]: {ring!r:.80}") from error
    if not np.isfinite(corners).all() or (np.abs(corners) > [540.0, 90.0]).any():
        raise ZoneError(f"a corner is nowhere on the map: {ring!r:.80}")
    if (corners[0] == corners[-1]).all():
        corners = corners[:-1]
    if len(np.unique(corners, axis=0)) < 3:
        raise ZoneError("a zone has at least 3 corners that differ")
    corners[:, 0] = np.unwrap(corners[:, 0], period=360)
    return corners


class ZoneList(Protocol):
    """All zones, of this process or of the ingest process; the latter may also raise RequestError."""

    @property
    def all(self) -> tuple[Zone, ...]:
        """All zones, oldest first."""

    def add(self, name: str, ring: Sequence[Any]) -> Zone:
        """Create a zone.

        Raises:
            ZoneError: If ring or name is invalid, or there are MAX_ZONES already.

        """

    def remove(self, number: int) -> bool:
        """Delete a zone; return whether it existed."""


class Zones:
    """All zones, in memory and in a SQLite file. Any thread reads and writes. Implements ZoneList.

    Args:
        path: the file; ":memory:" stores them only while the process lives.

    """

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        # one connection under a lock is enough: zones are seldom written
        self._db = sqlite3.connect(path, check_same_thread=False)
        with self._lock, self._db:
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS zones (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, corners TEXT)"
            )
            rows = self._db.execute("SELECT id, name, corners FROM zones ORDER BY id").fetchall()
        self._zones = tuple(Zone(number, name, np.array(json.loads(text))) for number, name, text in rows)

    @property
    def all(self) -> tuple[Zone, ...]:
        """All zones, oldest first."""
        return self._zones

    def add(self, name: str, ring: Sequence[Any]) -> Zone:
        """Create a zone.

        Raises:
            ZoneError: If ring or name is invalid, or there are MAX_ZONES already.
            RequestError: If the file cannot be written.

        """
        corners, name = corners_of(ring), name.strip()[:MAX_NAME_LENGTH]
        if not name or not name.isprintable():
            raise ZoneError(f"a zone needs a name of printable characters, not {name!r}")
        with self._lock:
            if len(self._zones) >= MAX_ZONES:
                raise ZoneError(f"there are {MAX_ZONES} zones already")
            text = json.dumps(corners.round(6).tolist())
            number = self._write("INSERT INTO zones (name, corners) VALUES (?, ?)", name, text).lastrowid
            zone = Zone(int(number or 0), name, corners)
            self._zones = (*self._zones, zone)
        return zone

    def remove(self, number: int) -> bool:
        """Delete a zone; return whether it existed.

        Raises:
            RequestError: If the file cannot be written.

        """
        with self._lock:
            found = any(zone.id == number for zone in self._zones)
            if found:
                self._write("DELETE FROM zones WHERE id = ?", number)
                self._zones = tuple(zone for zone in self._zones if zone.id != number)
        return found

    def _write(self, statement: str, *values: str | int) -> sqlite3.Cursor:
        """Commit a change; the caller changes the list in memory only after that."""
        try:
            with self._db:
                return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise RequestError("not_kept", f"zones cannot be saved now: {error}") from error
