"""A vessel enters or leaves an area that somebody drew on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fairway.alerts.engine import Active, Rule
from fairway.alerts.zones import Zone
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

EDGE_M: Final = 100.0
"""Who was inside is so until this far outside: positions jitter."""


def rules(settings: Settings, zones: Sequence[Zone]) -> tuple[Rule, ...]:
    """Return one rule for each zone."""
    del settings  # a zone has no options
    return tuple(_rule(zone) for zone in zones)


def _rule(zone: Zone) -> Rule:
    def judge(snapshot: Snapshot, active: Active) -> Active:
        return check(snapshot, active, zone)

    def name(_snapshot: Snapshot, _row: int) -> str:
        return zone.name

    return Rule(f"zone {zone.id}", judge, "entered_zone", "left_zone", place=name)


def check(snapshot: Snapshot, active: Active, zone: Zone) -> Active:
    """Inside the zone, or active and within EDGE_M of it; only vessels in its box are looked at."""
    lat = snapshot.columns["lat"] / fields.LATLON_SCALE
    lon = snapshot.columns["lon"] / fields.LATLON_SCALE
    near = np.flatnonzero(zone.box_holds(lat, lon, EDGE_M))
    inside = zone.holds(lat[near], lon[near])
    kept = active[near] & ~inside
    inside[kept] = zone.distance_m(lat[near[kept]], lon[near[kept]]) <= EDGE_M
    result = np.zeros(len(lat), bool)
    result[near] = inside
    return result
