"""A live feed in a thread, and the batches that it publishes."""

import queue
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch, SourceReport

PATIENCE_S = 60.0


class Heard:
    """Batches and reports that a feed has published so far; `until` waits for more."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Batch | SourceReport] = queue.Queue()
        self.batches: list[Batch] = []
        self.reports: list[SourceReport] = []
        self.failure: BaseException | None = None

    def until(self, happened: Callable[["Heard"], object]) -> "Heard":
        """Take batches until `happened` is true of all so far."""
        deadline = time.monotonic() + PATIENCE_S
        while not happened(self):
            assert self.failure is None, self.failure
            try:
                item = self.queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"only {self.mmsi}, {self.states}, {self.rejected}") from None
            if isinstance(item, Batch):
                self.batches.append(item)
            else:
                self.reports.append(item)
        return self

    @property
    def mmsi(self) -> list[int]:
        return [number for batch in self.batches if batch.moving for number in batch.mmsi.tolist()]

    @property
    def states(self) -> list[str]:
        return [report.down for report in self.reports if report.down is not None]

    @property
    def rejected(self) -> dict[str, int]:
        return dict(sum((Counter(report.rejected) for report in self.reports), Counter()))


@pytest.fixture
def start() -> Iterator[Callable[..., Heard]]:
    """Start `feed.run` with some settings, in a thread that ends with the test."""
    stop, threads = threading.Event(), []

    def begin(feed, **settings) -> Heard:
        heard, clock = Heard(), Clock(time.time(), time.monotonic, "live")

        def run() -> None:
            try:
                feed.run(heard.queue.put, clock, Settings(feeds=feed.SOURCE, **settings), stop)
            except BaseException as error:
                heard.failure = error
                raise

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return heard

    yield begin
    stop.set()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def connect() -> Iterator[Callable[[int], socket.socket]]:
    """Connect to a port of this machine as soon as it listens."""
    opened = []

    def dial(port: int) -> socket.socket:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                opened.append(socket.create_connection(("127.0.0.1", port), 5))
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return opened[-1]

    yield dial
    for peer in opened:
        peer.close()
