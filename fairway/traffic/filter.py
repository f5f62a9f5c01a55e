"""Filter: the vessels that a consumer selects, as a conjunction of vectorised tests on columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart import geodesy
from fairway.traffic import fields
from fairway.traffic.snapshot import RowView

Mask = NDArray[np.bool_]
Test = Callable[[RowView], Mask]
MAX_SPEED_KN: Final = 102.2
NM_OF_A_DEGREE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Filter:
    """Vessels that pass every test; without tests, all."""

    tests: tuple[Test, ...]

    def match(self, picked: RowView) -> Mask:
        """bool[k]: which rows pass. An unknown value passes no test of its column."""
        if not self.tests:
            return np.ones(len(picked.rows), bool)
        passed = self.tests[0](picked)
        for test in self.tests[1:]:
            passed = passed & test(picked)
        return passed


def in_box(west: float, south: float, east: float, north: float) -> Test:
    """Within degrees, borders included; west > east crosses the antimeridian."""
    w, s, e, n = (round(side * fields.LATLON_SCALE) for side in (west, south, east, north))

    def test(picked: RowView) -> Mask:
        lat, lon = picked["lat"], picked["lon"]
        across = (lon >= w) & (lon <= e) if w <= e else (lon >= w) | (lon <= e)
        return np.asarray((lat >= s) & (lat <= n) & across)

    return test


def near(latitude: float, longitude: float, nm: float) -> Test:
    """Within `nm` nautical miles of a point."""
    # a band of latitude, a little too wide, saves the great-circle distance of distant vessels
    band = (nm / NM_OF_A_DEGREE * 1.01 + 0.01) * fields.LATLON_SCALE

    def test(picked: RowView) -> Mask:
        passed = np.abs(picked["lat"] - latitude * fields.LATLON_SCALE) <= band
        at = np.flatnonzero(passed)
        lat, lon = picked["lat"][at] / fields.LATLON_SCALE, picked["lon"][at] / fields.LATLON_SCALE
        passed[at] = geodesy.distance_nm(latitude, longitude, lat, lon) <= nm
        return np.asarray(passed)

    return test


def one_of(name: str, values: Iterable[int]) -> Test:
    """The column is one of `values`."""
    wanted = np.array(sorted(set(values)), np.int64)
    return lambda picked: np.isin(picked[name], wanted)


def coded(name: str, codes: Iterable[int]) -> Test:
    """The column of uint8 codes is one of `codes`."""
    wanted = np.zeros(256, bool)
    wanted[list(codes)] = True
    return lambda picked: wanted[picked[name]]


def speed(least: float | None = None, most: float | None = None) -> Test:
    """Speed over ground within knots, bounds included."""
    low = 0 if least is None else int(np.ceil(round(least * 10, 6)))
    high = fields.U2_NA - 1 if most is None else int(np.floor(round(most * 10, 6)))
    return lambda picked: np.asarray((picked["sog"] >= low) & (picked["sog"] <= high))
