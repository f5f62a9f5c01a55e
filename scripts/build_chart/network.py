"""The skeleton of each leg: shortest paths through searoute's network of sea lanes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import networkx
import numpy as np
from numpy.typing import NDArray
from search import Grid
from searoute.data.marnet_dict import edge_list
from skimage.graph import MCP_Geometric
from water import Water

from fairway.chart.geodesy import distance_nm, wrap_lon

Floats = NDArray[np.float64]
Place = tuple[float, float]

CLOSED = frozenset({"northwest", "sunda", "panama", "bosporus", "dardanelles", "chili"})
"""Passages that no leg takes: Malacca rather than Sunda. The Panama canal has its own centreline, as Suez has."""
PANAMA_ENDS = ((9.75, -80.0), (8.6, -79.5)), ((8.6, -79.5), (7.422389, -79.672852))
"""Nodes of searoute that its own canal joins: on either side, and the way out to the Pacific."""
AVOIDED = ((38.25, 15.65, 15.0), (41.3, 9.2, 15.0), (33.95, 131.0, 20.0), (37.93, 22.98, 8.0), (41.75, -70.6, 12.0))
"""Straits of Messina, Bonifacio and Kanmon, canals of Corinth and Cape Cod: latitude, longitude, miles."""
REACH_DEG = 2.0


class Network:
    """searoute's network, with the canals' own centrelines in place of its points, and the ports joined.

    `canals` are the centrelines by name, each from north to south.
    """

    def __init__(self, folder: Path, ports: list[Place], water: Water) -> None:
        self.graph = networkx.Graph()
        for start, nexts in edge_list.items():
            for end, facts in nexts.items():
                a, b = (place(*node) for node in (start, end))
                if facts.get("passage") not in CLOSED and a != b and not _avoided(a) and not _avoided(b):
                    self._join(a, b)
        self.canals = {name: centreline(folder / f"{name}.json") for name in ("suez", "panama")}
        self._splice_suez()
        self._splice_panama()
        nodes = np.array(self.graph.nodes)
        for port in ports:
            self._connect(port, nodes, water)

    def path(self, start: Place, end: Place) -> list[Place]:
        """From port to port, both included, through no other port."""
        others = {node for node, facts in self.graph.nodes(data=True) if "port" in facts} - {start, end}
        graph = networkx.restricted_view(self.graph, others, [])
        return list(networkx.dijkstra_path(graph, start, end, weight="nm"))

    def _join(self, a: Place, b: Place) -> None:
        self.graph.add_edge(a, b, nm=float(distance_nm(*a, *b)))

    def _connect(self, port: Place, nodes: Floats, water: Water) -> None:
        """Join a port to the nodes around it, as far as they are by water."""
        grid = Grid(port, port, water, REACH_DEG)
        totals, _ = MCP_Geometric(grid.cost, sampling=grid.spacing).find_costs([grid.cell(port)])
        self.graph.add_node(port, port=True)
        for node in (tuple(row) for row in nodes.tolist()):
            row, column = grid.cell(node)
            if 0 <= row < totals.shape[0] and 0 <= column < totals.shape[1] and np.isfinite(totals[row, column]):
                self.graph.add_edge(port, node, nm=float(totals[row, column]))

    def _splice_panama(self) -> None:
        canal = self.canals["panama"]
        (north, south), out = PANAMA_ENDS
        for a, b in (*pairwise(canal), (north, canal[0]), (canal[-1], south), out):
            self._join(a, b)

    def _splice_suez(self) -> None:
        """Cut the network between the canal's ends and join it to the centreline."""
        canal = self.canals["suez"]
        north, south = canal[0], canal[-1]
        inside = [node for node in self.graph if south[0] - 0.2 < node[0] < north[0] + 0.05 and 32.0 < node[1] < 32.8]
        joints = {near for node in inside for near in self.graph[node] if near not in inside}
        self.graph.remove_nodes_from(inside)
        for joint in joints:
            self._join(joint, north if joint[0] > 31 else south)
        for a, b in pairwise(canal):
            self._join(a, b)


def centreline(file: Path) -> list[Place]:
    """The line of a canal, from north to south."""
    return [(float(lat), float(lon)) for lat, lon in json.loads(file.read_text())]


def place(lon: float, lat: float) -> Place:
    """A node of searoute as (latitude, longitude in [-180, 180))."""
    return float(lat), round(float(wrap_lon(lon)), 6)


def _avoided(node: Place) -> bool:
    return any(float(distance_nm(*node, lat, lon)) < nm for lat, lon, nm in AVOIDED)
