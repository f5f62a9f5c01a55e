"""AIS messages, bit by bit, in the names and types of aisstream.io's models.

Source: github.com/aisstream/ais-message-models, type-definition.yaml 1.0.0 (names and types); ITU-R M.1371-5, annex 8
(positions and widths of fields). Values that are not available have AIS's own codes, as in aisstream.io's models.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_HEAD: Final = "MessageID:6 RepeatIndicator:2 UserID:30 "
_PLACE: Final = "PositionAccuracy:1b Longitude:28d Latitude:27d "
_COURSE: Final = "Cog:12t TrueHeading:9 Timestamp:6 "
_SIZE: Final = "Dimension.A:9 Dimension.B:9 Dimension.C:6 Dimension.D:6 "
_TABLES: Final = {
    "PositionReport": _HEAD + "NavigationalStatus:4 RateOfTurn:8i Sog:10t " + _PLACE + _COURSE
    + "SpecialManoeuvreIndicator:2 Spare:3 Raim:1b CommunicationState:19",
    "BaseStationReport": _HEAD + "UtcYear:14 UtcMonth:4 UtcDay:5 UtcHour:5 UtcMinute:6 UtcSecond:6 " + _PLACE
    + "FixType:4 LongRangeEnable:1b Spare:9 Raim:1b CommunicationState:19",
    "ShipStaticData": _HEAD + "AisVersion:2 ImoNumber:30 CallSign:42s Name:120s Type:8 " + _SIZE
    + "FixType:4 Eta.Month:4 Eta.Day:5 Eta.Hour:5 Eta.Minute:6 MaximumStaticDraught:8t Destination:120s Dte:1b "
    "Spare:1b",
    "StandardSearchAndRescueAircraftReport": _HEAD + "Altitude:12 Sog:10 " + _PLACE
    + "Cog:12t Timestamp:6 AltFromBaro:1b Spare1:7 Dte:1b Spare2:3 AssignedMode:1b Raim:1b "
    "CommunicationStateIsItdma:1b CommunicationState:19",
    "StandardClassBPositionReport": _HEAD + "Spare1:8 Sog:10t " + _PLACE + _COURSE
    + "Spare2:2 ClassBUnit:1b ClassBDisplay:1b ClassBDsc:1b ClassBBand:1b ClassBMsg22:1b AssignedMode:1b Raim:1b "
    "CommunicationStateIsItdma:1b CommunicationState:19",
    "ExtendedClassBPositionReport": _HEAD + "Spare1:8 Sog:10t " + _PLACE + _COURSE + "Spare2:4 Name:120s Type:8 "
    + _SIZE + "FixType:4 Raim:1b Dte:1b AssignedMode:1b Spare3:4",
    "AidsToNavigationReport": _HEAD + "Type:5 Name:120s " + _PLACE + _SIZE
    + "Fixtype:4 Timestamp:6 OffPosition:1b AtoN:8 Raim:1b VirtualAtoN:1b AssignedMode:1b Spare:1b",
    "StaticDataReport": _HEAD + "Reserved:1 PartNumber:1b",
    "LongRangeAisBroadcastMessage": _HEAD + "PositionAccuracy:1b Raim:1b NavigationalStatus:4 Longitude:18m "
    "Latitude:17m Sog:6 Cog:9 PositionLatency:1b Spare:1b",
    "ReportA": "Name:120s",
    "ReportB": "ShipType:8 VendorIDName:18s VenderIDModel:4 VenderIDSerial:20 CallSign:42s " + _SIZE
    + "FixType:4 Spare:2",
}  # fmt: skip
_KINDS: Final = {
    1: "PositionReport", 2: "PositionReport", 3: "PositionReport", 4: "BaseStationReport", 5: "ShipStaticData",
    9: "StandardSearchAndRescueAircraftReport", 11: "BaseStationReport", 18: "StandardClassBPositionReport",
    19: "ExtendedClassBPositionReport", 21: "AidsToNavigationReport", 24: "StaticDataReport",
    27: "LongRangeAisBroadcastMessage",
}  # fmt: skip
TYPES: Final = tuple(dict.fromkeys(_KINDS.values()))
_UNITS: Final = {"t": 10, "d": 600_000, "m": 600}
_NO_REPORT: Final = {
    "ReportA": {"Valid": False, "Name": ""},
    "ReportB": {
        "Valid": False, "ShipType": 0, "VendorIDName": "", "VenderIDModel": 0, "VenderIDSerial": 0, "CallSign": "",
        "Dimension": {"A": 0, "B": 0, "C": 0, "D": 0}, "FixType": 0, "Spare": 0,
    },
}  # fmt: skip
_BASE64: Final = bytes.maketrans(
    bytes([*range(48, 88), *range(96, 120)]), b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)
_PART_AT: Final = 40


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a message.

    Attributes:
        name: name in aisstream.io's model.
        inner: name inside a nested object, or "".
        width: bits.
        how: i signed, b boolean, t tenths, d 1/10,000 minute, m 1/10 minute, s six-bit text, "" unsigned.

    """

    name: str
    inner: str
    width: int
    how: str


