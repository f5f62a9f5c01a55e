"""History: the database of every report, and how much it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairway.errors import SettingsError
from fairway.settings.fields import secret, setting


@dataclass(frozen=True)
class HistorySettings:
    """The database of the history and its bounds."""

    database_url: str = secret(
        "Database of the history: sqlite:///FILE or postgres://...; empty keeps no history.",
        "sqlite:///fairway-history.db",
    )
    history_days: float = setting(7.0, "Days that the history goes back.", 0.001, 3650)
    history_mb: float = setting(500.0, "Megabytes above which the history drops its oldest reports.", 1, 1_000_000)

    @property
    def history_place(self) -> str:
        """Address of the database without user, password and parameters, for logs."""
        return re.sub(r"://.*@", "://", self.database_url.partition("?")[0])

    def check_history(self) -> None:
        """Check the database's address.

        Raises:
            SettingsError: If it has another form.

        """
        if self.database_url and not re.match(r"(sqlite|postgres|postgresql)(\+\w+)?://", self.database_url):
            # the message leaves the value out: it may hold a password
            raise SettingsError("--database-url", "must be sqlite:///FILE or postgres://..., or empty for no history")
