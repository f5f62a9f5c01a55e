"""From the ingest process through a real Redis to the web processes."""

import contextlib
import itertools
import threading
import time
from collections import Counter

import numpy as np
import pytest
import redis

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zones
from fairway.chart.ports import PortIndex
from fairway.cluster import publisher as output
from fairway.cluster.command_handler import LEASE, CommandHandler
from fairway.cluster.follower import CommandSender, Follower
from fairway.cluster.message import MESSAGE, STREAM, ClockState, ClusterMessage, encode
from fairway.cluster.publisher import ClusterPublisher, LeaseHeldError
from fairway.cluster.remote import RemoteSimulator, RemoteZones
from fairway.cluster.replica import Replica
from fairway.commands.base import Command
from fairway.commands.clock import Step
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.runtime.clock import Clock
from fairway.traffic.batch import SourceReport
from fairway.traffic.delta import delta_between
from fairway.traffic.traffic import Traffic
from tests.support.reports import NOW, moving

pytestmark = pytest.mark.redis


class Original:
    """A Traffic and its publisher, stepped by hand."""

    epochs = itertools.count()

    def __init__(self, url: str) -> None:
        self.traffic = Traffic(PortIndex.load(), lambda: f"e{next(self.epochs)}")
        self.clock = Clock(NOW, lambda: 0.0, "simulation")
        self.events = EventLog()
        self.zones = Zones(":memory:")
        context = Context(self.clock, self.traffic.snapshot, lambda: 0, lambda: None, {}, events=self.events)
        self.publisher = ClusterPublisher(url, self.traffic, context, CommandHandler(None, self.zones, self.events))
        self.second = 0

    def step(self, vessels: int = 3) -> None:
        self.second += 1
        self.traffic.put(moving(*[{"sog": self.second % 300}] * vessels, t=NOW + self.second))
        self.traffic.advance(NOW + self.second)
        self.publisher.step()


class Web:
    """A Replica and its follower, turned by hand."""

    def __init__(self, url: str) -> None:
        self.events = EventLog()
        self.replica = Replica(PortIndex.load(), self.events)
        self.down: list[str] = []
        self.rejected: Counter[str] = Counter()
        self.follower = Follower(url, self.replica.put, self.note, Clock(0, lambda: 0.0, "live"))
        self.seqs: list[int] = []
        self.remote = RemoteSimulator(CommandSender(url), self.replica, 30.0)
        self.zones = RemoteZones(self.remote)

    def note(self, report: SourceReport) -> None:
        self.rejected.update(report.rejected)
        if report.down is not None:
            self.down.append(report.down)

    def follow(self, stop: threading.Event) -> None:
        """As in a server: the follower's thread and the ticker."""
        thread = threading.Thread(target=self.follower.run, args=(stop,))
        thread.start()
        while not stop.wait(0.02):
            self.replica.advance(0.0)
        thread.join(20)

    def until(self, happened) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def turn(self) -> None:
        self.follower.turn()
        self.seqs.append(self.replica.advance(0.0).seq)

    def shows(self) -> list[bytes]:
        snapshot = self.replica.snapshot()
        return encode_json.rows(snapshot, snapshot.changed_since(0))


def shown(original: Original) -> list[bytes]:
    snapshot = original.traffic.snapshot()
    return encode_json.rows(snapshot, snapshot.changed_since(0))


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


def alert(original, number: int) -> None:
    vessel = {"mmsi": 352_100_000}
    event = {"event_id": f"a{number}", "kind": "high_speed", "state": "raised", "vessel": vessel, "evidence": {}}
    original.events.publish(NOW, **event)


def test_alerts_come_through(original, url):
    """Alerts have the same numbers and words at every web process, each once, also for who begins late."""
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


def test_alerts_of_a_successor_that_knows_nothing(original, url):
    """Its alerts are told after those of the process before, and none is said to be missed."""
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
    for begun in (web, Web(url)):
        begun.turn()
        newer, missed = begun.events.since(2)
        assert ([event.event_id for event in newer], missed) == (["a3"], 0)


def test_a_gap_is_mended(original, url, monkeypatch):
    """Who finds that steps are missing waits for the next whole, and never goes back."""
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


