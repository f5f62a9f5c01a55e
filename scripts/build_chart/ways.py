"""Build the network of sea lanes and the land mask for custom routes.

Usage: `python scripts/build_chart/ways.py EARTH_LANDS`, with the same input and libraries as `scripts/build_chart`.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import scipy.ndimage  # noqa: E402  (the line above makes `sea` importable)
from harbours import HARBOURS  # noqa: E402
from network import place  # noqa: E402
from search import way  # noqa: E402
from searoute.data.marnet_dict import edge_list  # noqa: E402
from water import LandMask as Fine  # noqa: E402

from fairway.chart import routing  # noqa: E402
from fairway.chart.geodesy import distance_nm  # noqa: E402
from fairway.chart.grid_search import GridSearch  # noqa: E402
from fairway.chart.land_mask import LandMask  # noqa: E402

SEA = ROOT / "fairway/chart/data"
Place = tuple[float, float]

CLOSED = {"northwest"}
"""Never sailed by what we simulate."""
NARROW = {"panama", "bosporus", "dardanelles", "suez"}
"""Kept although the mask has them as land."""
ISLETS: tuple[Place, ...] = (
    (-55.75, -69.42), (-54.947, -67.14), (-53.582, -70.444), (-8.069, 131.279), (-2.999, 107.27), (26.499, 56.509),
    (34.422, 134.128), (51.712, -5.681), (52.79, 173.22), (59.875, 22.246), (60.163, 22.38), (62.015, -165.944),
    (-18.859, -173.987),
)  # fmt: skip
"""What the coastline lacks on the ways between 90 pairs of ports, as GSHHG has it."""
SMALLEST_SEA = 3000
"""Cells: the Sea of Marmara has 4,000."""
LONGEST_MEND_NM = 400.0
NEAR_NM = 2.0
SUEZ_SOUTH = 29.9
"""What searoute calls suez goes on through the gulf south of here."""
THAMES: tuple[Place, ...] = (
    (51.5045, -0.0745), (51.503, -0.055), (51.508, -0.035), (51.489, -0.027), (51.485, -0.01), (51.504, 0.005),
    (51.489, 0.02), (51.494, 0.04), (51.495, 0.065), (51.508, 0.08), (51.513, 0.11), (51.508, 0.15), (51.487, 0.18),
    (51.471, 0.22), (51.463, 0.25), (51.453, 0.3), (51.449, 0.36), (51.452, 0.41), (51.476, 0.455), (51.497, 0.5),
    (51.5, 0.6), (51.5, 0.72), (51.505, 0.9),
)  # fmt: skip
"""From the Pool of London to the sea, by hand on the coastline."""


class Net:
    """Nodes by place, and edges with their lines."""

    def __init__(self) -> None:
        self.nodes: dict[Place, int] = {}
        self.edges: list[tuple[list[Place], str, bool]] = []

    def join(self, line: list[Place], passage: str = "", narrow: bool = False) -> None:
        """Add an edge along `line`; a narrow one is an edge for each of its parts."""
        for part in list(pairwise(line)) if narrow else [line]:
            rounded = [(round(lat, 6), round(lon, 6)) for lat, lon in part]
            if rounded[0] == rounded[-1]:
                continue
            for end in (rounded[0], rounded[-1]):
                self.nodes.setdefault(end, len(self.nodes))
            self.edges.append((rounded, passage, narrow))

    def save(self, file: Path) -> None:
        """Write the network as `fairway.chart.network.Network.load` reads it: millionths of a degree."""
        inner = [line[1:-1] for line, _, _ in self.edges]
        between = np.array([point for points in inner for point in points]).reshape(-1, 2)
        np.savez_compressed(
            file,
            nodes=np.rint(np.array(list(self.nodes)) * 1e6).astype(np.int32),
            start=np.array([self.nodes[line[0]] for line, _, _ in self.edges], np.int32),
            end=np.array([self.nodes[line[-1]] for line, _, _ in self.edges], np.int32),
            passage=np.array([passage for _, passage, _ in self.edges], "<U12"),
            narrow=np.array([narrow for _, _, narrow in self.edges]),
            between=np.rint(between * 1e6).astype(np.int32),
            count=np.array([len(points) for points in inner], np.int32),
        )


def mask(fine: Fine) -> None:
    """The ocean and the great inland seas in cells of a minute; ponds and closed bays are land."""
    rows = np.unpackbits(fine._land, axis=1)
    land = rows.reshape(rows.shape[0] // 2, 2, -1, 2).max(axis=(1, 3)).astype(bool)
    for lat, lon in ISLETS:
        row, column = int((90 - lat) * 60), int((lon + 180) * 60)
        land[row - 1 : row + 2, column - 1 : column + 2] = True
    labels, _ = scipy.ndimage.label(~land, np.ones((3, 3)))
    for west, east in zip(labels[:, 0], labels[:, -1], strict=True):
        if west and east and west != east:
            labels[labels == east] = west
    seas = np.bincount(labels.ravel()) >= SMALLEST_SEA
    seas[0] = False
    np.savez_compressed(SEA / "land_mask.npz", land=np.packbits(~seas[labels], axis=1))


def lanes(net: Net, water: LandMask, fine: Fine) -> None:
    """Return searoute's network with each edge on open water or mended; an edge that cannot be mended is left out."""
    moved: dict[Place, Place | None] = {}
    dropped = 0
    for edge, passage in _edges().items():
        ends = [_on_water(end, water, moved) for end in edge]
        if passage in CLOSED or (passage == "suez" and max(end[0] for end in edge) > SUEZ_SOUTH):
            continue
        line = _mended(ends, water) if None not in ends else None
        if line is None and passage in NARROW:
            line = [ends[0] or edge[0], *_narrowly(edge, fine), ends[1] or edge[1]]
            net.join(line, passage, narrow=True)
        elif line is None:
            dropped += 1
        else:
            net.join(line, "" if passage == "suez" else passage)
    print(f"{len(net.edges)} edges, {dropped} left out")


