"""Control: what can be asked of a simulator while it runs. Outputs and panels hold it as this Protocol, or None.

The simulator applies each request between two of its steps, in its own thread, and the caller waits for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

MIN_RATE: Final = 0.1
MAX_RATE: Final = 1000.0
MIN_INTERVAL_S: Final = 0.25
MAX_INTERVAL_S: Final = 3600.0
MAX_STEP_S: Final = 3600.0
"""Longest single step by hand; farther than that is a jump."""


class Control(Protocol):
    """A simulator's handles.

    Every method may raise `traffic.session.RequestError`, whose `code` is `not_steerable` where the clock is UTC,
    `bad_request` for a value that can't be, `not_found`, or `busy`; `ingest_away` where the simulator is in another
    process.
    """

    @property
    def seed(self) -> int | None:
        """Of the simulated world; None while it is not known."""

    @property
    def update_interval(self) -> float:
        """Seconds between a vessel's reports, and between two ticks of level 1."""

    def steer(
        self,
        *,
        paused: bool | None = None,
        rate: float | None = None,
        time: float | None = None,
        update_interval: float | None = None,
    ) -> None:
        """Change what is given; `time` is Unix seconds. All or nothing."""

    def step(self, seconds: float) -> None:
        """Pause, and let so many seconds of simulated time go by at once."""

    def state(self) -> dict[str, Any]:
        """How it stands, for the status: `seed`, `scenario`, `closed` passages, `faults` with their counts."""

    def add_vessel(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Take a vessel in, and report it at once; the vessel in the shape of an update, with `imo_valid`.

        Args:
            order: `vessel_name`, `vessel_type`, and any of `position {latitude, longitude}`, `speed`, `course`,
                `destination` (a port's name, or `{latitude, longitude, name}`), `length`, `beam`, `imo_number`, `mmsi`,
                `flag`, `route` (a name), `route_progress`.

        """

    def change_vessel(self, vessel: int | str, order: Mapping[str, Any]) -> dict[str, Any]:
        """Give a simulated vessel another way or speed; answered as by `add_vessel`. One of the fleet leaves its lane.

        Args:
            vessel: IMO number, MMSI or name.
            order: `speed`, and one of `course`, `destination`, `route` with `route_progress`.

        """

    def vessels(self) -> list[dict[str, Any]]:
        """The vessels that a person made or sent on a way: who, where, `route` and `route_progress`, 0 to 1."""

    def remove_vessel(self, vessel: int | str) -> int:
        """Take a vessel away, a person's own or one of the fleet, by IMO number, MMSI or name; its MMSI."""

    def add_route(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Find the way for a route: `name`, `waypoints [{lat, lon, name}]`, `vessel_types`; and tell it.

        Raises:
            RequestError: `unsailable` with the waypoint or leg at fault, or `bad_request`.

        """

    def way(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """The way by water between 1 to 50 `waypoints`, told as by `add_route`; nothing is kept.

        Raises:
            RequestError: As by `add_route`.

        """

    def remove_route(self, name: str) -> None:
        """Forget a person's own route; vessels on it sail on."""

    def routes(self) -> list[dict[str, Any]]:
        """A person's own routes, as `add_route` tells them; `index` is what the column `route` has for each."""

    def set_faults(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Let what is named go wrong between feed and Traffic, and nothing else; and tell it.

        Args:
            order: any of `silence`, `drop`, `duplicate`, `disorder`, `late` (shares of 0 to 1), `late_s`.

        """

    def happen(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Let an event of a scenario happen now, with the same keys; and tell it."""

    def truth(self, everybody: bool = False) -> dict[str, Any]:
        """What really happens: events with their times and vessels, and where those vessels are; or all vessels."""

    def scenario(self) -> dict[str, Any]:
        """The scenario's `name`, `title`, `about` and `events`."""

    def log(self) -> dict[str, Any]:
        """What was done since it began: `events` as in a scenario, and the `scenario` (TOML) that repeats it.

        `complete` is false where there were too many to keep; `lost` says how many are missing.
        """
