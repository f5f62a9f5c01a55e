"""REST under /api/simulation: each operation is a command to the simulator. Without a simulator: 409.

In a web process the simulator is that of the ingest process; while that is away: 503.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from flask import Response
from msgspec import UNSET, Struct, UnsetType

from fairway.commands.body import body_of, command_of
from fairway.commands.clock import ChangeClock, Step
from fairway.commands.events import SetFaults
from fairway.commands.interfaces import CommandExecutor
from fairway.commands.queries import GetLog, GetScenario, GetTruth
from fairway.commands.routes import AddRoute, GetRoutes, PlanRoute, RemoveRoute
from fairway.commands.union import BeginEvent, ScenarioCommand, SimulatorCommand
from fairway.commands.vessels import AddVessel, ChangeVessel, GetVessels, RemoveVessel
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.settings import Settings
from fairway.web.api.models import NoQuery
from fairway.web.api.openapi import Api, Error, Formats, json_response

Simulator = Callable[[], CommandExecutor | None]


class TruthQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose truth: of the vessels in events, or of all."""

    all: Literal["true", "false"] | UnsetType = UNSET


class LogQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """The form of the log."""

    format: Literal["json", "toml"] | UnsetType = UNSET


class SimulationReply(Struct):
    """The simulator's reply, which docs/guide/simulation.md describes."""


def mount(api: Api, context: Context, simulator: Simulator, settings: Settings) -> None:
    """Serve the simulation's commands; `fairway.web.access.guard` keeps strangers from writing."""
    views = SimulationViews(context, simulator, ",".join(settings.feed_names))

    def add(path: str, method: str, view: Callable[..., Response], code: int = 200, body: Any = None) -> None:
        formats: dict[str, type | None] = {"application/toml": None} if view == views.log else {}
        models = {f"HTTP_{code}": SimulationReply, "HTTP_404": Error, "HTTP_409": Error, "HTTP_503": Error}
        api.add(f"/api/simulation{path}", view, Formats(formats, **models), method, body, kind="simulation")

    add("/clock", "GET", views.clock)
    add("/clock", "PATCH", views.change_clock, body=body_of(ChangeClock))
    add("/step", "POST", views.step, body=body_of(Step))
    add("/vessels", "GET", views.vessels)
    add("/vessels", "POST", views.add_vessel, 201, body=body_of(AddVessel))
    add("/vessels/<vessel>", "PATCH", views.change_vessel, body=body_of(ChangeVessel, "vessel"))
    add("/vessels/<vessel>", "DELETE", views.remove_vessel)
    add("/routes", "GET", views.routes)
    add("/routes", "POST", views.add_route, 201, body=body_of(AddRoute))
    add("/routes/<path:name>", "DELETE", views.remove_route)
    add("/way", "POST", views.way, body=body_of(PlanRoute))
    add("/faults", "GET", views.faults)
    add("/faults", "PUT", views.set_faults, body=body_of(SetFaults))
    add("/scenario", "GET", views.scenario)
    add("/log", "GET", views.log)
    add("/events", "POST", views.begin_event, 201, body=ScenarioCommand)
    add("/truth", "GET", views.truth)


class SimulationViews:
    """The views. Their docstrings are the API's documentation."""

    def __init__(self, context: Context, simulator: Simulator, feeds: str) -> None:
        self._context, self._simulator, self._feeds = context, simulator, feeds

    def clock(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The clock, the interval between a vessel's reports, and the scenario's name."""
        simulator = self._present()
        state = encode_json.clock_state(self._context.clock, simulator.seed)
        more = {"update_interval": simulator.update_interval, "scenario": simulator.state()["scenario"]}
        return json_response(state | more)

    def change_clock(self, query: NoQuery, body: Any) -> Response:
        """Pause, rate, jump and interval: any of `paused`, `rate`, `time`, `update_interval`, all or none."""
        self._execute(command_of(ChangeClock, body))
        return self.clock(query)

    def step(self, query: NoQuery, body: Any) -> Response:
        """Pause, and advance the clock by `seconds` at once; 1 where it is not given."""
        self._execute(command_of(Step, body))
        return self.clock(query)

    def vessels(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The custom vessels, and those that commands have sent elsewhere."""
        return json_response({"vessels": self._execute(GetVessels())})

    def add_vessel(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Add a custom vessel; the answer is the vessel in the shape of an update, with `imo_valid`."""
        return json_response(self._execute(command_of(AddVessel, body)), 201)

    def change_vessel(self, query: NoQuery, vessel: str, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Another way or speed for any simulated vessel; one of the fleet leaves its lane for good."""
        return json_response(self._execute(command_of(ChangeVessel, body, vessel=vessel)))

    def remove_vessel(self, query: NoQuery, vessel: str) -> Response:  # noqa: ARG002 - checked to be empty
        """Remove any simulated vessel, by its IMO number or MMSI."""
        return json_response({"removed": self._execute(RemoveVessel(vessel=vessel))})

    def routes(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The custom routes."""
        return json_response({"routes": self._execute(GetRoutes())})

    def add_route(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Add a custom route; the answer has the way by water."""
        return json_response(self._execute(command_of(AddRoute, body)), 201)

    def remove_route(self, query: NoQuery, name: str) -> Response:  # noqa: ARG002 - checked to be empty
        """Remove a custom route; vessels on it sail on."""
        self._execute(RemoveRoute(name=name))
        return json_response({"removed": name})

    def way(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """The way by water that a route would take; nothing is saved. A single waypoint is placed on the water."""
        return json_response(self._execute(command_of(PlanRoute, body)))

    def faults(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The faults of the feed, and how often each has occurred."""
        return json_response(self._present().state()["faults"])

    def set_faults(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Set the faults of the feed; a fault that is not named is off."""
        return json_response(self._execute(command_of(SetFaults, body)))

    def scenario(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The scenario and its events."""
        return json_response(self._execute(GetScenario()))

    def begin_event(self, query: NoQuery, body: ScenarioCommand) -> Response:  # noqa: ARG002 - checked to be empty
        """Begin an event of a scenario now, with the keys that it has in a file."""
        return json_response(self._execute(BeginEvent(event=body)), 201)

    def log(self, query: LogQuery) -> Response:
        """The commands since the simulation started; with `?format=toml` the scenario file that repeats them."""
        reply = self._execute(GetLog())
        if query.format != "toml":
            return json_response(reply)
        names = {"Content-Disposition": "attachment; filename=session.toml"}
        return Response(reply["scenario"], mimetype="application/toml", headers=names)

    def truth(self, query: TruthQuery) -> Response:
        """What really happens to the vessels in events; with `?all=true` to every vessel."""
        return json_response(self._execute(GetTruth(everyone=query.all == "true")))

    def _present(self) -> CommandExecutor:
        simulator = self._simulator()
        if simulator is None:
            raise RequestError("no_simulator", f"no simulator runs here; feeds: {self._feeds}")
        return simulator

    def _execute(self, command: SimulatorCommand) -> Any:
        return self._present().execute(command)
