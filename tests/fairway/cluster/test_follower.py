"""Follower: a web process follows the stream, through gaps, noise and outages of Redis."""

import threading
import time

import numpy as np
import pytest
import redis

from fairway.cluster import publisher as output
from tests.support.cluster import Original, Web, alert, shown
from tests.support.reports import NOW, moving

pytestmark = pytest.mark.redis


def test_a_web_process_follows(original, url):
    """A web process that starts late takes the full state and follows step by step, with the same epoch and seqs."""
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
    """Alerts have the same numbers and content at every web process, each once, also at one that starts late."""
    early = Web(url)
    alert(original, 1)
    original.step()
    early.turn()
    alert(original, 2)
    original.step()
    alert(original, 3)
    original.publisher.step()
    late = Web(url)
    for web in (early, late):
        web.turn()
        assert web.events.since(0) == original.events.since(0)


def test_a_gap_is_mended(original, url, monkeypatch):
    """A web process that misses steps waits for the next full state, and its seq never goes back."""
    monkeypatch.setattr(output, "FULL_STEPS", 8)
    original.step()
    web = Web(url)
    web.turn()
    original.step()
    redis.Redis.from_url(url).xtrim("fairway:deltas", maxlen=0, approximate=False)
    for _ in range(10):
        original.step()
        web.turn()
    assert web.shows() == shown(original)
    assert web.seqs == sorted(web.seqs)


def test_noise_in_the_stream(original, url):
    """Entries that are none are counted, and nothing is lost."""
    original.step()
    web = Web(url)
    web.turn()
    client = redis.Redis.from_url(url)
    client.xadd("fairway:deltas", {"message": b"\x00garbage"})
    client.xadd("fairway:deltas", {"other": b"1"})
    original.step()
    web.turn()
    assert web.shows() == shown(original)
    assert web.rejected == {"cannot be decoded": 2}


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
