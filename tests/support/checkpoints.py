"""Traffic, alerts and checkpoint writer of one process, without threads."""

from pathlib import Path

import numpy as np

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import EventLog
from fairway.alerts.rules import high_speed, port_call
from fairway.chart.ports import PortIndex
from fairway.checkpoint.state_file import StateFile
from fairway.checkpoint.writer import CheckpointSources, CheckpointWriter
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic
from tests.support.traffic import NOW, report, static

WORLD = "live"


PORTS = PortIndex.load()


SETTINGS = Settings(speed_alert="20")


RULES = (*port_call.rules(SETTINGS, ()), *high_speed.rules(SETTINGS, ()))


DATA = Path(__file__).parents[1] / "data"


class Server:
    """Traffic, alerts and checkpoint writer of one process, without threads; the test sets the wall clock."""

    def __init__(self, path: Path, now: float = NOW, world: str = WORLD, epoch: str = "first") -> None:
        self.now = now
        self.events, self.clock = EventLog(), Clock(now, lambda: self.now - now, "live")
        self.traffic = Traffic(PORTS, lambda: epoch)
        self.alerts = AlertEngine(self.events, lambda: RULES)
        self.ticker = Ticker(self.traffic, self.clock, lambda: self.now, self.alerts.check)
        self.file = StateFile(str(path))
        self.writer = CheckpointWriter(self.file, CheckpointSources(
            traffic=self.traffic, clock=self.clock, events=self.events, alerts=self.alerts, ticker=self.ticker,
            ports=PORTS,
            world=world, simulator=None, simulates=lambda: True, wall=lambda: self.now, monotonic=lambda: self.now,
        ))  # fmt: skip

    def put(self, *batches, after: float = 1.0):
        self.now += after
        for batch in batches:
            self.traffic.put(batch)
        self.ticker.tick()
        return self.traffic.snapshot()

    def kill(self) -> None:
        """End without a last checkpoint: only the file survives."""
        self.file.close()

    def succeeded_by(self, path: Path, after: float = 0.5) -> "Server":
        self.kill()
        other = Server(path, self.now + after, epoch="second")
        other.writer.restore(None)
        return other


def sea(rng, server, count=60) -> list:
    """A second of reports: most vessels move on; some are new, turn, jump, report late or send static data."""
    mmsi = np.unique(rng.integers(200_000_001, 200_000_001 + count, count // 3))
    lat, lon = 30 + (mmsi % 97) / 10, -40 + (mmsi % 89) / 10 + rng.normal(0, 0.002, len(mmsi))
    if rng.random() < 0.2:
        lat = lat + 5.0
    late = rng.choice([0.0, 0.0, 200.0])
    moving = report(mmsi, server.now - late, lat=lat, lon=lon, sog=rng.integers(0, 300, len(mmsi)))
    who = static(int(mmsi[0]), server.now, name=f"SHIP {rng.integers(99)}", imo=9074729, destination="ROTTERDAM")
    return [moving, who]


def same(a: Server, b: Server, seqs: bool = True) -> None:
    """Check that both have the same vessels, tracks, removals and alerts."""
    one, other = a.traffic.snapshot(), b.traffic.snapshot()
    for mine, others in ((one.columns, other.columns), (one.static_columns, other.static_columns)):
        for name in mine:
            if seqs or name not in ("seq", "static_seq"):
                assert mine[name].tolist() == others[name].tolist(), name
    for mmsi in one.columns["mmsi"][one.columns["mmsi"] > 0].tolist():
        for name, column in a.traffic.track(mmsi).items():
            np.testing.assert_array_equal(column, b.traffic.track(mmsi)[name])
    assert (
        one.removals.entries[["mmsi", "row", "reason"]].tolist()
        == other.removals.entries[["mmsi", "row", "reason"]].tolist()
    )
    assert one.sources == other.sources
    mine, others = a.alerts.saved(), b.alerts.saved()
    for name, state in mine["states"].items():  # type: ignore[attr-defined]
        assert state["active"] == others["states"][name]["active"]
        assert [mmsi for mmsi, _ in state["raised"]] == [mmsi for mmsi, _ in others["states"][name]["raised"]]
        assert sorted(state["published"]) == sorted(others["states"][name]["published"])
