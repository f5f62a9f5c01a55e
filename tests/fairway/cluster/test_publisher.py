"""ClusterPublisher: the lease, its successor, and what is published."""

import threading

import pytest
import redis

from fairway.cluster import publisher as output
from fairway.cluster.command_handler import LEASE
from fairway.cluster.message import MESSAGE, STREAM, ClockState, ClusterMessage, encode
from fairway.cluster.publisher import LeaseHeldError
from fairway.traffic.delta import delta_between
from tests.support.cluster import Original, Web, alert, shown

pytestmark = pytest.mark.redis


def test_alerts_of_a_successor_that_knows_nothing(original, url):
    """A new ingest process numbers its alerts after those of the last one, and none counts as missed."""
    alert(original, 1)
    original.step()
    web = Web(url)
    web.turn()
    alert(original, 2)
    original.publisher.step()  # after the last whole
    web.turn()
    original.publisher.release()
    successor = Original(url)
    successor.publisher.begin()
    alert(successor, 3)
    successor.step()
    web.turn()
    for started in (web, Web(url)):
        started.turn()
        newer, missed = started.events.since(2)
        assert ([event.event_id for event in newer], missed) == (["a3"], 0)


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
    # it gave the lease back, so the next one need not wait until it lapses
    assert redis.Redis.from_url(url).get(LEASE) is None
    Original(url).publisher.acquire()


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
    late = ClusterMessage(1, delta_between(None, original.traffic.snapshot()), ClockState.of(original.clock))
    redis.Redis.from_url(url).xadd(STREAM, {MESSAGE: encode(late)})
    successor.step()
    web.turn()
    assert web.shows() == shown(successor)
    assert web.rejected == {"from a replaced process": 1}
