"""Batches for the outputs' tests: a few reports, or those of a whole simulated fleet."""

import threading

import numpy as np

from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.batch import Batch
from sim.simulator import Simulator

NOW = 1_800_000_000
DTYPES = {item.name: item.dtype for item in (*fields.MOVING, *fields.STATIC)}
POSITION = {
    "lat": 50 * fields.LATLON_SCALE, "lon": -20 * fields.LATLON_SCALE,
    "sog": 123, "cog": 900, "heading": 91, "rot": 0, "nav_status": 0,
}  # fmt: skip
VOYAGE = {
    "name": "MV Atlantic Pioneer", "imo": 7000009, "callsign": "3FAA2", "vessel_type": 0, "ship_type": 71,
    "a": 200, "b": 50, "c": 16, "d": 16, "draught": 123, "destination": "Los Angeles", "eta": NOW * 1000 + 86_400_000,
}  # fmt: skip


def columns(*rows: dict) -> dict:
    return {name: np.array([row[name] for row in rows], DTYPES[name]) for name in rows[0]}


def moving(*rows: dict, mmsi: int = 352_100_000, t: float = NOW, source: str = "simulator") -> Batch:
    """Position reports: columns that differ from POSITION; a column given as None is left out."""
    full = [{name: value for name, value in (POSITION | row).items() if value is not None} for row in rows]
    numbers, times = mmsi + np.arange(len(rows), dtype=np.uint32), np.full(len(rows), round(t * 1000))
    return Batch(numbers.astype(np.uint32), times, source, source == "simulator", columns(*full), {})


def static(*rows: dict, mmsi: int = 352_100_000, t: float = NOW, source: str = "simulator") -> Batch:
    """Static reports with just the columns given."""
    numbers, times = mmsi + np.arange(len(rows), dtype=np.uint32), np.full(len(rows), round(t * 1000))
    return Batch(numbers.astype(np.uint32), times, source, source == "simulator", {}, columns(*rows))


def fleet_batches(size: int, reports: int) -> tuple[list[Batch], float]:
    """Return the simulator's batches until they hold `reports` reports, and the time by then."""
    batches, stop = [], threading.Event()

    def publish(batch: Batch) -> None:
        batches.append(batch)
        if sum(len(each.mmsi) for each in batches) >= reports:
            stop.set()

    ticks = iter(np.arange(0, 1e6, 0.5))
    clock = Clock(NOW, lambda: float(next(ticks)), "simulation")
    Simulator(publish, clock, Settings(fleet_size=size)).run(stop)
    return batches, max(float(batch.t.max()) for batch in batches) / 1000
