"""From the ingest process through a real Redis to the web processes."""

import itertools
import threading
import time
from collections import Counter

import numpy as np
import pytest
import redis

from feeds.redis import Follower
from outputs import redis as output
from outputs.redis import LeaseHeldError, Publisher
from sea.ports import PortIndex
from traffic import wire
from traffic.batch import Batch
from traffic.clock import Clock
from traffic.events import Events
from traffic.replica import Replica
from traffic.table import Traffic

from .reports import NOW, moving

pytestmark = pytest.mark.redis


class Original:
    """A Traffic and its publisher, stepped by hand."""

    epochs = itertools.count()

    def __init__(self, url: str) -> None:
        self.traffic = Traffic(PortIndex.load(), lambda: f"e{next(self.epochs)}")
        self.clock = Clock(NOW, lambda: 0.0, "simulation")
        self.events = Events()
        self.publisher = Publisher(url, self.traffic, self.clock, self.events)
        self.second = 0

    def step(self, vessels: int = 3) -> None:
        self.second += 1
        self.traffic.put(moving(*[{"sog": self.second % 300}] * vessels, t=NOW + self.second))
        self.traffic.advance(NOW + self.second)
        self.publisher.step()


class Web:
    """A Replica and its follower, turned by hand."""

    def __init__(self, url: str) -> None:
        self.events = Events()
        self.replica = Replica(PortIndex.load(), self.events)
        self.down: list[str] = []
        self.rejected: Counter[str] = Counter()
        self.follower = Follower(url, self.put, Clock(0, lambda: 0.0, "live"))
        self.seqs: list[int] = []

    def put(self, batch: Batch) -> None:
        self.replica.put(batch)
        self.rejected.update(batch.rejected)
        if batch.down is not None:
            self.down.append(batch.down)

    def turn(self) -> None:
        self.follower.turn()
        self.seqs.append(self.replica.advance(0.0).seq)

    def shows(self) -> list[bytes]:
        snapshot = self.replica.snapshot()
        return wire.rows(snapshot, snapshot.changed_since(0))


def shown(original: Original) -> list[bytes]:
    snapshot = original.traffic.snapshot()
    return wire.rows(snapshot, snapshot.changed_since(0))


@pytest.fixture
def url(private_redis):
    client = redis.Redis.from_url(private_redis.url)
    client.flushall()
    return private_redis.url


@pytest.fixture
def original(url):
    made = Original(url)
    made.publisher.acquire()
    return made


def test_a_web_process_follows(original, url):
    """Who begins late takes up the whole and goes on step by step, with the same epoch and seqs."""
    for _ in range(5):
        original.step()
    first, second = Web(url), Web(url)
    first.turn()
    original.step(7)
    for web in (first, second):
        web.turn()
        assert web.shows() == shown(original)
        snapshot, truth = web.replica.snapshot(), original.traffic.snapshot()
        assert (snapshot.epoch, snapshot.seq) == (truth.epoch, truth.seq)


def test_alerts_come_through(original, url):
    """Alerts have the same numbers and words at every web process, each once, also for who begins late."""

    def alert(number: int) -> None:
        vessel = {"mmsi": 352_100_000}
        original.events.publish(
            NOW, event_id=f"a{number}", kind="high_speed", state="raised", vessel=vessel, evidence={}
        )

    early = Web(url)
    alert(1)
    original.step()
    early.turn()
    alert(2)
    original.step()
    alert(3)
    original.publisher.step()
    late = Web(url)
    for web in (early, late):
        web.turn()
        assert web.events.since(0) == original.events.since(0)


def test_a_gap_is_mended(original, url, monkeypatch):
    """Who finds that steps are missing waits for the next whole, and never goes back."""
    monkeypatch.setattr(output, "WHOLE_ROUNDS", 8)
    original.step()
    web = Web(url)
    web.turn()
    original.step()
    redis.Redis.from_url(url).xtrim("fairway:steps", maxlen=0, approximate=False)
    for _ in range(10):
        original.step()
        web.turn()
    assert web.shows() == shown(original)
    assert web.seqs == sorted(web.seqs)


def test_only_one_publishes(original, url):
    """While one process holds the lease another is refused, in words."""
    stop = threading.Event()
    thread = threading.Thread(target=output.run, args=(original.publisher, stop))
    thread.start()
    try:
        with pytest.raises(LeaseHeldError, match="only one"):
            Original(url).publisher.acquire()
    finally:
        stop.set()
        thread.join(10)
    # it gave the lease back
    began = time.monotonic()
    Original(url).publisher.acquire()
    assert time.monotonic() - began < 1


def test_a_successor_goes_on(original, url):
    """After the lease of a dead process has lapsed a new one publishes; what the dead one still writes is left out."""
    original.step()
    web = Web(url)
    web.turn()
    successor = Original(url)
    successor.publisher.acquire()
    successor.step(9)
    web.turn()
    assert web.shows() == shown(successor)
    original.publisher._add(output.pack(1, None, original.traffic.snapshot(), original.clock))
    successor.step()
    web.turn()
    assert web.shows() == shown(successor)
    assert web.rejected == {"of a process that was replaced": 1}


def test_noise_in_the_stream(original, url):
    """Entries that are none are counted, and nothing is lost."""
    original.step()
    web = Web(url)
    web.turn()
    client = redis.Redis.from_url(url)
    client.xadd("fairway:steps", {"entry": b"\x00garbage"})
    client.xadd("fairway:steps", {"other": b"1"})
    original.step()
    web.turn()
    assert web.shows() == shown(original)
    assert web.rejected == {"no entry": 2}


def test_redis_stops_and_comes_back_empty(private_redis, url):
    """While Redis is away both sides say so; when it is back, though it has lost everything, they go on."""
    original, web = Original(url), Web(url)
    stop = threading.Event()
    threads = [threading.Thread(target=output.run, args=(original.publisher, stop))]
    threads.append(threading.Thread(target=web.follower.run, args=(stop,)))
    original.publisher.acquire()
    for thread in threads:
        thread.start()

    def until(happened, sailing: bool = True) -> None:
        deadline = time.monotonic() + 30
        while not happened():
            assert time.monotonic() < deadline
            if sailing:
                original.second += 1
                original.traffic.put(moving({"sog": original.second}, t=NOW + original.second))
                original.traffic.advance(NOW + original.second)
            web.replica.advance(0.0)
            stop.wait(0.05)

    try:
        until(lambda: web.replica.snapshot().seq > 3)
        private_redis.stop()
        until(lambda: original.publisher.problem and web.down[-1])
        private_redis.start()
        before = web.replica.snapshot().seq
        until(lambda: web.replica.snapshot().seq > before and not web.down[-1])
        until(lambda: web.shows() == shown(original), sailing=False)
        assert np.unique(web.replica.snapshot().epoch).tolist() == [original.traffic.snapshot().epoch]
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
