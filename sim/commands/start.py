"""The vessels and routes of a scenario, at the start of its simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fairway.chart.routing import UnsailableError
from fairway.errors import RequestError
from sim.commands import routes, vessels
from sim.custom import CustomError
from sim.scenario.scenario import Planned, Scenario, ScenarioError
from sim.simulation import Simulation


def start_scenario(simulation: Simulation, plan: Scenario) -> None:
    """Add a scenario's routes and vessels to a new simulation.

    Raises:
        ScenarioError: A route is unsailable, or a vessel is impossible; the message names the line.

    """
    for route in plan.routes:
        _with_line(plan, route, lambda command: routes.add(simulation, command))
    for vessel in plan.vessels:
        _with_line(plan, vessel, lambda command: vessels.add(simulation, command))


def _with_line(plan: Scenario, planned: Planned[Any], execute: Callable[[Any], object]) -> None:
    try:
        execute(planned.command)
    except (CustomError, UnsailableError, RequestError) as error:
        raise ScenarioError(f"{plan.name}.toml line {planned.line}: {error}") from error
