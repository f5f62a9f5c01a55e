"""Events of scenarios in short form."""

import math

from fairway.commands.union import ScenarioCommand
from fairway.commands.validation import checked
from sim.scenario.scenario import ScenarioEvent


def scenario_event(at_s: float, kind: str, for_s: float = math.inf, values=None, line: int = 0) -> ScenarioEvent:
    """Return the event of that kind with the keys that a file would give it."""
    lasts = {"for": for_s} if math.isfinite(for_s) else {}
    return ScenarioEvent(at_s, checked({"kind": kind, **lasts, **(values or {})}, ScenarioCommand), line)
