"""ClusterPublisher: publishes each step of Traffic to web processes through Redis.

Each step is one entry of a stream; every few seconds the full state follows in a hash. Only the process that holds the
lease publishes. The lease expires soon after its holder dies; the next holder has a higher fence, and readers ignore
messages with a lower one. The holder also executes the commands of web processes for its simulator and its zones.
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

from fairway.alerts.event_log import SKIPPED_AFTER_CRASH, AlertEvent
from fairway.alerts.zones import Zone
from fairway.cluster.command_handler import (
    LEASE,
    CommandHandler,
    CommandMessage,
    Reply,
    area,
    command_queue,
    decode_as,
    encode_reply,
    reply_queue,
)
from fairway.cluster.message import FULL_STATE, MESSAGE, STREAM, STREAM_ID, ClockState, ClusterMessage, decode, encode
from fairway.errors import SettingsError
from fairway.protocol.context import Context
from fairway.traffic.delta import TrafficDelta, delta_between
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic

log = logging.getLogger(__name__)
STEP_S: Final = 0.25
IDLE_STEPS: Final = 4
"""Without a change, publish the clock and the feeds after this many steps."""
FULL_STEPS: Final = 20
"""Publish the full state after this many steps."""
LEASE_MS: Final = 2000
"""The lease is renewed four times a second. A live holder that loses it takes it again if it is free."""
RETRY_MS: Final = 200
REPLY_MS: Final = 10_000
"""Redis deletes a reply that was not fetched within this time."""
MAX_EVENTS: Final = 100
"""Alerts in a full message."""
STREAM_ENTRIES: Final = 240
"""At least a minute of steps: longer than the interval between full states. For 100,000 vessels that is 110 MB."""
Slow = tuple[tuple[Zone, ...], tuple[str, ...]]
"""State that is published only when it changes: the zones and the ids of the acknowledged alerts."""
# a lease that another process holds must be neither renewed nor deleted, so Redis compares and acts in one script
_RENEW: Final = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
)
_RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def run(publisher: ClusterPublisher, stop: threading.Event) -> None:
    """Publish until `stop`, then release the lease. If Redis is unreachable, every step retries.

    Raises:
        LeaseHeldError: If another process has taken over.

    """
    while not stop.is_set():
        publisher.attempt()
        publisher.wait()
    publisher.release()


def serve(publisher: ClusterPublisher, stop: threading.Event) -> None:
    """Execute the commands of web processes until `stop`. If Redis is unreachable, retry after each step's time."""
    while not stop.is_set():
        try:
            publisher.answer()
        except redis.RedisError:
            stop.wait(STEP_S)


class LeaseHeldError(SettingsError):
    """Another process publishes to this Redis server: this one cannot be the ingest process."""


