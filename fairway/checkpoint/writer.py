"""Keeper: writes a checkpoint every second, so that a server that is killed goes on where it was."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.checkpoint import checkpoint
from fairway.checkpoint.state_file import StateFile
from fairway.runtime.clock import Clock
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic

log = logging.getLogger(__name__)
EVERY_S: Final = 1.0
BYTES_PER_S: Final = 1_000_000
"""A large simulation is written less often: disks wear out."""
SHARE: Final = 0.05
"""Most of a core's time that checkpoints may take."""
MOST_CHANGES: Final = 1_000_000
"""Points of tracks that wait for a disk that is full."""
LEAST_LOG: Final = 1_000_000
"""Bytes of steps after which they are made one, if that is smaller."""
MISTAKES: Final = (ValueError, LookupError, TypeError, msgspec.MsgspecError, sqlite3.Error)
"""What reading a file that somebody damaged may raise."""


@dataclass(frozen=True, slots=True)
class CheckpointSources:
    """What is kept.

    Attributes:
        traffic, clock, events, alerts: of this process.
        ticker: whose lock parts two steps.
        ports: as `traffic` has them.
        world: what must be the same for the rest to be of use: another world begins anew.
        simulator: at these Unix seconds of the wall, all that a simulator needs to go on; None without one. It is
            asked when `simulates` says that it has begun.
        wall: Unix seconds.
        monotonic: wall seconds.

    """

    traffic: Traffic
    clock: Clock
    events: EventLog
    alerts: AlertEngine
    ticker: Ticker
    ports: PortIndex
    world: str
    simulator: Callable[[float], bytes] | None
    simulates: Callable[[], bool]
    wall: Callable[[], float]
    monotonic: Callable[[], float]


class CheckpointHeader(msgspec.Struct, frozen=True):
    """What goes with the newest step.

    Attributes:
        layout: as in `checkpoint`.
        world: that it is of.
        wall: Unix seconds.
        alerts: how they stand.

    """

    layout: int
    world: str
    wall: float
    alerts: dict[str, Any]


