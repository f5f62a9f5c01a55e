"""AIVDM over TCP: every report as sentences, to all connected readers, such as OpenCPN, gpsd and AIS-catcher."""

from __future__ import annotations

import contextlib
import logging
import operator
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fairway.ais.encode import sentences
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue

log = logging.getLogger(__name__)
MAX_BEHIND_BYTES: Final = 16 * 1024 * 1024
"""A reader further behind than this is disconnected; readers in step share the bytes."""
STALLED_AFTER_S: Final = 10.0
"""A reader that takes nothing for this long, while sentences wait for it, is disconnected."""
TURN_S: Final = 0.25
"""Interval at which readers are accepted and served when no report arrives."""
MAX_READERS: Final = 200


@dataclass(slots=True)
class AivdmClient:
    """Connection of one reader.

    Attributes:
        sock: non-blocking socket.
        peer: address, for the log.
        stalled_since: when it last took something, or its queue was empty; monotonic seconds.
        waiting: bytes still to be sent.
        behind: number of these bytes.

    """

    sock: socket.socket
    peer: str
    stalled_since: float
    waiting: deque[memoryview] = field(default_factory=deque)
    behind: int = 0

    def offer(self, text: bytes, now: float) -> bool:
        """Queue `text` and send without blocking; return False if the reader is gone or too slow."""
        if not self.waiting:
            self.stalled_since = now
        self.waiting.append(memoryview(text))
        self.behind += len(text)
        return self.serve(now)

    def serve(self, now: float) -> bool:
        """Send without blocking; return False if the connection is closed or too slow."""
        while self.waiting:
            try:
                sent = self.sock.send(self.waiting[0], socket.MSG_DONTWAIT)
            except BlockingIOError:
                return not self.is_slow(now)
            except OSError:
                return False
            self.stalled_since = now
            self.behind -= sent
            self.waiting[0] = self.waiting[0][sent:]
            if not self.waiting[0]:
                self.waiting.popleft()
        return True

    def is_slow(self, now: float) -> bool:
        """Whether the reader is too far behind, or takes nothing."""
        return self.behind > MAX_BEHIND_BYTES or (self.behind > 0 and now - self.stalled_since > STALLED_AFTER_S)

    def has_left(self) -> bool:
        """Whether the peer has closed the connection."""
        # unread bytes would hide the end of the stream behind them
        try:
            return not self.sock.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Listen on `aivdm_out_host`:`aivdm_out_port` and relay every report, until `stop`.

    Raises:
        OSError: If the port is not available.

    """
    del clock  # sentences carry the report's own time
    address = (settings.aivdm_out_host, settings.aivdm_out_port)
    try:
        listener = socket.create_server(address, family=_family(address[0]), backlog=64)
    except OSError as error:
        report_queue.down(f"{address[0]}:{address[1]}: {error.strerror or error}")
        raise
    listener.setblocking(False)
    readers: list[AivdmClient] = []
    with listener:
        report_queue.up()
        log.info("AIVDM on tcp %s:%d", *listener.getsockname()[:2])
        while not stop.is_set():
            _relay(report_queue, readers, settings.aivdm_out_tags)
            _admit(listener, readers, report_queue.monotonic())
            _drop_unless(
                readers, report_queue, lambda reader: reader.serve(report_queue.monotonic()) and not reader.has_left()
            )
            report_queue.counts["readers"] = len(readers)
    for reader in readers:
        reader.sock.close()


def _relay(report_queue: ReportQueue, readers: list[AivdmClient], tags: bool) -> None:
    """Send the waiting reports; without readers, discard them."""
    for batch in report_queue.take(TURN_S):
        if not readers:
            return
        for text, reports in sentences(batch, tags):
            offer = operator.methodcaller("offer", text, report_queue.monotonic())
            _drop_unless(readers, report_queue, offer)
            report_queue.sent(reports)


def _admit(listener: socket.socket, readers: list[AivdmClient], now: float) -> None:
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while len(readers) < MAX_READERS:
            sock, peer = listener.accept()
            sock.setblocking(False)
            readers.append(AivdmClient(sock, f"{peer[0]}:{peer[1]}", now))
            log.info("AIVDM reader %s connected", readers[-1].peer)


def _drop_unless(readers: list[AivdmClient], report_queue: ReportQueue, good: Callable[[AivdmClient], bool]) -> None:
    """Disconnect the readers for which `good` is False."""
    for reader in [reader for reader in readers if not good(reader)]:
        slow = reader.is_slow(report_queue.monotonic())
        report_queue.counts["readers_dropped"] += slow
        log.info("AIVDM reader %s %s", reader.peer, "dropped: too slow" if slow else "closed")
        reader.sock.close()
        readers.remove(reader)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