RING = [[0.0, 50.0], [1.0, 50.0], [1.0, 51.0]]


@contextlib.contextmanager
def running(original, *webs):
    """The ingest process at work for web processes that follow."""
    stop = threading.Event()
    runs = [lambda: output.run(original.publisher, stop), lambda: output.serve(original.publisher, stop)]
    runs += [lambda web=web: web.follow(stop) for web in webs]
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(20)


def test_zones_are_drawn_at_a_web_process(original, url):
    """Who draws or forgets a zone sees that at once, the others soon; what is wrong is told by its name."""
    here, there = Web(url), Web(url)
    with running(original, here, there):
        made = here.zones.add("Dover", RING)
        assert [zone.name for zone in here.zones.all] == ["Dover"]
        np.testing.assert_array_equal(here.zones.all[0].corners, RING)
        assert [zone.id for zone in original.zones.all] == [made.id]
        there.until(lambda: there.zones.all)
        with pytest.raises(RequestError, match="corners: expected a list of 3 to 501") as refused:
            there.zones.add("Nowhere", RING[:2])
        assert (refused.value.code, refused.value.field) == ("bad_request", "corners")
        assert there.zones.remove(made.id)
        assert not there.zones.all
        assert not here.zones.remove(made.id)


def test_an_alert_is_acknowledged_for_everybody(original, url):
    """Who acknowledges an alert at one web process has done so at all, also at one that begins later."""
    alert(original, 1)
    alert(original, 2)
    original.step()
    here, there = Web(url), Web(url)
    with running(original, here, there):
        here.until(lambda: here.events.seq == 2)
        here.remote.acknowledge(["a2", "of another time"])
        assert here.events.acknowledged == ["a2"]
        there.until(lambda: there.events.acknowledged == ["a2"])
        assert original.events.acknowledged == ["a2"]
        here.remote.acknowledge(["a1"])
        there.until(lambda: there.events.acknowledged == ["a1", "a2"])
    original.publisher.acquire()
    original.publisher._before = None
    original.step()
    late = Web(url)
    late.turn()
    assert late.events.acknowledged == ["a1", "a2"]


def test_without_a_simulator_there_is_none_to_command(original, url):
    """A web process has no simulator where the ingest process has none, and a command is answered with that."""
    web = Web(url)
    simulator = web.remote.simulator()  # not known yet
    assert simulator.seed is None
    with running(original, web):
        web.until(lambda: web.replica.latest)
        assert web.remote.simulator() is None
        with pytest.raises(RequestError, match="no simulator runs in the ingest process"):
            simulator.execute(Step(seconds=1.0))


def test_commands_without_an_ingest_process(original, url, private_redis):
    """A command without an ingest process is refused; one to a process that dies fails, and is never executed."""
    web = Web(url)
    refusals = []

    def draw() -> None:
        with pytest.raises(RequestError) as refused:
            web.zones.add("Dover", RING)
        refusals.append((refused.value.code, str(refused.value)))

    thread = threading.Thread(target=draw)
    thread.start()  # the holder of the lease executes no commands
    client = redis.Redis.from_url(url)
    while not client.keys("fairway:asked:*"):
        time.sleep(0.01)
    client.delete(LEASE)
    thread.join(10)
    draw()
    successor = Original(url)
    successor.publisher.acquire()
    with running(successor, web):
        assert web.zones.add("Calais", RING).id == 1
    private_redis.stop()
    draw()
    private_redis.start()
    codes, texts = zip(*refusals, strict=True)
    assert set(codes) == {"ingest_away"}
    for text, part in zip(texts, ("went away before", "no ingest process runs", "Redis"), strict=True):
        assert part in text


class Unknown(Command, tag="burn"):
    """A command that only another release has."""


def test_noise_among_the_commands(original, url):
    """Garbage, an unknown command and one that fails inside do not stop the next one."""
    web = Web(url)
    client = redis.Redis.from_url(url)
    client.rpush(b"fairway:asked:" + client.get(LEASE), b"garbage")
    with running(original, web):
        with pytest.raises(RequestError, match="kind: expected one of") as refused:
            web.remote.execute(Unknown())
        assert (refused.value.code, refused.value.field) == ("bad_request", "kind")
        assert web.zones.add("Dover", RING).id == 1


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
