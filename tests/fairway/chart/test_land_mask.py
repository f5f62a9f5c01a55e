"""The mask of land and water."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fairway.chart.land_mask import LandMask

ROOT = Path(__file__).parents[3]


def test_known_places():
    """The Alps are land, the Atlantic is water, and both sides of the antimeridian agree."""
    mask = LandMask.load()
    assert mask.is_land([46.5, 30.0], [8.0, -40.0]).tolist() == [True, False]
    assert mask.is_land(10.0, 180.0) == mask.is_land(10.0, -180.0)


def test_nearest():
    """Water is its own nearest; the Matterhorn has none within 20 miles; Rome has the Tyrrhenian Sea."""
    mask = LandMask.load()
    assert mask.nearest(30.0, -40.0, 1.0) == (30.0, -40.0, 0.0)
    assert mask.nearest(46.5, 8.0, 20.0) is None
    lat, lon, nm = mask.nearest(41.9, 12.48, 20.0)
    assert not mask.is_land(lat, lon)
    assert nm == pytest.approx(12, abs=3)


def test_a_window_has_the_cells_of_the_mask():
    """A window equals the cells asked one by one, also across the antimeridian."""
    mask, (rows, columns) = LandMask.load(), (6, 8)
    north, west = (90 - 66) * 60, 360 * 60 - 4
    lat = 90 - (np.arange(north, north + rows) + 0.5) / 60
    lon = (np.arange(west, west + columns) + 0.5) / 60 - 180
    expected = mask.is_land(lat[:, None], lon[None])
    assert np.array_equal(mask.window(north, west, rows, columns), expected)


def test_the_default_server_does_not_load_it():
    """A server that was created holds no mask in memory."""
    code = (
        "import app; from fairway.settings import Settings; app.create(Settings(state_file='', database_url='')); "
        "from fairway.chart.land_mask import LandMask; print(LandMask.load.cache_info())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "currsize=0" in run.stdout
