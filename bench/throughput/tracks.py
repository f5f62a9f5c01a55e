"""Points of 50,000 vessels into a full pool of tracks, against a pool with room: `python -m bench.throughput.tracks`.

A full pool takes the oldest chunks. It must not search for them: the ratio stays near 1.
"""

import functools

import numpy as np

from bench.support.measure import medians, report
from fairway.traffic.tracks import CHUNK, POINT, Tracks

VESSELS, FULL_CHUNKS, ENOUGH_CHUNKS = 50_000, 20_000, 100_000


def main() -> None:
    contestants = {
        "full pool": functools.partial(append, FULL_CHUNKS),
        "pool with room": functools.partial(append, ENOUGH_CHUNKS),
    }
    report(f"{VESSELS} vessels, two points each", "full pool", "pool with room", medians(contestants))


def append(chunks: int) -> None:
    """Append two points of every vessel to tracks of at most `chunks` chunks."""
    tracks = Tracks(max_bytes=chunks * CHUNK * POINT.itemsize)
    rows, points = np.arange(VESSELS), np.zeros(VESSELS, POINT)
    for t in (1, 600_001):
        points["t"] = t
        tracks.append(rows, points)


if __name__ == "__main__":
    main()
