"""Tracks: past positions of vessels, in one pool of chunks that is bounded in bytes."""

from __future__ import annotations

import threading
from array import array
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairway.traffic.derived.plausibility import metres, reachable

CHUNK = 64
MAX_CHUNKS_OF_A_VESSEL = 16
POINT = np.dtype([("t", "i8"), ("lat", "i4"), ("lon", "i4"), ("sog", "u2"), ("cog", "u2")])
KEEP_ERROR_M = 50.0
KEEP_AFTER_MS = 600_000
SAME_MS = 30_000
"""The same place within this time is the same report."""
ALL_GONE = np.array((0, 0, 0, 0, 0), POINT)[()]
"""In a journal: the track is empty again."""
CHUNK_GONE = np.array((-1, 0, 0, 0, 0), POINT)[()]
"""In a journal: the track has lost its oldest chunk."""
METRES_PER_UNIT = 1852.0 * 60 / 600_000
METRES_PER_SOG_MS = 0.1 * 1852 / 3600 / 1000


class Tracks:
    """Up to 1,000 points a vessel while the pool lasts; then the longest track gives up its oldest chunk.

    If there are more vessels than chunks, no track has two chunks: a full track starts again, and the vessels that came
    last have none. One thread writes; any thread may read.
    """

    def __init__(self, max_bytes: int = 64 * 2**20) -> None:
        chunks = max_bytes // (CHUNK * POINT.itemsize)
        # zeros are not resident until written: an idle pool costs no memory, and a freed chunk is used next
        self._pool = np.zeros((chunks, CHUNK), POINT)
        # an array: a list of as many integers takes 2 MB
        self._free = array("I", range(chunks - 1, -1, -1))
        self._chunks: dict[int, deque[int]] = {}
        self._length: dict[int, int] = {}
        # rows by their number of chunks, those first that have had this number for longest
        self._having: list[dict[int, None]] = [{} for _ in range(MAX_CHUNKS_OF_A_VESSEL + 1)]
        self._last = np.zeros(0, POINT)
        self._journal: list[tuple[int, Any]] | None = None
        self._lock = threading.Lock()

    def keep_journal(self) -> None:
        """Record all later changes until `take_journal` takes them."""
        with self._lock:
            self._journal = []

    def take_journal(self) -> list[tuple[int, Any]]:
        """(row, POINT, ALL_GONE or CHUNK_GONE) for each change since the last call, as `replay_journal` takes them."""
        with self._lock:
            taken, self._journal = self._journal or [], []
        return taken

    def restore(self, rows: NDArray[np.intp], points: NDArray[Any]) -> None:
        """Load tracks, without a journal: POINT[n], parallel to `rows`; those of a row together and in order."""
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        parts = np.split(points, begins[1:]) if len(rows) else []
        with self._lock:
            journal, self._journal = self._journal, None
            self._reserve(int(rows.max(initial=-1)) + 1)
            for row, own in zip(rows[begins].tolist(), parts, strict=True):
                self._load(row, own)
            self._journal = journal

    def append(self, rows: NDArray[np.intp], points: NDArray[Any]) -> None:
        """Offer one point each for `rows`; kept where dead reckoning errs by over 50 m, or after 10 minutes."""
        with self._lock:
            self._append(rows, points)

    def insert(self, row: int, point: Any) -> str:
        """Insert a late point where its time belongs; return the outcome.

        "kept"; "straight" where dead reckoning makes the point superfluous, as in `append`; "duplicate" of a
        neighbour; "implausible" where no ship can have been on its way between the neighbours.
        """
        with self._lock:
            return self._insert(row, point)

    def read(self, row: int) -> NDArray[Any]:
        """The points of `row`, oldest first, dtype POINT."""
        with self._lock:
            return self._read(row)

    def drop(self, row: int) -> None:
        """Remove the track of `row`."""
        with self._lock:
            self._drop(row)

    def clear(self) -> None:
        """Remove all tracks."""
        with self._lock:
            for row in list(self._chunks):
                self._drop(row)

    def _load(self, row: int, points: NDArray[Any]) -> None:
        for start in range(0, len(points), CHUNK):
            part = points[start : start + CHUNK]
            if not self._lengthen(row, self._chunks.setdefault(row, deque())):
                break
            self._pool[self._chunks[row][-1]][: len(part)] = part
            self._length[row] = self._length.get(row, 0) + len(part)
        self._last[row] = points[-1]

    def _append(self, rows: NDArray[np.intp], points: NDArray[Any]) -> None:
        self._reserve(int(rows.max(initial=-1)) + 1)
        stored = np.flatnonzero(_worth_keeping(self._last[rows], points))
        self._last[rows[stored]] = points[stored]
        # one Python step per kept point: a few per second at 10,000 vessels
        for row, point in zip(rows[stored].tolist(), points[stored], strict=True):
            self._add(row, point)

    def _insert(self, row: int, point: Any) -> str:
        points = self._read(row)
        at = int(np.searchsorted(points["t"], point["t"], side="right"))
        near = points[max(0, at - 1) : at + 1]
        apart = metres(near["lat"], near["lon"], point["lat"], point["lon"])
        elapsed = np.abs(near["t"] - point["t"])
        if np.any((apart == 0) & (elapsed < SAME_MS)):
            return "duplicate"
        if not np.all(reachable(apart, elapsed)):
            return "implausible"
        if at and not _worth_keeping(near[:1], np.array([point], POINT))[0]:
            return "straight"
        if not len(points):
            self._append(np.array([row]), np.array([point], POINT))
            return "kept"
        # repeating the last point makes room for one more, with a new chunk where needed
        self._add(row, points[-1])
        self._write(row, np.insert(points, at, point)[-self._length[row] :])
        return "kept"

    def _read(self, row: int) -> NDArray[Any]:
        chunks = self._chunks.get(row)
        if not chunks:
            return np.zeros(0, POINT)
        fill = self._length[row] - (len(chunks) - 1) * CHUNK
        return np.concatenate([*(self._pool[c] for c in list(chunks)[:-1]), self._pool[chunks[-1]][:fill]])

    def _drop(self, row: int) -> None:
        self._note(row, ALL_GONE)
        chunks = self._chunks.pop(row, deque())
        self._free.extend(chunks)
        self._having[len(chunks)].pop(row, None)
        self._length.pop(row, None)
        if row < len(self._last):
            self._last[row] = 0

    def _add(self, row: int, point: Any) -> None:
        chunks = self._chunks.setdefault(row, deque())
        if self._length.get(row, 0) == len(chunks) * CHUNK and not self._lengthen(row, chunks):
            return
        length = self._length.get(row, 0)
        self._pool[chunks[-1]][length % CHUNK] = point
        self._length[row] = length + 1
        self._note(row, point)

    def _lengthen(self, row: int, chunks: deque[int]) -> bool:
        """Give `row` one more chunk, its own oldest or another track's if none is free; False if there is none."""
        if len(chunks) == MAX_CHUNKS_OF_A_VESSEL:
            self._shorten(row)
        elif not self._free:
            most = next(count for count in range(MAX_CHUNKS_OF_A_VESSEL, -1, -1) if self._having[count] or not count)
            if most <= 1 and not chunks:
                return False
            self._shorten(next(iter(self._having[most])) if most > 1 else row)
        self._move(row, len(chunks), len(chunks) + 1)
        chunks.append(self._free.pop())
        return True

    def _move(self, row: int, before: int, after: int) -> None:
        self._having[before].pop(row, None)
        self._having[after][row] = None

    def _write(self, row: int, points: NDArray[Any]) -> None:
        """Replace all points of `row` by as many others."""
        self._note(row, ALL_GONE)
        for point in points:
            self._note(row, point)
        for start, chunk in zip(range(0, len(points), CHUNK), self._chunks[row], strict=True):
            part = points[start : start + CHUNK]
            self._pool[chunk][: len(part)] = part

    def _shorten(self, row: int) -> None:
        chunks = self._chunks[row]
        self._move(row, len(chunks), len(chunks) - 1)
        self._free.append(chunks.popleft())
        self._length[row] -= CHUNK
        self._note(row, CHUNK_GONE)

    def _note(self, row: int, change: Any) -> None:
        if self._journal is not None:
            self._journal.append((row, change))

    def _reserve(self, rows: int) -> None:
        if rows > len(self._last):
            grown = np.zeros(max(rows, 2 * len(self._last)), POINT)
            grown[: len(self._last)] = self._last
            self._last = grown


