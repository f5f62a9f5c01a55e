"""Simulator: fleet, clock, scenario, and how simulated vessels report."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from fairway.settings.fields import setting
from fairway.settings.parsing import scenario_file, unix_seconds


@dataclass(frozen=True)
class SimulatorSettings:
    """The simulated world and its clock."""

    fleet_size: int = setting(500, "Number of simulated vessels.", 1, 1_000_000)
    update_interval: float = setting(
        30.0, "Seconds between two reports of a vessel and between two updates of a stream.", 0.25, 3600
    )
    speed_factor: float = setting(1.0, "Rate of the clock: simulated seconds per second.", 0.1, 1000)
    scenario: str = setting("", "Scenario to play: the name of a built-in one, or a TOML file.")
    start: str = setting("", "Time at which the simulation starts, RFC 3339 with Z; empty starts now.")
    paused: bool = setting(False, "Start with the clock of the simulation paused.")
    seed: int = setting(1, "Seed of the simulated world: the same seed gives the same world.", 0, 2**32 - 1)
    reporting: str = setting(
        "interval",
        "When simulated vessels report: interval (every --update-interval), or itu (as ITU-R M.1371 says, with "
        "the errors of instruments and crews).",
        choices=("interval", "itu"),
    )
    coverage: str = setting(
        "full",
        "Where simulated vessels are received: full, or terrestrial (15 to 40 nm around each of the world's ports).",
        choices=("full", "terrestrial"),
    )

    @property
    def simulated_world(self) -> str:
        """Settings that decide which vessels sail and how they report; saved states hold the same text."""
        plan = zlib.crc32(scenario_file(self.scenario).read_bytes()) if self.scenario else 0
        named = f", scenario {self.scenario} ({plan:08x})" if self.scenario else ""
        heard = f"{self.reporting} reporting, {self.coverage} coverage"
        return f"seed {self.seed}, {self.fleet_size} vessels{named}, {heard}"

    def check_simulator(self) -> None:
        """Check the start.

        Raises:
            SettingsError: If it is not RFC 3339.

        """
        if self.start:
            unix_seconds(self.start, "--start")
