"""Network of sea lanes that custom routes follow where land blocks the great circle.

Edges on open water keep clear of `fairway.chart.land_mask`. The others are narrow: canals, straits and harbour
approaches, which are finer than the mask. Each of their corners is a node.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import distance_nm

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Place = tuple[float, float]

_FILE: Final = Path(__file__).parent / "data/network.npz"
_DEGREES: Final = 1e-6
"""Unit of the stored coordinates."""
SUEZ: Final = "suez"
_NOTHING: Final = (-1, False)
"""No edge: the start of a route."""


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and the edges between them, usable in both directions.

    Attributes:
        lat, lon: float64[nodes], degrees.
        start, end: int32[edges], nodes.
        passage: '<U12'[edges], name of a canal or strait; "" elsewhere.
        narrow: bool[edges], whether the land mask is too coarse for the edge.
        corners: by edge, its line from start to end, float64[corners, 2], latitude and longitude.
        nm: float64[edges], length in nautical miles.

    """

    lat: Floats
    lon: Floats
    start: Ints
    end: Ints
    passage: NDArray[np.str_]
    narrow: NDArray[np.bool_]
    corners: tuple[Floats, ...]
    nm: Floats

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """Return the network that ships with the program."""
        with np.load(_FILE) as stored:
            lat, lon = stored["nodes"].T * _DEGREES
            between, count = stored["between"] * _DEGREES, stored["count"]
            start, end, passage, narrow = (stored[name] for name in ("start", "end", "passage", "narrow"))
        ends = np.cumsum(count)
        lines = []
        for edge, (last, size) in enumerate(zip(ends.tolist(), count.tolist(), strict=True)):
            a, b = start[edge], end[edge]
            lines.append(np.concatenate([[[lat[a], lon[a]]], between[last - size : last], [[lat[b], lon[b]]]]))
        return cls(lat, lon, start, end, passage, narrow, tuple(lines), _lengths(lines))

    @functools.cached_property
    def narrow_nodes(self) -> NDArray[np.intp]:
        """intp[k]: nodes of canals and harbours, at which a route may start or end."""
        return np.unique(np.concatenate([self.start[self.narrow], self.end[self.narrow]])).astype(np.intp)

    def shortest(
        self, sources: Iterable[tuple[int, float]], goals: dict[int, float], closed: Collection[str] = ()
    ) -> tuple[float, int, list[tuple[int, bool]]]:
        """Shortest route from any source to any goal (Dijkstra).

        Args:
            sources: nodes, each with the miles already sailed to it.
            goals: node -> miles from it to the destination.
            closed: names of passages that the route must avoid.

        Returns:
            Length in nautical miles (inf: no route), first node, and the edges in order, each with whether it is sailed
            from its start to its end.

        """
        best: dict[int, float] = {}
        came: dict[int, tuple[int, bool]] = {}
        queue = [(nm, node, _NOTHING) for node, nm in sources]
        heapq.heapify(queue)
        reached, at = float("inf"), -1
        while queue and queue[0][0] < reached:
            nm, node, edge = heapq.heappop(queue)
            if node in best:
                continue
            best[node], came[node] = nm, edge
            if nm + goals.get(node, float("inf")) < reached:
                reached, at = nm + goals[node], node
            for forward, following, length, passage in self._leaving[node]:
                if following not in best and passage not in closed:
                    heapq.heappush(queue, (nm + length, following, forward))
        return reached, *self._traced(at, came)

    def _traced(self, node: int, came: dict[int, tuple[int, bool]]) -> tuple[int, list[tuple[int, bool]]]:
        edges = []
        while (edge := came.get(node, _NOTHING)) != _NOTHING:
            edges.append(edge)
            node = int((self.start if edge[1] else self.end)[edge[0]])
        return node, edges[::-1]

    @functools.cached_property
    def _leaving(self) -> list[list[tuple[tuple[int, bool], int, float, str]]]:
        """By node: ((edge, forward), next node, miles, passage)."""
        leaving: list[list[tuple[tuple[int, bool], int, float, str]]] = [[] for _ in self.lat]
        rows = zip(self.start.tolist(), self.end.tolist(), self.nm.tolist(), self.passage.tolist(), strict=True)
        for edge, (a, b, nm, passage) in enumerate(rows):
            leaving[a].append(((edge, True), b, nm, passage))
            leaving[b].append(((edge, False), a, nm, passage))
        return leaving


def _lengths(lines: list[Floats]) -> Floats:
    points = np.concatenate(lines)
    steps = distance_nm(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    first = np.cumsum([0] + [len(line) for line in lines[:-1]])
    # the step from the end of one line to the start of the next belongs to neither
    steps[first[1:] - 1] = 0.0
    return np.asarray(np.add.reduceat(np.append(steps, 0.0), first))
