"""Commands that make something happen: the events of a scenario, one Struct for each `kind`, and faults of the feed."""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from fairway.commands.base import Command
from fairway.commands.quantities import Course, ImoNumber, Mmsi, OffsetNm, Share, Span, Text, VesselReference

_SPAN: Final = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?")

Delay = Annotated[float, Meta(ge=0, le=3600, description="simulated seconds")]


def span_s(span: float | str) -> float:
    """Return the seconds of a checked Span: a number of seconds, or a text such as '2h30m'."""
    if not isinstance(span, str):
        return float(span)
    match = _SPAN.fullmatch(span)
    days, hours, minutes, seconds = (int(part or 0) for part in (match.groups() if match else "0000"))
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


class Event(Command, rename={"lasts": "for"}):
    """What every event has: how long it lasts; without `for`, until the end."""

    lasts: Span | UnsetType = UNSET

    @property
    def for_s(self) -> float:
        """Seconds that the event lasts; infinite without `for`."""
        return math.inf if self.lasts is UNSET else span_s(self.lasts)


class DarkEvent(Event, kw_only=True, tag="dark"):
    """A vessel reports nothing and sails on."""

    vessel: VesselReference


class IdentityEvent(Event, kw_only=True, tag="identity"):
    """A vessel reports another identity."""

    vessel: VesselReference
    mmsi: Mmsi | UnsetType = UNSET
    imo_number: ImoNumber | UnsetType = UNSET
    name: Text | UnsetType = UNSET


class FalsePositionEvent(Event, kw_only=True, tag="false_position"):
    """A vessel reports a position at this distance from the true one."""

    vessel: VesselReference
    north_nm: OffsetNm = 0.0
    east_nm: OffsetNm = 0.0


class MeetingEvent(Event, kw_only=True, tag="meeting"):
    """Two vessels sail to one place, lie beside each other (without `for` an hour), and continue."""

    vessels: Annotated[list[VesselReference], Meta(min_length=2, max_length=2)]


class DriftEvent(Event, kw_only=True, tag="drift"):
    """A vessel's engine fails: it slows down, drifts not under command, and continues afterwards."""

    vessel: VesselReference
    course: Course = 120.0
    speed: Annotated[float, Meta(ge=0.1, le=4, description="knots")] = 1.2


class ClosePortEvent(Event, kw_only=True, tag="close_port"):
    """A port closes: vessels bound for it wait off it; moored vessels stay."""

    port: Text


class CloseSuezEvent(Event, kw_only=True, tag="close_suez"):
    """The Suez Canal closes: vessels that have not entered it sail round the Cape."""


class FaultsEvent(Event, kw_only=True, tag="faults"):
    """The feed misbehaves for a time: it loses, repeats, disorders or delays shares of the reports."""

    silence: bool = False
    drop: Share = 0.0
    duplicate: Share = 0.0
    disorder: Share = 0.0
    late: Share = 0.0
    late_s: Delay = 60.0


class SetFaults(Command, kw_only=True, tag="set_faults"):
    """Faults of the feed from now on; a fault that is not named is off. Reply: the faults with their counts."""

    silence: bool = False
    drop: Share = 0.0
    duplicate: Share = 0.0
    disorder: Share = 0.0
    late: Share = 0.0
    late_s: Delay = 60.0
