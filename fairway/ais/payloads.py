"""Messages of ships, many at once: armoured payloads -> columns of `fairway.traffic.fields`.

Reads the messages that are as long as they should be, which nearly all are; the others are pyais's, one by one.

Source: ITU-R M.1371-5, annex 8 (places and widths of fields, six-bit text).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairway.ais import values
from fairway.traffic import fields

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Columns = dict[str, Any]

ILLEGAL: Final = 255
_SIX: Final = np.full(256, ILLEGAL, np.uint8)
"""The six bits that a letter of the armour stands for."""
_SIX[48:88], _SIX[96:120] = np.arange(40), np.arange(40, 64)
_ASCII: Final = np.array([code + 64 if code < 32 else code for code in range(64)], np.uint8)
_WORD: Final = 60
"""Bits of ten letters: as many as fit into one integer."""
_WEIGHTS: Final = 64 ** np.arange(9, -1, -1, dtype=np.int64)
_HEAD: Final = 7
"""Letters in which type, MMSI and part number stand."""
_LONGEST: Final = 80
_LONGER: Final = 8
"""Bits that a message may be too long: some senders fill it up to whole bytes."""
_VESSEL_TYPE: Final = np.array([values.ship(kind)["vessel_type"] for kind in range(256)], np.uint8)
_ROT: Final = np.array([values.turn(code - 256 if code > 127 else code) for code in range(256)], np.int16)


class Layout(NamedTuple):
    """A kind of message: its types, the part number of message 24, how many bits it has."""

    types: tuple[int, ...]
    part: int | None
    bits: int


CLASS_A: Final = Layout((1, 2, 3), None, 168)
VOYAGE: Final = Layout((5,), None, 424)
CLASS_B: Final = Layout((18,), None, 168)
CLASS_B_EXTENDED: Final = Layout((19,), None, 312)
NAME: Final = Layout((24,), 0, 160)
CALLSIGN: Final = Layout((24,), 1, 168)
LONG_RANGE: Final = Layout((27,), None, 96)
_FORMS: Final = (CLASS_A, VOYAGE, CLASS_B, CLASS_B_EXTENDED, NAME, CALLSIGN, LONG_RANGE)
_BITS: Final = np.array([*(form.bits for form in _FORMS), 0])
_NUMBER: Final = np.full((256, 4), len(_FORMS))
"""Index in _FORMS, by type and part number; beyond the last where there is none."""
for _index, _form in enumerate(_FORMS):
    _NUMBER[_form.types, slice(None) if _form.part is None else _form.part] = _index


class Payloads:
    """n payloads, none of them empty, with the number of fill bits at the end of each.

    Attributes:
        legal: bool[n], whether all letters are armour.
        kind: uint8[n], the message type; ILLEGAL where the first letter is none.
        mmsi: int64[n]; means nothing for fewer than 38 bits.
        bits: int64[n], lengths without fill bits.

    """

    def __init__(self, payloads: list[bytes], fill: NDArray[np.uint8]) -> None:
        lengths = np.fromiter(map(len, payloads), np.int64, len(payloads))
        self._begin = np.cumsum(lengths) - lengths
        self._six = _SIX[np.frombuffer(b"".join(payloads) + b"0" * _LONGEST, np.uint8)]
        self.legal = np.maximum.reduceat(self._six, self._begin) < ILLEGAL if payloads else np.zeros(0, bool)
        self.kind = self._six[self._begin]
        self.bits = 6 * lengths - fill
        head = _words(self._letters(np.arange(len(payloads)), _HEAD))
        self.mmsi, self._part = _bits(head, 8, 30), _bits(head, 38, 2)

    def forms(self, wanted: NDArray[np.bool_]) -> Iterator[tuple[Rows, Layout]]:
        """The rows, among the wanted ones, of each form that is there."""
        number = _NUMBER[self.kind, self._part]
        short = _BITS[number] - self.bits
        number[~wanted | ~self.legal | (short > 0) | (short < -_LONGER)] = len(_FORMS)
        for form, count in enumerate(np.bincount(number)[: len(_FORMS)].tolist()):
            if count:
                yield np.flatnonzero(number == form), _FORMS[form]

    def columns(self, rows: Rows, form: Layout, t: Ints) -> tuple[Columns, Columns]:
        """The moving and static columns of rows that have this form; `t` are their times, int64[n], ms UTC."""
        letters = self._letters(rows, -(-form.bits // 6))
        words = _words(letters)
        if form is CLASS_A:
            return _class_a(words), {}
        if form is VOYAGE:
            return {}, _voyage(words, letters, t)
        if form is NAME:
            return {}, {"name": _text(letters, 40, 20)}
        if form is CALLSIGN:
            return {}, {"callsign": _text(letters, 90, 7)} | _ship(words, 40) | _sides(words, 132)
        if form is LONG_RANGE:
            return _long_range(words), {}
        static = {} if form is CLASS_B else {"name": _text(letters, 143, 20)} | _ship(words, 263) | _sides(words, 271)
        return _place(words, 57) | _motion(words, 46, 112) | {"heading": _heading(words, 124)}, static

    def _letters(self, rows: Rows, count: int) -> NDArray[np.uint8]:
        """uint8[n, count]: the first letters of rows, six bits each."""
        return np.asarray(self._six[self._begin[rows][:, None] + np.arange(count)])


def _class_a(words: Ints) -> Columns:
    columns = _place(words, 61) | _motion(words, 50, 116) | {"heading": _heading(words, 128)}
    return columns | {"nav_status": _bits(words, 38, 4).astype(np.uint8), "rot": _ROT[_bits(words, 42, 8)]}


def _long_range(words: Ints) -> Columns:
    """Tenths of minutes, whole knots and degrees."""
    sog, cog = _bits(words, 79, 6), _bits(words, 85, 9)
    return {
        "lat": (_signed(words, 62, 17) * 1000).astype(np.int32),
        "lon": (_signed(words, 44, 18) * 1000).astype(np.int32),
        "sog": np.where(sog == 63, fields.U2_NA, sog * 10).astype(np.uint16),
        "cog": np.where((cog == 360) | (cog == 511), fields.U2_NA, cog * 10).astype(np.uint16),
        "nav_status": _bits(words, 40, 4).astype(np.uint8),
    }


def _voyage(words: Ints, letters: NDArray[np.uint8], t: Ints) -> Columns:
    imo = _bits(words, 40, 30)
    month, day, hour, minute = (_bits(words, *place) for place in ((274, 4), (278, 5), (283, 5), (288, 6)))
    texts = {"callsign": _text(letters, 70, 7), "name": _text(letters, 112, 20), "destination": _text(letters, 302, 20)}
    return texts | _ship(words, 232) | _sides(words, 240) | {
        "imo": np.where(fields.imo_is_valid(imo), imo, 0).astype(np.uint32),
        "draught": _bits(words, 294, 8).astype(np.uint8),
        "eta": values.arrivals(month, day, hour, minute, t),
    }  # fmt: skip


def _place(words: Ints, at: int) -> Columns:
    lon, lat = _signed(words, at, 28), _signed(words, at + 28, 27)
    return {"lat": lat.astype(np.int32), "lon": lon.astype(np.int32)}


def _motion(words: Ints, sog_at: int, cog_at: int) -> Columns:
    sog, cog = _bits(words, sog_at, 10), _bits(words, cog_at, 12)
    return {
        "sog": np.where(sog == 1023, fields.U2_NA, sog).astype(np.uint16),
        "cog": np.where(cog == 3600, fields.U2_NA, cog).astype(np.uint16),
    }


def _heading(words: Ints, at: int) -> NDArray[np.uint16]:
    degrees = _bits(words, at, 9)
    return np.where(degrees == 511, fields.U2_NA, degrees).astype(np.uint16)


def _ship(words: Ints, at: int) -> Columns:
    kind = _bits(words, at, 8)
    return {"ship_type": kind.astype(np.uint8), "vessel_type": _VESSEL_TYPE[kind]}


def _sides(words: Ints, at: int) -> Columns:
    places = {"a": (at, 9), "b": (at + 9, 9), "c": (at + 18, 6), "d": (at + 24, 6)}
    return {side: _bits(words, *place).astype(np.uint16) for side, place in places.items()}


def _text(letters: NDArray[np.uint8], at: int, length: int) -> list[str]:
    """Texts of so many characters from a bit on; they end at the first @."""
    first, shift = divmod(at, 6)
    codes = letters[:, first : first + length]
    if shift:
        codes = np.asarray(codes << shift | letters[:, first + 1 : first + 1 + length] >> 6 - shift, np.uint8)
    whole = _ASCII[codes & 63].tobytes().decode("ascii")
    return [whole[at : at + length].split("@", 1)[0].strip() for at in range(0, len(whole), length)]


def _words(letters: NDArray[np.uint8]) -> Ints:
    """int64[n, k]: the letters in words of _WORD bits, the last one filled up with zeros."""
    count, length = letters.shape
    padded = np.zeros((count, -(-length // 10) * 10), np.int64)
    padded[:, :length] = letters
    return np.asarray(padded.reshape(count, -1, 10) @ _WEIGHTS)


def _bits(words: Ints, at: int, width: int) -> Ints:
    """int64[n]: the number of at most 30 bits from a bit on."""
    word, skip = divmod(at, _WORD)
    left = _WORD - skip - width
    value = words[:, word] >> left if left >= 0 else words[:, word] << -left | words[:, word + 1] >> _WORD + left
    return np.asarray(value & (1 << width) - 1)


def _signed(words: Ints, at: int, width: int) -> Ints:
    """The same in two's complement."""
    value = _bits(words, at, width)
    return np.asarray(value - (value >> width - 1 << width))
