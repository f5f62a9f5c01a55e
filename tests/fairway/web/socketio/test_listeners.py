"""Which Socket.IO clients receive what, and which are too slow: transports are lists, and the clock is the test's."""

import json
import threading

import pytest

from fairway.chart.ports import PortIndex
from fairway.protocol.context import Context
from fairway.runtime.clock import Clock
from fairway.traffic.fields import LATLON_SCALE
from fairway.traffic.traffic import Traffic
from fairway.web.socketio.listeners import CLOSE_FROM_QUEUED, STALLED_AFTER_S, Listeners
from fairway.web.websocket.hub import ConnectionLimits
from fairway.web.websocket.message_reader import REQUEST_BURST
from tests.support.reports import NOW, moving

INTERVAL_S = 10.0
FIRST = 211_000_000


class Line:
    """A client whose packets pile up until it `reads`."""

    def __init__(self) -> None:
        self.ready, self.closed, self.taken = True, False, 0
        self.waiting: list[dict] = []
        self.read: list[dict] = []

    @property
    def queued(self) -> int:
        return len(self.waiting)

    def send(self, message: bytes) -> None:
        self.waiting.append(json.loads(message))

    def close(self) -> None:
        self.closed = True

    def reads(self) -> list[str]:
        """Take everything; the types of it."""
        self.taken += len(self.waiting)
        new, self.waiting = self.waiting, []
        self.read += new
        return [message["type"] for message in new]


class Broken(Line):
    """A client whose line fails."""

    def send(self, message: bytes) -> None:
        raise KeyError("no such client")


@pytest.fixture
def world():
    """Listeners over a Traffic, and `go`: let seconds go by, and the thread do what it has to."""
    time = [1000.0]
    traffic = Traffic(PortIndex.load(), lambda: "e1")
    traffic.advance(NOW)
    clock = Clock(NOW, lambda: time[0], "simulation")
    context = Context(clock, traffic.snapshot, lambda: 0, lambda: None, {}, lambda: INTERVAL_S)

    class World:
        listeners = Listeners(
            context, ConnectionLimits(3, 2, lambda address: address == "127.0.0.1"), lambda: time[0], threading.Event()
        )

        def enter(self, sid: str, line: Line | None = None, address: str = "127.0.0.1") -> Line:
            line = line or Line()
            assert self.listeners.enter(sid, line, address) is None
            return line

        def put(self, *numbers: int, degrees: float = 50) -> None:
            """Report vessels FIRST + number."""
            for number in numbers:
                position = {"lat": round(degrees * LATLON_SCALE)}
                traffic.put(moving(position, mmsi=FIRST + number, t=NOW + time[0] - 999))
            traffic.advance(NOW + time[0] - 1000)

        def go(self, seconds: float) -> None:
            time[0] += seconds
            self.listeners.turn()

    world = World()
    world.listeners.turn()
    return world


def test_greeting_waits_until_the_client_knows(world):
    """Before the library has told a client that it is connected, nothing is said."""
    line = Line()
    line.ready = False
    world.enter("a", line)
    world.go(INTERVAL_S)
    assert line.reads() == []
    line.ready = True
    world.go(0.01)
    assert line.reads() == ["connection_established"]


def test_answers(world):
    """The guide's events, with one argument or none; what is wrong is named."""
    line = world.enter("a")
    world.put(1, 2)
    world.go(0.01)
    line.reads()
    world.listeners.answer("a", "get_fleet_summary", ())
    world.listeners.answer("a", "get_vessel", ({"mmsi": FIRST + 1},))
    world.listeners.answer("a", "subscribe", ({"subscription_type": "vessels"},))
    assert line.reads() == ["fleet_summary", "vessel_data", "subscription_confirmed", "vessel_updates"]
    for event, arguments in (
        ("nonsense", ()),
        ("get_vessel", ("x",)),
        ("subscribe", ({}, {})),
        ("subscribe", ({"proto": 2},)),
    ):
        world.listeners.answer("a", event, arguments)
        assert line.reads() == ["error"]
    world.listeners.answer("no one", "subscribe", ())


