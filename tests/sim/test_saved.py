"""A simulation that was saved and restored is the one that was not interrupted, to the byte."""

import hashlib

import msgspec
import pytest

from fairway.chart.ports import PortIndex
from fairway.commands.events import SetFaults
from fairway.commands.queries import GetTruth
from fairway.commands.routes import GetRoutes
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.traffic import Traffic
from sim import saved
from sim.custom import Vessel
from sim.engine.loop import LONGEST_JUMP_S
from sim.engine.resume import CAUGHT_UP_S
from sim.scenario.scenario import Scenario
from sim.simulator import Simulator
from tests.support.scenarios import scenario_event

NOW = 1_800_000_000.0
INF = float("inf")
ROUTE = {
    "name": "to and fro",
    "waypoints": [{"lat": 53.55, "lon": 3.0, "name": "A"}, {"lat": 54.0, "lon": 4.0, "name": "B"}],
}
PLAN = Scenario(
    "all",
    "All that can happen",
    events=(
        scenario_event(60.0, "meeting", 600.0, {"vessels": ["FIRST", "SECOND"]}),
        scenario_event(120.0, "drift", 300.0, {"vessel": "ADRIFT", "course": 90.0, "speed": 2.0}),
        scenario_event(130.0, "dark", 400.0, {"vessel": "DARK"}),
        scenario_event(140.0, "identity", INF, {"vessel": "LIAR", "mmsi": 273123456}),
        scenario_event(150.0, "close_suez", INF, {}),
        scenario_event(160.0, "close_port", 3600.0, {"port": "Rotterdam"}),
        scenario_event(
            170.0, "faults", INF, {"drop": 0.1, "duplicate": 0.1, "disorder": 0.2, "late": 0.2, "late_s": 90.0}
        ),
        scenario_event(900.0, "dark", 60.0, {"vessel": "FIRST"}),
    ),
)


class Bench:
    """A simulator, a wall clock in our hands, and a hash of what it published."""

    def __init__(self, plan: Scenario = PLAN, **settings) -> None:
        chosen = {"fleet_size": 60, "update_interval": 5.0, "seed": 4, "reporting": "itu", "coverage": "terrestrial"}
        self.settings = Settings(**(chosen | settings))
        self.wall, self.digest = 0.0, hashlib.sha256()
        self.published = 0
        self.clock = Clock(NOW, lambda: self.wall, self.settings.clock_mode, self.settings.speed_factor)
        self.traffic = Traffic(PortIndex.load(), lambda: "e")
        self.simulator = Simulator(self.publish, self.clock, self.settings, self.traffic, plan)

    def publish(self, batch) -> None:
        self.published += len(batch.mmsi)
        for column in (batch.mmsi, batch.t, *batch.moving.values()):
            self.digest.update(column.tobytes())
        for name, column in batch.static.items():
            self.digest.update(f"{name}{list(column)}".encode())

    def go(self, seconds: int) -> "Bench":
        for _ in range(seconds):
            self.wall += 1.0
            while self.simulator.advance():
                pass
        return self

    def restored(self, stored: bytes, wall: float = 0.0, **settings) -> "Bench":
        """Another process that goes on from here."""
        other = Bench(**settings)
        other.simulator.restore(stored, wall)
        return other


@pytest.fixture(scope="module")
def sailed():
    """Ten minutes, with vessels of every kind of plan."""
    bench = Bench().go(1)
    add = bench.simulator.add
    bench.simulator.add_route(ROUTE)
    add(Vessel("FIRST", "tanker", (50.0, -20.0), 12.0, 90.0))
    add(Vessel("SECOND", "tanker", (50.05, -19.8), 12.0, 270.0))
    add(Vessel("ADRIFT", "bulker", (45.0, -25.0), 10.0, 0.0))
    add(Vessel("DARK", "tanker", (40.0, -30.0), 10.0, 0.0))
    add(Vessel("LIAR", "tanker", (35.0, -40.0), 10.0, 0.0))
    add(Vessel("FERRY", "passenger"), "to and fro", 0.4)
    add(Vessel("AT REST", "tug_special", (50.0, -30.0)))
    bench.simulator.remove_vessel(int(bench.simulator.world.fleet.mmsi[7]))
    return bench.go(600)


@pytest.mark.slow
def test_a_restored_run_is_the_uninterrupted_one(sailed):
    """Reports, truth and random numbers are the same afterwards, whatever was going on."""
    stored = sailed.simulator.save(0.0)
    other = sailed.restored(stored)
    assert other.clock.now() == sailed.clock.now()
    assert other.simulator.execute(GetTruth(everyone=True)) == sailed.simulator.execute(GetTruth(everyone=True))
    sailed.digest, other.digest = hashlib.sha256(), hashlib.sha256()
    sailed.go(900)
    other.go(900)
    assert other.published > 1000
    assert other.digest.hexdigest() == sailed.digest.hexdigest()
    assert other.simulator.execute(GetTruth(everyone=True)) == sailed.simulator.execute(GetTruth(everyone=True))
    assert other.simulator.state() == sailed.simulator.state()
    assert other.simulator.execute(GetRoutes()) == sailed.simulator.execute(GetRoutes())
    assert other.simulator.save(0.0) == sailed.simulator.save(0.0)
    states = {event["kind"]: event["state"] for event in other.simulator.execute(GetTruth())["events"]}
    assert (states["identity"], states["drift"]) == ("running", "over")


