"""The Socket.IO clients: who has a seat, what each receives and when, and who is too slow. Knows no socket."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

import orjson

from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.supervisor import attempt
from fairway.web.rate_limit import Bucket
from fairway.web.websocket.hub import ConnectionLimits
from fairway.web.websocket.message_reader import REQUEST_BURST, REQUESTS_PER_S

log = logging.getLogger(__name__)
SKIP_FROM_QUEUED: Final = 2
CLOSE_FROM_QUEUED: Final = 16
STALLED_AFTER_S: Final = 30.0
SWEEP_S: Final = 0.5
GREET_WITHIN_S: Final = 0.005
BUSY_S: Final = 0.02


class Transport(Protocol):
    """The library's side of one client."""

    @property
    def ready(self) -> bool:
        """Whether the client knows that it is connected: what is sent before would confuse it."""

    @property
    def queued(self) -> int:
        """Packets that wait for the client."""

    @property
    def taken(self) -> int:
        """How many packets have left the queue, ever."""

    def send(self, message: bytes) -> None:
        """Queue an event, given as a message of the protocol. Never blocks; nothing happens after the end."""

    def close(self) -> None:
        """End the connection. Never blocks."""


@dataclass(eq=False, slots=True)
class Listener:
    """One client: its session, and how it keeps up. `lock` is held while its session speaks."""

    line: Transport
    address: str
    session: Session
    progressed: float
    bucket: Bucket
    taken: int = 0
    skipped: int = 0
    greeted: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Listeners:
    """The Socket.IO clients, and the thread (`run`) that ticks them on the grid of the update interval.

    Attributes:
        sweep: called twice a second; for what the library's side has to look after.

    """

    def __init__(
        self, context: Context, seats: ConnectionLimits, monotonic: Callable[[], float], stop: threading.Event
    ) -> None:
        self._context, self._seats, self._monotonic, self._stop = context, seats, monotonic, stop
        self._by_sid: dict[str, Listener] = {}
        self._lock, self._arrival = threading.Lock(), threading.Event()
        self._due = self._next_sweep = 0.0
        self.sweep: Callable[[], None] = lambda: None

    @property
    def count(self) -> int:
        """The clients that hold a seat."""
        return len(self._by_sid)

    def enter(self, sid: str, line: Transport, address: str) -> str | None:
        """Give a client a seat; or why there is none."""
        session, now = Session(self._context), self._monotonic()
        with self._lock:
            sharing = Counter(listener.address for listener in self._by_sid.values())[address]
            if len(self._by_sid) >= self._seats.in_all:
                return f"all {self._seats.in_all} seats of Socket.IO are taken, try again later, or use /ws"
            if sharing >= self._seats.per_address and not self._seats.exempt(address):
                return f"at most {self._seats.per_address} connections from one address"
            self._by_sid[sid] = Listener(
                line, address, session, now, Bucket(REQUESTS_PER_S, REQUEST_BURST, now), line.taken
            )
        log.info("Socket.IO client %s connected from %s", sid, address)
        self._arrival.set()
        return None

    def leave(self, sid: str) -> None:
        """Give the seat back."""
        with self._lock:
            gone = self._by_sid.pop(sid, None)
        if gone:
            log.info("Socket.IO client %s left", sid)

    def answer(self, sid: str, event: str, arguments: tuple[Any, ...]) -> None:
        """Answer one event of a client, in the thread that read it."""
        listener = self._by_sid.get(sid)
        if listener is None:
            return
        if listener.line.queued >= CLOSE_FROM_QUEUED:
            log.info("Socket.IO client %s asks but does not read", sid)
            listener.line.close()
            return
        with listener.lock:
            for message in self._replies(listener, event, arguments):
                listener.line.send(message)

    def run(self) -> None:
        """Greet, tick and look after clients until `stop`; then send them away."""
        while not self._stop.is_set():
            self.turn()
            greeting = not all(listener.greeted for listener in self._listeners())
            wait = min(self._due, self._next_sweep) - self._monotonic()
            self._arrival.wait(GREET_WITHIN_S if greeting else max(0.0, wait))
            self._arrival.clear()
        self._each(lambda listener: listener.line.close())

    def turn(self) -> None:
        """What is to be done now. For the thread of `run` alone."""
        self._each(self._greet)
        now = self._monotonic()
        if now >= self._due:
            if self._due:
                self._each(self._tick)
            period = self._context.update_interval_s()
            self._due = (now // period + 1) * period
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_S
            self._each(self._look_after)
            self.sweep()

    def _listeners(self) -> list[Listener]:
        with self._lock:
            return list(self._by_sid.values())

    def _each(self, act: Callable[[Listener], None]) -> None:
        """Do it for every client; a fault in one client's conversation ends that client and no one else."""
        for listener in self._listeners():
            if attempt(partial(act, listener)) is not None:
                listener.line.close()

    def _greet(self, listener: Listener) -> None:
        if listener.greeted or not listener.line.ready:
            return
        listener.greeted = True
        with listener.lock:
            for message in listener.session.open():
                listener.line.send(message)

    def _tick(self, listener: Listener) -> None:
        if listener.line.queued >= SKIP_FROM_QUEUED or not listener.lock.acquire(timeout=BUSY_S):
            listener.skipped += 1
            return
        try:
            messages = listener.session.tick(listener.skipped) if listener.greeted else []
        finally:
            listener.lock.release()
        listener.skipped = 0
        for message in messages:
            listener.line.send(message)

    def _look_after(self, listener: Listener) -> None:
        now = self._monotonic()
        if listener.line.taken != listener.taken or not listener.line.queued:
            listener.taken, listener.progressed = listener.line.taken, now
        elif now - listener.progressed >= STALLED_AFTER_S:
            log.info("a Socket.IO client from %s took nothing for %.0f s", listener.address, STALLED_AFTER_S)
            listener.line.close()

    def _replies(self, listener: Listener, event: str, arguments: tuple[Any, ...]) -> list[bytes]:
        session = listener.session
        wait_s = listener.bucket.take(self._monotonic())
        if wait_s:
            return session.refuse("rate_limited", "too many requests", round(wait_s * 1e3))
        body = arguments[0] if arguments else {}
        if len(arguments) > 1 or not isinstance(body, dict):
            return session.refuse("bad_request", f"{event!r:.60} takes nothing or one object")
        if body.get("proto", 1) != 1:
            return session.refuse("bad_request", "Socket.IO speaks level 1 of the protocol; level 2 is at /ws")
        return session.receive(orjson.dumps(body | {"type": event}).decode())
