"""REST under /api/simulation: clock, vessels, routes, faults, events and truth. Without a simulator: 409.

In a web process the simulator is that of the ingest process; while that is away: 503.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request

from fairway.commands.control import Control
from fairway.errors import RequestError, SettingsError
from fairway.protocol import encode_json
from fairway.protocol.session import Context
from fairway.settings import Settings
from fairway.settings.parsing import unix_seconds
from fairway.web.api.bodies import (
    ClockChange,
    FaultShares,
    LogQuery,
    NewEvent,
    NewRoute,
    NewVessel,
    StepBy,
    Told,
    TruthQuery,
    VesselChange,
    Waypoints,
)
from fairway.web.api.models import NoQuery
from fairway.web.api.openapi import Api, Error, Formats, json_response


def mount(api: Api, context: Context, control: Callable[[], Control | None], settings: Settings) -> None:
    """Serve the simulation's controls; `fairway.web.access.guard` keeps strangers from writing."""
    desk = _Desk(context, control, ",".join(settings.feed_names))

    def add(path: str, method: str, answer: Callable[..., Any], code: int = 200, body: type | None = None) -> None:
        def view(query: NoQuery, **parts: str) -> Response:  # noqa: ARG001 - checked to be empty
            return json_response(answer(**parts), code)

        def truth(query: TruthQuery) -> Response:
            return json_response(answer(query.all == "true"), code)

        def log(query: LogQuery) -> Response:
            told = answer()
            if query.format != "toml":
                return json_response(told)
            names = {"Content-Disposition": "attachment; filename=session.toml"}
            return Response(told["scenario"], mimetype="application/toml", headers=names)

        shown: Callable[..., Response] = view
        for other, as_asked in ((desk.truth, truth), (desk.log, log)):
            shown = as_asked if answer == other else shown
        shown.__name__, shown.__doc__ = answer.__name__, answer.__doc__
        formats: dict[str, type | None] = {"application/toml": None} if answer == desk.log else {}
        answers = Formats(formats, **{f"HTTP_{code}": Told, "HTTP_404": Error, "HTTP_409": Error, "HTTP_503": Error})
        api.add(f"/api/simulation{path}", shown, answers, method, body, kind="simulation")

    add("/clock", "GET", desk.clock)
    add("/clock", "PATCH", desk.change_clock, body=ClockChange)
    add("/step", "POST", desk.step, body=StepBy)
    add("/vessels", "GET", desk.vessels)
    add("/vessels", "POST", desk.add_vessel, 201, body=NewVessel)
    add("/vessels/<vessel>", "PATCH", desk.change_vessel, body=VesselChange)
    add("/vessels/<vessel>", "DELETE", desk.remove_vessel)
    add("/routes", "GET", desk.routes)
    add("/routes", "POST", desk.add_route, 201, body=NewRoute)
    add("/routes/<path:name>", "DELETE", desk.remove_route)
    add("/way", "POST", desk.way, body=Waypoints)
    add("/faults", "GET", desk.faults)
    add("/faults", "PUT", desk.set_faults, body=FaultShares)
    add("/scenario", "GET", desk.scenario)
    add("/log", "GET", desk.log)
    add("/events", "POST", desk.happen, 201, body=NewEvent)
    add("/truth", "GET", desk.truth)


