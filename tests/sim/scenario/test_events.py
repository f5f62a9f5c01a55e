"""Scenarios at work: what happens to whom, what is reported of it, and what the truth says."""

import numpy as np
import pytest

from fairway.chart import routing
from fairway.chart.geodesy import distance_nm
from fairway.chart.ports import PortIndex
from fairway.commands.queries import GetScenario, GetTruth
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import scenario_file
from fairway.traffic.traffic import Traffic
from sim.custom import Vessel
from sim.reports.faults import Faults, FaultyLine
from sim.scenario import scenario
from sim.scenario.events import ScenarioEvents
from sim.scenario.scenario import Scenario, ScenarioEvent
from sim.simulation import Simulation
from sim.simulator import Simulator
from tests.support.scenarios import scenario_event
from tests.support.settings import load

pytestmark = pytest.mark.slow

NOW = 1_800_000_000.0


class Bench:
    """A simulator with a few vessels of its own, its Traffic, and a wall clock in our hands."""

    def __init__(self, *events: ScenarioEvent, size: int = 5, plan: Scenario | None = None, **settings) -> None:
        self.wall = 0.0
        chosen = Settings(fleet_size=size, update_interval=10.0, **settings)
        clock = Clock(NOW, lambda: self.wall, "simulation")
        self.clock, self.traffic = clock, Traffic(PortIndex.load(), lambda: "e")
        plan = plan or Scenario("test", "Test", events=events)
        self.heard: dict[int, tuple[float, float, float]] = {}
        self.simulator = Simulator(self.publish, clock, chosen, self.traffic, plan)
        self.go(0)

    def publish(self, batch) -> None:
        self.traffic.put(batch)
        if batch.moving:
            places = batch.moving["lat"] / 600_000, batch.moving["lon"] / 600_000, batch.t / 1000
            self.heard |= dict(zip(batch.mmsi.tolist(), zip(*places, strict=True), strict=True))

    def add(self, name: str, lat: float, lon: float, speed: float = 10.0, course: float = 90.0, **more) -> int:
        return self.simulator.add(Vessel(name, "tanker", (lat, lon), speed, course, **more))

    def go(self, seconds: int) -> None:
        for _ in range(seconds):
            self.wall += 1.0
            while self.simulator.advance():
                pass
        self.simulator.advance()
        self.snapshot = self.traffic.advance(self.clock.now())

    def reported(self, mmsi: int) -> tuple[float, float, float]:
        """Latitude, longitude and age in seconds of the last report."""
        lat, lon, time = self.heard[mmsi]
        return lat, lon, self.clock.now() - time

    def truth(self, mmsi: int) -> dict:
        return next(item for item in self.simulator.execute(GetTruth(everyone=True))["vessels"] if item["mmsi"] == mmsi)


def off_nm(bench, mmsi, shown=None) -> float:
    """How far what is reported is from where the vessel is."""
    place = bench.truth(mmsi)["position"]
    lat, lon, _ = bench.reported(shown or mmsi)
    return float(distance_nm(lat, lon, place["latitude"], place["longitude"]))


def test_dark():
    """A vessel that goes dark is silent for so long, sails on, and is then heard where it is."""
    bench = Bench(scenario_event(60, "dark", 600, {"vessel": "Shadow"}))
    mmsi = bench.add("Shadow", 45.0, -30.0)
    bench.go(650)
    assert bench.reported(mmsi)[2] > 580
    assert bench.truth(mmsi)["labels"] == ["dark"]
    bench.go(30)
    assert bench.reported(mmsi)[2] <= 10
    assert bench.truth(mmsi)["labels"] == []
    assert off_nm(bench, mmsi) < 0.1


def test_false_position():
    """A false position is off by what the scenario says, and only there."""
    bench = Bench(scenario_event(60, "false_position", 3600, {"vessel": "Liar", "north_nm": 60.0, "east_nm": -30.0}))
    liar, honest = bench.add("Liar", 45.0, -30.0), bench.add("Honest", 44.0, -30.0)
    bench.go(120)
    assert off_nm(bench, liar) == pytest.approx(67, abs=1)
    assert off_nm(bench, honest) < 0.1


def test_identity():
    """Another number and name are reported from then on; the truth knows both."""
    values = {"vessel": "Old Name", "mmsi": 352_999_001, "name": "New Leaf"}
    bench = Bench(scenario_event(60, "identity", np.inf, values))
    mmsi = bench.add("Old Name", 45.0, -30.0)
    bench.go(430)
    row = bench.snapshot.find(mmsi=352_999_001)
    assert bench.snapshot.static_columns["name"][row] == "New Leaf"
    assert bench.reported(mmsi)[2] > 350
    assert bench.truth(mmsi)["reported_mmsi"] == 352_999_001
    assert off_nm(bench, mmsi, 352_999_001) < 0.1