class CheckpointWriter:
    """Keeps one Traffic, its alerts and its simulator in a StateFile.

    Args:
        file: where.
        parts: what.

    Attributes:
        restored: it goes on where another process was.

    """

    def __init__(self, file: StateFile, parts: CheckpointSources) -> None:
        self._file, self._parts = file, parts
        self._before: Snapshot | None = None
        self._journal: checkpoint.Journal = []
        self._event_seq = 0
        self._log_bytes = self._whole_bytes = 0
        self._kept_at: float | None = None
        self._problem = ""
        self._told = ""
        self.restored = False
        parts.traffic.keep_journal()

    def restore(self, restore_simulator: Callable[[bytes, float], None] | None) -> None:
        """Go on where the process that wrote the file was, if it was of the same world; before anything runs.

        Args:
            restore_simulator: takes what `CheckpointSources.simulator` gave, and the wall's Unix seconds.

        Raises:
            ValueError, LookupError, TypeError, msgspec.MsgspecError, sqlite3.Error: The file holds something else;
                what was restored by then is of no use.

        """
        parts, latest = self._parts, self._file.latest()
        if "moment" not in latest:
            self._told = "nothing was kept"
            return
        moment = msgspec.msgpack.decode(latest["moment"], type=CheckpointHeader)
        if moment.layout != checkpoint.LAYOUT:
            self.begin_anew("another release has kept it")
            return
        if moment.world != parts.world:
            self.begin_anew(f"kept was another world ({moment.world}), this is {parts.world}")
            return
        steps = self._file.steps()
        kept = checkpoint.merged(steps, parts.ports)
        if kept is None:
            return
        wall = parts.wall()
        if restore_simulator:
            restore_simulator(latest["simulator"], wall)
        elapsed = wall - moment.wall
        checkpoint.restore(kept, moment.alerts, parts.clock.now(), elapsed, parts.traffic, parts.events, parts.alerts)
        # the next step leads on from what the file has, not from the seq after the gap
        self._before = replace(parts.traffic.snapshot(), seq=kept.snapshot.seq)
        self._event_seq = parts.events.seq
        self._log_bytes, self._whole_bytes = sum(len(step) for step in steps), len(steps[0])
        vessels = parts.traffic.snapshot().summary["total_vessels"]
        self.restored, self._told = True, f"{vessels} vessels, as they were {elapsed:.1f} s before"
        log.info("restored %s", self._told)

    def begin_anew(self, why: str) -> None:
        """Nothing is restored; the first checkpoint takes the place of what the file has."""
        self._told = f"begun anew: {why}"
        log.warning("%s: %s", self._file.name, self._told)

    def run(self, stop: threading.Event) -> None:
        """Write checkpoints until `stop`, and a last one then."""
        pause = EVERY_S
        while not stop.wait(pause):
            pause = self.attempt()
        self.attempt()

    def attempt(self) -> float:
        """Write a checkpoint, or tell why not; after how many seconds the next is due."""
        began, problem, written = self._parts.monotonic(), "", 0
        try:
            if self._file.owned or self._file.claim():
                written = self._keep()
            else:
                problem = "another server uses it: nothing is kept"
        except MISTAKES as error:
            problem = str(error) or repr(error)
        self._tell(problem)
        took = self._parts.monotonic() - began
        return max(EVERY_S, took / SHARE, written / BYTES_PER_S)

    def status(self) -> dict[str, Any]:
        """For the status: `file`, `restored`, `kept_age_s` (wall seconds, None before the first), `problem`."""
        age = None if self._kept_at is None else round(self._parts.monotonic() - self._kept_at, 1)
        problem = self._problem or self._file.problem
        return {"file": self._file.name, "restored": self._told, "kept_age_s": age, "problem": problem or None}

    def _keep(self) -> int:
        """Write what changed since the last checkpoint; how many bytes that were."""
        parts, wall = self._parts, self._parts.wall()
        if parts.simulator and not parts.simulates():
            return 0
        # the simulator first: what it publishes after this it publishes again, and Traffic knows it already
        latest = {"simulator": parts.simulator(wall)} if parts.simulator else {}
        with parts.ticker.lock:
            parts.ticker.beat()
            before = self._before
            if before is not None and before.epoch != parts.traffic.snapshot().epoch:
                before = None
            snapshot, rows, doubts, journal = parts.traffic.saved(before.seq if before else 0)
            alerts = checkpoint.alerts_saved(parts.alerts, parts.events)
        events, _ = parts.events.since(self._event_seq if before else 0)
        # what could not be written the last time is in the next step
        self._journal = (self._journal + journal)[-MOST_CHANGES:]
        changed = before is None or snapshot.seq != before.seq or self._journal or events
        step = b""
        if changed:
            step = checkpoint.packed(before, (snapshot, rows, doubts, self._journal), parts.clock, events)
        latest["moment"] = msgspec.msgpack.encode(CheckpointHeader(checkpoint.LAYOUT, parts.world, wall, alerts))
        self._file.write(step, latest, anew=before is None)
        self._journal = []
        self._before, self._event_seq, self._kept_at = snapshot, alerts["event_seq"], parts.monotonic()
        if before is None:
            self._log_bytes, self._whole_bytes = 0, len(step)
        self._log_bytes += len(step)
        if self._log_bytes > max(LEAST_LOG, 2 * self._whole_bytes):
            step = self._made_one(latest)
        return len(step) + sum(len(value) for value in latest.values())

    def _made_one(self, latest: dict[str, bytes]) -> bytes:
        """Put one step in the place of all: read from the file, Traffic is not asked."""
        kept = checkpoint.merged(self._file.steps(), self._parts.ports)
        if kept is None:
            return b""
        events, _ = self._parts.events.since(0)
        step = checkpoint.whole(kept, self._parts.clock, events)
        self._file.write(step, latest, anew=True)
        self._log_bytes = self._whole_bytes = len(step)
        return step

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("%s: %s", self._file.name, problem or "kept again")
            self._problem = problem
