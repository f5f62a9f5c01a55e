"""Alerts: limits of the alert rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairway.errors import SettingsError
from fairway.settings.fields import setting
from fairway.settings.parsing import listed


@dataclass(frozen=True)
class AlertSettings:
    """Limits of the alert rules."""

    speed_alert: str = setting(
        "20", "Knots above which a vessel raises an alert, then TYPE=KNOTS for single vessel types."
    )

    @property
    def speed_limits(self) -> dict[str, float]:
        """Knots by vessel type; the key "" holds the limit of all other types.

        Raises:
            SettingsError: If an item is neither KNOTS nor TYPE=KNOTS.

        """
        limits = {}
        for item in listed(self.speed_alert):
            name, _, knots = item.rpartition("=")
            if not re.fullmatch(r"\d{1,3}(\.\d+)?", knots):
                raise SettingsError("--speed-alert", f"{item!r} is neither KNOTS nor TYPE=KNOTS")
            limits[name] = float(knots)
        if "" not in limits:
            raise SettingsError("--speed-alert", f"{self.speed_alert!r} has no limit for all other vessel types")
        return limits

    def check_alerts(self) -> None:
        """Check the speed limits.

        Raises:
            SettingsError: If an item has another form.

        """
        _ = self.speed_limits
