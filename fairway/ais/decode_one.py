"""Decoder of single messages by pyais, for messages whose length differs from the standard.

Source: ITU-R M.1371-5.
"""

from __future__ import annotations

from typing import Any, Final

from pyais import decode
from pyais.exceptions import AISBaseException
from pyais.messages import ANY_MESSAGE

from fairway.ais import values
from fairway.ais.values import Report

_LAST_NEEDED: Final = dict.fromkeys((1, 2, 3, 18, 19), "heading") | {27: "course", 5: "draught"}
"""Last field that each message type needs; its value is None in a truncated message."""
_SHIP_TYPE_AT: Final = {5: 232, 19: 263, 24: 40}
"""Bit at which the ship type begins."""
_TURN_AT: Final = 42


def report(sentences: bytes, t: int) -> Report | str:
    """Return the report of a complete message, or the reason why it has none.

    A station that is not a vessel gives a Report without columns; `values.refusal` has the reason.

    Args:
        sentences: all parts, separated by CR LF.
        t: time of transmission, ms UTC.

    """
    whole = sentences.split(b"\r\n")
    try:
        message = decode(*whole)
        if message.mmsi is None:
            return "too short"
        kind, mmsi = message.msg_type, int(message.mmsi)
        if values.refusal(kind, mmsi) is not None:
            return Report(mmsi, t, {}, {}, sentences)
        if getattr(message, _LAST_NEEDED.get(kind, "mmsi")) is None:
            return "too short"
        moving = _moving(message, whole) if kind in values.POSITIONS else {}
        static = _static(message, t, whole) if kind in values.STATICS else {}
    except (AISBaseException, ValueError, IndexError, OverflowError):
        return "cannot be decoded"
    return Report(mmsi, t, moving, static, sentences)


def _moving(message: ANY_MESSAGE | Any, whole: list[bytes]) -> dict[str, int]:
    """Return the moving columns of a position report."""
    kind = message.msg_type
    moving = values.position(message.lat, message.lon)
    # message 27 has whole knots and degrees; 63 and 511 mean not available
    course = 360 if kind == 27 and message.course == 511 else message.course
    moving |= values.motion(message.speed, course, 63 if kind == 27 else 102.25)
    if kind in (1, 2, 3, 27):
        moving["nav_status"] = int(message.status)
    if kind != 27:
        moving["heading"] = values.heading(int(message.heading))
    if kind in (1, 2, 3):
        # read the bits: pyais rounds to whole degrees per minute
        code = _octet(whole, _TURN_AT)
        moving["rot"] = values.turn(code - 256 if code > 127 else code)
    return moving


def _static(message: Any, t: int, whole: list[bytes]) -> dict[str, Any]:
    """Return the static columns that this message type has."""
    static: dict[str, Any] = values.texts(
        name=getattr(message, "shipname", None),
        callsign=getattr(message, "callsign", None),
        destination=getattr(message, "destination", None),
    )
    for ours, theirs in (("a", "to_bow"), ("b", "to_stern"), ("c", "to_port"), ("d", "to_starboard")):
        size = getattr(message, theirs, None)
        if size is not None:
            static[ours] = int(size)
    if getattr(message, "ship_type", None) is not None:
        # read the bits: pyais gives 0 for reserved codes of M.1371
        static |= values.ship(_octet(whole, _SHIP_TYPE_AT[message.msg_type]))
    if message.msg_type == 5:
        eta = values.arrival(message.month, message.day, message.hour, message.minute, t)
        static |= values.voyage(int(message.imo), message.draught, eta)
    return static


def _octet(whole: list[bytes], at: int) -> int:
    """Return eight bits of the payload, from bit `at` on."""
    letters = b"".join(sentence.split(b",")[5] for sentence in whole)[at // 6 : at // 6 + 3]
    bits = 0
    for letter in letters.ljust(3, b"0"):
        bits = bits << 6 | (letter - 48 if letter < 88 else letter - 56) & 0x3F
    return bits >> 10 - at % 6 & 0xFF
