"""Bake the chart: ports, lanes and routes in fairway/chart/data/.

Usage: `python scripts/build_chart EARTH_LANDS`, where EARTH_LANDS is map.geo.json of the npm package
@geo-maps/earth-lands-250m 0.6.0. Needs, beside requirements.txt: searoute==1.6.0 harborly==1.1.4 Babel==2.18.0
scipy==1.17.1 scikit-image==0.26.0 networkx==3.6.1. Takes some minutes and 3 GB of memory; same input, same files.
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

from further import HARBOURS  # noqa: E402  (the line above makes `sea` importable)
from lane import Leg, lane, middle_of, room  # noqa: E402
from legs import COASTAL, OCEAN, ROUTES  # noqa: E402
from more_ports import with_more  # noqa: E402
from network import Network  # noqa: E402
from water import Water  # noqa: E402
from world_ports import country_name, world_ports  # noqa: E402

SEA = ROOT / "fairway/chart/data"
PORT = {harbour.name: number for number, harbour in enumerate(HARBOURS)}
TYPES: dict[str, Any] = {"start_port": np.int16, "end_port": np.int16, "kind": "<U7", "passage": "<U6"}


class Chart:
    """Collects legs."""

    def __init__(self, network: Network, water: Water) -> None:
        self._network, self._water = network, water
        self._middles: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self.legs: list[Leg] = []
        self.rows: list[dict[str, Any]] = []

    def add(self, start: str, end: str, kind: str) -> int:
        """Build a leg; return its number."""
        a, b = HARBOURS[PORT[start]], HARBOURS[PORT[end]]
        leg = lane(a, b, self._middle(start, end), self._network.canals, self._water)
        self.legs.append(leg)
        self.rows.append({"start_port": PORT[start], "end_port": PORT[end], "kind": kind, **leg.facts})
        lat, lon = leg.tightest
        print(f"{kind:8}{start} - {end}: {leg.length_nm:.0f} nm, {len(leg.lat)} corners, "
              f"{leg.room_nm:.1f} nm from land near {lat:.3f} {lon:.3f}", flush=True)  # fmt: skip
        return len(self.legs) - 1

    def waits(self) -> dict[str, list[tuple[float, float]]]:
        """Return the places where vessels anchor, by name of port."""
        found: dict[str, list[tuple[float, float]]] = {harbour.name: [] for harbour in HARBOURS}
        for leg, row in zip(self.legs, self.rows, strict=True):
            found[HARBOURS[row["end_port"]].name] += leg.queue
        return found

    def _middle(self, start: str, end: str) -> list[tuple[float, float]]:
        if (end, start) in self._middles:
            return self._middles[end, start][::-1]
        if (start, end) not in self._middles:
            path = self._network.path(HARBOURS[PORT[start]].anchorage, HARBOURS[PORT[end]].anchorage)
            self._middles[start, end] = middle_of(path, self._network.canals, self._water)
        return self._middles[start, end]

    def save(self, path: Path) -> None:
        """Write the legs as differences of corners in millionths of a degree."""
        corners = [np.rint(np.stack([leg.lat, leg.lon], axis=1) * 1e6).astype(np.int32) for leg in self.legs]
        steps = [np.concatenate([item[:1], np.diff(item, axis=0)]) for item in corners]
        columns = {name: np.array([row[name] for row in self.rows], TYPES.get(name, float)) for name in self.rows[0]}
        vertices = np.array([len(item) for item in corners], np.int32)
        rooms = np.concatenate([room(*(item.T * 1e-6), self._water) for item in corners])
        np.savez_compressed(path, steps=np.concatenate(steps), vertices=vertices, room=rooms, **columns)


def ports() -> list[dict[str, Any]]:
    """Return the simulator's ports as `fairway.chart.ports.Port` has them."""
    return [
        {
            "name": item.name,
            "country": country_name(item.country),
            "locode": item.locode,
            "lat": item.track[0][0],
            "lon": item.track[0][1],
            "berth": item.track[0],
            "anchorage": item.anchorage,
            "entrance": item.track[-1],
        }
        for item in HARBOURS
    ]


def main(earth_lands: str) -> None:
    """Bake everything."""
    (SEA / "ports.json").write_text(json.dumps(ports(), indent=1) + "\n")
    water = Water(Path(earth_lands))
    chart = Chart(Network(SEA, [item.anchorage for item in HARBOURS], water), water)
    routes = []
    for route in ROUTES:
        pairs = list(pairwise(route["ports"]))
        out = [chart.add(start, end, "route") for start, end in pairs]
        back = [chart.add(end, start, "route") for start, end in reversed(pairs)]
        numbers = [PORT[name] for name in route["ports"]]
        routes.append({**route, "ports": numbers, "legs_out": out, "legs_back": back})
    for kind, pairs in (("coastal", COASTAL), ("ocean", OCEAN)):
        for start, end in pairs:
            chart.add(start, end, kind)
            chart.add(end, start, kind)
    (SEA / "routes.json").write_text(json.dumps(routes, indent=1) + "\n")
    chart.save(SEA / "lanes.npz")
    listed = with_more(world_ports(HARBOURS, chart.waits()), chart.waits())
    listed["countries"] = dict(sorted(listed["countries"].items()))
    world = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
    (SEA / "world_ports.json").write_text(world + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
