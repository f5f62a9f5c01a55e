"""Decoder of many armoured payloads at once, to the columns of `fairway.traffic.fields`.

Reads messages of standard length, nearly all; `fairway.ais.decode_one` reads the others one by one.

Source: ITU-R M.1371-5, annex 8 (positions and widths of fields, six-bit text).
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
"""Six bits of each armour letter."""
_SIX[48:88], _SIX[96:120] = np.arange(40), np.arange(40, 64)
_ASCII: Final = np.array([code + 64 if code < 32 else code for code in range(64)], np.uint8)
_WORD: Final = 60
"""Bits of ten letters: the most that fit into one int64."""
_WEIGHTS: Final = 64 ** np.arange(9, -1, -1, dtype=np.int64)
_HEAD: Final = 7
"""Letters with type, MMSI and part number."""
_MAX_LETTERS: Final = 80
_MAX_EXTRA_BITS: Final = 8
"""Bits that a message may be too long: some senders pad to whole bytes."""
_VESSEL_TYPE: Final = np.array([values.ship(kind)["vessel_type"] for kind in range(256)], np.uint8)
_ROT: Final = np.array([values.turn(code - 256 if code > 127 else code) for code in range(256)], np.int16)


class Layout(NamedTuple):
    """Layout of a message: its types, the part number of message 24, its length in bits."""

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
_LAYOUTS: Final = (CLASS_A, VOYAGE, CLASS_B, CLASS_B_EXTENDED, NAME, CALLSIGN, LONG_RANGE)
_BITS: Final = np.array([*(layout.bits for layout in _LAYOUTS), 0])
_NUMBER: Final = np.full((256, 4), len(_LAYOUTS))
"""Index in _LAYOUTS by type and part number; len(_LAYOUTS) if there is none."""
for _index, _layout in enumerate(_LAYOUTS):
    _NUMBER[_layout.types, slice(None) if _layout.part is None else _layout.part] = _index


class Payloads:
    """n > 0 payloads, none empty, each with a number of fill bits at its end.

    Attributes:
        legal: bool[n], whether all letters belong to the armour alphabet.
        kind: uint8[n], message type; ILLEGAL if the first letter is not in the alphabet.
        mmsi: int64[n]; meaningless for payloads of fewer than 38 bits.
        bits: int64[n], length without fill bits.

    """

    def __init__(self, payloads: list[bytes], fill: NDArray[np.uint8]) -> None:
        lengths = np.fromiter(map(len, payloads), np.int64, len(payloads))
        self._begin = np.cumsum(lengths) - lengths
        self._six = _SIX[np.frombuffer(b"".join(payloads) + b"0" * _MAX_LETTERS, np.uint8)]
        self.legal = np.maximum.reduceat(self._six, self._begin) < ILLEGAL
        self.kind = self._six[self._begin]
        self.bits = 6 * lengths - fill
        head = _words(self._letters(np.arange(len(payloads)), _HEAD))
        self.mmsi, self._part = _bits(head, 8, 30), _bits(head, 38, 2)

    def layouts(self, wanted: NDArray[np.bool_]) -> Iterator[tuple[Rows, Layout]]:
        """Yield each layout that occurs among the wanted rows, with its rows."""
        number = _NUMBER[self.kind, self._part]
        short = _BITS[number] - self.bits
        number[~wanted | ~self.legal | (short > 0) | (short < -_MAX_EXTRA_BITS)] = len(_LAYOUTS)
        for layout, count in enumerate(np.bincount(number)[: len(_LAYOUTS)].tolist()):
            if count:
                yield np.flatnonzero(number == layout), _LAYOUTS[layout]

    def columns(self, rows: Rows, layout: Layout, t: Ints) -> tuple[Columns, Columns]:
        """Return the moving and the static columns of rows with this layout; `t`: their times, int64[n], ms UTC."""
        letters = self._letters(rows, -(-layout.bits // 6))
        words = _words(letters)
        if layout is CLASS_A:
            return _class_a(words), {}
        if layout is VOYAGE:
            return {}, _voyage(words, letters, t)
        if layout is NAME:
            return {}, {"name": _text(letters, 40, 20)}
        if layout is CALLSIGN:
            return {}, {"callsign": _text(letters, 90, 7)} | _ship(words, 40) | _sides(words, 132)
        if layout is LONG_RANGE:
            return _long_range(words), {}
        static = {} if layout is CLASS_B else {"name": _text(letters, 143, 20)} | _ship(words, 263) | _sides(words, 271)
        return _place(words, 57) | _motion(words, 46, 112) | {"heading": _heading(words, 124)}, static

    def _letters(self, rows: Rows, count: int) -> NDArray[np.uint8]:
        """Return the first letters of rows, six bits each, uint8[n, count]."""
        return np.asarray(self._six[self._begin[rows][:, None] + np.arange(count)])


def _class_a(words: Ints) -> Columns:
    columns = _place(words, 61) | _motion(words, 50, 116) | {"heading": _heading(words, 128)}
    return columns | {"nav_status": _bits(words, 38, 4).astype(np.uint8), "rot": _ROT[_bits(words, 42, 8)]}


def _long_range(words: Ints) -> Columns:
    """Return the columns of message 27, which has tenths of minutes, whole knots and whole degrees."""
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
    """Return texts of `length` characters from bit `at` on, each up to its first @."""
    first, shift = divmod(at, 6)
    codes = letters[:, first : first + length]
    if shift:
        codes = np.asarray(codes << shift | letters[:, first + 1 : first + 1 + length] >> 6 - shift, np.uint8)
    whole = _ASCII[codes & 63].tobytes().decode("ascii")
    return [whole[at : at + length].split("@", 1)[0].strip() for at in range(0, len(whole), length)]


def _words(letters: NDArray[np.uint8]) -> Ints:
    """Return the letters in words of _WORD bits, int64[n, k], the last one padded with zeros."""
    count, length = letters.shape
    padded = np.zeros((count, -(-length // 10) * 10), np.int64)
    padded[:, :length] = letters
    return np.asarray(padded.reshape(count, -1, 10) @ _WEIGHTS)


def _bits(words: Ints, at: int, width: int) -> Ints:
    """Return the number of `width` bits (at most 30) from bit `at` on, int64[n]."""
    word, skip = divmod(at, _WORD)
    left = _WORD - skip - width
    value = words[:, word] >> left if left >= 0 else words[:, word] << -left | words[:, word + 1] >> _WORD + left
    return np.asarray(value & (1 << width) - 1)


def _signed(words: Ints, at: int, width: int) -> Ints:
    """Return the same in two's complement."""
    value = _bits(words, at, width)
    return np.asarray(value - (value >> width - 1 << width))