def read(armour: bytes) -> tuple[str, dict[str, Any]] | None:
    """Return aisstream.io's message type and body of a payload; None if it is too short or its type unsupported."""
    value, length = _bits(armour)
    kind = _KINDS.get(value >> (length - 6)) if length > _PART_AT else None
    if kind is None:
        return None
    body = _fields(kind, value, length, 0)
    if body is None:
        return None
    body["Valid"] = True
    if kind == "StaticDataReport":
        part = "ReportB" if body["PartNumber"] else "ReportA"
        report = _fields(part, value, length, _PART_AT)
        if report is None:
            return None
        body |= _NO_REPORT | {part: {"Valid": True} | report}
    if kind == "AidsToNavigationReport":
        body["NameExtension"] = _text(value & ((1 << max(length - 272, 0)) - 1), max(length - 272, 0))
    return kind, body


def _bits(armour: bytes) -> tuple[int, int]:
    """Return the payload as one number and its length in bits, fill bits included; 0, 0 if it is not armoured."""
    try:
        packed = base64.b64decode(armour.translate(_BASE64) + b"A" * (-len(armour) % 4), validate=True)
    except binascii.Error:
        return 0, 0
    length = 6 * len(armour)
    return int.from_bytes(packed, "big") >> (8 * len(packed) - length), length


@lru_cache
def _table(kind: str) -> tuple[Item, ...]:
    items = []
    for text in _TABLES[kind].split():
        name, _, form = text.partition(":")
        outer, _, inner = name.partition(".")
        items.append(Item(outer, inner, int(form.rstrip("ibtdms")), form.lstrip("0123456789")))
    return tuple(items)


def _fields(kind: str, value: int, length: int, start: int) -> dict[str, Any] | None:
    """Read the fields of a table from bit `start` on; None if the message ends earlier."""
    body: dict[str, Any] = {}
    left = length - start
    for item in _table(kind):
        left -= item.width
        if left < 0:
            return None
        read = _value(value >> left & ((1 << item.width) - 1), item)
        if item.inner:
            body.setdefault(item.name, {})[item.inner] = read
        else:
            body[item.name] = read
    return body


def _value(raw: int, item: Item) -> Any:
    how = item.how
    if how == "b":
        return raw == 1
    if how == "s":
        return _text(raw, item.width)
    if how in ("i", "d", "m") and raw >> (item.width - 1):
        raw -= 1 << item.width
    return raw if how in ("", "i") else round(raw / _UNITS[how], 6)


def _text(raw: int, width: int) -> str:
    """Decode six-bit characters up to the first @, without trailing blanks."""
    codes = [(raw >> shift) & 63 for shift in range(width - 6, -1, -6)]
    return "".join(chr(code + 64 if code < 32 else code) for code in codes).split("@", 1)[0].rstrip()
