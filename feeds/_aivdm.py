"""AIVDM sentences -> reports of vessels. Decoding is pyais's; this says what a message means to Traffic.

Source: ITU-R M.1371-5 (messages), IEC 61162-1 (sentences).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from pyais import decode
from pyais.constants import TurnRate
from pyais.exceptions import AISBaseException, InvalidNMEAChecksum
from pyais.messages import ANY_MESSAGE

from feeds import _reports
from feeds._reports import Report
from traffic import fields

POSITIONS: Final = (1, 2, 3, 18, 19, 27)
STATICS: Final = (5, 19, 24)
_LAST_NEEDED: Final = dict.fromkeys((1, 2, 3, 18, 19), "heading") | {27: "course", 5: "draught"}
"""A message that was cut off has None from there on."""
_SHIP_TYPE_AT: Final = {5: 232, 19: 263, 24: 40}
"""Bit at which the ship type begins."""
_PARTS_KEPT: Final = 64
_MOST_PARTS: Final = 5
"""The longest message of AIS fills five slots."""
_TOGETHER_MS: Final = 30_000
"""Parts of one message come within this time: their numbers are used again after ten messages."""
_PAYLOADS_KEPT: Final = 4096
_ECHO_MS: Final = 30_000
"""The same payload within this time is the same transmission, heard by another station."""


@dataclass(slots=True)
class _Parts:
    """The sentences of one message that came so far, by number; `t` is the earliest time among them."""

    t: int
    arrived: int
    texts: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Decoder:
    """Takes sentences one by one; remembers parts of messages, and what was heard already.

    Attributes:
        rejected: how many sentences gave no report of a vessel, by reason.
    """

    rejected: Counter[str] = field(default_factory=Counter)
    _parts: OrderedDict[tuple[object, ...], _Parts] = field(default_factory=OrderedDict)
    _heard: OrderedDict[tuple[bytes, ...], int] = field(default_factory=OrderedDict)

    def decode(self, sentence: bytes, t: int, station: str = "", arrived: int | None = None) -> Report | None:
        """The report in `sentence`, a bare `!..VDM` or `!..VDO` with checksum, sent at `t` (ms UTC), if it has one.

        A message in several sentences is whole with its last one, has the earliest of their times, and comes from one
        `station` within half a minute by when it `arrived` (ms; None: at `t`). What is no vessel gives a Report without
        columns.
        """
        parts = self._whole(sentence, t, station, t if arrived is None else arrived)
        if parts is None:
            return None
        whole = [text for _, text in sorted(parts.texts.items())]
        payload = (whole[0].split(b",")[4], *(text.split(b",")[5] for text in whole))
        if not self._is_new(payload, parts.t):
            return None
        try:
            message = decode(*whole, error_if_checksum_invalid=True)
            return self._report(message, parts.t, whole)
        except InvalidNMEAChecksum:
            self.rejected["checksum"] += 1
            # a damaged copy must not hide the sound one
            self._heard.pop(payload, None)
        except (AISBaseException, ValueError, IndexError, OverflowError):
            self.rejected["cannot be decoded"] += 1
        return None

    def _whole(self, sentence: bytes, t: int, station: str, arrived: int) -> _Parts | None:
        """All sentences of a message once its last part is there; else None."""
        columns = sentence.split(b",")
        if len(columns) < 7 or sentence[3:6] not in (b"VDM", b"VDO"):
            self.rejected["not AIVDM"] += 1
            return None
        _, total, number, sequence, channel = columns[:5]
        if total == b"1":
            return _Parts(t, arrived, {1: sentence})
        if not (total.isdigit() and number.isdigit() and 1 <= int(number) <= int(total) <= _MOST_PARTS):
            self.rejected["cannot be decoded"] += 1
            return None
        key = (station, columns[0], total, sequence, channel)
        parts = self._parts.pop(key, None)
        if parts is None or abs(arrived - parts.arrived) > _TOGETHER_MS:
            parts = _Parts(t, arrived)
        parts.texts[int(number)] = sentence
        parts.t = min(parts.t, t)
        if len(parts.texts) == int(total):
            return parts
        self._parts[key] = parts
        if len(self._parts) > _PARTS_KEPT:
            self._parts.popitem(last=False)
            self.rejected["incomplete"] += 1
        return None

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

    def _report(self, message: ANY_MESSAGE, t: int, whole: list[bytes]) -> Report | None:
        if message.mmsi is None:
            self.rejected["too short"] += 1
            return None
        kind, mmsi, sentences = message.msg_type, int(message.mmsi), b"\r\n".join(whole)
        refused = _reports.refusal(kind, mmsi)
        if refused is None and kind not in POSITIONS and kind not in STATICS:
            refused = f"message {kind}"
        if refused is not None:
            self.rejected[refused] += 1
            return Report(mmsi, t, {}, {}, sentences)
        if getattr(message, _LAST_NEEDED.get(kind, "mmsi")) is None:
            self.rejected["too short"] += 1
            return None
        moving = _moving(message) if kind in POSITIONS else {}
        static = _static(message, t, whole) if kind in STATICS else {}
        return Report(mmsi, t, moving, static, sentences)


def _moving(message: Any) -> dict[str, int]:
    """Columns of a position report."""
    kind = message.msg_type
    moving = _reports.position(message.lat, message.lon)
    # message 27 has whole knots and degrees, and 63 and 511 for not available
    course = 360 if kind == 27 and message.course == 511 else message.course
    moving |= _reports.motion(message.speed, course, 63 if kind == 27 else 102.25)
    if kind in (1, 2, 3, 27):
        moving["nav_status"] = int(message.status)
    if kind != 27:
        moving["heading"] = _reports.heading(int(message.heading))
    if kind in (1, 2, 3):
        # the codes 127 (turning, without an indicator) and -128 (not available) come as members of an enumeration
        known_turn = not isinstance(message.turn, TurnRate)
        moving["rot"] = round(message.turn * 10) if known_turn else fields.ROT_NA
    return moving


def _static(message: Any, t: int, whole: list[bytes]) -> dict[str, Any]:
    """Columns of the static and voyage data that this message has."""
    static: dict[str, Any] = _reports.texts(
        name=getattr(message, "shipname", None),
        callsign=getattr(message, "callsign", None),
        destination=getattr(message, "destination", None),
    )
    for ours, theirs in (("a", "to_bow"), ("b", "to_stern"), ("c", "to_port"), ("d", "to_starboard")):
        size = getattr(message, theirs, None)
        if size is not None:
            static[ours] = int(size)
    if getattr(message, "ship_type", None) is not None:
        # pyais has 0 for the codes that M.1371 reserves
        static |= _reports.ship(_octet(whole, _SHIP_TYPE_AT[message.msg_type]))
    if message.msg_type == 5:
        eta = _reports.arrival(message.month, message.day, message.hour, message.minute, t)
        static |= _reports.voyage(int(message.imo), message.draught, eta)
    return static


def _octet(whole: list[bytes], at: int) -> int:
    """The eight bits of the payload from bit `at` on."""
    letters = b"".join(sentence.split(b",")[5] for sentence in whole)[at // 6 : at // 6 + 3]
    bits = 0
    for letter in letters.ljust(3, b"0"):
        bits = bits << 6 | (letter - 48 if letter < 88 else letter - 56) & 0x3F
    return bits >> 10 - at % 6 & 0xFF
