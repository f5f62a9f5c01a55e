"""A vessel is faster than the limit for its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fairway.alerts.engine import Active, Rule
from fairway.alerts.zones import Zone
from fairway.errors import SettingsError
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot

SLOWER_BY: Final = 10
"""0.1 knot: the alert ends when a vessel is this much below its limit."""


def rules(settings: Settings, zones: Sequence[Zone]) -> tuple[Rule, ...]:
    """Return one rule with the limits of `--speed-alert`.

    Raises:
        SettingsError: If a limit is for an unknown vessel type.

    """
    del zones  # limits hold everywhere
    limits = settings.speed_limits
    unknown = sorted(limits.keys() - {"", *fields.VESSEL_TYPES})
    if unknown:
        known = ", ".join(fields.VESSEL_TYPES)
        raise SettingsError("--speed-alert", f"{unknown[0]!r} is not a vessel type; known are {known}")
    by_code = np.array([limits.get(name, limits[""]) for name in fields.VESSEL_TYPES]) * 10

    def check_limits(snapshot: Snapshot, active: Active) -> Active:
        return check(snapshot, active, by_code)

    return (Rule("high_speed", check_limits, "high_speed", on_sight=True),)


def check(snapshot: Snapshot, active: Active, limits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Active:
    """Vessels above the limit, or active and not yet SLOWER_BY below it; none moored, at anchor or of unknown speed.

    Args:
        snapshot: the vessels.
        active: bool[rows], the vessels for which the rule is active.
        limits: float64[vessel types], 0.1 knot.

    """
    columns = snapshot.columns
    limit = limits[snapshot.static_columns["vessel_type"]]
    sog = columns["sog"].astype(np.float64)
    nav = columns["nav_status"]
    resting = (nav == fields.NAV_MOORED) | (nav == fields.NAV_AT_ANCHOR) | (columns["status"] != fields.AT_SEA)
    fast = (sog > limit) | (active & (sog > limit - SLOWER_BY))
    return np.asarray(fast & ~resting & (columns["sog"] != fields.U2_NA))