def test_meeting():
    """Two vessels come together, lie beside each other, and go on."""
    bench = Bench(scenario_event(5, "meeting", 1800, {"vessels": ["One", "Two"]}))
    one = bench.add("One", 45.0, -30.0, 12.0, 90.0)
    two = bench.add("Two", 45.05, -29.7, 12.0, 250.0)
    bench.go(4000)
    a, b = bench.truth(one), bench.truth(two)
    assert a["speed_over_ground"] == b["speed_over_ground"] == 0
    apart = distance_nm(*a["position"].values(), *b["position"].values())
    assert 0.01 < apart < 0.15
    bench.go(3600)
    assert bench.truth(one)["speed_over_ground"] > 5


def test_drift():
    """A vessel without its engine runs out, drifts not under command, and goes on."""
    bench = Bench(scenario_event(60, "drift", 7200, {"vessel": "Adrift", "course": 180.0, "speed": 1.5}))
    mmsi = bench.add("Adrift", 45.0, -30.0, 14.0, 90.0)
    bench.go(3600)
    truth = bench.truth(mmsi)
    assert (truth["nav_status"], truth["labels"]) == (2, ["drift"])
    assert truth["speed_over_ground"] == pytest.approx(1.5, abs=0.01)
    before = truth["position"]["latitude"]
    bench.go(1800)
    assert before - bench.truth(mmsi)["position"]["latitude"] == pytest.approx(0.75 / 60, rel=0.05)
    bench.go(9000)
    assert bench.truth(mmsi)["nav_status"] == 0


@pytest.fixture(scope="module")
def closed_canal():
    """Suez, closed after ten minutes; looked at some hours later."""
    bench = Bench(scenario_event(600, "close_suez", 7 * 86400.0, {}), size=200)
    fleet = bench.simulator.world.fleet
    bench.before = {int(mmsi): float(eta) for mmsi, eta in zip(fleet.mmsi, fleet.eta, strict=True)}  # type: ignore[attr-defined]
    bench.go(7200)
    return bench


def test_a_closed_canal_sends_the_fleet_round_the_cape(closed_canal):
    """Vessels bound through the canal take the way round, keep their place and port, and announce a later ETA."""
    bench = closed_canal
    truth = bench.simulator.execute(GetTruth())
    (event,) = truth["events"]
    assert truth["closed"] == ["suez"]
    assert len(event["vessels"]) > 10
    assert len(set(event["vessels"])) == len(event["vessels"])
    later = [change["eta_after"] > change["eta_before"] for change in event["changes"]]
    assert np.mean(later) > 0.9
    simulation = bench.simulator.simulation
    for mmsi in event["vessels"]:
        part, row = simulation.find(mmsi)
        assert part is simulation.independent
        assert part.sails[row].path.canal_nm is None
        assert off_nm(bench, mmsi) < 1.0


def test_no_one_enters_a_closed_canal(closed_canal):
    """Of the fleet under way no one is left that has the canal well before it; Panama stays open."""
    world = closed_canal.simulator.world
    fleet = world.fleet
    before = fleet.along_nm < world.lanes.canal[fleet.leg, 0] - 30
    ahead = before & (world.lanes.passage[fleet.leg] == "suez") & (fleet.nav_status == 0) & (fleet.mmsi > 0)
    clear = fleet.along_nm > world.lanes.entrance_out_nm[fleet.leg] + 30
    assert np.count_nonzero(ahead & clear) == 0


def test_a_vessel_is_there_once(closed_canal):
    """Who left the fleet for a way of its own is one vessel still, and those that stay behind don't move."""
    simulation = closed_canal.simulator.simulation
    on_lanes = simulation.world.fleet.mmsi
    numbers = np.concatenate([on_lanes[on_lanes > 0], simulation.independent.fleet.mmsi])
    assert len(np.unique(numbers)) == len(numbers) == 200
    gone = simulation.world.fleet.mmsi == 0
    before = simulation.world.fleet.lat[gone].copy()
    closed_canal.go(3600)
    assert simulation.world.fleet.lat[gone].tolist() == before.tolist()


def test_a_closed_port():
    """Vessels bound for a closed port wait off it; who is moored there stays."""
    bench = Bench(scenario_event(0, "close_port", 5 * 86400.0, {"port": "Rotterdam"}), size=400)
    bench.go(7200)
    world = bench.simulator.world
    here = [port.name for port in world.ports].index("Rotterdam")
    moored = (world.lanes.start_port[world.fleet.leg] == here) & (world.fleet.nav_status == 5)
    assert (world.fleet.rest_until[moored & (world.fleet.mmsi > 0)] >= NOW + 5 * 86400 - 10).all()
    (event,) = bench.simulator.execute(GetTruth())["events"]
    assert event["state"] == "running"


