"""A vessel is faster than the limit for its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from fairway.alerts.engine import Active, Rule
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

SLOWER_BY: Final = 10
"""0.1 knot: the alert ends when a vessel is so much below its limit."""


def rules(limits: Mapping[str, float]) -> tuple[Rule, ...]:
    """`limits`: vessel type -> knots; the key "" is for all types that have none of their own.

    Raises:
        ValueError: A key is no vessel type.

    """
    unknown = sorted(limits.keys() - {"", *fields.VESSEL_TYPES})
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: known vessel types are {', '.join(fields.VESSEL_TYPES)}")
    by_code = np.array([limits.get(name, limits[""]) for name in fields.VESSEL_TYPES]) * 10

    def judge(snapshot: Snapshot, active: Active) -> Active:
        return check(snapshot, active, by_code)

    return (Rule("high_speed", judge, "high_speed", on_sight=True),)


def check(snapshot: Snapshot, active: Active, limits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Active:
    """Above the limit, or active and not yet well below it; never moored, at anchor, or of unknown speed.

    Args:
        snapshot: what is judged.
        active: bool[rows].
        limits: float64[vessel types], 0.1 knot.

    """
    columns = snapshot.columns
    limit = limits[snapshot.static_columns["vessel_type"]]
    sog = columns["sog"].astype(np.float64)
    nav = columns["nav_status"]
    resting = (nav == fields.NAV_MOORED) | (nav == fields.NAV_AT_ANCHOR) | (columns["status"] != fields.AT_SEA)
    fast = (sog > limit) | (active & (sog > limit - SLOWER_BY))
    return np.asarray(fast & ~resting & (columns["sog"] != fields.U2_NA))
