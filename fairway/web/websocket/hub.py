"""The hub: one thread that holds every WebSocket client of /ws.

Each turn of its loop reads who has sent something, writes who can take more, and ticks whose period is over. Nothing
in it waits for a client: what a socket does not take at once is that client's own delay.
"""

from __future__ import annotations

import logging
import math
import selectors
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from fairway.protocol.context import Context
from fairway.protocol.session import Session
from fairway.runtime.supervisor import attempt
from fairway.web.websocket.client import PING, Buffers, Client, Framer, SessionProtocol, framed
from fairway.web.websocket.message_reader import Closed, HttpAnswer, Refused, Request

log = logging.getLogger(__name__)
STALLED_AFTER_S: Final = 10.0
PING_EVERY_S: Final = 20.0
HEARTBEAT_S: Final = 15.0
LINGER_S: Final = 2.0
SWEEP_S: Final = 0.5
GOODBYE_S: Final = 1.5
Begin = Callable[[Context], SessionProtocol]
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many clients there may be, in all and from one address; `exempt` addresses count only in all."""

    in_all: int
    per_address: int
    exempt: Callable[[str], bool]


class Hub:
    """Adopts connections after their handshake and serves them until `stop`; then says 1001."""

    def __init__(
        self, context: Context, seats: ConnectionLimits, monotonic: Callable[[], float], stop: threading.Event
    ) -> None:
        # one view for a whole turn: clients that tick in it stay in step, and so share their frames
        self._source, self._view = context.snapshot, context.snapshot()
        self._context = replace(context, snapshot=lambda: self._view)
        self._seats, self._monotonic, self._stop = seats, monotonic, stop
        self._selector = selectors.DefaultSelector()
        self._arrived: deque[tuple[socket.socket, str, Begin]] = deque()
        self._bell, self._wake = socket.socketpair()
        self._bell.setblocking(False)
        self._wake.setblocking(False)
        self._selector.register(self._bell, READ)
        self._clients: dict[Client, None] = {}
        self._from: Counter[str] = Counter()
        self._leaving: dict[Client, None] = {}
        self._paused: dict[Client, None] = {}
        self._groups: dict[float, dict[Client, None]] = {}
        self._due: dict[float, float] = {}
        self._round: list[Client] = []
        self._speak: Callable[[Client], list[bytes]] = _tick
        self._serving: Client | None = None
        self._next_sweep = self._next_heartbeat = 0.0
        self._numbers = 0

    @property
    def count(self) -> int:
        """The clients that hold a seat."""
        return len(self._clients)

    def adopt(self, sock: socket.socket, address: str, begin: Begin | None = None) -> None:
        """Take over a connection whose handshake is done, for the conversation that `begin` makes. From any thread."""
        self._arrived.append((sock, address, begin or Session))
        try:
            self._wake.send(b"\0")
        except BlockingIOError:
            return  # it is full of wake-up calls already

    def run(self) -> None:
        """Serve until `stop`. A fault in one client's conversation ends that client with 1011 and no one else.

        Raises:
            Exception: A fault of the hub's own, for the supervisor. The clients are still there for the next run.

        """
        while not self._stop.is_set():
            fault = attempt(self._serve)
            if fault is None:
                continue
            client, self._serving = self._serving, None
            if client is None:
                raise fault
            self._close(client, 1011, "internal error")
        self._say_goodbye()

    def _serve(self) -> None:
        self._finish_round()
        self._admit()
        while not self._stop.is_set():
            self._turn()

    def _turn(self) -> None:
        self._serve_ready(self._patience())
        now = self._monotonic()
        self._resume(now)
        self._tick(now)
        self._serving = None
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_S
            self._sweep(now)

    def _serve_ready(self, timeout_s: float) -> None:
        ready = self._selector.select(timeout_s)
        self._view = self._source()
        for key, mask in ready:
            if key.data is None:
                self._bell.recv(4096)
                self._admit()
                continue
            client = self._serving = key.data
            if mask & WRITE:
                self._write(client)
            if mask & client.watched & READ:
                self._read(client)

    def _patience(self) -> float:
        moments = [self._next_sweep, self._next_heartbeat, *self._due.values()]
        moments += [client.inbound.paused_until for client in self._paused]
        return max(0.0, min(moments) - self._monotonic())

    def _admit(self) -> None:
        """Give seats to those who have arrived, or tell them why there is none."""
        while self._arrived:
            sock, address, begin = self._arrived.popleft()
            self._numbers += 1
            self._serving = None
            client = self._serving = Client(sock, address, self._numbers, begin(self._context), self._monotonic())
            log.info("client %d connected from %s", client.number, address)
            if len(self._clients) >= self._seats.in_all:
                self._close(client, 1013, f"all {self._seats.in_all} seats are taken, try again later")
            elif self._from[address] >= self._seats.per_address and not self._seats.exempt(address):
                self._close(client, 1008, f"at most {self._seats.per_address} connections from one address")
            else:
                self._clients[client] = None
                self._from[address] += 1
                self._join(client)
                self._send(client, client.session.open())
                self._watch(client)

    def _join(self, client: Client) -> None:
        """Put a client into the group that ticks with its period."""
        period = client.period_s = client.session.period_s
        self._groups.setdefault(period, {})[client] = None
        if period not in self._due:
            self._due[period] = _next(self._monotonic(), period)

    def _part(self, client: Client) -> None:
        group = self._groups.get(client.period_s, {})
        group.pop(client, None)
        if not group and client.period_s in self._groups:
            del self._groups[client.period_s], self._due[client.period_s]

    def _tick(self, now: float) -> None:
        for period, due in list(self._due.items()):
            if now >= due:
                self._due[period] = _next(now, period)
                self._start_round(self._groups[period], _tick)
        if now >= self._next_heartbeat:
            self._next_heartbeat = _next(now, HEARTBEAT_S)
            self._start_round(self._clients, _beat)

    def _start_round(self, clients: Iterable[Client], speak: Callable[[Client], list[bytes]]) -> None:
        self._round, self._speak = list(clients), speak
        self._finish_round()

    def _finish_round(self) -> None:
        """Let everyone in the round speak. After a fault, those who are left."""
        now, framer = self._monotonic(), Framer()
        while self._round:
            client = self._serving = self._round.pop()
            if client.pending:
                client.skipped += self._speak is _tick
            elif client.closing is None and (messages := self._speak(client)):
                self._push(client, framer.frame(messages), now)

    def _send(self, client: Client, messages: list[bytes]) -> None:
        if messages:
            self._push(client, framed(messages), self._monotonic())

    def _push(self, client: Client, buffers: Buffers, now: float) -> None:
        try:
            client.send(buffers, now)
        except OSError as error:
            self._drop(client, f"broke off: {error}")
            return
        if client.pending:
            self._watch(client)

    def _write(self, client: Client) -> None:
        """The client can take more. When all is sent: its catch-up, then what it had asked meanwhile."""
        now = self._monotonic()
        try:
            client.flush(now)
        except OSError as error:
            self._drop(client, f"broke off: {error}")
            return
        if client.pending:
            return
        if client.closing is not None:
            self._half_close(client)
            return
        client.heard = client.pinged = now  # it could not be heard while it was not read
        if client.skipped:
            skipped, client.skipped = client.skipped, 0
            self._send(client, client.session.tick(skipped))
        self._converse(client, now)

    def _read(self, client: Client) -> None:
        try:
            received = client.receive()
        except OSError as error:
            self._drop(client, f"broke off: {error}")
            return
        if received is None:
            return
        if not received:
            self._drop(client, "closed 1006")
        elif client.closing is None:
            now = client.heard = self._monotonic()
            client.inbound.feed(received)
            self._converse(client, now)

    def _converse(self, client: Client, now: float) -> None:
        """Answer what has come, one thing at a time, as long as the client takes the answers."""
        while client.closing is None and not client.pending:
            received = client.inbound.take(now)
            if received is None:
                break
            if isinstance(received, Request):
                self._answer(client, received)
            elif isinstance(received, HttpAnswer):
                self._push(client, (received.frame,), now)
            elif isinstance(received, Refused):
                wait_ms = math.ceil(received.retry_after_s * 1000)
                self._send(client, client.session.refuse("rate_limited", "too many requests", wait_ms))
            else:
                self._end(client, received)
        if client.inbound.paused_until > now:
            self._paused[client] = None
        self._watch(client)

    def _answer(self, client: Client, request: Request) -> None:
        begin = self._monotonic()
        messages = client.session.receive(request.body)
        now = self._monotonic()
        client.inbound.charge(now - begin, now)
        if messages and b'"subscription_confirmed"' in messages[0][:40]:
            log.info("client %d subscribed to %s", client.number, client.session.subscription)
        if client.session.period_s != client.period_s:
            self._part(client)
            self._join(client)
        self._send(client, messages)

    def _resume(self, now: float) -> None:
        """Go on with those whose requests came too fast."""
        for client in [client for client in self._paused if now >= client.inbound.paused_until]:
            del self._paused[client]
            self._serving = client
            self._converse(client, now)

    def _watch(self, client: Client) -> None:
        """Wait for what matters: room while output is pending, else input unless the client is held back."""
        wanted = WRITE if client.pending else 0 if client in self._paused and client.closing is None else READ
        if wanted == client.watched or client.sock.fileno() < 0:
            return
        if not client.watched:
            self._selector.register(client.sock, wanted, client)
        elif not wanted:
            self._selector.unregister(client.sock)
        else:
            self._selector.modify(client.sock, wanted, client)
        client.watched = wanted

    def _close(self, client: Client, code: int, reason: str) -> None:
        self._end(client, Closed(code, reason, client.inbound.close(code, reason)))

    def _end(self, client: Client, closed: Closed) -> None:
        """Say the last word, and wait a little until the client has heard it: a reset would take it away again."""
        log.info("client %d closed %d %s", client.number, closed.code, closed.reason)
        self._leave(client)
        self._leaving[client] = None
        now = self._monotonic()
        client.closing = now + LINGER_S
        self._push(client, (closed.frame,), now)
        if client in self._leaving and not client.pending:
            self._half_close(client)

    def _half_close(self, client: Client) -> None:
        try:
            client.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(client, "")
        self._watch(client)

    def _drop(self, client: Client, reason: str) -> None:
        """Close the socket; `reason` is logged unless the conversation had ended before."""
        if client.closing is None:
            log.info("client %d %s", client.number, reason)
        self._leave(client)
        self._leaving.pop(client, None)
        client.closing = 0.0
        if client.watched:
            self._selector.unregister(client.sock)
            client.watched = 0
        if client.pending:
            client.abort()
        client.sock.close()

    def _leave(self, client: Client) -> None:
        """Give the seat back."""
        self._paused.pop(client, None)
        if client not in self._clients:
            return
        del self._clients[client]
        self._part(client)
        self._from[client.address] -= 1
        if not self._from[client.address]:
            del self._from[client.address]

    def _sweep(self, now: float) -> None:
        """Look after time-outs and periods."""
        for client in list(self._clients):
            if client.pending:
                if now - client.progressed >= STALLED_AFTER_S:
                    self._drop(client, f"took nothing for {STALLED_AFTER_S:.0f} s")
            elif now - client.pinged >= PING_EVERY_S:
                self._ping(client, now)
            if client.session.period_s != client.period_s and client.closing is None:
                self._part(client)
                self._join(client)
        for client in [client for client in self._leaving if now >= (client.closing or 0.0)]:
            self._drop(client, "")

    def _ping(self, client: Client, now: float) -> None:
        if client.heard < client.pinged:
            self._drop(client, f"did not answer a ping for {PING_EVERY_S:.0f} s")
            return
        client.pinged = now
        self._push(client, (PING,), now)

    def _say_goodbye(self) -> None:
        deadline = self._monotonic() + GOODBYE_S
        while self._monotonic() < deadline:
            for client in list(self._clients):
                self._close(client, 1001, "going away")
            if not self._leaving:
                break
            self._serve_ready(SWEEP_S)
        for client in list(self._leaving):
            self._drop(client, "")


def _tick(client: Client) -> list[bytes]:
    return client.session.tick()


def _beat(client: Client) -> list[bytes]:
    return client.session.heartbeat()


def _next(now: float, period_s: float) -> float:
    """The next point of the grid that all clients share."""
    return (now // period_s + 1) * period_s
