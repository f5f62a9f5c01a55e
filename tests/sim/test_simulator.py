"""The simulator as a feed: a World kept at the clock's time, steered from outside, driven here without threads."""

import hashlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from fairway.ais.encode import sentences
from fairway.chart.ports import PortIndex
from fairway.commands.clock import Step
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.traffic import Traffic
from sim.simulator import Simulator

NOW = 1_800_000_000.0
ROOT = Path(__file__).parents[2]


class Bench:
    """A simulator and its Traffic, with a wall clock in our hands."""

    def __init__(self, **settings) -> None:
        self.wall = 0.0
        chosen = Settings(**({"fleet_size": 40} | settings))
        epochs = iter(range(1000))
        self.clock = Clock(NOW, lambda: self.wall, chosen.clock_mode, chosen.speed_factor, paused=chosen.paused)
        self.traffic = Traffic(PortIndex.load(), lambda: f"e{next(epochs)}", chosen.lost_after)
        self.simulator = self.built(chosen)
        self.digest, self.aivdm = hashlib.sha256(), hashlib.sha256()
        self.traffic.recorders.append(self.log)
        self.seq, self.steps = 0, 0
        self.go(0)

    def built(self, chosen: Settings) -> Simulator:
        return Simulator(self.traffic.put, self.clock, chosen, self.traffic)

    def go(self, seconds: float, tick: float = 1.0) -> None:
        """Let the wall clock run, in ticks; after each step advance Traffic and take down what a client would get."""
        for _ in range(max(1, round(seconds / tick))):
            self.wall += min(tick, seconds)
            self.simulator.execute_waiting()
            while self.simulator.advance():
                self.steps += 1
                self.look()
            self.look()

    def log(self, batch) -> None:
        """The AIVDM log."""
        for text, _ in sentences(batch):
            self.aivdm.update(text)

    def look(self):
        snapshot = self.traffic.advance(self.simulator.world.now)
        for message in encode_json.vessel_updates(snapshot, self.seq):
            self.digest.update(orjson.dumps(orjson.loads(message)["updates"]))
        self.seq = snapshot.seq
        return snapshot


def test_a_clock_set_back_starts_a_new_world():
    """After a jump back the feed tells everything of a world that begins there, in a new epoch."""
    bench = Bench()
    bench.go(30)
    epoch = bench.look().epoch
    bench.simulator.steer(time=NOW - 5000)
    assert bench.clock.now() == NOW - 5000
    bench.go(1)
    snapshot = bench.look()
    assert snapshot.epoch != epoch
    assert len(snapshot.changed_since(0)) == 40
    assert snapshot.columns["t"].max() <= (NOW - 4990) * 1000


def test_a_pause_freezes_positions_times_and_seq():
    """While the clock stands nothing is reported and seq stays."""
    bench = Bench()
    bench.go(30)
    bench.simulator.steer(paused=True)
    before = bench.look()
    bench.go(120)
    assert bench.look() is before
    bench.simulator.steer(paused=False)
    bench.go(30)
    assert bench.look().seq > before.seq


def test_a_step_by_hand():
    """A step pauses, and its seconds go by at once, in whole steps; half a second waits for the other half."""
    bench = Bench()
    bench.go(10)
    bench.simulator.execute(Step(seconds=90))
    assert (bench.clock.paused, bench.clock.now(), bench.simulator.world.now) == (True, NOW + 100, NOW + 100)
    bench.simulator.execute(Step(seconds=0.5))
    assert bench.simulator.world.now == NOW + 100
    bench.simulator.execute(Step(seconds=0.5))
    assert bench.simulator.world.now == NOW + 101


@pytest.mark.slow
def test_a_jump_ahead_is_the_same_as_waiting():
    """An hour jumped is an hour sailed; everyone reports there, and no one is lost on the way."""
    waited, jumped = Bench(), Bench()
    waited.go(7200)
    jumped.go(100)
    jumped.simulator.steer(time=NOW + 7200)
    snapshot = jumped.traffic.advance(NOW + 7200)
    jumped.go(1)
    waited.go(1)
    assert jumped.simulator.world.fleet.lat.tolist() == waited.simulator.world.fleet.lat.tolist()
    assert len(snapshot.changed_since(0)) == 40
    assert set(jumped.look().columns["t"][:40] >= (NOW + 7000) * 1000) == {True}
    assert jumped.look().epoch == snapshot.epoch


