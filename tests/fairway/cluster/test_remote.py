"""Commands of a web process, from its proxies to the ingest process and back."""

import threading
import time

import numpy as np
import pytest
import redis

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zones
from fairway.chart.ports import PortIndex
from fairway.cluster.command_handler import (
    LEASE,
    CommandHandler,
    CommandMessage,
    Reply,
    decode_as,
    encode_command,
    encode_reply,
)
from fairway.cluster.publisher import FULL_STEPS
from fairway.cluster.remote import RemoteSimulator, RemoteZones
from fairway.cluster.replica import Replica
from fairway.commands.base import Command
from fairway.commands.clock import Step
from fairway.commands.queries import GetScenario, GetTruth
from fairway.errors import RequestError
from tests.support.cluster import Original, RecordingSimulator, Web, alert, running

RING = [[0.0, 50.0], [1.0, 50.0], [1.0, 51.0]]


@pytest.mark.redis
def test_zones_are_drawn_at_a_web_process(original, url):
    """A created or deleted zone shows at once at that web process and soon at the others; errors name the field."""
    here, there = Web(url), Web(url)
    with running(original, here, there):
        built = here.zones.add("Dover", RING)
        assert [zone.name for zone in here.zones.all] == ["Dover"]
        np.testing.assert_array_equal(here.zones.all[0].corners, RING)
        assert [zone.id for zone in original.zones.all] == [built.id]
        there.until(lambda: there.zones.all)
        with pytest.raises(RequestError, match="corners: expected a list of 3 to 501") as refused:
            there.zones.add("Nowhere", RING[:2])
        assert (refused.value.code, refused.value.field) == ("bad_request", "corners")
        assert there.zones.remove(built.id)
        assert not there.zones.all
        assert not here.zones.remove(built.id)


@pytest.mark.redis
def test_an_alert_is_acknowledged_for_everyone(original, url):
    """An alert acknowledged at one web process is acknowledged at all, also at one that starts later."""
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
    for _ in range(FULL_STEPS):
        original.step()
    late = Web(url)
    late.turn()
    assert late.events.acknowledged == ["a1", "a2"]


@pytest.mark.redis
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


@pytest.mark.redis
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


@pytest.mark.redis
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


class Waited(Replica):
    """A Replica that notes what it should wait for."""

    def __init__(self) -> None:
        super().__init__(PortIndex.load(), EventLog())
        self.waits: list[tuple[int, int]] = []

    def wait_for(self, fence: int, commands: int, within_s: float) -> bool:
        self.waits.append((fence, commands))
        return True


class Line:
    """Carries each command to a handler, and its reply back, as messages without a transport."""

    def __init__(self, simulator: RecordingSimulator | None) -> None:
        self.handler = CommandHandler(simulator, Zones(":memory:"), EventLog())
        self.replica = Waited()
        self.remote = RemoteSimulator(self, self.replica, 30.0)

    def __call__(self, command) -> Reply:
        reply = self.handler.handle(decode_as(encode_command(command, "here"), CommandMessage))
        return decode_as(encode_reply(reply), Reply)


def test_a_command_is_sent_and_its_reply_decoded():
    """The simulator gets the command; only one that changes something is waited for."""
    simulator = RecordingSimulator()
    line = Line(simulator)
    assert line.remote.execute(Step(seconds=5)) == "done"
    assert line.replica.waits == [(0, 1)]
    assert line.remote.execute(GetTruth(everyone=True)) == "done"
    assert line.remote.execute(GetScenario()) == "done"
    assert line.replica.waits == [(0, 1)]
    assert simulator.commands == [Step(seconds=5), GetTruth(everyone=True), GetScenario()]


def test_an_error_of_the_ingest_process_is_raised():
    """Code, text and key are those of the simulator's error; nothing is waited for."""
    line = Line(RecordingSimulator(RequestError("unsailable", "Paris is on land", "waypoints")))
    with pytest.raises(RequestError, match=r"^Paris is on land$") as caught:
        line.remote.execute(Step())
    assert (caught.value.code, caught.value.field) == ("unsailable", "waypoints")
    assert line.replica.waits == []


def test_zones_are_commands_too():
    """A zone is returned with its id and corners; one that is no zone is refused before it is sent."""
    line = Line(None)
    zones = RemoteZones(line.remote)
    built = zones.add("Dover", RING)
    assert (built.name, built.corners.tolist()) == ("Dover", RING)
    assert zones.remove(built.id)
    assert not zones.remove(built.id)
    with pytest.raises(RequestError, match="name: expected a text"):
        zones.add("", RING)
    assert line.handler.done == 3


def test_before_the_first_delta_little_is_known():
    """Until a delta has come the interval is that of the settings, and the seed is unknown."""
    remote = Line(None).remote
    assert (remote.seed, remote.update_interval, remote.state()) == (None, 30.0, {"scenario": None})
    assert remote.simulator() is remote
    assert remote.zones == ()
