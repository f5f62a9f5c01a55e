"""Feed of AIVDM sentences over TCP, as a client of receivers and aggregators.

Each address is a source of its own. A lost connection is retried after 1 s, doubling to 60 s. A gpsd is recognised by
its greeting and then sends its sentences on request.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import threading
from typing import Any, Final

from fairway.feeds.intake import CHUNK, LARGE_READ, Intake, names, rounds
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import addresses
from fairway.traffic.batch import Publish

SOURCE: Final = "aivdm_tcp"
FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 60.0
_CONNECT_S: Final = 10.0
_GPSD: Final = b'{"class":'
"""Start of each line of gpsd's own protocol."""
_WATCH: Final = b'?WATCH={"enable":true,"nmea":true};\r\n'


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Read from every address of `aivdm_tcp`, until `stop`."""
    where = addresses("aivdm_tcp", settings.aivdm_tcp)
    with selectors.DefaultSelector() as selector:
        intakes = [Intake(name, publish, clock) for name in names(SOURCE, len(where))]
        links = [Link(*address, intake, clock, selector) for address, intake in zip(where, intakes, strict=True)]
        try:
            for _ in rounds(selector, clock, stop):
                for link in links:
                    link.turn()
        finally:
            for link in links:
                link.close()


class Link:
    """Connection to one server, restored after each loss.

    Args:
        host: name or address.
        port: TCP port.
        intake: receives the lines.
        clock: times the attempts.
        selector: watches the socket.

    """

    def __init__(self, host: str, port: int, intake: Intake, clock: Clock, selector: selectors.BaseSelector) -> None:
        self._host, self._port, self._intake, self._clock, self._selector = host, port, intake, clock, selector
        self._socket: socket.socket | None = None
        self._untried: list[tuple[Any, ...]] = []
        self._connected = False
        self._due, self._backoff = clock.now(), Backoff(FIRST_WAIT_S, MAX_WAIT_S)
        intake.state("connecting")

    def turn(self) -> None:
        """Publish the received sentences; connect, or give up an attempt, when it is due."""
        self._intake.hand_over()
        if self._connected or self._clock.now() < self._due:
            return
        if self._socket is not None:
            self._lost("no answer")
        else:
            self._dial()

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
        self._socket, self._connected = None, False

    def _dial(self) -> None:
        """Start a connection to the next address of the host."""
        try:
            if not self._untried:
                self._untried = list(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
            family, kind, protocol, _, address = self._untried.pop(0)
            self._socket = socket.socket(family, kind, protocol)
        except OSError as error:
            self._lost(error.strerror or "no address")
            return
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._selector.register(self._socket, selectors.EVENT_WRITE, self._on_connected)
        self._due = self._clock.now() + _CONNECT_S
        code = self._socket.connect_ex(address)
        if code not in (0, errno.EINPROGRESS):
            self._lost(os.strerror(code))

    def _on_connected(self) -> bool:
        assert self._socket is not None
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._lost(os.strerror(code))
            return False
        self._connected, self._untried = True, []
        self._lines = self._intake.splitter()
        self._selector.modify(self._socket, selectors.EVENT_READ, self._read)
        self._intake.state("")
        return False

    def _read(self) -> bool:
        assert self._socket is not None
        try:
            chunk = self._socket.recv(CHUNK)
        except OSError as error:
            self._lost(error.strerror or type(error).__name__)
            return False
        if not chunk:
            self._lost("closed by the server")
            return False
        # only data resets the back-off: a server that accepts and closes must not get a connection every second
        self._backoff.reset()
        lines = self._lines.take(chunk)
        if any(line.startswith(_GPSD) for line in lines):
            lines = self._without_gpsd(lines)
        self._intake.take(lines)
        return len(chunk) > LARGE_READ

    def _without_gpsd(self, lines: list[bytes]) -> list[bytes]:
        """Request the sentences of a gpsd after its greeting; return the lines without gpsd's own."""
        if self._socket and any(line.startswith(_GPSD + b'"VERSION"') for line in lines):
            with contextlib.suppress(OSError):  # the next read reports the same error
                self._socket.send(_WATCH)
        return [line for line in lines if not line.startswith(_GPSD)]

    def _lost(self, reason: str) -> None:
        self.close()
        self._intake.state(reason)
        if self._untried:
            self._due = self._clock.now()
            return
        self._due = self._clock.now() + self._backoff.next()