@pytest.mark.slow
def test_what_was_steered_goes_on():
    """Rate, pause, interval and faults; but a setting that was changed since is obeyed."""
    bench = Bench(Scenario("", ""), reporting="interval")
    bench.go(10)
    bench.simulator.steer(paused=True, rate=60.0, update_interval=7.0)
    bench.simulator.execute(SetFaults(drop=0.5))
    stored = bench.simulator.save(NOW)
    other = Bench(Scenario("", ""), reporting="interval")
    other.simulator.restore(stored, NOW + 1000.0)
    assert (other.clock.paused, other.clock.rate, other.simulator.update_interval) == (True, 60.0, 7.0)
    assert other.clock.now() == bench.clock.now() == other.simulator.simulation.now
    assert other.simulator.state()["faults"]["drop"] == 0.5
    changed = Bench(Scenario("", ""), reporting="interval", speed_factor=2.0, update_interval=9.0)
    changed.simulator.restore(stored, NOW)
    assert (changed.clock.paused, changed.clock.rate, changed.simulator.update_interval) == (True, 2.0, 9.0)


@pytest.mark.parametrize("gap", [3.0, CAUGHT_UP_S - 1, 7 * 3600.0])
def test_a_clock_that_showed_utc_shows_it_again(gap):
    """What was reported in the gap is simulated; of a long one, where the vessels have come to."""
    bench = Bench(Scenario("", ""), reporting="interval", coverage="full").go(60)
    stored = bench.simulator.save(bench.clock.now())
    other = Bench(Scenario("", ""), reporting="interval", coverage="full")
    other.simulator.restore(stored, bench.clock.now() + gap)
    assert other.clock.now() == pytest.approx(NOW + 60 + gap)
    assert other.clock.now() - other.simulator.simulation.now < 1.0
    bench.digest, together = hashlib.sha256(), other.digest
    if gap <= CAUGHT_UP_S:
        bench.go(int(gap))
        assert together.hexdigest() == bench.digest.hexdigest()
        assert other.published > 0
    else:
        other.go(1)
        assert other.published >= 60


def test_a_clock_of_its_own_goes_on_where_it_stood():
    """A simulation of another time does not jump."""
    bench = Bench(Scenario("", "")).go(60)
    other = Bench(Scenario("", ""))
    other.simulator.restore(bench.simulator.save(NOW - 1e6), NOW + 1e6)
    assert other.clock.now() == bench.clock.now()


def test_too_long_ago():
    """A simulation of last year's UTC is not sailed on: the caller begins again."""
    stored = Bench(Scenario("", "")).go(2).simulator.save(NOW)
    with pytest.raises(ValueError, match="too long ago"):
        Bench(Scenario("", "")).simulator.restore(stored, NOW + LONGEST_JUMP_S + 10)


def test_only_known_classes():
    """What is not listed is not written, and a file can't name anything else."""
    with pytest.raises(TypeError, match="class object cannot be saved"):
        saved.packed([object()])
    for kind in ("os.system", "Simulator", "Bench", "eval"):
        with pytest.raises(LookupError):
            saved.unpacked(msgspec.msgpack.encode([[kind, []]]))


@pytest.mark.parametrize("data", [b"", b"\x90", b"garbage", msgspec.msgpack.encode([["list", [[7]]]])])
def test_garbage(data):
    """Bytes that are no such thing are an error that the caller expects."""
    with pytest.raises((ValueError, LookupError, TypeError, msgspec.MsgspecError)):
        saved.unpacked(data)


def test_what_is_shared_stays_shared():
    """Two references to one thing are one thing afterwards; keys may be tuples."""
    route = ["x"]
    found = saved.unpacked(saved.packed({"a": route, "b": [route, (1, 2.5, None)], (1.0, 2): {3}}))
    assert found["a"] is found["b"][0]
    assert found == {"a": ["x"], "b": [["x"], (1, 2.5, None)], (1.0, 2): {3}}


def test_every_attribute_is_saved_or_derived(sailed):
    """Each attribute of a stateful class is in one of the two tables, so that new state is not lost in silence."""
    found = {type(item): item for item in reachable(sailed.simulator)}
    assert set(saved.STATEFUL) <= set(found)
    for kind, names in saved.STATEFUL.items():
        assert {*names, *saved.DERIVED.get(kind, ())} == set(vars(found[kind])), kind


def reachable(root):
    """Every object of the simulator that has attributes, found through them."""
    seen, left = {}, [root]
    while left:
        item = left.pop()
        if id(item) in seen or not type(item).__module__.startswith("sim."):
            left += [each for each in item if not isinstance(each, (int, float, str))] if type(item) is list else []
            continue
        seen[id(item)] = item
        left += list(vars(item).values()) if hasattr(item, "__dict__") else []
    return seen.values()
