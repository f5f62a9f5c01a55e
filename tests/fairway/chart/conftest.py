"""The chart as it comes with the program, and its referee."""

import numpy as np
import pytest
from roaring_landmask import RoaringLandmask

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port, PortIndex, load_ports


@pytest.fixture(scope="session")
def lanes() -> Lanes:
    return Lanes.load()


@pytest.fixture(scope="session")
def ports() -> tuple[Port, ...]:
    return load_ports()


@pytest.fixture(scope="session")
def index() -> PortIndex:
    return PortIndex.load()


@pytest.fixture(scope="session")
def referee() -> RoaringLandmask:
    """GSHHG: a coastline that the bake does not read, but for the few islets that it has as `DANGERS`."""
    return RoaringLandmask.new()


@pytest.fixture(scope="session")
def sampled(lanes):
    """Distance, latitude, longitude and course of a leg every `step` nautical miles."""

    def sample(leg: int, step: float = 0.1) -> tuple[np.ndarray, ...]:
        along = np.append(np.arange(0.0, lanes.length_nm[leg], step), lanes.length_nm[leg])
        everywhere = np.full(len(along), leg, np.int32)
        # Hints from a search, so that a sample does not depend on the sample before it.
        part = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg] - 1)
        hint = lanes.first[leg] + np.searchsorted(lanes.along_nm[part], along, side="right") - 1
        lat, lon, course, _ = lanes.position(everywhere, along, hint.astype(np.int32))
        return along, lat, lon, course

    return sample
