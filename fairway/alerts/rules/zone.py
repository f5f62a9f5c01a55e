"""A vessel enters or leaves a zone that a user drew on the map."""

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
"""A vessel leaves a zone when it is this far outside: positions jitter."""


def rules(settings: Settings, zones: Sequence[Zone]) -> tuple[Rule, ...]:
    """Return one rule for each zone."""
    del settings  # a zone has no options
    return tuple(_rule(zone) for zone in zones)


def _rule(zone: Zone) -> Rule:
    def check_zone(snapshot: Snapshot, active: Active) -> Active:
        return check(snapshot, active, zone)

    def name(_snapshot: Snapshot, _row: int) -> str:
        return zone.name

    return Rule(f"zone {zone.id}", check_zone, "entered_zone", "left_zone", place=name)


def check(snapshot: Snapshot, active: Active, zone: Zone) -> Active:
    """Vessels inside the zone, or active and within EDGE_M of it; only those in its box are tested."""
    lat = snapshot.columns["lat"] / fields.LATLON_SCALE
    lon = snapshot.columns["lon"] / fields.LATLON_SCALE
    near = np.flatnonzero(zone.box_holds(lat, lon, EDGE_M))
    inside = zone.holds(lat[near], lon[near])
    outside = active[near] & ~inside
    inside[outside] = zone.distance_m(lat[near[outside]], lon[near[outside]]) <= EDGE_M
    result = np.zeros(len(lat), bool)
    result[near] = inside
    return result