def _edges() -> dict[tuple[Place, Place], str]:
    found: dict[tuple[Place, Place], str] = {}
    for start, nexts in edge_list.items():
        for end, facts in nexts.items():
            a, b = sorted((place(*start), place(*end)))
            if a != b:
                found[a, b] = facts.get("passage") or ""
    return {edge: "" if passage.startswith(("segment", "pacific")) else passage for edge, passage in found.items()}


def _on_water(end: Place, water: LandMask, moved: dict[Place, Place | None]) -> Place | None:
    if end not in moved:
        near = water.nearest(*end, NEAR_NM)
        moved[end] = near[:2] if near else None
    return moved[end]


def _mended(ends: list[Any], water: LandMask) -> list[Place] | None:
    a, b = ends
    if routing._clear(a, b, 0.0):
        return [a, b]
    if distance_nm(*a, *b) > LONGEST_MEND_NM:
        return None
    spread = GridSearch(a, water, 0.7, b)
    if not np.isfinite(spread.total(b)) or spread.total(b) > 3 * distance_nm(*a, *b) + 60:
        return None
    return routing.straightened([a, *spread.route(b)[:-1], b])


def _narrowly(edge: tuple[Place, Place], fine: Fine) -> list[Place]:
    """On the finer raster; as it is where that has no way either, as in the canal of Panama."""
    try:
        return way(*edge, fine)
    except ValueError:
        return list(edge)


def passages(net: Net, water: LandMask) -> None:
    """The Suez canal and the approaches of harbours, each joined to the network on the open water before it."""
    canal = [(float(lat), float(lon)) for lat, lon in json.loads((SEA / "suez.json").read_text())]
    lines = [(canal, "suez"), (list(THAMES), ""), *(([*item.track, item.anchorage], "") for item in HARBOURS)]
    for line, passage in lines:
        ends = [line[0], line[-1]] if passage else [line[-1]]
        before = len(net.nodes)
        for end in ends:
            near = water.nearest(end[0], end[1], 6.0)
            if near is None:
                raise ValueError(f"{end} is far from open water")
            _joined(net, near[:2], water, before)
            if near[2]:
                net.join([end, near[:2]], passage, narrow=True)
        net.join(line, passage, narrow=True)


def _joined(net: Net, seaward: Place, water: LandMask, before: int) -> None:
    """Edges from a place on open water to the nodes around it."""
    spread = GridSearch(seaward, water, 2.0)
    known = list(net.nodes)[:before]
    away = distance_nm(*seaward, *np.array(known).T)
    near = [known[at] for at in np.argsort(away)[:60].tolist() if np.isfinite(spread.total(known[at]))][:12]
    for node in near:
        net.join(routing.straightened([seaward, *spread.route(node)[:-1], node]))


def main(earth_lands: str) -> None:
    """Bake both files."""
    fine = Fine(Path(earth_lands))
    mask(fine)
    net, water = Net(), LandMask.load()
    lanes(net, water, fine)
    passages(net, water)
    net.save(SEA / "network.npz")


if __name__ == "__main__":
    main(sys.argv[1])