class ClusterPublisher:
    """Publishes the steps of one Traffic.

    Args:
        url: of the Redis server.
        traffic: what is published.
        context: clock, alerts and feeds that are published with it.
        handler: executes commands.

    Attributes:
        problem: why Redis cannot be reached; "" if it can.

    """

    def __init__(self, url: str, traffic: Traffic, context: Context, handler: CommandHandler) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._traffic, self._context, self._handler = traffic, context, handler
        self._token, self._fence = secrets.token_hex(8), 0
        self._before: Snapshot | None = None
        self._steps = self._idle = self._published_commands = 0
        self._published_slow: Slow = ((), ())
        self._last_id: Any = b"0"
        self._event_seq = 0
        self._wakeup = threading.Event()
        self.problem = ""

    def begin(self) -> None:
        """Take the lease, before anything starts.

        Raises:
            SettingsError: If another ingest process holds the lease, or Redis cannot be reached.

        """
        try:
            self.acquire()
            self._continue_events()
        except redis.RedisError as error:
            raise SettingsError("--redis-url", str(error)) from error

    def acquire(self) -> None:
        """Take the lease; wait for one that a dead process left to expire.

        Raises:
            LeaseHeldError: If a live process holds it.
            redis.RedisError: If Redis cannot be reached.

        """
        for _ in range(LEASE_MS // RETRY_MS + 2):
            if self._client.set(LEASE, self._token, nx=True, px=LEASE_MS):
                # the server's time, not a counter: a Redis that has lost its data would count from 0 again
                seconds, microseconds = self._client.time()
                self._fence = seconds * 1000 + microseconds // 1000
                return
            time.sleep(RETRY_MS / 1000)
        raise LeaseHeldError("--ingest", "another ingest process publishes into this Redis; there can be only one")

    def _continue_events(self) -> None:
        """Number alerts after those of the last ingest process: clients that have these ignore lower numbers."""
        try:
            published = decode(cast(bytes, self._client.hget(FULL_STATE, MESSAGE) or b"")).events
        except msgspec.DecodeError:
            return
        if published and published[-1].seq > self._context.events.seq:
            self._context.events.restore((), published[-1].seq, SKIPPED_AFTER_CRASH)

    def attempt(self) -> None:
        """Publish a step; if Redis is unreachable, set `problem`.

        Raises:
            LeaseHeldError: If another process has taken over.

        """
        try:
            self.step()
        except redis.RedisError as error:
            # the server may have lost its data meanwhile: the next step is a full one
            self._before = None
            self._set_problem(str(error))
        else:
            self._set_problem("")

    def wait(self) -> None:
        """Wait until the next step is due, or a command was executed: its sender waits to see the effect."""
        self._wakeup.wait(STEP_S)
        self._wakeup.clear()

    def answer(self) -> None:
        """Wait up to a second for a command, execute it and reply.

        Raises:
            redis.RedisError: If Redis cannot be reached.

        """
        found = cast(Any, self._client.blpop([command_queue(self._token)], timeout=1))
        if not found:
            return
        try:
            command = decode_as(found[1], CommandMessage)
        except msgspec.DecodeError as error:
            log.warning("redis: cannot decode a command: %s", error)
            return
        reply = msgspec.structs.replace(self._handler.handle(command), fence=self._fence)
        self._wakeup.set()
        self._send_reply(command.reply, reply)

    def _send_reply(self, key: str, reply: Reply) -> None:
        with self._client.pipeline() as pipe:
            pipe.rpush(reply_queue(key), encode_reply(reply))
            pipe.pexpire(reply_queue(key), REPLY_MS)
            pipe.execute()

    def release(self) -> None:
        """Release the lease, so that another process can publish at once."""
        with contextlib.suppress(redis.RedisError):
            self._client.eval(_RELEASE, 1, LEASE, self._token)

    def step(self) -> None:
        """Publish what has changed since the last step.

        Raises:
            LeaseHeldError: If another process has taken over.
            redis.RedisError: If the step was not published, or its outcome is unknown.

        """
        self._renew_lease()
        snapshot, before = self._traffic.snapshot(), self._before
        self._steps += 1
        self._idle += 1
        full = before is None or before.epoch != snapshot.epoch or self._steps >= FULL_STEPS
        events, _ = self._context.events.since(self._event_seq)
        # count the commands before reading the zones and alerts, so that these include the effects of all counted ones
        commands = self._handler.done
        slow = (self._handler.zones.all, tuple(self._context.events.acknowledged))
        same_slow = before is not None and slow == self._published_slow
        changed = before is not snapshot or events or commands != self._published_commands or not same_slow
        if changed or self._idle >= IDLE_STEPS:
            message = self._message(delta_between(before, snapshot), commands, events, None if same_slow else slow)
            self._last_id = self._add(message)
            self._event_seq, self._idle = events[-1].seq if events else self._event_seq, 0
            self._published_commands, self._published_slow = commands, slow
        if full:
            self._publish_full(snapshot, commands, slow)
        self._before = snapshot

    def _renew_lease(self) -> None:
        if not self._client.eval(_RENEW, 1, LEASE, self._token, LEASE_MS):
            self._fence = 0
            self.acquire()
            self._before = None

    def _publish_full(self, snapshot: Snapshot, commands: int, slow: Slow) -> None:
        newest, _ = self._context.events.since(self._event_seq - MAX_EVENTS)
        message = self._message(delta_between(None, snapshot), commands, newest, slow)
        state: Any = {MESSAGE: encode(message), STREAM_ID: self._last_id}
        self._client.hset(FULL_STATE, mapping=state)
        self._steps = 0

    def _message(
        self, delta: TrafficDelta, commands: int, events: Sequence[AlertEvent], slow: Slow | None
    ) -> ClusterMessage:
        context = self._context
        return ClusterMessage(
            fence=self._fence,
            delta=delta,
            clock=ClockState.of(context.clock),
            feeds=tuple(context.feeds()),
            events=tuple(events),
            events_gap=context.events.gap,
            simulation=self._handler.simulation(),
            commands=commands,
            zones=tuple(area(zone) for zone in slow[0]) if slow else None,
            acknowledged=slow[1] if slow else None,
        )

    def _add(self, message: ClusterMessage) -> Any:
        fields: Any = {MESSAGE: encode(message)}
        return self._client.xadd(STREAM, fields, maxlen=STREAM_ENTRIES, approximate=True)

    def _set_problem(self, problem: str) -> None:
        if problem != self.problem:
            log.log(logging.WARNING if problem else logging.INFO, "redis: %s", problem or "publishing again")
            self.problem = problem
