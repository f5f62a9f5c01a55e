"""Feed of AIVDM sentences over TCP, as a server to which receivers connect."""

from __future__ import annotations

import functools
import selectors
import socket
import threading
from collections import OrderedDict
from typing import Final

from fairway.ais.nmea import Splitter
from fairway.feeds.intake import CHUNK, LARGE_READ, Intake, rounds
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import addresses
from fairway.traffic.batch import Publish

SOURCE: Final = "aivdm_listen"
MAX_RECEIVERS: Final = 64
"""Maximum number of connections; one more replaces the one that has been silent longest."""


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Read the sentences that receivers send to the address `aivdm_listen`, until `stop`.

    Raises:
        OSError: If the address is not available.

    """
    intake = Intake(SOURCE, publish, clock)
    (host, port), *_ = addresses("aivdm_listen", settings.aivdm_listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with selectors.DefaultSelector() as selector, socket.create_server((host, port), family=family) as server:
        server.setblocking(False)
        receivers = Receivers(server, selector, intake)
        selector.register(server, selectors.EVENT_READ, receivers.accept)
        try:
            for _ in rounds(selector, clock, stop):
                intake.hand_over()
        finally:
            receivers.close()


class Receivers:
    """The connected receivers."""

    def __init__(self, server: socket.socket, selector: selectors.BaseSelector, intake: Intake) -> None:
        self._server, self._selector, self._intake = server, selector, intake
        self._open: OrderedDict[socket.socket, Splitter] = OrderedDict()
        self._count = 0

    def accept(self) -> bool:
        """Accept one receiver; return True if more may be waiting."""
        try:
            peer, _ = self._server.accept()
        except OSError:
            self._intake.rejected["connection failed"] += 1
            return False
        if len(self._open) >= MAX_RECEIVERS:
            self._drop(next(iter(self._open)))
            self._intake.rejected["too many connections"] += 1
        peer.setblocking(False)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._count += 1
        self._open[peer] = self._intake.splitter()
        self._selector.register(peer, selectors.EVENT_READ, functools.partial(self._read, peer, str(self._count)))
        return True

    def close(self) -> None:
        """Close all connections."""
        while self._open:
            self._drop(next(iter(self._open)))

    def _read(self, peer: socket.socket, station: str) -> bool:
        try:
            chunk = peer.recv(CHUNK)
        except OSError:
            self._intake.rejected["connection lost"] += 1
            chunk = b""
        if not chunk:
            self._drop(peer)
            return False
        self._open.move_to_end(peer)
        self._intake.take(self._open[peer].take(chunk), station)
        return len(chunk) > LARGE_READ

    def _drop(self, peer: socket.socket) -> None:
        del self._open[peer]
        self._selector.unregister(peer)
        peer.close()
