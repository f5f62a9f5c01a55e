"""Commands that read the simulator: truth, scenario and log."""

from __future__ import annotations

from fairway.commands.base import Command


class GetTruth(Command, kw_only=True, tag="get_truth"):
    """Read what really happens: events with their times and vessels, and where those vessels are.

    With `everyone` every simulated vessel is listed. Reply: `time`, `closed`, `events`, `vessels`.
    """

    everyone: bool = False


class GetScenario(Command, kw_only=True, tag="get_scenario"):
    """Read the scenario. Reply: `name`, `title`, `about`, `events`."""


class GetLog(Command, kw_only=True, tag="get_log"):
    """Read the commands since the simulation started.

    Reply: `events` as in a scenario; `scenario`, the TOML file that repeats them; `complete`, false where commands are
    missing; `lost`, how many are missing.
    """
