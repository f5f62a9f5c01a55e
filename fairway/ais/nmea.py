"""Lines of NMEA 0183: splits a stream of bytes into lines, and reads TAG blocks and times around sentences.

Source: IEC 61162-1 (sentences), IEC 61162-450 (TAG block).
"""

from __future__ import annotations

import functools
import operator
import re
from collections import Counter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_LINE: Final = 1024
_LINE: Final = re.compile(
    rb"\s*(?:\\(?P<tag>[^\\]*)\\)?(?P<sentence>[!$][^\s*]{3,200}\*[0-9A-Fa-f]{2})(?:,(?P<epoch>\d{9,13}))?\s*"
)
_TAG: Final = re.compile(rb"(?:^|,)(?P<code>[a-zA-Z]):(?P<value>[^,*]*)")
_MAX_CACHED_TAGS: Final = 1024
"""Cached TAG blocks: a station repeats one on all lines of a second."""
_DIGIT: Final = np.zeros(256, np.uint8)
_DIGIT[list(b"0123456789ABCDEF")] = np.arange(16)
_DIGIT[list(b"abcdef")] = np.arange(10, 16)
LAST_TIME: Final = 4_102_444_800
"""2100-01-01: later times are not believed."""


class Sentence(NamedTuple):
    """A sentence with the contents of its TAG block, or the time its logger wrote.

    Attributes:
        sentence: from `!` or `$` to the checksum.
        time: Unix seconds; None if unknown.
        station: source in the TAG block; "" if unknown.
        group: group number in the TAG block, the same for all parts of a message; "" without one.
        tag_holds: False if the TAG block has a wrong checksum; its contents are then ignored.

    """

    sentence: bytes
    time: float | None
    station: str
    group: str
    tag_holds: bool


def parse(line: bytes) -> Sentence | None:
    """Return the sentence in `line` with its TAG block; None if there is none."""
    match = _LINE.match(line)
    if match is None:
        return None
    tag, sentence, epoch = match.groups()
    if tag is None:
        return Sentence(sentence, _seconds(epoch), "", "", True)
    return Sentence(sentence, *_contents(tag, epoch))


def checksum_holds(sentence: bytes) -> bool:
    """Whether the exclusive or of the bytes between the first character and `*` equals the two digits after it."""
    return functools.reduce(operator.xor, sentence[1:-3], 0) == int(sentence[-2:], 16)


def checksums_hold(sentences: list[bytes]) -> NDArray[np.bool_]:
    """Return `checksum_holds` of each sentence, bool[n]; all must end with `*` and two hexadecimal digits."""
    if not sentences:
        return np.zeros(0, bool)
    text = np.frombuffer(b"".join(sentences), np.uint8)
    end = np.cumsum(np.fromiter(map(len, sentences), np.int64, len(sentences)))
    begin = np.concatenate(([0], end[:-1]))
    sums = np.bitwise_xor.reduceat(text, np.stack([begin + 1, end - 3], axis=1).ravel())[::2]
    return np.asarray(sums == (_DIGIT[text[end - 2]] << 4 | _DIGIT[text[end - 1]]))


@functools.lru_cache(_MAX_CACHED_TAGS)
def _contents(tag: bytes, epoch: bytes | None) -> tuple[float | None, str, str, bool]:
    """Return time, station, group and validity of a TAG block, as in Sentence; `epoch` is the time if it has none."""
    if not _tag_holds(tag):
        return _seconds(epoch), "", "", False
    values = dict(_TAG.findall(tag))
    time = values.get(b"c", b"")
    moment = _seconds(time if time.isdigit() and len(time) <= 13 else epoch)
    station, group = values.get(b"s", b"")[:15], values.get(b"g", b"").rpartition(b"-")[2][:15]
    return moment, station.decode("ascii", "replace"), group.decode("ascii", "replace"), True


def _tag_holds(tag: bytes) -> bool:
    body, star, digits = tag.rpartition(b"*")
    try:
        return bool(star) and functools.reduce(operator.xor, body, 0) == int(digits, 16)
    except ValueError:
        return False


def _seconds(digits: bytes | None) -> float | None:
    """Return Unix seconds; some loggers write milliseconds."""
    if not digits:
        return None
    time = int(digits) / (1000 if len(digits) > 11 else 1)
    return time if 0 < time < LAST_TIME else None


class Splitter:
    """Splits chunks of bytes into lines. Holds at most MAX_LINE bytes; a longer line is skipped and counted.

    Args:
        rejected: counts skipped lines.

    Attributes:
        rest: the incomplete last line.

    """

    def __init__(self, rejected: Counter[str]) -> None:
        self._rejected = rejected
        self.rest = b""
        self._skipping = False

    def take(self, chunk: bytes) -> list[bytes]:
        """Return the lines that `chunk` completes, without line ends."""
        lines = (self.rest + chunk).replace(b"\r", b"\n").split(b"\n")
        if self._skipping and len(lines) > 1:
            lines[0], self._skipping = b"", False
        self.rest = b"" if self._skipping else lines[-1]
        if len(self.rest) > MAX_LINE:
            self.rest, self._skipping = b"", True
            self._rejected["line too long"] += 1
        whole = [line for line in lines[:-1] if line]
        short = [line for line in whole if len(line) <= MAX_LINE]
        if len(short) < len(whole):
            self._rejected["line too long"] += len(whole) - len(short)
        return short
