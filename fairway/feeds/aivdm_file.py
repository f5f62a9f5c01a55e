"""Playback of a recording of AIVDM sentences, plain or .gz, at its own pace.

The time of a sentence is that of its TAG block, or the `,epoch` after its checksum, or that of the last station
sentence ($GPZDA, $PSHI, $PAIS). A recording without times plays UNTIMED_PER_S sentences per second.
"""

from __future__ import annotations

import calendar
import datetime
import gzip
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from fairway.ais import nmea
from fairway.ais.decoder import Decoder
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Publish, SourceReport

SOURCE: Final = "aivdm_file"
UNTIMED_PER_S: Final = 50
_MAX_SENTENCES: Final = 1000
"""At most this many sentences make one Batch."""
_DAY_S: Final = 86_400


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Play the recording on the clock's time, repeatedly if `aivdm_loop`, until `stop`.

    Each repetition sets the clock back to the first time of the recording, which starts a new epoch of Traffic.

    Raises:
        OSError: If the file is unreadable.

    """
    for lap in itertools.count():
        first = first_time(settings.aivdm_file)
        if lap:
            clock.set(first)
        play(settings.aivdm_file, first, publish, clock, stop)
        if stop.is_set() or not settings.aivdm_loop:
            break
    stop.wait()


def first_time(path: str) -> float:
    """Return the first time in the recording, Unix seconds; without times, that of the file's last change.

    Raises:
        OSError: If the file is unreadable.

    """
    stamps = Stamps()
    with _opened(path) as lines:
        for line in _lines(lines):
            stamps.read(line)
            if stamps.now is not None:
                return stamps.now
    return float(int(Path(path).stat().st_mtime))


def play(path: str, first: float, publish: Publish, clock: Clock, stop: threading.Event) -> None:
    """Publish the recording once, each report when the clock reaches its time; `first` is the first time."""
    decoder = Decoder()
    for time, sentence in _timed(path, first):
        if decoder.waiting and (time > clock.now() or len(decoder.waiting) >= _MAX_SENTENCES):
            _hand_over(decoder, publish)
        while time > clock.now() and not stop.is_set():
            clock.wait(stop, (time - clock.now()) / clock.rate)
        if stop.is_set():
            return
        decoder.take([sentence], round(time * 1000))
    _hand_over(decoder, publish)


def _hand_over(decoder: Decoder, publish: Publish) -> None:
    for batch in decoder.batches(SOURCE):
        publish(batch)
    if decoder.rejected:
        publish(SourceReport(SOURCE, rejected=dict(decoder.rejected)))
        decoder.rejected.clear()


def _timed(path: str, first: float) -> Iterator[tuple[float, bytes]]:
    """Yield each line with its time, reduced to its sentence if it has one; times never decrease."""
    stamps, latest = Stamps(), first
    with _opened(path) as lines:
        for count, line in enumerate(_lines(lines)):
            sentence = stamps.read(line) or line.strip()
            time = first + count / UNTIMED_PER_S if stamps.now is None else stamps.now
            latest = max(latest, time)
            if sentence:
                yield latest, sentence


class Stamps:
    """Reads the times in lines.

    Attributes:
        now: the last time in a line, Unix seconds; None before the first.

    """

    def __init__(self) -> None:
        self.now: float | None = None
        self._midnight: int | None = None

    def read(self, line: bytes) -> bytes | None:
        """Return the sentence in `line`, if any, and remember its time."""
        found = nmea.parse(line)
        if found is None:
            return None
        sentence = found.sentence
        if found.time is not None:
            self._take(found.time)
        elif sentence.startswith(b"$") and nmea.checksum_holds(sentence):
            self._read_station(sentence[1:-3].split(b","))
        return sentence

    def _read_station(self, columns: list[bytes]) -> None:
        try:
            if columns[0] == b"GPZDA":
                day, month, year = (int(text) for text in columns[2:5])
                self._take(_midnight(year, month, day) + _seconds(columns[1]))
            elif columns[0] == b"PAIS" and columns[1] == b"0A":
                year, month, day = int(columns[2][:4]), int(columns[2][4:6]), int(columns[2][6:8])
                self._take(_midnight(year, month, day) + _seconds(columns[3]))
            elif columns[0] == b"PSHI" and self._midnight is not None:
                self._take_time_of_day(_seconds(columns[6]))
        except (ValueError, IndexError, OverflowError):
            return  # a station without the time leaves these fields empty

    def _take_time_of_day(self, seconds: float) -> None:
        """Choose the day that is nearest to the last time: a recording may run past midnight."""
        days = [self._midnight + apart * _DAY_S + seconds for apart in (-1, 0, 1) if self._midnight is not None]
        self._take(min(days, key=lambda time: abs(time - (self.now or 0.0))))

    def _take(self, time: float) -> None:
        if 0 < time < nmea.LAST_TIME:
            self.now = time
            self._midnight = int(time) // _DAY_S * _DAY_S


def _midnight(year: int, month: int, day: int) -> int:
    """Return the start of a day, Unix seconds; raise ValueError for a date that does not exist."""
    return calendar.timegm(datetime.date(year, month, day).timetuple())


def _seconds(text: bytes) -> float:
    """Return the seconds since midnight of hhmmss.ss."""
    return int(text[:2]) * 3600 + int(text[2:4]) * 60 + float(text[4:])


def _opened(path: str) -> BinaryIO:
    with Path(path).open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb") if packed else Path(path).open("rb"))


def _lines(opened: BinaryIO) -> Iterator[bytes]:
    """Yield lines of at most nmea.MAX_LINE bytes: a longer one is divided, and no part of it is a sentence."""
    return iter(lambda: opened.readline(nmea.MAX_LINE), b"")