def test_a_slow_client_is_skipped_and_catches_up(world):
    """With two packets queued a tick is left out; the next one it can take brings all that changed since its cursor."""
    slow, quick = world.enter("slow"), world.enter("quick")
    world.go(0.01)
    state: dict[str, dict[int, int]] = {"slow": {}, "quick": {}}
    for number in range(1, 6):
        world.put(number, 9, degrees=50 + number / 2000)
        world.go(INTERVAL_S)
        assert quick.reads()[-2:] == ["vessel_updates", "fleet_summary_update"]
    assert slow.queued == 3  # the greeting, and one tick
    slow.reads()
    world.go(INTERVAL_S)
    slow.reads()
    for name, line in (("slow", slow), ("quick", quick)):
        for message in line.read:
            for vessel in message.get("updates", []):
                state[name][vessel["mmsi"] - FIRST] = round((vessel["position"]["latitude"] - 50) * 2000)
    assert state["slow"] == state["quick"] == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 9: 5}
    ticks = [message for message in slow.read if message["type"] == "vessel_updates"]
    assert [message["update_count"] for message in ticks] == [2, 5]


def test_a_client_that_takes_nothing_is_closed(world):
    """Thirty seconds without progress are the end; who takes one packet now and then stays."""
    stuck, alive = world.enter("stuck"), world.enter("alive")
    for number in range(int(STALLED_AFTER_S) + 1):
        world.put(number)
        world.go(1.0)
        alive.taken += number % 20 == 0
    assert (stuck.closed, alive.closed) == (True, False)


def test_who_asks_but_does_not_read_is_closed(world):
    """Answers are not piled up without end."""
    line = world.enter("a")
    for _ in range(CLOSE_FROM_QUEUED + 1):
        world.listeners.answer("a", "get_fleet_summary", ())
    assert line.closed
    assert line.queued <= CLOSE_FROM_QUEUED


def test_requests_are_limited(world):
    """A client that asks too fast learns so, and when to come back."""
    line = world.enter("a")
    kinds = []
    for _ in range(int(REQUEST_BURST) + 1):
        world.listeners.answer("a", "get_fleet_summary", ())
        kinds += line.reads()
    assert kinds == ["fleet_summary"] * int(REQUEST_BURST) + ["error"]
    assert (line.read[-1]["code"], line.read[-1]["retry_after_ms"]) == ("rate_limited", 50)
    world.go(1.0)
    line.reads()
    world.listeners.answer("a", "get_fleet_summary", ())
    assert line.reads() == ["fleet_summary"]


def test_seats(world):
    """At most two in all, and as many from one address but this machine; a seat that is given back is free."""
    for sid, address in (("a", "10.0.0.1"), ("b", "10.0.0.1")):
        world.enter(sid, address=address)
    assert "at most 2 connections" in world.listeners.enter("c", Line(), "10.0.0.1")
    world.enter("c")
    assert "all 3 seats" in world.listeners.enter("d", Line(), "127.0.0.1")
    assert world.listeners.count == 3
    world.listeners.leave("a")
    world.listeners.leave("a")
    world.enter("d", address="10.0.0.1")
    assert world.listeners.count == 3


def test_one_broken_client_ends_alone(world):
    """A fault in one conversation closes that client; the others receive messages as ever."""
    broken, sound = world.enter("broken", Broken()), world.enter("sound")
    world.go(0.01)
    world.go(INTERVAL_S)
    assert (broken.closed, sound.closed) == (True, False)
    assert sound.reads() == ["connection_established", "fleet_summary_update"]


def test_a_client_that_is_being_answered_is_not_waited_for(world):
    """While its session speaks in another thread, a client's tick is left out."""
    busy, quick = world.enter("busy"), world.enter("quick")
    world.go(0.01)
    with world.listeners._by_sid["busy"].lock:
        world.go(INTERVAL_S)
    assert busy.reads() == ["connection_established"]
    assert quick.reads() == ["connection_established", "fleet_summary_update"]
