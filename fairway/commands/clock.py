"""Commands about the simulator's clock: pause, rate, jump, step, interval of reports."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from fairway.commands.base import Command
from fairway.commands.quantities import MAX_STEP_S, Interval, Moment, Rate


class ChangeClock(Command, kw_only=True, tag="change_clock"):
    """Pause, change the rate, jump to a time, change the interval; any of them, all or none.

    A `time` before the present begins a new epoch. Reply: None.
    """

    paused: bool | UnsetType = UNSET
    rate: Rate | UnsetType = UNSET
    time: Moment | UnsetType = UNSET
    update_interval: Interval | UnsetType = UNSET


class Step(Command, kw_only=True, tag="step"):
    """Pause, and advance the clock by some simulated seconds at once. Reply: None."""

    seconds: Annotated[float, Meta(ge=0.001, le=MAX_STEP_S, description="seconds")] = 1.0


class SetUpdateInterval(Command, kw_only=True, tag="update_interval"):
    """Another interval between a vessel's reports, as a journal notes it. Reply: None."""

    seconds: Interval


class Jump(Command, kw_only=True, tag="jump"):
    """Advance to a later time without reports on the way, as a journal notes it. Reply: None."""

    time: Moment