def test_reports_follow_the_interval():
    """After a change of the interval vessels under way report that often."""
    bench = Bench()
    bench.go(60)
    before = bench.traffic.reports["simulator"]
    bench.simulator.steer(update_interval=2.0)
    bench.go(60)
    under_way = int((bench.simulator.world.fleet.nav_status == 0).sum())
    assert bench.simulator.update_interval == 2.0
    assert bench.traffic.reports["simulator"] - before > 25 * under_way


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": 0.05}, "rate"),
        ({"rate": 1001.0}, "rate"),
        ({"update_interval": 0.1}, "update_interval"),
        ({"time": NOW + 40 * 86400}, "time"),
    ],
)
def test_out_of_range(change, field):
    """What can't be is refused with its name, and nothing has changed."""
    bench = Bench()
    with pytest.raises(RequestError) as caught:
        bench.simulator.steer(**change)
    assert caught.value.field == field
    assert (bench.clock.rate, bench.clock.now(), bench.simulator.update_interval) == (1.0, NOW, 30.0)


def test_utc_is_not_steered():
    """Beside real reports the clock is UTC: no pause, rate, jump or step, but an interval."""
    bench = Bench()
    bench.clock.mode = "mixed"
    for change in ({"paused": True}, {"rate": 2.0}, {"time": NOW}):
        with pytest.raises(RequestError, match="UTC"):
            bench.simulator.steer(**change)
    with pytest.raises(RequestError, match="UTC"):
        bench.simulator.execute(Step(seconds=1))
    bench.simulator.steer(update_interval=5.0)
    assert bench.simulator.update_interval == 5.0


def test_a_world_that_is_too_slow_holds_the_clock():
    """When steps don't fit into the time, the clock waits for them and tells its actual rate."""
    bench = Bench(speed_factor=100.0)
    for _ in range(20):
        bench.wall += 1.0
        for _ in range(30):
            bench.simulator.advance()
    assert bench.clock.now() <= bench.simulator.world.now + 51
    assert bench.clock.rate_actual == pytest.approx(30, rel=0.1)


def test_orders_are_taken_between_steps_by_the_feeds_own_thread():
    """Who steers from another thread waits for the feed, gets its answer, and its error."""
    clock = Clock(NOW, lambda: 0.0, "simulation")
    built = Simulator(lambda batch: None, clock, Settings(fleet_size=5))
    stop = threading.Event()
    with ThreadPoolExecutor() as pool:
        running = pool.submit(built.run, stop)
        try:
            built.steer(rate=7.0, paused=True)
            assert (clock.rate, clock.paused) == (7.0, True)
            with pytest.raises(RequestError, match="31 days"):
                built.steer(time=NOW + 1e9)
        finally:
            stop.set()
        running.result(60)


def test_the_simulator_runs_by_itself():
    """The thread that runs it publishes the whole fleet at once."""
    stop, batches = threading.Event(), []

    def publish(batch) -> None:
        batches.append(batch)
        stop.set()

    Simulator(publish, Clock(NOW, lambda: 0.0, "simulation"), Settings(fleet_size=20)).run(stop)
    assert len(batches[0].mmsi) == 20


def hour(seed: int, plan: str) -> str:
    """The digests of an hour of updates and of its AIVDM log."""
    bench = Bench(seed=seed)
    if plan == "straight":
        bench.go(3600)
    else:
        bench.go(500)
        bench.simulator.steer(paused=True)
        bench.go(77)
        for _ in range(100):
            bench.simulator.execute(Step(seconds=1))
            bench.steps += 1
            bench.look()
        bench.simulator.steer(paused=False, rate=50.0)
        bench.go(20, tick=0.3)
        bench.simulator.steer(rate=0.5)
        while bench.steps < 3600:
            bench.go(1)
    assert bench.steps == 3600
    return f"{bench.digest.hexdigest()} {bench.aivdm.hexdigest()}"


def test_two_processes_send_the_same():
    """3,600 steps without threads: updates and AIVDM log of two processes are equal to the byte."""
    command = [sys.executable, "-c", "from tests.sim.test_simulator import hour; print(hour(3, 'straight'))"]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert other.stdout.split() == hour(3, "straight").split()


@pytest.mark.slow
def test_pausing_stepping_and_rate_change_nothing():
    """The same hour with pauses, steps by hand and other rates is the same; another seed is not."""
    assert hour(3, "steered") == hour(3, "straight")
    assert not set(hour(4, "straight").split()) & set(hour(3, "straight").split())
