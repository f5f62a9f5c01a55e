"""An ingest process and web processes on one Redis, stepped by hand."""

import contextlib
import itertools
import threading
import time
from collections import Counter

from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import Zones
from fairway.chart.ports import PortIndex
from fairway.cluster import publisher as output
from fairway.cluster.command_handler import CommandHandler
from fairway.cluster.follower import CommandSender, Follower
from fairway.cluster.publisher import ClusterPublisher
from fairway.cluster.remote import RemoteSimulator, RemoteZones
from fairway.cluster.replica import Replica
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.runtime.clock import Clock
from fairway.traffic.batch import SourceReport
from fairway.traffic.traffic import Traffic
from tests.support.reports import NOW, moving


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


def alert(original, number: int) -> None:
    vessel = {"mmsi": 352_100_000}
    event = {"event_id": f"a{number}", "kind": "high_speed", "state": "raised", "vessel": vessel, "evidence": {}}
    original.events.publish(NOW, **event)


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


class RecordingSimulator:
    """A simulator that notes its commands, and fails with `error` if there is one."""

    seed, update_interval = 3, 10.0

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.commands = error, []

    def state(self) -> dict:
        return {"seed": 3}

    def execute(self, command) -> str:
        self.commands.append(command)
        if self.error:
            raise self.error
        return "done"
