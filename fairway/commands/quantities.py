"""Bounded values of commands: every number, text and list that a user may send has its limits here.

The descriptions appear in the OpenAPI document and, after "expected", in errors.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from fairway.traffic.fields import VESSEL_TYPES

MIN_RATE: Final = 0.1
MAX_RATE: Final = 1000.0
MIN_INTERVAL_S: Final = 0.25
MAX_INTERVAL_S: Final = 3600.0
MAX_STEP_S: Final = 3600.0
"""Longest single step by hand; a longer way is a jump."""
MAX_SPEED_KN: Final = 60.0
"""No custom vessel is faster; AIS itself can report 102.2 knots."""
MAX_WAYPOINTS: Final = 50
MAX_SPAN_S: Final = 3.2e9
"""About a century: longer spans are mistakes."""
MAX_TEXT: Final = 80
_UNPRINTABLE: Final = (
    "\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\ue000-\uf8ff\ufeff\ufff0-\ufffb"
)
"""Control, format and private characters of the basic plane: they hide or reorder what follows them on a screen."""
# a bare $ would let a line feed at the end pass in Python, though not in JSON Schema
PRINTABLE: Final = f"^[^{_UNPRINTABLE}]+$(?!\\n)"

Latitude = Annotated[float, Meta(ge=-90, le=90, description="degrees")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="degrees")]
Speed = Annotated[float, Meta(ge=0, le=MAX_SPEED_KN, description="knots")]
Course = Annotated[float, Meta(ge=0, lt=360, description="degrees")]
Length = Annotated[float, Meta(ge=5, le=460, description="metres")]
Beam = Annotated[float, Meta(ge=2, le=80, description="metres")]
Share = Annotated[float, Meta(ge=0, le=1)]
OffsetNm = Annotated[float, Meta(ge=-3000, le=3000, description="nautical miles")]
Rate = Annotated[float, Meta(ge=MIN_RATE, le=MAX_RATE, description="simulated seconds per second")]
Interval = Annotated[float, Meta(ge=MIN_INTERVAL_S, le=MAX_INTERVAL_S, description="seconds")]
Moment = Annotated[datetime, Meta(tz=True, description="a time like 2026-01-31T12:00:00Z")]
Mmsi = Annotated[int, Meta(ge=200_000_000, lt=780_000_000, description="a ship's MMSI")]
Flag = Annotated[str, Meta(pattern="^[A-Z]{2}$(?!\\n)", max_length=2, description="two letters of ISO 3166-1")]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=PRINTABLE, description="printable characters")]
VesselName = Annotated[
    str, Meta(min_length=1, max_length=20, pattern=PRINTABLE, description="printable characters, as in AIS")
]
VesselTypeName: Any = Literal[VESSEL_TYPES]
VesselTypes = Annotated[list[VesselTypeName], Meta(max_length=len(VESSEL_TYPES))]

_IMO_TEXT: Final = "^([Ii][Mm][Oo] ?)?[1-9][0-9]{6}$(?!\\n)"
ImoNumber = (
    Annotated[str, Meta(pattern=_IMO_TEXT, max_length=11, description="seven digits, with or without IMO")]
    | Annotated[int, Meta(ge=1_000_000, le=9_999_999)]
)
VesselReference = Text | Annotated[int, Meta(ge=1, le=999_999_999, description="an IMO number or MMSI")]
"""A vessel by its name, IMO number or MMSI."""
_SPAN_TEXT: Final = "^(?=[0-9])([0-9]{1,6}d)? ?([0-9]{1,6}h)? ?([0-9]{1,6}m)? ?([0-9]{1,9}s)?$(?!\\n)"
Span = (
    Annotated[str, Meta(pattern=_SPAN_TEXT, max_length=35, description="a span like '2h30m'")]
    | Annotated[float, Meta(ge=0, le=MAX_SPAN_S, description="seconds")]
)


class Coordinates(Struct, frozen=True, forbid_unknown_fields=True):
    """A place on the chart."""

    latitude: Latitude
    longitude: Longitude


class NamedPosition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place on the chart, and its name."""

    latitude: Latitude
    longitude: Longitude
    name: Text | None = None


class RoutePoint(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place that a route passes."""

    lat: Latitude
    lon: Longitude
    name: Text | None = None


Destination = Text | NamedPosition
"""A port by its name or UN/LOCODE, or a place."""