class _Desk:
    """Answers requests: JSON in, what the Control says out. The docstrings are the API's documentation."""

    def __init__(self, context: Context, control: Callable[[], Control | None], feeds: str) -> None:
        self._context = context
        self._maybe, self._feeds = control, feeds

    @property
    def _control(self) -> Control:
        control = self._maybe()
        if control is None:
            raise RequestError("no_simulator", f"no simulator runs here; feeds: {self._feeds}")
        return control

    def clock(self) -> dict[str, Any]:
        """The clock, as everywhere, and the interval."""
        state = encode_json.clock_state(self._context.clock, self._control.seed)
        more = {"update_interval": self._control.update_interval, "scenario": self._control.state()["scenario"]}
        return state | more

    def change_clock(self) -> dict[str, Any]:
        """`{paused, rate, time, update_interval}`, any of them."""
        body = _body("paused", "rate", "time", "update_interval")
        time = _time(body["time"]) if "time" in body else None
        self._control.steer(
            paused=_flag(body, "paused"),
            rate=_number(body, "rate"),
            time=time,
            update_interval=_number(body, "update_interval"),
        )
        return self.clock()

    def step(self) -> dict[str, Any]:
        """`{seconds}`, 1 where it is not given."""
        seconds = _number(_body("seconds"), "seconds")
        self._control.step(1.0 if seconds is None else seconds)
        return self.clock()

    def vessels(self) -> dict[str, Any]:
        """The vessels that a person made, or sent on a way of their own."""
        return {"vessels": self._control.vessels()}

    def change_vessel(self, vessel: str) -> dict[str, Any]:
        """Another way or speed for any vessel of the simulator; one of the fleet leaves its lane for good."""
        return self._control.change_vessel(vessel, _body())

    def add_vessel(self) -> dict[str, Any]:
        """The guide's custom vessel; answered with it in the shape of an update, and whether its IMO number checks."""
        body = _body()
        return self._control.add_vessel({key: value for key, value in body.items() if value is not None})

    def remove_vessel(self, vessel: str) -> dict[str, Any]:
        """Any vessel of the simulator, by its IMO number or MMSI."""
        return {"removed": self._control.remove_vessel(vessel)}

    def routes(self) -> dict[str, Any]:
        """A person's own routes."""
        return {"routes": self._control.routes()}

    def add_route(self) -> dict[str, Any]:
        """The guide's custom route; answered with the way by water."""
        body = _body("name", "waypoints", "vessel_types")
        return self._control.add_route(_listed(body))

    def way(self) -> dict[str, Any]:
        """The way by water that a route would take; nothing is kept. One waypoint alone is put on the water."""
        return self._control.way(_listed(_body("waypoints")))

    def remove_route(self, name: str) -> dict[str, Any]:
        """Vessels on it sail on."""
        self._control.remove_route(name)
        return {"removed": name}

    def faults(self) -> dict[str, Any]:
        """What goes wrong, and how often it has."""
        state: dict[str, Any] = self._control.state()["faults"]
        return state

    def set_faults(self) -> dict[str, Any]:
        """What shall go wrong; what is not named does not."""
        return self._control.set_faults(_body())

    def scenario(self) -> dict[str, Any]:
        """The scenario and its events."""
        return self._control.scenario()

    def happen(self) -> dict[str, Any]:
        """An event of a scenario, now."""
        return self._control.happen(_body())

    def log(self) -> dict[str, Any]:
        """What was done since the simulation began; with `?format=toml` the scenario file that does it again."""
        return self._control.log()

    def truth(self, everybody: bool) -> dict[str, Any]:
        """What really happens; with `?all=true` of every vessel."""
        return self._control.truth(everybody)


def _body(*known: str) -> dict[str, Any]:
    try:
        body = orjson.loads(request.get_data(cache=False) or b"{}")
    except orjson.JSONDecodeError as error:
        raise RequestError("bad_json", f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise RequestError("bad_request", "the body is a JSON object")
    for key in body:
        if known and key not in known:
            raise RequestError("bad_request", f"{key!r:.60} is not one of {', '.join(known)}", key)
    return body


def _listed(body: dict[str, Any]) -> dict[str, Any]:
    for key in ("waypoints", "vessel_types"):
        if not isinstance(body.get(key, []), list):
            raise RequestError("bad_request", f"{key} is a list", key)
    return body


def _number(body: dict[str, Any], key: str) -> float | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RequestError("bad_request", f"{key} {value!r:.60} is no number", key)
    return float(value)


def _flag(body: dict[str, Any], key: str) -> bool | None:
    value = body.get(key)
    if value is not None and not isinstance(value, bool):
        raise RequestError("bad_request", f"{key} {value!r:.60} is neither true nor false", key)
    return value


def _time(value: object) -> float:
    try:
        return unix_seconds(value, "time")
    except SettingsError as error:
        raise RequestError("bad_request", str(error), "time") from error
