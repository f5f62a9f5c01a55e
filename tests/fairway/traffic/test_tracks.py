"""Tracks: the points that are stored, and a pool that is full."""

import os
from pathlib import Path

import numpy as np
import pytest

from fairway.traffic.tracks import CHUNK, MAX_CHUNKS_OF_A_VESSEL, POINT, Tracks


def point(t_s, lat=0.0, lon=0.0, sog=0, cog=0):
    built = np.zeros(1, POINT)
    built[0] = (round(t_s * 1000) + 1, round(lat * 600_000), round(lon * 600_000), sog, cog)
    return built


def offer(tracks, row, *points):
    for item in points:
        tracks.append(np.array([row]), item)


def test_a_straight_course_needs_few_points():
    """A vessel on a steady course gets a point every ten minutes, not with every report."""
    tracks = Tracks()
    for second in range(0, 3601, 10):
        offer(tracks, 0, point(second, lat=10 * second / 3600 / 60, sog=100, cog=0))
    assert np.diff(tracks.read(0)["t"]).tolist() == [600_000] * 6


def test_a_turn_is_kept():
    """A point that dead reckoning misses by more than 50 m is stored at once."""
    tracks = Tracks()
    offer(tracks, 0, point(0, sog=100, cog=0), point(10, lat=51 / 1852 / 60, sog=100), point(20, lon=60 / 1852 / 60))
    assert len(tracks.read(0)) == 2
    assert tracks.read(0)["t"][1] == 20_001


def test_the_antimeridian_is_no_jump():
    """Sailing over 180 degrees is as straight as anywhere."""
    tracks = Tracks()
    offer(tracks, 0, point(0, lon=179.999, sog=100, cog=900), point(60, lon=-179.9982222, sog=100, cog=900))
    assert len(tracks.read(0)) == 1


def test_at_most_about_a_thousand_points():
    """A vessel's oldest points go when it has its share."""
    tracks = Tracks()
    offer(tracks, 3, *(point(600 * at) for at in range(2000)))
    read = tracks.read(3)
    most = MAX_CHUNKS_OF_A_VESSEL * CHUNK
    assert most - CHUNK < len(read) <= most
    assert read["t"][-1] == 1999 * 600_000 + 1
    assert (np.diff(read["t"]) == 600_000).all()


def test_a_full_pool_takes_from_the_longest():
    """When nothing is free the longest track gives its oldest chunk; the others stay whole."""
    tracks = Tracks(max_bytes=4 * CHUNK * POINT.itemsize)
    offer(tracks, 0, *(point(600 * at) for at in range(3 * CHUNK)))
    offer(tracks, 1, *(point(600 * at) for at in range(CHUNK)))
    offer(tracks, 2, point(0))
    assert [len(tracks.read(row)) for row in range(3)] == [2 * CHUNK, CHUNK, 1]
    assert tracks.read(0)["t"][0] == 600_000 * CHUNK + 1


def test_more_vessels_than_chunks():
    """The vessels that came last have no track; a full track starts again; a freed chunk goes to the next vessel."""
    tracks = Tracks(max_bytes=2 * CHUNK * POINT.itemsize)
    for row in range(3):
        offer(tracks, row, point(0), point(600))
    assert [len(tracks.read(row)) for row in range(3)] == [2, 2, 0]
    offer(tracks, 0, *(point(600 * at) for at in range(2, CHUNK + 1)))
    assert [len(tracks.read(row)) for row in range(3)] == [1, 2, 0]
    tracks.drop(1)
    offer(tracks, 2, point(1200))
    assert tracks.read(2)["t"].tolist() == [1_200_001]


@pytest.mark.parametrize("forget", ["drop", "clear"])
def test_forgetting(forget):
    """A dropped track is empty, its chunks are free, and its row starts a new track."""
    tracks = Tracks(max_bytes=CHUNK * POINT.itemsize)
    offer(tracks, 0, point(0))
    tracks.drop(0) if forget == "drop" else tracks.clear()
    assert len(tracks.read(0)) == 0
    offer(tracks, 0, point(1))
    assert tracks.read(0)["t"].tolist() == [1001]


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_memory_is_used_again():
    """Vessels that come and go one after the other use one chunk again: the pool of 64 MB does not become resident."""
    tracks, before = Tracks(), resident_bytes()
    for row in range(40_000):
        offer(tracks, row % 100, point(row))
        tracks.drop(row % 100)
    assert resident_bytes() - before < 20e6
