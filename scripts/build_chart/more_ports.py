"""Add ports that the World Port Index lacks (Brisbane, Sydney, Dubai) from searoute.

Usage, after the chart was built: `python scripts/build_chart/more_ports.py` adds them to
fairway/chart/data/world_ports.json.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from further import HARBOURS  # noqa: E402  (the line above makes `sea` importable)
from harbours import Place  # noqa: E402
from world_ports import SAME_PORT_NM, country_name  # noqa: E402

from fairway.chart.geodesy import distance_nm  # noqa: E402
from fairway.chart.land_mask import LandMask  # noqa: E402
from fairway.chart.lanes import Lanes  # noqa: E402
from fairway.chart.ports import load_ports  # noqa: E402

WORLD = ROOT / "fairway/chart/data" / "world_ports.json"
INLAND_NM = 12.0
"""Further from the sea than this it is no sea port, whatever its code."""
ANCHORED_NM = 3.0
"""So long before the anchorage the simulator's vessels may wait."""


def candidates() -> list[tuple[str, str, float, float, bool]]:
    """(locode, name, latitude, longitude, whether it is a main port) of searoute's ports: main ports first."""
    listed = json.loads((files("searoute") / "data" / "ports.geojson").read_text())["features"]
    rows = [(item["properties"], item["geometry"]["coordinates"]) for item in listed]
    rows.sort(key=lambda row: (row[0].get("t") is None, row[0]["port"]))
    return [
        (about["port"], str(about["name"]).strip(), round(lat, 4), round(lon, 4), about.get("t") is not None)
        for about, (lon, lat) in rows
        if about.get("name") and len(about["port"]) == 5 and about["port"].isalnum()
    ]


def with_more(world: dict[str, Any], waits: dict[str, list[Place]]) -> dict[str, Any]:
    """Columns of `world_ports.world_ports` with searoute's ports that are not there yet.

    Args:
        world: columns of the index.
        waits: by name of harbour, where the simulator's vessels anchor: they must find their own port first.

    """
    water = LandMask.load()
    own = {port.name: port for port in load_ports()}
    codes = {*world["locode"], *(port.locode for port in own.values())}
    names = [*world["name"], *own]
    lat = [*world["lat"], *(port.lat for port in own.values())]
    lon = [*world["lon"], *(port.lon for port in own.values())]
    for code, name, north, east, main in candidates():
        try:
            country = country_name(code[:2])
        except KeyError:
            continue
        near = np.flatnonzero(distance_nm(north, east, np.array(lat), np.array(lon)) <= SAME_PORT_NM).tolist()
        # a main port is known by its code even where a smaller one lies beside it
        known = any(names[number] == name for number in near) if main else bool(near)
        if code in codes or known or water.nearest(north, east, INLAND_NM) is None:
            continue
        places = {item.name: [item.anchorage, item.track[0], *waits[item.name]] for item in HARBOURS}
        if any(_is_nearer(north, east, own[harbour], there) for harbour, there in places.items()):
            continue
        names.append(name)
        codes.add(code)
        lat.append(north)
        lon.append(east)
        world["countries"][code[:2]] = country
        for column, value in (("name", name), ("country", code[:2]), ("locode", code), ("lat", north), ("lon", east)):
            world[column].append(value)
    return world


def _is_nearer(north: float, east: float, port: Any, places: list[Place]) -> bool:
    """Whether a port would be found before the simulator's own at one of the places."""
    lat, lon = np.array(places).T
    return bool((distance_nm(lat, lon, north, east) <= distance_nm(lat, lon, *port.berth)).any())


def waits() -> dict[str, list[Place]]:
    """Where vessels of the simulator anchor, by name of harbour, from the baked lanes."""
    lanes = Lanes.load()
    found: dict[str, list[Place]] = {harbour.name: [] for harbour in HARBOURS}
    for leg, end in enumerate(lanes.end_port.tolist()):
        points = slice(lanes.first[leg], lanes.first[leg] + lanes.count[leg])
        along = np.linspace(lanes.anchorage_nm[leg] - ANCHORED_NM, lanes.anchorage_nm[leg], 10)
        places = (np.interp(along, lanes.along_nm[points], column[points]) for column in (lanes.lat, lanes.lon))
        found[HARBOURS[end].name] += list(zip(*(place.tolist() for place in places), strict=True))
    return found


def main() -> None:
    world = with_more(json.loads(WORLD.read_text()), waits())
    world["countries"] = dict(sorted(world["countries"].items()))
    WORLD.write_text(json.dumps(world, separators=(",", ":"), ensure_ascii=False) + "\n")
    print(f"{len(world['name'])} ports")


if __name__ == "__main__":
    main()
