"""Merge, freeze and encode a fleet, against dictionaries and json: `python -m bench.throughput.stream`."""

import json
from dataclasses import replace

import numpy as np

from bench.support.measure import medians, report
from fairway.chart.ports import PortIndex
from fairway.protocol import encode_json
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic
from sim.reports.reporting import Reporter
from sim.world.world import World

NOW = 1_800_000_000.0


def merge_contest(world: World, traffic: Traffic) -> dict[str, object]:
    """All vessels report at once: ours ends in an immutable snapshot, the peer in one dict per vessel."""
    rows, table, reporter = np.arange(len(world.fleet)), {}, Reporter(world, 30.0)

    def columns() -> None:
        world.now += 1
        traffic.put(reporter.position_report(rows))
        traffic.advance(world.now)

    def dicts() -> None:
        batch = reporter.position_report(rows)
        names = list(batch.moving)
        for mmsi, *values in zip(batch.mmsi.tolist(), *(c.tolist() for c in batch.moving.values()), strict=True):
            table[mmsi] = {**table.get(mmsi, {}), **dict(zip(names, values, strict=True))}
        {mmsi: dict(row) for mmsi, row in table.items()}

    return {"columns": columns, "dicts": dicts}


def as_dicts(snapshot: Snapshot) -> list[dict[str, object]]:
    """The peer of the encoder: the guide's nested objects, a dict per vessel, for the standard library."""
    moving = {name: column.tolist() for name, column in snapshot.columns.items()}
    static = {name: column.tolist() for name, column in snapshot.static_columns.items()}
    return [
        {
            "imo_number": f"IMO{static['imo'][row]:07d}",
            "vessel_name": static["name"][row],
            "vessel_type": fields.VESSEL_TYPES[static["vessel_type"][row]],
            "timestamp": encode_json.rfc3339(moving["t"][row] / 1000),
            "position": {
                "latitude": round(moving["lat"][row] / fields.LATLON_SCALE, 5),
                "longitude": round(moving["lon"][row] / fields.LATLON_SCALE, 5),
                "port_name": None,
                "country": None,
            },
            "kinematics": {
                "speed_over_ground": moving["sog"][row] / 10,
                "course_over_ground": moving["cog"][row] / 10,
                "heading": moving["heading"][row],
                "rate_of_turn": moving["rot"][row] / 10,
            },
            "status": fields.STATUSES[moving["status"][row]],
            "destination": static["destination"][row],
            "eta": encode_json.rfc3339(static["eta"][row] / 1000),
            "mmsi": moving["mmsi"][row],
        }
        for row in range(len(moving["mmsi"]))
    ]


def main() -> None:
    for size in (500, 10_000, 100_000):
        world, traffic = World(1, size, NOW), Traffic(PortIndex.load(), lambda: "bench")
        traffic.advance(NOW)
        for batch in Reporter(world, 30.0).everything():
            traffic.put(batch)
        snapshot = traffic.advance(NOW)
        rounds = 15 if size < 100_000 else 5
        report(f"merge and freeze {size}", "columns", "dicts", medians(merge_contest(world, traffic), rounds))
        rows = snapshot.changed_since(0)
        contest = {"columns": lambda s=snapshot, r=rows: b",".join(encode_json.rows(replace(s), r))}
        contest["json.dumps"] = lambda s=snapshot: json.dumps(as_dicts(s)).encode()
        report(f"encode {size}", "columns", "json.dumps", medians(contest, rounds))


if __name__ == "__main__":
    main()
