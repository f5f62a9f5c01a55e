"""aisstream.io's protocol at /v0/stream: a client written for it runs here when its host is changed.

Frames are made once, on a thread of their own, and only while a client is connected; clients share them.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Final

from fairway.protocol.context import Context
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.snapshot import Snapshot
from fairway.web.aisstream.frames import Page, pages
from fairway.web.aisstream.session import PERIOD_S, AisstreamSession, Missed

PATH: Final = "/v0/stream"
KEPT_FRAMES: Final = 20_000
"""About 12 MB; a client further behind misses what is older."""
TURN_S: Final = 0.25


class AisstreamServer(ReportQueue):
    """The queue of this output, and the newest frames, numbered by page, for any number of sessions."""

    def __init__(self, snapshot: Callable[[], Snapshot], monotonic: Callable[[], float]) -> None:
        super().__init__("aisstream", monotonic)
        self.snapshot = snapshot
        self._sessions: weakref.WeakSet[AisstreamSession] = weakref.WeakSet()
        self._pages: deque[Page] = deque()
        self._lock = threading.Lock()
        self._first = 0
        self._frames = 0
        self.up()  # there is no one to connect to

    def begin(self, context: Context) -> AisstreamSession:
        """A new client's conversation."""
        del context  # frames come from the reports themselves
        session = AisstreamSession(self.missed)
        self._sessions.add(session)
        return session

    def record(self, batch: Batch) -> None:
        """Queue a batch if anybody listens."""
        self.counts["clients"] = len(self._sessions)
        if self._sessions:
            super().record(batch)

    def missed(self, number: int) -> Missed:
        """The pages from `number` on that are still there, and the number of the next one."""
        with self._lock:
            end = self._first + len(self._pages)
            begin = max(number, self._first)
            return end, list(itertools.islice(self._pages, begin - self._first, None)) if begin < end else ()

    def tidy(self) -> None:
        """Forget the frames when no one is there any more."""
        with self._lock:
            if not self._sessions:
                self._first += len(self._pages)
                self._pages.clear()
                self._frames = 0

    def add(self, page: Page) -> None:
        """Keep a page; the oldest go when there are too many frames."""
        with self._lock:
            self._pages.append(page)
            self._frames += len(page.frames)
            while self._frames > KEPT_FRAMES and len(self._pages) > 1:
                self._frames -= len(self._pages.popleft().frames)
                self._first += 1


def run(report_queue: AisstreamServer, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Make frames of what was reported, until `stop`."""
    del clock, settings  # frames bear the time of the report, and all there is to choose is the client's
    held: list[Batch] = []
    fresh = 0
    while not stop.is_set():
        # a turn later the snapshot knows the names and places that these reports have brought
        ready, held = held, report_queue.take(TURN_S)
        for batch in ready:
            for page in pages(batch, report_queue.snapshot()):
                if fresh + len(page.frames) > KEPT_FRAMES // 2:
                    # a fleet that reports at once: let the clients take what there is before it goes
                    stop.wait(2 * PERIOD_S)
                    fresh = 0
                report_queue.add(page)
                fresh += len(page.frames)
            report_queue.sent(len(batch.mmsi))
        if not ready:
            fresh = 0
            report_queue.tidy()
