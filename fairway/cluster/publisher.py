"""Redis: each step of Traffic once, as an Entry of a stream, and every few seconds the whole, for the web processes.

Only one process publishes: it holds a lease that lapses soon after the process dies. Whoever takes the lease next
publishes with a higher fence, and readers leave what an older fence still writes. Who holds the lease also carries out
what web processes ask of its simulator and its zones.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec
import redis

from fairway.alerts.event_log import AlertEvent
from fairway.alerts.zones import Zone
from fairway.checkpoint.checkpoint import LEFT_OUT
from fairway.cluster.command_handler import (
    LEASE,
    Command,
    CommandHandler,
    Reply,
    answer_to,
    area,
    asked_of,
    packed,
    unpacked,
)
from fairway.errors import SettingsError
from fairway.protocol.context import Context
from fairway.traffic.delta import AFTER, ENTRY, STATE, STREAM, ClockTime, ClusterMessage, pack, unpack
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic

log = logging.getLogger(__name__)
STEP_S: Final = 0.25
IDLE_ROUNDS: Final = 4
"""Without a change, every so many steps an entry tells the clock."""
WHOLE_ROUNDS: Final = 20
LEASE_MS: Final = 2000
"""Renewed four times a second. Who loses it though it lives, takes it again if nobody else has."""
TRY_MS: Final = 200
ANSWER_MS: Final = 10_000
"""An answer that nobody fetches is forgotten."""
EVENTS_KEPT: Final = 100
STREAM_ENTRIES: Final = 240
"""At least a minute of steps: longer than the whole takes to be written again. Of 100,000 vessels that is 110 MB."""
Kept = tuple[tuple[Zone, ...], tuple[str, ...]]
"""What is only told when it has changed: the zones, and which alerts somebody has seen."""
_KEEP: Final = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
)
_FREE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def run(publisher: ClusterPublisher, stop: threading.Event) -> None:
    """Publish until `stop`, then give the lease back. A Redis that is away is tried again at every step.

    Raises:
        LeaseHeldError: Another process has taken over.

    """
    while not stop.is_set():
        publisher.attempt()
        publisher.wait()
    publisher.release()


def serve(publisher: ClusterPublisher, stop: threading.Event) -> None:
    """Carry out the orders of web processes until `stop`. A Redis that is away is tried again at every step."""
    while not stop.is_set():
        try:
            publisher.answer()
        except redis.RedisError:
            stop.wait(STEP_S)


class LeaseHeldError(SettingsError):
    """Another process publishes into this Redis: this one can't be the ingest process."""


