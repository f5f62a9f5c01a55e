"""Follower: reads the deltas of another process from Redis, for a Replica.

After a gap in the stream it takes the full message, which the publisher writes every few seconds. Commands for the
publishing process go through Redis as well.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, cast

import msgspec
import redis

from fairway.cluster.command_handler import (
    LEASE,
    WITHIN_S,
    Reply,
    command_queue,
    decode_as,
    encode_command,
    reply_queue,
)
from fairway.cluster.message import FULL_STATE, MESSAGE, STREAM, STREAM_ID, ClusterMessage, decode
from fairway.cluster.replica import Replica
from fairway.commands.union import AnyCommand, kind_of
from fairway.errors import RequestError
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Publish, SourceReport

log = logging.getLogger(__name__)
BLOCK_MS: Final = 1000
MAX_ENTRIES: Final = 20
"""Stream entries per read: one entry of a large fleet is half a megabyte."""
RETRY_S: Final = 0.5
SOURCE: Final = "redis"


def run(replica: Replica, publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Give `replica` the deltas that another process publishes at `redis_url`, until `stop`.

    If Redis is unreachable, it retries every half second.

    Raises:
        ValueError: If `redis_url` is not a Redis URL.

    """
    Follower(settings.redis_url, replica.put, publish, clock).run(stop)


class Follower:
    """Reads messages in order and passes on those that continue its present state.

    Args:
        url: of the Redis server.
        put: takes each message whose delta is the next one, is full, or changes nothing.
        publish: takes the state of Redis as a source.
        clock: follows the publisher's clock.

    """

    def __init__(self, url: str, put: Callable[[ClusterMessage], None], publish: Publish, clock: Clock) -> None:
        # longer than the blocking read, so that only a dead server times out
        self._client = redis.Redis.from_url(url, socket_timeout=BLOCK_MS / 1000 + 4, socket_connect_timeout=5)
        self._put, self._publish, self._clock = put, publish, clock
        self._epoch, self._seq, self._fence = "", 0, 0
        self._last_id = b"0"
        self._lost = True
        self._down: str | None = None
        self._rejected: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop`; if Redis is unreachable, retry every half second."""
        while not stop.is_set():
            try:
                caught_up = self.turn()
                self._set_down("")
            except redis.RedisError as error:
                caught_up = False
                self._set_down(str(error))
            if not caught_up:
                stop.wait(RETRY_S)

    def turn(self) -> bool:
        """Read new messages for at most a second; return whether the follower is in step with the publisher.

        Raises:
            redis.RedisError: If Redis cannot be reached.

        """
        if self._lost:
            self._read_full_state()
        if self._lost:
            return False
        streams: Any = {STREAM: self._last_id}
        answer = cast(list[Any], self._client.xread(streams, count=MAX_ENTRIES, block=BLOCK_MS))
        for _, items in answer:
            for self._last_id, fields in items:
                self._follow(fields.get(MESSAGE.encode(), b""))
        return not self._lost

    def _read_full_state(self) -> None:
        """Take the full message, unless it is older than the present state."""
        state: Any = self._client.hgetall(FULL_STATE)
        message = self._decoded(state[MESSAGE.encode()]) if state else None
        if message is None or (message.delta.epoch == self._epoch and message.delta.seq < self._seq):
            return
        self._last_id, self._lost = state[STREAM_ID.encode()], False
        self._pass_on(message)

    def _follow(self, packed: bytes) -> None:
        message = self._decoded(packed)
        if message is None or self._lost:
            return
        clock, delta = message.clock, message.delta
        self._clock.follow(clock.time, clock.rate, clock.paused, clock.mode, clock.rate_actual)
        same_epoch = delta.epoch == self._epoch
        if same_epoch and delta.seq < self._seq:
            return
        # an equal seq brings no change of Traffic, but a new state of clock, feeds and alerts
        if delta.prev == 0 or (same_epoch and self._seq in (delta.prev, delta.seq)):
            self._pass_on(message)
        else:
            self._lost = True
            log.warning(
                "redis: missed entries between %s %d and %s %d", self._epoch, self._seq, delta.epoch, delta.prev
            )

    def _decoded(self, packed: bytes) -> ClusterMessage | None:
        """The message; None if it cannot be decoded or comes from a process that has lost the lease."""
        try:
            message = decode(packed)
        except msgspec.DecodeError:
            self._rejected["cannot be decoded"] += 1
            return None
        if message.fence < self._fence:
            self._rejected["from a replaced process"] += 1
            return None
        self._fence = message.fence
        return message

    def _pass_on(self, message: ClusterMessage) -> None:
        self._epoch, self._seq = message.delta.epoch, message.delta.seq
        self._report(heard=len(message.delta.rows) > 0)
        self._put(message)

    def _report(self, down: str | None = None, heard: bool = False) -> None:
        self._publish(SourceReport(SOURCE, dict(self._rejected), down, heard))
        self._rejected.clear()

    def _set_down(self, problem: str) -> None:
        if problem != self._down:
            log.log(logging.WARNING if problem else logging.INFO, "redis: %s", problem or "connected")
            self._report(down=problem)
            self._down = problem


class CommandSender:
    """Sends commands to the process that publishes. Any thread.

    Args:
        url: of the Redis server.

    """

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=BLOCK_MS / 1000 + 4, socket_connect_timeout=5)

    def __call__(self, command: AnyCommand) -> Reply:
        """Send a command and return its reply.

        Raises:
            RequestError: `ingest_away` where there is no such process, or it went away before it answered, or Redis
                is away; `busy` where it takes too long.

        """
        try:
            holder = self._holder()
            if not holder:
                raise RequestError("ingest_away", "no ingest process runs at the moment: nothing was changed")
            reply = secrets.token_hex(8)
            self._push(holder, encode_command(command, reply))
            return self._wait_for(holder, reply)
        except redis.RedisError as error:
            log.warning("redis: command %s: %s", kind_of(command), error)
            raise RequestError(
                "ingest_away", "Redis, the way to the ingest process, is away; it may have been done"
            ) from error

    def _holder(self) -> str:
        return cast(bytes, self._client.get(LEASE) or b"").decode()

    def _push(self, holder: str, message: bytes) -> None:
        with self._client.pipeline() as pipe:
            pipe.rpush(command_queue(holder), message)
            pipe.expire(command_queue(holder), round(WITHIN_S))
            pipe.execute()

    def _wait_for(self, holder: str, reply: str) -> Reply:
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            found = cast(Any, self._client.blpop([reply_queue(reply)], timeout=1))
            if found:
                return decode_as(found[1], Reply)
            if self._holder() != holder:
                raise RequestError(
                    "ingest_away", "the ingest process went away before it answered; it may have done it"
                )
        raise RequestError("busy", f"the ingest process did not answer within {WITHIN_S:.0f} s")
