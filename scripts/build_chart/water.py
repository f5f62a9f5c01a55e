"""Where land is, and how far off: a raster of OpenStreetMap's coastline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from fairway.chart.geodesy import wrap_lon

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CELLS = 120
"""Cells in a degree: half a nautical mile."""
CELL_NM = 60 / CELLS
DANGERS = (
    (25.42, 119.95, 1.5),
    (30.15, 122.87, 2.0),
    (30.22, 122.56, 2.0),
    (34.05, 127.59, 2.5),
    (38.86, 8.41, 1.0),
    (-28.46, 113.72, 9.0),
    (-28.70, 113.82, 9.0),
    (-28.89, 113.93, 9.0),
    (3.27, 72.82, 3.0),
    (12.67, 120.44, 1.5),
    (8.80, 150.29, 3.0),
    (-18.01, -178.45, 3.0),
    (-5.74, 106.61, 1.5),
    (-5.93, 106.58, 3.0),
    (-6.03, 106.85, 1.0),
    (2.02, 73.30, 3.0),
    (2.89, 73.04, 3.0),
    (-11.05, -171.07, 4.0),
    (14.30, -82.57, 5.0),
    (14.55, -82.70, 6.0),
    (15.19, -82.69, 5.0),
    (-11.33, -77.70, 2.0),
)
"""Islets and reefs that this coastline lacks; the tests found them in GSHHG. Latitude, longitude, radius in miles."""
_WIDTH, _HEIGHT = 360 * CELLS, 180 * CELLS
_TILE = 2
_MARGIN = 1.0
"""Degrees around a tile within which land counts for the clearance."""


class Water:
    """Land as a raster of 1/120 degree; every cell that the coastline touches is land."""

    def __init__(self, earth_lands: Path) -> None:
        polygons = orjson.loads(earth_lands.read_bytes())["geometries"][0]["coordinates"]
        land = _raster(polygons)
        for danger in DANGERS:
            _add(land, *danger)
        self._land = np.packbits(land, axis=1)
        self._tiles: dict[tuple[int, int], NDArray[np.float32]] = {}

    def land(self, south: float, west: float, north: float, east: float) -> Bools:
        """Cells of a window with whole-cell edges, rows from north; `east` may exceed 180, `west` be below -180."""
        rows = np.arange(round((90 - north) * CELLS), round((90 - south) * CELLS))
        columns = np.arange(round((west + 180) * CELLS), round((east + 180) * CELLS)) % _WIDTH
        bits = self._land[np.clip(rows, 0, _HEIGHT - 1)[:, None], columns[None] // 8]
        return np.asarray(bits >> (7 - columns % 8) & 1, bool)

    def clearance(self, lat: Floats, lon: Floats) -> Floats:
        """Distance to the nearest land cell in nautical miles, at most 60 cells or so; 0 on land."""
        lon = wrap_lon(lon)
        tile = np.stack([np.floor(lat / _TILE), np.floor(lon / _TILE)], axis=1).astype(int)
        result = np.empty(len(lat))
        for key in np.unique(tile, axis=0):
            rows = np.flatnonzero((tile == key).all(axis=1))
            south, west = (key * _TILE).tolist()
            grid = self._tile(south, west)
            row = np.clip(((south + _TILE - lat[rows]) * CELLS).astype(int), 0, _TILE * CELLS - 1)
            column = np.clip(((lon[rows] - west) * CELLS).astype(int), 0, _TILE * CELLS - 1)
            result[rows] = grid[row, column]
        return result

    def _tile(self, south: int, west: int) -> NDArray[np.float32]:
        if (south, west) not in self._tiles:
            edge = round(_MARGIN * CELLS)
            around = clearance(
                self.land(south - _MARGIN, west - _MARGIN, south + _TILE + _MARGIN, west + _TILE + _MARGIN),
                south + _TILE / 2,
            )
            self._tiles[south, west] = around[edge:-edge, edge:-edge].astype(np.float32)
        return self._tiles[south, west]


def clearance(land: Bools, middle_lat: float) -> Floats:
    """Nautical miles from each cell to the nearest cell of land, 60 where there is none."""
    if not land.any():
        return np.full(land.shape, 60.0)
    spacing = (CELL_NM, CELL_NM * float(np.cos(np.radians(middle_lat))))
    return np.asarray(distance_transform_edt(~land, sampling=spacing))


def _raster(polygons: list[Any]) -> NDArray[np.uint8]:
    """1 where land is, uint8[rows from north, columns from 180 west]."""
    land = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    edges = [np.asarray(ring, np.float32) for polygon in polygons for ring in polygon]
    starts = np.concatenate([ring[:-1] for ring in edges]).astype(np.float64)
    ends = np.concatenate([ring[1:] for ring in edges]).astype(np.float64)
    x1, x2 = ((points[:, 0] + 180) * CELLS for points in (starts, ends))
    y1, y2 = ((90 - points[:, 1]) * CELLS for points in (starts, ends))
    _fill(land, x1, y1, x2, y2)
    _trace(land, x1, y1, x2, y2)
    return land


def _fill(land: NDArray[np.uint8], x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> None:
    """Cells whose centre is inside, by parity: each edge switches all that is east of it."""
    first, last = np.ceil(np.minimum(y1, y2) - 0.5).astype(int), np.ceil(np.maximum(y1, y2) - 0.5).astype(int)
    edge = np.repeat(np.arange(len(x1)), last - first)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[edge]
    part = (row + 0.5 - y1[edge]) / (y2[edge] - y1[edge])
    column = np.ceil(x1[edge] + part * (x2[edge] - x1[edge]) - 0.5).astype(int)
    inside = (row >= 0) & (row < _HEIGHT) & (column < _WIDTH)
    np.bitwise_xor.at(land, (row[inside], np.maximum(column[inside], 0)), np.uint8(1))
    np.bitwise_xor.accumulate(land, axis=1, out=land)


def _trace(land: NDArray[np.uint8], x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> None:
    """Cells that an edge passes through."""
    counts = np.ceil(np.hypot(x2 - x1, y2 - y1) * 4).astype(int) + 1
    edge = np.repeat(np.arange(len(x1)), counts)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    part = place / np.maximum(counts[edge] - 1, 1)
    row = np.clip((y1[edge] + part * (y2[edge] - y1[edge])).astype(int), 0, _HEIGHT - 1)
    column = np.clip((x1[edge] + part * (x2[edge] - x1[edge])).astype(int), 0, _WIDTH - 1)
    land[row, column] = 1


def _add(land: NDArray[np.uint8], lat: float, lon: float, radius_nm: float) -> None:
    """Make land of a square around a place."""
    high = round(radius_nm / CELL_NM)
    wide = round(high / np.cos(np.radians(lat)))
    row, column = int((90 - lat) * CELLS), int((lon + 180) * CELLS)
    land[row - high : row + high + 1, column - wide : column + wide + 1] = 1
