"""State: the file from which a restarted server continues."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairway.errors import SettingsError
from fairway.settings.fields import setting


@dataclass(frozen=True)
class StateSettings:
    """The state file."""

    state_file: str = setting(
        "fairway-state.db",
        "SQLite file that saves zones, vessels, tracks, alerts and the simulation; empty saves nothing.",
    )
    fresh: bool = setting(False, "Ignore the saved state except zones. Implied by --start.")

    def check_state(self) -> None:
        """Check the folder of the state file.

        Raises:
            SettingsError: If it does not exist.

        """
        folder = Path(self.state_file or ".").absolute().parent
        if not folder.is_dir():
            raise SettingsError("--state-file", f"there is no folder {str(folder)!r}")