def replay_journal(rows: NDArray[np.intp], changes: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Rows and points that a complete journal leads to, as `Tracks.restore` takes them."""
    order = np.argsort(rows, kind="stable")
    rows, changes = rows[order], changes[order]
    stored = []
    for own in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows)) + 1):
        t = changes["t"][own]
        emptied = np.flatnonzero(t == ALL_GONE["t"])
        own = own[emptied[-1] + 1 if len(emptied) else 0 :]
        t = changes["t"][own]
        stored.append(own[t > 0][CHUNK * np.count_nonzero(t == CHUNK_GONE["t"]) :])
    left = np.concatenate(stored) if stored else np.zeros(0, np.intp)
    return rows[left], changes[left]


def _worth_keeping(last: NDArray[Any], points: NDArray[Any]) -> NDArray[np.bool_]:
    """Where dead reckoning from `last` errs by over KEEP_ERROR_M, or KEEP_AFTER_MS have passed; bool[n]."""
    elapsed = (points["t"] - last["t"]).astype(np.float64)
    known = (last["sog"] < 1023) & (last["cog"] < 3600)
    run = np.where(known, last["sog"] * METRES_PER_SOG_MS * elapsed, 0.0)
    course = np.radians(last["cog"] / 10.0)
    north = (points["lat"] - last["lat"]) * METRES_PER_UNIT - run * np.cos(course)
    east_units = (points["lon"].astype(np.int64) - last["lon"] + 108_000_000) % 216_000_000 - 108_000_000
    east = east_units * METRES_PER_UNIT * np.cos(np.radians(last["lat"] / 600_000)) - run * np.sin(course)
    return np.asarray((np.hypot(north, east) > KEEP_ERROR_M) | (elapsed >= KEEP_AFTER_MS) | (last["t"] == 0))
