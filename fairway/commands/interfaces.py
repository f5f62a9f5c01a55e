"""The Protocol of whatever executes commands: the simulator itself, or the way to one in another process."""

from __future__ import annotations

from typing import Any, Protocol

from fairway.commands.union import SimulatorCommand


class CommandExecutor(Protocol):
    """A simulator that takes commands. Any thread may call it."""

    @property
    def seed(self) -> int | None:
        """Seed of the simulated world; None while it is unknown."""

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports, and between two ticks of level 1."""

    def state(self) -> dict[str, Any]:
        """Return the state for the status: `seed`, `scenario`, `closed` passages, `faults` with their counts."""

    def execute(self, command: SimulatorCommand) -> Any:
        """Execute a command between two steps, and return its reply: what its class names, ready for JSON.

        Raises:
            RequestError: `bad_request` for a value that the simulator can't use, `unsailable` for a route that leaves
                the water, `not_found`, `not_steerable` where the clock is UTC, `busy`, `no_simulator`, or
                `ingest_away` where the simulator is in another process.

        """
