"""10,000 vessels as GeoJSON and as JSON, from the complete application: `python -m bench.throughput.rest`.

The peer builds a dict per vessel from the same columns and encodes it with the standard library's json.
"""

import json
from dataclasses import replace

import numpy as np

from app import create
from bench.support.measure import medians, report
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot
from sim.reports.reporting import Reporter
from sim.world.world import World

ROUNDS = 9


def features(snapshot: Snapshot) -> str:
    """The peer: a FeatureCollection of nested dicts."""
    moving = {name: column.tolist() for name, column in snapshot.columns.items()}
    static = {name: column.tolist() for name, column in snapshot.static_columns.items()}
    scale = fields.LATLON_SCALE
    collection = [
        {
            "type": "Feature",
            "id": moving["mmsi"][row],
            "geometry": {"type": "Point", "coordinates": [moving["lon"][row] / scale, moving["lat"][row] / scale]},
            "properties": {
                "mmsi": moving["mmsi"][row],
                "imo_number": f"IMO{static['imo'][row]:07d}",
                "vessel_name": static["name"][row],
                "vessel_type": fields.VESSEL_TYPES[static["vessel_type"][row]],
                "timestamp": str(np.datetime64(moving["t"][row] // 1000, "s")) + "Z",
                "speed_over_ground": moving["sog"][row] / 10,
                "course_over_ground": moving["cog"][row] / 10,
                "heading": moving["heading"][row],
                "rate_of_turn": moving["rot"][row] / 10,
                "status": fields.STATUSES[moving["status"][row]],
                "destination": static["destination"][row],
            },
        }
        for row in range(len(moving["mmsi"]))
    ]
    return json.dumps({"type": "FeatureCollection", "features": collection})


def main() -> None:
    fairway = create(Settings(state_file="", database_url="", fleet_size=10_000))
    now = fairway.clock.now()
    for batch in Reporter(World(1, 10_000, now), 30.0).everything():
        fairway.traffic.put(batch)
    fairway.traffic.advance(now)
    client = fairway.server.test_client()

    def renewed() -> Snapshot:
        """Return the same state as a new Snapshot, without encoded messages."""
        fairway.traffic._snapshot = replace(fairway.traffic.snapshot())
        return fairway.traffic.snapshot()

    def ask(query: str) -> None:
        renewed()
        answer = client.get(f"/api/realtime/vessels{query}")
        assert answer.status_code == 200
        assert answer.data.count(b'"mmsi":') == 10_000

    contest = {
        "GeoJSON": lambda: ask("?format=geojson"),
        "JSON": lambda: ask(""),
        "json.dumps of dicts": lambda: features(renewed()),
    }
    times = medians(contest, ROUNDS)
    for ours in list(contest)[:-1]:
        report("10,000 vessels by REST", ours, "json.dumps of dicts", times)


if __name__ == "__main__":
    main()
