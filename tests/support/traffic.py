"""A Traffic without threads, for put and advance."""

import itertools

import numpy as np
import pytest

from fairway.chart.ports import PortIndex
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE
from fairway.traffic.traffic import Traffic

NOW = 1_800_000_000.0


def report(mmsi, t=NOW, source="receiver", simulated=False, **moving) -> Batch:
    """Position reports of some MMSIs at `t` (Unix seconds); `lat` and `lon` in degrees, the rest in column units."""
    mmsi = np.atleast_1d(np.asarray(mmsi, np.uint32))
    columns = {"lat": 50.0, "lon": -20.0, "sog": 120, "cog": 900, "heading": 90, "rot": 0, "nav_status": 0} | moving
    units = {"lat": LATLON_SCALE, "lon": LATLON_SCALE}
    dtypes = {"lat": "i4", "lon": "i4", "rot": "i2", "nav_status": "u1"}
    arrays = {
        name: np.broadcast_to(np.rint(np.asarray(value) * units.get(name, 1)), len(mmsi)).astype(dtypes.get(name, "u2"))
        for name, value in columns.items()
    }
    times = np.broadcast_to(np.rint(np.asarray(t) * 1000), len(mmsi)).astype(np.int64)
    return Batch(mmsi, times, source, simulated, arrays, {})


def static(mmsi, t=NOW, source="receiver", **columns) -> Batch:
    """A static report of one vessel."""
    return Batch(
        np.array([mmsi], np.uint32),
        np.array([round(t * 1000)]),
        source,
        False,
        {},
        {k: [v] for k, v in columns.items()},
    )


@pytest.fixture(scope="session")
def ports() -> PortIndex:
    return PortIndex.load()


@pytest.fixture
def traffic(ports) -> Traffic:
    epochs = itertools.count(1)
    empty = Traffic(ports, lambda: f"e{next(epochs)}", lost_after_s=3600)
    empty.advance(NOW)
    return empty
