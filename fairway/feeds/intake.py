"""Shared by the feeds of live AIVDM: turns the lines of receivers into Batches, a few times a second."""

from __future__ import annotations

import selectors
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Final

from fairway.ais import nmea
from fairway.ais.decoder import Decoder
from fairway.runtime.clock import Clock
from fairway.traffic.batch import Publish, SourceReport

CHUNK: Final = 65_536
LARGE_READ: Final = CHUNK // 2
"""After a read of more than this, the next round follows at once."""
ROUND_S: Final = 0.2
"""Pause between two rounds: many sentences make one Batch."""
_BREATH_S: Final = 0.002
"""First pause after a large read: the kernel's buffer is small and fills at once."""
_IDLE_S: Final = 0.25
_MAX_SENTENCES: Final = 1000


class Intake:
    """Sentences of one source, collected until `hand_over` publishes them as Batches.

    The event time of a sentence is that of its TAG block or logger, or else its arrival.

    Args:
        source: name of the feed in Traffic.
        publish: receives Batches and SourceReports.
        clock: in UTC.

    """

    def __init__(self, source: str, publish: Publish, clock: Clock) -> None:
        self._source, self._publish, self._clock = source, publish, clock
        self.rejected: Counter[str] = Counter()
        self._decoder = Decoder(self.rejected)

    def splitter(self) -> nmea.Splitter:
        """Return a line splitter for one connection."""
        return nmea.Splitter(self.rejected)

    def take(self, lines: list[bytes], station: str = "") -> None:
        """Collect lines that have arrived; only parts from the same `station` form a message."""
        now = self._clock.now()
        arrived, here = round(now * 1000), f"{station} "

        def tagged(text: bytes) -> None:
            line = nmea.parse(text)
            if line is None:
                self.rejected["not AIS"] += 1
                return
            if not line.tag_holds:
                self.rejected["TAG block checksum"] += 1
            t = arrived if line.time is None else round(line.time * 1000)
            self._decoder.take([line.sentence], t, arrived, here + line.group, line.station)

        self._decoder.take(lines, arrived, arrived, here, otherwise=tagged)
        if len(self._decoder.waiting) >= _MAX_SENTENCES:
            self.hand_over()

    def hand_over(self) -> None:
        """Publish the collected reports and rejections."""
        for batch in self._decoder.batches(self._source, round(self._clock.now() * 1000)):
            self._publish(batch)
        if self.rejected:
            self._publish(SourceReport(self._source, rejected=dict(self.rejected)))
            self.rejected.clear()

    def state(self, down: str) -> None:
        """Publish why the source is down; "" when it is up."""
        self._publish(SourceReport(self._source, down=down))


def rounds(selector: selectors.BaseSelector, clock: Clock, stop: threading.Event) -> Iterator[None]:
    """Call the function registered for each ready socket, then yield to the caller; until `stop`.

    A registered function returns whether more data may be waiting.
    """
    busy = False
    while not stop.is_set():
        more = [key.data() for key, _ in selector.select(_IDLE_S)]
        was_busy, busy = busy, any(more)
        yield
        if not busy:
            clock.wait(stop, _BREATH_S if was_busy else ROUND_S)


def names(feed: str, count: int) -> list[str]:
    """Return the names of a feed's sources: the feed's name, and with a number from the second on."""
    return [feed] + [f"{feed}-{number}" for number in range(2, count + 1)]