class ClusterPublisher:
    """Publishes the steps of one Traffic.

    Args:
        url: of the Redis server.
        traffic: what is published.
        context: clock, alerts and feeds that go with it.
        desk: carries out orders.

    """

    def __init__(self, url: str, traffic: Traffic, context: Context, desk: CommandHandler) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._traffic, self._context, self._desk = traffic, context, desk
        self._token, self._fence = secrets.token_hex(8), 0
        self._before: Snapshot | None = None
        self._rounds = self._idle = self._told_orders = 0
        self._told_kept: Kept = ((), ())
        self._last_id: Any = b"0"
        self._event_seq = 0
        self._called = threading.Event()
        self.problem = ""

    def begin(self) -> None:
        """Take the lease, before anything is started.

        Raises:
            SettingsError: There is an ingest process already, or Redis can't be reached.

        """
        try:
            self.acquire()
            self._go_on()
        except redis.RedisError as error:
            raise SettingsError("--redis-url", str(error)) from error

    def acquire(self) -> None:
        """Take the lease; one that a dead process left is waited for.

        Raises:
            LeaseHeldError: Another process holds it, and lives.
            redis.RedisError: Redis can't be reached.

        """
        for _ in range(LEASE_MS // TRY_MS + 2):
            if self._client.set(LEASE, self._token, nx=True, px=LEASE_MS):
                # the server's time, not a counter: that would begin anew in a Redis that has lost everything
                seconds, microseconds = self._client.time()
                self._fence = seconds * 1000 + microseconds // 1000
                return
            time.sleep(TRY_MS / 1000)
        raise LeaseHeldError("--ingest", "another ingest process publishes into this Redis; there can be only one")

    def _go_on(self) -> None:
        """Number alerts after those of the process before: to who knows these, lower numbers were nothing new."""
        try:
            told = unpack(cast(bytes, self._client.hget(STATE, ENTRY) or b"")).beside.events
        except msgspec.DecodeError:
            return
        if told and told[-1].seq > self._context.events.seq:
            self._context.events.restore((), told[-1].seq, LEFT_OUT)

    def attempt(self) -> None:
        """A step; where Redis is away, `problem` says so.

        Raises:
            LeaseHeldError: Another process has taken over.

        """
        try:
            self.step()
        except redis.RedisError as error:
            # what it has lost meanwhile is not known: it gets the whole
            self._before = None
            self._tell(str(error))
        else:
            self._tell("")

    def wait(self) -> None:
        """Until the next step is due, or an order has been carried out: who gave it waits to see what it did."""
        self._called.wait(STEP_S)
        self._called.clear()

    def answer(self) -> None:
        """Wait a second for an order, carry it out and answer it.

        Raises:
            redis.RedisError: Redis can't be reached.

        """
        found = cast(Any, self._client.blpop([asked_of(self._token)], timeout=1))
        if not found:
            return
        try:
            order = unpacked(found[1], Command)
        except msgspec.DecodeError as error:
            log.warning("redis: no order: %s", error)
            return
        answer = msgspec.structs.replace(self._desk.carry_out(order), fence=self._fence)
        self._called.set()
        self._answer(order.reply, answer)

    def _answer(self, reply: str, answer: Reply) -> None:
        with self._client.pipeline() as pipe:
            pipe.rpush(answer_to(reply), packed(answer))
            pipe.pexpire(answer_to(reply), ANSWER_MS)
            pipe.execute()

    def release(self) -> None:
        """Let another process publish at once."""
        with contextlib.suppress(redis.RedisError):
            self._client.eval(_FREE, 1, LEASE, self._token)

    def step(self) -> None:
        """Publish what has changed since the last step.

        Raises:
            LeaseHeldError: Another process has taken over.
            redis.RedisError: It could not be published, or nobody knows whether it was.

        """
        if not self._client.eval(_KEEP, 1, LEASE, self._token, LEASE_MS):
            self._fence = 0
            self.acquire()
            self._before = None
        snapshot, before = self._traffic.snapshot(), self._before
        self._rounds += 1
        self._idle += 1
        whole = before is None or before.epoch != snapshot.epoch or self._rounds >= WHOLE_ROUNDS
        events, _ = self._context.events.since(self._event_seq)
        # the orders are counted first: what they did is in what is read after that
        orders = self._desk.done
        kept = (self._desk.zones.all, tuple(self._context.events.acknowledged))
        told = before is not None and kept == self._told_kept
        changed = before is not snapshot or events or orders != self._told_orders or not told
        if changed or self._idle >= IDLE_ROUNDS:
            beside = self._beside(orders, events, None if told else kept)
            self._last_id = self._add(pack(before, snapshot, beside))
            self._event_seq, self._idle = events[-1].seq if events else self._event_seq, 0
            self._told_orders, self._told_kept = orders, kept
        if whole:
            newest, _ = self._context.events.since(self._event_seq - EVENTS_KEPT)
            packed_whole = pack(None, snapshot, self._beside(orders, newest, kept))
            state: Any = {ENTRY: packed_whole, AFTER: self._last_id}
            self._client.hset(STATE, mapping=state)
            self._rounds = 0
        self._before = snapshot

    def _beside(self, orders: int, events: Sequence[AlertEvent], kept: Kept | None) -> ClusterMessage:
        context = self._context
        return ClusterMessage(
            fence=self._fence,
            clock=ClockTime.of(context.clock),
            feeds=tuple(context.feeds()),
            events=tuple(events),
            events_gap=context.events.gap,
            simulation=self._desk.simulation(),
            orders=orders,
            zones=tuple(area(zone) for zone in kept[0]) if kept else None,
            acknowledged=kept[1] if kept else None,
        )

    def _add(self, entry: bytes) -> Any:
        fields: Any = {ENTRY: entry}
        return self._client.xadd(STREAM, fields, maxlen=STREAM_ENTRIES, approximate=True)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("redis: %s", problem or "published again")
            self.problem = problem
