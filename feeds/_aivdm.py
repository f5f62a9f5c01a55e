"""AIVDM sentences -> reports of vessels -> Batches. Decoding is pyais's; this says what a message means to Traffic.

Source: ITU-R M.1371-5 (messages), IEC 61162-1 (sentences), IEC 61162-450 (TAG block).
"""

from __future__ import annotations

import calendar
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from pyais import decode
from pyais.constants import COUNTRY_MAPPING, TurnRate
from pyais.exceptions import AISBaseException, InvalidNMEAChecksum
from pyais.messages import ANY_MESSAGE

from traffic import fields
from traffic.batch import Batch

POSITIONS: Final = (1, 2, 3, 18, 19, 27)
STATICS: Final = (5, 19, 24)
_LAST_NEEDED: Final = dict.fromkeys((1, 2, 3, 18, 19), "heading") | {27: "course", 5: "draught"}
"""A message that was cut off has None from there on."""
_PARTS_KEPT: Final = 64
_PAYLOADS_KEPT: Final = 4096
_ECHO_MS: Final = 30_000
"""The same payload within this time is the same transmission, heard by another station."""
_SHIPS: Final = range(201_000_000, 776_000_000)
_TYPE_OF: Final = {
    30: "fishing", 31: "tug_special", 32: "tug_special", 36: "pleasure", 37: "pleasure",
    **dict.fromkeys((33, 34, 35, *range(50, 60)), "tug_special"),
    **dict.fromkeys(range(40, 50), "high_speed"), **dict.fromkeys(range(60, 70), "passenger"),
    **dict.fromkeys(range(70, 80), "cargo"), **dict.fromkeys(range(80, 90), "tanker"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What one message says of one vessel, in the columns of `traffic.fields`; `t` in ms UTC."""

    mmsi: int
    t: int
    moving: dict[str, int]
    static: dict[str, Any]


@dataclass(slots=True)
class Decoder:
    """Takes sentences one by one; remembers parts of messages, and what was heard already.

    Attributes:
        rejected: how many sentences gave no report, by reason.
    """

    rejected: Counter[str] = field(default_factory=Counter)
    _parts: OrderedDict[tuple[bytes, ...], dict[bytes, bytes]] = field(default_factory=OrderedDict)
    _heard: OrderedDict[tuple[bytes, ...], int] = field(default_factory=OrderedDict)
    _flagged: set[int] = field(default_factory=set)

    def decode(self, sentence: bytes, t: int) -> Report | None:
        """The report in `sentence`, a bare `!..VDM` or `!..VDO` with checksum, heard at `t` (ms UTC), if it has one."""
        parts = self._whole(sentence, t)
        if parts is None:
            return None
        try:
            message = decode(*parts, error_if_checksum_invalid=True)
            return self._report(message, t)
        except InvalidNMEAChecksum:
            self.rejected["checksum"] += 1
        except (AISBaseException, ValueError, IndexError, OverflowError):
            self.rejected["cannot be decoded"] += 1
        return None

    def _whole(self, sentence: bytes, t: int) -> list[bytes] | None:
        """All sentences of a message once its last part is there; None before, and for what was heard already."""
        columns = sentence.split(b",")
        if len(columns) < 7 or sentence[3:6] not in (b"VDM", b"VDO"):
            self.rejected["not AIVDM"] += 1
            return None
        _, total, number, sequence, channel, payload = columns[:6]
        if total == b"1":
            return [sentence] if self._is_new((payload, channel), t) else None
        if not (total.isdigit() and number.isdigit()):
            self.rejected["cannot be decoded"] += 1
            return None
        key = (columns[0], total, sequence, channel)
        parts = self._parts.setdefault(key, {})
        parts[number] = sentence
        if len(parts) < int(total):
            self._forget_oldest_part()
            return None
        del self._parts[key]
        whole = [parts[number] for number in sorted(parts, key=int)]
        return whole if self._is_new(tuple(part.split(b",")[5] for part in whole), t) else None

    def _forget_oldest_part(self) -> None:
        if len(self._parts) > _PARTS_KEPT:
            self._parts.popitem(last=False)
            self.rejected["incomplete"] += 1

    def _is_new(self, payload: tuple[bytes, ...], t: int) -> bool:
        """Several stations hear the same transmission: it counts once."""
        before = self._heard.pop(payload, None)
        self._heard[payload] = t
        if before is not None and abs(t - before) < _ECHO_MS:
            self.rejected["duplicate"] += 1
            return False
        if len(self._heard) > _PAYLOADS_KEPT:
            self._heard.popitem(last=False)
        return True

    def _report(self, message: ANY_MESSAGE, t: int) -> Report | None:
        kind, mmsi = message.msg_type, int(message.mmsi)
        if kind not in POSITIONS and kind not in STATICS:
            self.rejected[f"message {kind}"] += 1
            return None
        if mmsi not in _SHIPS:
            self.rejected["not a ship's MMSI"] += 1
            return None
        if getattr(message, _LAST_NEEDED.get(kind, "mmsi")) is None:
            self.rejected["too short"] += 1
            return None
        moving = _moving(message) if kind in POSITIONS else {}
        static = _static(message, t) if kind in STATICS else {}
        if mmsi not in self._flagged:
            self._flagged.add(mmsi)
            static["flag"] = COUNTRY_MAPPING.get(mmsi // 1_000_000, ("", ""))[0]
        return Report(mmsi, t, moving, static)


def _moving(message: Any) -> dict[str, int]:
    """Columns of a position report. AIS's values for "not available" become those of `traffic.fields`."""
    lat, lon, sog, cog = message.lat, message.lon, message.speed, message.course
    known = abs(lat) <= 90 and abs(lon) <= 180
    moving = {
        "lat": round(lat * fields.LATLON_SCALE) if known else fields.LAT_NA,
        "lon": round(lon * fields.LATLON_SCALE) if known else fields.LON_NA,
        "sog": round(sog * 10) if sog < (63 if message.msg_type == 27 else 102.25) else fields.U2_NA,
        "cog": round(cog * 10) if cog < 360 else fields.U2_NA,
    }
    if message.msg_type in (1, 2, 3, 27):
        moving["nav_status"] = int(message.status)
    if message.msg_type != 27:
        moving["heading"] = int(message.heading) if message.heading < 360 else fields.U2_NA
    if message.msg_type in (1, 2, 3):
        # the codes 127 (turning, without an indicator) and -128 (not available) come as members of an enumeration
        known_turn = not isinstance(message.turn, TurnRate)
        moving["rot"] = round(message.turn * 10) if known_turn else fields.ROT_NA
    return moving


def _static(message: Any, t: int) -> dict[str, Any]:
    """Columns of the static and voyage data that this message has."""
    static: dict[str, Any] = {}
    for ours, theirs in (("name", "shipname"), ("callsign", "callsign"), ("destination", "destination")):
        text = getattr(message, theirs, None)
        if text is not None:
            static[ours] = text.strip("@ ")
    for ours, theirs in (("a", "to_bow"), ("b", "to_stern"), ("c", "to_port"), ("d", "to_starboard")):
        size = getattr(message, theirs, None)
        if size is not None:
            static[ours] = int(size)
    kind = getattr(message, "ship_type", None)
    if kind is not None:
        static |= {"ship_type": int(kind), "vessel_type": fields.VESSEL_TYPES.index(_TYPE_OF.get(int(kind), "other"))}
    if message.msg_type == 5:
        imo = int(message.imo)
        static["imo"] = imo if fields.imo_is_valid(imo) else 0
        static["draught"] = round(message.draught * 10)
        static["eta"] = _eta(message.month, message.day, message.hour, message.minute, t)
    return static


def _eta(month: int, day: int, hour: int, minute: int, t: int) -> int:
    """Month, day, hour and minute UTC as ms UTC, in the year that is nearest to `t`; 0 where not available."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60):
        return 0
    year = int(str(np.datetime64(t, "ms"))[:4])
    moments = [
        calendar.timegm((year + apart, month, day, hour, minute, 0)) * 1000
        for apart in (-1, 0, 1)
        if day <= calendar.monthrange(year + apart, month)[1]
    ]
    return min(moments, key=lambda moment: abs(moment - t), default=0)


def batches(reports: list[Report], source: str, rejected: Counter[str]) -> list[Batch]:
    """Reports with the same columns as one Batch each; what was rejected goes in one without rows."""
    groups: dict[tuple[tuple[str, ...], bool], list[Report]] = {}
    for report in reports:
        if report.moving:
            groups.setdefault((tuple(report.moving), True), []).append(report)
        if report.static:
            groups.setdefault((tuple(report.static), False), []).append(report)
    made = [_batch(names, moves, group, source) for (names, moves), group in groups.items()]
    if rejected:
        nothing = np.zeros(0, np.int64)
        made.append(Batch(nothing.astype(np.uint32), nothing, source, False, {}, {}, dict(rejected)))
        rejected.clear()
    return made


_DTYPES: Final = {item.name: item.dtype for item in (*fields.MOVING, *fields.STATIC)}


def _batch(names: tuple[str, ...], moves: bool, group: list[Report], source: str) -> Batch:
    mmsi = np.array([report.mmsi for report in group], np.uint32)
    t = np.array([report.t for report in group], np.int64)
    rows = [report.moving if moves else report.static for report in group]
    columns = {name: np.array([row[name] for row in rows], _DTYPES[name]) for name in names}
    return Batch(mmsi, t, source, False, columns if moves else {}, {} if moves else columns)
