"""The table of fields: names, units and codes of a vessel's data. The single source for every encoder.

Source: ITU-R M.1371-5, messages 1-3, 5, 18, 19, 24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

VESSEL_TYPES: Final = (
    "container", "bulker", "general_cargo", "tanker", "passenger", "high_speed",
    "tug_special", "fishing", "pleasure", "cargo", "other",
)  # fmt: skip
STATUSES: Final = ("at_sea", "in_port", "anchored")
AT_SEA, IN_PORT, ANCHORED = range(3)
DOUBTS: Final = ("", "jump", "shared_mmsi")
"""Why some of a vessel's reports are rejected: a position out of reach, or two ships under one MMSI."""
JUMP, SHARED_MMSI = 1, 2
NAV_AT_ANCHOR: Final = 1
NAV_MOORED: Final = 5
NAV_UNDEFINED: Final = 15

LATLON_SCALE: Final = 600_000
"""Units of a column per degree: 1/10,000 minute."""
LAT_NA: Final = 91 * LATLON_SCALE
LON_NA: Final = 181 * LATLON_SCALE
U2_NA: Final = 65535
ROT_NA: Final = -32768


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, numpy dtype ('O' for text), unit, and the value that means "not available"."""

    name: str
    dtype: str
    unit: str
    missing: int | str


MOVING: Final = (
    Field("lat", "i4", "1/600,000 degree", LAT_NA),
    Field("lon", "i4", "1/600,000 degree", LON_NA),
    Field("sog", "u2", "0.1 knot", U2_NA),
    Field("cog", "u2", "0.1 degree", U2_NA),
    Field("heading", "u2", "degree", U2_NA),
    Field("rot", "i2", "0.1 degree per minute", ROT_NA),
    Field("nav_status", "u1", "code of ITU-R M.1371", NAV_UNDEFINED),
)
DERIVED: Final = (
    Field("mmsi", "u4", "", 0),
    Field("t", "i8", "ms UTC, event time of the position", 0),
    Field("static_t", "i8", "ms UTC, event time of the static data", 0),
    Field("status", "u1", "index in STATUSES", AT_SEA),
    Field("port", "i2", "index in the port list", -1),
    Field("source", "u1", "index in the list of sources", 0),
    Field("seq", "u8", "when the row last changed", 0),
    Field("doubt", "u1", "index in DOUBTS", 0),
    Field("received", "i8", "ms UTC, arrival of the position; 0 in a simulation or recording", 0),
    Field("station", "u1", "index in the list of stations: the receiver of the position", 0),
)
STATIC: Final = (
    Field("name", "O", "", ""),
    Field("imo", "u4", "", 0),
    Field("callsign", "O", "", ""),
    Field("vessel_type", "u1", "index in VESSEL_TYPES", VESSEL_TYPES.index("other")),
    Field("ship_type", "u1", "code of ITU-R M.1371", 0),
    Field("a", "u2", "m", 0),
    Field("b", "u2", "m", 0),
    Field("c", "u2", "m", 0),
    Field("d", "u2", "m", 0),
    Field("draught", "u1", "0.1 m", 0),
    Field("destination", "O", "", ""),
    Field("eta", "i8", "ms UTC", 0),
    Field("flag", "O", "ISO 3166-1 alpha-2", ""),
    Field("route", "i2", "index of the simulator's route", -1),
    Field("destination_port", "i2", "index in the port list that `destination` means", -1),
    Field("static_seq", "u8", "when the row's static data or source last changed", 0),
)


@dataclass(frozen=True, slots=True)
class Key:
    """One value as clients see it.

    Attributes:
        name: its key in an update, or its name among the columns.
        kind: string, number, integer, boolean, time (RFC 3339, UTC), or object, which has `keys`.
        about: meaning and unit.
        nullable: whether it may be unknown, which is null.
        low, high: bounds, inclusive.
        values: the only strings allowed.
        pattern: the regular expression of its strings.
        keys: the keys of an object.

    """

    name: str
    kind: str
    about: str
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    keys: tuple[Key, ...] = ()


_MMSI: Final = Key("mmsi", "integer", "Maritime Mobile Service Identity", low=1, high=999_999_999)
_TYPE: Final = Key("vessel_type", "string", "kind of vessel", values=VESSEL_TYPES)
_STATUS: Final = Key("status", "string", "at sea, in port or at anchor", values=STATUSES)
_POSITION: Final = (
    Key("latitude", "number", "degrees north", True, -90, 90),
    Key("longitude", "number", "degrees east", True, -180, 180),
)
_KINEMATICS: Final = (
    Key("speed_over_ground", "number", "knots", True, 0, 102.2),
    Key("course_over_ground", "number", "degrees, true", True, 0, 360),
    Key("heading", "number", "degrees, true", True, 0, 360),
    Key("rate_of_turn", "number", "degrees per minute, positive to starboard", True, -3276.7, 3276.7),
)
_IMO: Final = Key("imo_number", "string", "IMO and seven digits, the last of which checks", True, pattern=r"^IMO\d{7}$")
_NAME: Final = Key("vessel_name", "string", "as reported", True)
_VOYAGE: Final = (
    Key("destination", "string", "as reported", True),
    Key("eta", "time", "estimated time of arrival", True),
)
_DESTINATION_PORT: Final = Key("destination_port", "string", "the port that `destination` means", True)
_ORIGIN: Final = (
    Key("source", "string", "the feed that reported it"),
    Key("simulated", "boolean", "whether the vessel is simulated"),
)
UPDATE: Final = (
    _IMO,
    _NAME,
    _TYPE,
    Key("timestamp", "time", "event time of the position"),
    Key("position", "object", "where it is; the port is null at sea", keys=(
        *_POSITION, Key("port_name", "string", "port", True), Key("country", "string", "of the port", True),
    )),
    Key("kinematics", "object", "motion", keys=_KINEMATICS),
    _STATUS,
    *_VOYAGE,
    _MMSI,
    *_ORIGIN,
    Key("nav_status", "integer", "navigational status, code of ITU-R M.1371; 15 undefined", low=0, high=15),
    _DESTINATION_PORT,
    Key("doubt", "string", "why some of its reports are rejected", True, values=DOUBTS[1:]),
)  # fmt: skip
"""An update of the guide, in its order, followed by our keys."""
RECEPTION: Final = (
    Key("received", "time", "arrival of the position; null in a simulation or recording", True),
    Key("latency_s", "number", "seconds from the event to its arrival, negative if a clock is wrong", True),
    Key("station", "string", "the receiver, if a TAG block names it", True),
)
"""Further keys of a single vessel."""
COLUMNS: Final = (
    _MMSI,
    Key("age_s", "number", "seconds from the event to the message's timestamp", low=0),
    *_POSITION,
    *_KINEMATICS,
    _TYPE,
    _STATUS,
)
"""The columns of `vessel_updates`."""
STATIC_COLUMNS: Final = (
    _MMSI,
    _NAME,
    _IMO,
    Key("callsign", "string", "call sign", True),
    _TYPE,
    Key("ship_type", "integer", "code of ITU-R M.1371", True, 1, 255),
    Key("a", "integer", "metres from the antenna to the bow", True, 1),
    Key("b", "integer", "metres from the antenna to the stern", True, 1),
    Key("c", "integer", "metres from the antenna to port", True, 1),
    Key("d", "integer", "metres from the antenna to starboard", True, 1),
    Key("draught", "number", "metres", True, 0.1, 25.5),
    *_VOYAGE,
    Key("flag", "string", "ISO 3166-1 alpha-2 of the flag state", True),
    Key("route", "integer", "index of the simulator's route", True, 0),
    *_ORIGIN,
)
"""The columns of `vessel_static`."""


_GROUPS: Final = {
    "timestamp": ("age_s",),
    "position": tuple(key.name for key in _POSITION),
    "kinematics": tuple(key.name for key in _KINEMATICS),
}
"""Key of an update -> the columns that belong to it."""


def selectable(encoding: str) -> tuple[str, ...]:
    """The names that a client may select: an update's keys, or the columns and their groups."""
    if encoding == "objects":
        return tuple(key.name for key in UPDATE)
    return tuple(dict.fromkeys([*_GROUPS, *(key.name for key in (*COLUMNS, *STATIC_COLUMNS))]))


def chosen(keys: tuple[Key, ...], names: list[str] | None) -> tuple[str, ...]:
    """The selected names of `keys` in the order of the table, always with the MMSI; None selects all."""
    wanted = {part for name in names or () for part in _GROUPS.get(name, (name,))} | {"mmsi"}
    if keys is UPDATE:
        wanted |= set(names or ())
    return tuple(key.name for key in keys if names is None or key.name in wanted)


def imo_is_valid(imo: ArrayLike) -> NDArray[np.bool_]:
    """Whether numbers have seven digits and their check digit: (7a+6b+5c+4d+3e+2f) mod 10; bool of the same shape."""
    number = np.asarray(imo, np.int64)
    digits = (number >= 1_000_000) & (number < 10_000_000)
    return np.asarray(digits & (imo_check_digit(number // 10) == number % 10))


def imo_check_digit(serial: ArrayLike) -> NDArray[np.int64]:
    """The check digit of six-digit IMO serials; int64 of the same shape."""
    number = np.asarray(serial, np.int64)
    return np.asarray(sum(weight * (number // 10 ** (weight - 2) % 10) for weight in range(2, 8)) % 10)
