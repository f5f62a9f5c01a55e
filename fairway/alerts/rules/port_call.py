"""A vessel enters a port, or leaves it. A shift from berth to berth is neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fairway.alerts.engine import Active, Rule
from fairway.alerts.zones import Zone
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

GONE_SOG: Final = 50
"""0.1 knot: a faster vessel is leaving the port; a slower one may only change its berth."""


def rules(settings: Settings, zones: Sequence[Zone]) -> tuple[Rule, ...]:
    """Return one rule with two edges."""
    del settings, zones  # ports come with the chart
    return (Rule("port_call", check, "entered_port", "left_port", place=port),)


def check(snapshot: Snapshot, active: Active) -> Active:
    """Vessels moored or at rest in a known port; an active one stays active until it leaves faster than GONE_SOG."""
    columns = snapshot.columns
    resting = (columns["status"] == fields.IN_PORT) & (columns["port"] >= 0)
    leaving = (columns["status"] != fields.IN_PORT) & (columns["sog"] >= GONE_SOG) & (columns["sog"] != fields.U2_NA)
    return np.asarray(resting | (active & ~leaving))


def port(snapshot: Snapshot, row: int) -> str | None:
    """Name of the vessel's port; None at sea."""
    index = int(snapshot.columns["port"][row])
    return snapshot.port_names[index] if index >= 0 else None
