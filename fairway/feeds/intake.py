"""What the feeds of live AIVDM have in common: bytes of stations -> Batches, a few times a second."""

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
MUCH: Final = CHUNK // 2
"""Who reads more than this at once looks again without a pause."""
ROUND_S: Final = 0.2
"""So long between two looks at the sockets, unless much is waiting: then many sentences make one Batch."""
_BREATH_S: Final = 0.002
"""The first pause after much has come: the kernel's buffer is small, and full again at once."""
_IDLE_S: Final = 0.25
_AT_ONCE: Final = 1000


class Intake:
    """Sentences of one source, collected until `hand_over` makes Batches of them.

    A sentence's event time is that of its TAG block or logger; where nothing says it, that of its arrival.

    Args:
        source: name of the feed in Traffic.
        publish: takes the Batches.
        clock: shows UTC.

    """

    def __init__(self, source: str, publish: Publish, clock: Clock) -> None:
        self._source, self._publish, self._clock = source, publish, clock
        self.rejected: Counter[str] = Counter()
        self._decoder = Decoder(self.rejected)

    def splitter(self) -> nmea.Splitter:
        """A new cutter of lines, for one connection."""
        return nmea.Splitter(self.rejected)

    def take(self, lines: list[bytes], station: str = "") -> None:
        """Keep lines that just came; parts of a message belong together only within a `station`."""
        now = self._clock.now()
        arrived, here = round(now * 1000), f"{station} "

        def dressed(text: bytes) -> None:
            line = nmea.parse(text)
            if line is None:
                self.rejected["not a sentence"] += 1
                return
            if not line.tag_holds:
                self.rejected["TAG block checksum"] += 1
            t = arrived if line.time is None else round(line.time * 1000)
            self._decoder.take([line.sentence], t, arrived, here + line.group, line.station)

        self._decoder.take(lines, arrived, arrived, here, otherwise=dressed)
        if len(self._decoder.waiting) >= _AT_ONCE:
            self.hand_over()

    def hand_over(self) -> None:
        """Publish what was taken."""
        for batch in self._decoder.batches(self._source, round(self._clock.now() * 1000)):
            self._publish(batch)
        if self.rejected:
            self._publish(SourceReport(self._source, rejected=dict(self.rejected)))
            self.rejected.clear()

    def state(self, down: str) -> None:
        """Tell why the source can't be reached; "" when it can."""
        self._publish(SourceReport(self._source, down=down))


def rounds(selector: selectors.BaseSelector, clock: Clock, stop: threading.Event) -> Iterator[None]:
    """Call what was registered for the sockets that are ready, then let the caller work; until `stop`.

    What is registered tells whether more may be waiting.
    """
    busy = False
    while not stop.is_set():
        more = [key.data() for key, _ in selector.select(_IDLE_S)]
        was_busy, busy = busy, any(more)
        yield
        if not busy:
            clock.wait(stop, _BREATH_S if was_busy else ROUND_S)


def names(feed: str, count: int) -> list[str]:
    """What the sources of one feed are called: the feed's name, and with a number from the second on."""
    return [feed] + [f"{feed}-{number}" for number in range(2, count + 1)]