def test_a_vessel_without_another_way_keeps_its_own(monkeypatch):
    """Where there is no way round, no one turns, and the simulation goes on."""
    bench = Bench(
        scenario_event(5, "close_suez", np.inf, {}),
        scenario_event(5, "close_port", np.inf, {"port": "Rotterdam"}),
        size=100,
    )

    def no_way(*_args) -> None:
        raise routing.UnsailableError("no route by water")

    monkeypatch.setattr(routing, "path", no_way)
    bench.go(130)
    assert [event["vessels"] for event in bench.simulator.execute(GetTruth())["events"]] == [[], []]


def test_what_cant_happen_is_reported():
    """An event about a vessel that is not there fails, with its reason, and the simulation goes on."""
    bench = Bench(
        scenario_event(5, "dark", 60, {"vessel": "No one"}, 7),
        scenario_event(6, "close_port", 60, {"port": "Atlantis"}),
    )
    bench.go(30)
    answered = bench.simulator.execute(GetScenario())["events"]
    assert [(item["state"], item["line"]) for item in answered] == [("failed", 7), ("failed", 0)]
    assert "No one" in answered[0]["reason"]
    assert "Atlantis" in answered[1]["reason"]


@pytest.mark.parametrize("name", ["dark_tankers", "storm_in_the_north_sea", "suez_closed"])
def test_shipped_scenarios_begin(name):
    """Every vessel and route of the scenarios that ship can be, and the first hour passes without a failure."""
    settings = load({}, ["--scenario", name, "--fleet-size", "40"])
    plan = scenario.load(scenario_file(name))
    bench = Bench(size=40, plan=plan, seed=settings.seed)
    bench.go(3700)
    assert [item for item in bench.simulator.execute(GetScenario())["events"] if item["state"] == "failed"] == []


def line(**faults) -> tuple[FaultyLine, Simulation]:
    built = FaultyLine(1)
    built.faults = Faults(**faults)
    return built, Simulation(Settings(fleet_size=200), NOW, 10.0)


def answered(faulty, simulation, seconds) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """(when it came out, MMSIs, event times) of position reports."""
    out = []
    for _ in range(seconds):
        simulation.step(1.0)
        batches = faulty.passed(simulation.due(), simulation.now)
        out += [(simulation.now, batch.mmsi, batch.t / 1000) for batch in batches if batch.moving]
    return out


def test_silence_and_drops():
    """Silence lets nothing through; a drop share of a half lets half through; both are counted."""
    faulty, simulation = line(silence=True)
    assert answered(faulty, simulation, 30) == []
    silenced = faulty.counts["silenced"]
    assert silenced > 300
    faulty.faults = Faults(drop=0.5)
    passed = sum(len(mmsi) for _, mmsi, _ in answered(faulty, simulation, 60))
    assert passed == pytest.approx(faulty.counts["dropped"], rel=0.35)


def test_duplicates_disorder_and_late_reports():
    """Every report comes twice; or some come up to ten seconds late; or all a minute late."""
    faulty, simulation = line(duplicate=1.0)
    counts = [(when, mmsi, t) for when, numbers, times in answered(faulty, simulation, 20) for mmsi, t, when in
              zip(numbers.tolist(), times.tolist(), [when] * len(times), strict=True)]  # fmt: skip
    assert len(counts) == 2 * len(set(counts))
    faulty, simulation = line(disorder=0.5)
    late = np.concatenate([when - times for when, _, times in answered(faulty, simulation, 60)])
    assert 0.3 < np.mean(late > 1) < 0.6
    assert late.max() <= 11
    faulty, simulation = line(late=1.0, late_s=60.0)
    late = np.concatenate([when - times for when, _, times in answered(faulty, simulation, 90)])
    assert ((late >= 60) & (late <= 61)).all()
    assert len(late) > 100


def test_without_faults_nothing_is_touched():
    """A healthy line hands on the very same batches."""
    faulty, simulation = line()
    simulation.step(1.0)
    batches = simulation.due()
    assert faulty.passed(batches, simulation.now) is batches


def test_shares_of_the_fleet():
    """A scenario's shares replace the usual ones."""
    simulation = Simulation(Settings(fleet_size=100), NOW, 10.0, {"tanker": 1.0})
    counts = np.bincount(simulation.world.fleet.vessel_type, minlength=4)
    assert counts[3] >= 99
    assert isinstance(ScenarioEvents(Scenario("", ""), simulation, FaultyLine(1), NOW).truth(), list)
