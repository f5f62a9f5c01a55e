"""Redis: the steps of a Traffic in another process, for a Replica here.

A gap in the chain of steps is mended with the whole that the publisher writes every few seconds. What is asked of the
process that publishes goes the same way back.
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

from fairway.cluster.command_handler import LEASE, WITHIN_S, Command, Reply, answer_to, asked_of, packed, unpacked
from fairway.cluster.replica import Replica
from fairway.errors import RequestError
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Publish, SourceReport
from fairway.traffic.delta import AFTER, ENTRY, STATE, STREAM, TrafficDelta, unpack

log = logging.getLogger(__name__)
BLOCK_MS: Final = 1000
AT_ONCE: Final = 20
"""Of a large fleet an entry has half a megabyte."""
AGAIN_S: Final = 0.5
SOURCE: Final = "redis"


def run(replica: Replica, publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Give `replica` the deltas that another process publishes into `redis_url`, until `stop`.

    A Redis that is away is tried again every half second.

    Raises:
        ValueError: `redis_url` can't be understood.

    """
    Follower(settings.redis_url, replica.put_delta, publish, clock).run(stop)


class Follower:
    """Reads entries in order, and publishes those that lead on from where it stands.

    Args:
        url: of the Redis server.
        take: takes each TrafficDelta that follows the last one, is full, or reports no change.
        publish: takes the state of Redis as a source.
        clock: follows the publisher's.

    """

    def __init__(self, url: str, take: Callable[[TrafficDelta], None], publish: Publish, clock: Clock) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=BLOCK_MS / 1000 + 4, socket_connect_timeout=5)
        self._take, self._publish, self._clock = take, publish, clock
        self._epoch, self._seq, self._fence = "", 0, 0
        self._last_id = b"0"
        self._lost = True
        self._down: str | None = None
        self._rejected: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop`. A Redis that is away is tried again every half second."""
        while not stop.is_set():
            try:
                caught_up = self.turn()
                self._tell("")
            except redis.RedisError as error:
                caught_up = False
                self._tell(str(error))
            if not caught_up:
                stop.wait(AGAIN_S)

    def turn(self) -> bool:
        """Read what is new, for at most a second; whether this follower knows where it stands.

        Raises:
            redis.RedisError: Redis can't be reached.

        """
        if self._lost:
            self._begin()
        if self._lost:
            return False
        streams: Any = {STREAM: self._last_id}
        answer = cast(list[Any], self._client.xread(streams, count=AT_ONCE, block=BLOCK_MS))
        for _, items in answer:
            for self._last_id, fields in items:
                self._follow(fields.get(ENTRY.encode(), b""))
        return not self._lost

    def _begin(self) -> None:
        """Take up the whole, unless it is older than what is known here."""
        state: Any = self._client.hgetall(STATE)
        entry = self._read(state[ENTRY.encode()]) if state else None
        if entry is None or (entry.epoch == self._epoch and entry.seq < self._seq):
            return
        self._last_id, self._lost = state[AFTER.encode()], False
        self._go_on(entry)

    def _follow(self, packed: bytes) -> None:
        entry = self._read(packed)
        if entry is None or self._lost:
            return
        clock = entry.beside.clock
        self._clock.follow(clock.time, clock.rate, clock.paused, clock.mode, clock.rate_actual)
        known = entry.epoch == self._epoch
        if known and entry.seq < self._seq:
            return
        if known and entry.seq == self._seq:
            # nothing has changed, but the time, the feeds and the alerts
            self._hand_over(entry)
        elif entry.prev == 0 or (known and entry.prev == self._seq):
            self._go_on(entry)
        else:
            self._lost = True
            log.warning(
                "redis: lost the thread at %s %d, next is %s %d", self._epoch, self._seq, entry.epoch, entry.prev
            )

    def _read(self, packed: bytes) -> TrafficDelta | None:
        """The entry; None where it is none, or comes from a process that has been replaced."""
        try:
            entry = unpack(packed)
        except msgspec.DecodeError:
            self._rejected["no entry"] += 1
            return None
        if entry.beside.fence < self._fence:
            self._rejected["of a process that was replaced"] += 1
            return None
        self._fence = entry.beside.fence
        return entry

    def _go_on(self, entry: TrafficDelta) -> None:
        self._epoch, self._seq = entry.epoch, entry.seq
        self._hand_over(entry)

    def _hand_over(self, entry: TrafficDelta) -> None:
        self._report(heard=len(entry.rows) > 0)
        self._take(entry)

    def _report(self, down: str | None = None, heard: bool = False) -> None:
        self._publish(SourceReport(SOURCE, dict(self._rejected), down, heard))
        self._rejected.clear()

    def _tell(self, problem: str) -> None:
        if problem != self._down:
            log.warning("redis: %s", problem or "here")
            self._report(down=problem)
            self._down = problem


class Orders:
    """Takes orders to the process that publishes. Any thread.

    Args:
        url: of the Redis server.

    """

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=BLOCK_MS / 1000 + 4, socket_connect_timeout=5)

    def __call__(self, name: str, arguments: dict[str, Any]) -> Reply:
        """The answer to an order.

        Raises:
            RequestError: `ingest_away` where there is no such process, or it went away before it answered, or Redis
                is away; `busy` where it takes too long.

        """
        try:
            holder = self._holder()
            if not holder:
                raise RequestError("ingest_away", "no ingest process runs at the moment: nothing was changed")
            reply = secrets.token_hex(8)
            self._give(holder, Command(name, arguments, reply))
            return self._awaited(holder, reply)
        except redis.RedisError as error:
            log.warning("redis: order %s: %s", name, error)
            raise RequestError(
                "ingest_away", "Redis, the way to the ingest process, is away; it may have been done"
            ) from error

    def _holder(self) -> str:
        return cast(bytes, self._client.get(LEASE) or b"").decode()

    def _give(self, holder: str, order: Command) -> None:
        with self._client.pipeline() as pipe:
            pipe.rpush(asked_of(holder), packed(order))
            pipe.expire(asked_of(holder), round(WITHIN_S))
            pipe.execute()

    def _awaited(self, holder: str, reply: str) -> Reply:
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            found = cast(Any, self._client.blpop([answer_to(reply)], timeout=1))
            if found:
                return unpacked(found[1], Reply)
            if self._holder() != holder:
                raise RequestError(
                    "ingest_away", "the ingest process went away before it answered; it may have done it"
                )
        raise RequestError("busy", f"the ingest process did not answer within {WITHIN_S:.0f} s")
