"""Reports for the tests of the history."""

from dataclasses import replace

import numpy as np

from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE

SHIP = 232_100_000
T = 1_800_000_000_000


def moves(t, mmsi=SHIP, epoch="e1", **columns) -> Batch:
    """Reports of one vessel at the times `t`; the other columns were not reported."""
    times = np.atleast_1d(np.asarray(t, np.int64))
    latitudes = np.arange(len(times), dtype=np.int32) * 600 + 50 * LATLON_SCALE
    moving = {"lat": latitudes, "lon": np.full(len(times), -20 * LATLON_SCALE, np.int32)}
    moving |= {name: np.full(len(times), value) for name, value in columns.items()}
    return Batch(np.full(len(times), mmsi, np.uint32), times, "receiver", False, moving, {}, epoch=epoch)


def fleet(t, *mmsis) -> Batch:
    """One report of each of some vessels."""
    return replace(moves(np.full(len(mmsis), t)), mmsi=np.array(mmsis, np.uint32))


def places(past) -> dict[int, int]:
    """Time of each vessel's last report in a PastFleet, by MMSI."""
    return dict(zip(past.rows["mmsi"].tolist(), past.rows["t"].tolist(), strict=True))
