"""Values of an AIS message in the columns of `fairway.traffic.fields`, and Batches of such reports.

Shared by the feeds of real AIS. AIS's codes for "not available" become those of
`fairway.traffic.fields` here. An impossible value, such as a heading of 480 degrees, passes unchanged: Traffic removes
and counts it.

Source: ITU-R M.1371-5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.traffic import fields
from fairway.traffic.batch import Batch

_TYPE_OF: Final = {
    30: "fishing", 31: "tug_special", 32: "tug_special", 36: "pleasure", 37: "pleasure",
    **dict.fromkeys((33, 34, 35, *range(50, 60)), "tug_special"),
    **dict.fromkeys(range(40, 50), "high_speed"), **dict.fromkeys(range(60, 70), "passenger"),
    **dict.fromkeys(range(70, 80), "cargo"), **dict.fromkeys(range(80, 90), "tanker"),
}  # fmt: skip
POSITIONS: Final = (1, 2, 3, 18, 19, 27)
STATICS: Final = (5, 19, 24)
_SHIPS: Final = range(201_000_000, 776_000_000)
_OTHER_STATIONS: Final = {4: "base station", 11: "base station", 9: "SAR aircraft", 21: "aid to navigation"}
_OF_VESSELS: Final = np.isin(np.arange(256), POSITIONS + STATICS)
_TEXTS: Final = {"name": 20, "callsign": 7, "destination": 20}
"""Maximum number of characters in AIS."""
_DTYPES: Final = {item.name: item.dtype for item in (*fields.MOVING, *fields.STATIC)}
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one message.

    Attributes:
        mmsi: sender.
        t: event time, ms UTC.
        moving, static: columns; without any, the sender is a station that is not a vessel.
        sentences, station: as in `Batch`.

    """

    mmsi: int
    t: int
    moving: dict[str, int]
    static: dict[str, Any]
    sentences: bytes = b""
    station: str = ""


def refusal(kind: int, mmsi: int) -> str | None:
    """Return why message type `kind` from `mmsi` is not a report of a vessel; None if it is one."""
    if kind in _OTHER_STATIONS:
        return _OTHER_STATIONS[kind]
    if mmsi not in _SHIPS:
        return "not a ship's MMSI"
    return None if _OF_VESSELS[kind] else f"message {kind}"


def are_vessels(kind: NDArray[np.uint8], mmsi: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether `refusal` is None, bool[n]."""
    return np.asarray(_OF_VESSELS[kind] & (mmsi >= _SHIPS.start) & (mmsi < _SHIPS.stop))


def position(lat: float, lon: float) -> dict[str, int]:
    """Return the columns of a position in degrees; 91 and 181 mean not available, as in the columns."""
    return {"lat": round(lat * fields.LATLON_SCALE), "lon": round(lon * fields.LATLON_SCALE)}


def motion(sog: float, cog: float, sog_limit: float = 102.25) -> dict[str, int]:
    """Return the columns of speed (below `sog_limit` kn) and course (below 360); others: not available."""
    return {
        "sog": round(sog * 10) if sog < sog_limit else fields.U2_NA,
        "cog": round(cog * 10) if cog != 360 else fields.U2_NA,
    }


def heading(degrees: int) -> int:
    """Return the column's value; 511 means not available."""
    return degrees if degrees != 511 else fields.U2_NA


def turn(code: int) -> int:
    """Return the column's value of ROT_AIS, which is 4.733 times the square root of degrees per minute.

    127, -127 (turning, without an indicator) and -128 mean not available.
    """
    return round(abs(code) * code / 4.733**2 * 10) if abs(code) < 127 else fields.ROT_NA


def texts(**given: str | None) -> dict[str, str]:
    """Return the columns of name, call sign and destination in AIS's alphabet, without those that are None."""
    return {name: plain(text, _TEXTS[name]) for name, text in given.items() if text is not None}


def plain(text: str, length: int) -> str:
    """Return at most `length` characters of AIS's alphabet, "?" for others, up to the first @, AIS's padding."""
    shown = text[: 4 * length].split("@", 1)[0].strip().upper()[:length]
    return "".join(letter if " " <= letter <= "_" else "?" for letter in shown)


def ship(kind: int) -> dict[str, int]:
    """Return the columns of AIS's ship type; 70 to 79 are `cargo`, since AIS does not distinguish container ships."""
    return {"ship_type": kind, "vessel_type": fields.VESSEL_TYPES.index(_TYPE_OF.get(kind, "other"))}


def voyage(imo: int, draught: float, eta: int) -> dict[str, int]:
    """Return the columns of message 5: `imo` 0 if the check digit is wrong, draught in m, `eta` in ms UTC."""
    return {"imo": imo if fields.imo_is_valid(imo) else 0, "draught": round(draught * 10), "eta": eta}


def arrival(month: int, day: int, hour: int, minute: int, t: int) -> int:
    """Return month, day, hour and minute UTC as ms UTC, in the year nearest to `t`; 0 if not available."""
    return int(arrivals(*np.array([[month], [day], [hour], [minute], [t]], np.int64))[0])


def arrivals(month: Ints, day: Ints, hour: Ints, minute: Ints, t: Ints) -> Ints:
    """Return `arrival` of n dates, int64[n]."""
    given = (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60)
    year = t.astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + np.array([[-1], [0], [1]])
    months = (12 * year + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    moments = days.astype("datetime64[ms]").astype(np.int64) + (60 * hour + minute) * 60_000
    # dates that do not exist, such as 30 February, fall into the next month
    apart = np.where(days.astype("datetime64[M]") == months, np.abs(moments - t), np.iinfo(np.int64).max)
    nearest = np.argmin(apart, axis=0)[None]
    exists = np.take_along_axis(apart, nearest, 0)[0] < np.iinfo(np.int64).max
    return np.where(given & exists, np.take_along_axis(moments, nearest, 0)[0], 0)


def batches(reports: list[Report], source: str, received: int | None = None, simulated: bool = False) -> list[Batch]:
    """Return one Batch per set of columns among the reports."""
    groups: dict[tuple[tuple[str, ...], bool], list[Report]] = {}
    for report in reports:
        if report.moving or not report.static:
            groups.setdefault((tuple(report.moving), True), []).append(report)
        if report.static:
            groups.setdefault((tuple(report.static), False), []).append(report)
    found = [_batch(names, moves, group, source, received) for (names, moves), group in groups.items()]
    return [replace(batch, simulated=True) for batch in found] if simulated else found


def _batch(names: tuple[str, ...], moves: bool, group: list[Report], source: str, received: int | None) -> Batch:
    mmsi = np.array([report.mmsi for report in group], np.uint32)
    t = np.array([report.t for report in group], np.int64)
    rows = [report.moving if moves else report.static for report in group]
    columns = {name: np.array([row[name] for row in rows], _DTYPES[name]) for name in names}
    moving, static = (columns, {}) if moves else ({}, columns)
    # a message with moving and static columns is in two batches, its sentences in the first
    sentences = [b"" if report.moving and not moves else report.sentences for report in group]
    heard = sentences if any(report.sentences for report in group) else ()
    named = [report.station for report in group]
    stations = named if any(named) else ()
    return Batch(mmsi, t, source, False, moving, static, sentences=heard, stations=stations, received=received)
