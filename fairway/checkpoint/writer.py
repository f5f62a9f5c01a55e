"""CheckpointWriter: saves a checkpoint every second, so that a server that is killed continues where it was."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from fairway.alerts.engine import AlertEngine
from fairway.alerts.event_log import AlertEvent, EventLog
from fairway.chart.ports import PortIndex
from fairway.checkpoint import checkpoint
from fairway.checkpoint.state_file import StateFile
from fairway.runtime.clock import Clock
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import SavedState, Traffic

log = logging.getLogger(__name__)
EVERY_S: Final = 1.0
MAX_BYTES_PER_S: Final = 1_000_000
"""A large simulation is saved less often, to spare the disk."""
MAX_CPU_SHARE: Final = 0.05
"""Share of a core's time that checkpoints may take."""
MAX_JOURNAL: Final = 1_000_000
"""Points of tracks that wait while the disk is full."""
MIN_COMPACT_BYTES: Final = 1_000_000
"""Records are merged into one when they exceed this size and twice the size of a full record."""
READ_ERRORS: Final = (ValueError, LookupError, TypeError, msgspec.MsgspecError, sqlite3.Error)
"""What reading a damaged file may raise."""
DROPPED: Final = "Saved vessels and routes were dropped"


def difference(saved: str, own: str) -> str:
    """Return what the world `saved` has and the world `own` has not, for example "500 vessels, seed 1"."""
    mode, *parts = saved.split(", ")
    own_mode, *own_parts = own.split(", ")
    other = [part for part in parts if part not in own_parts]
    return ", ".join(other if mode == own_mode else [f"clock mode {mode}", *other])


@dataclass(frozen=True, slots=True)
class CheckpointSources:
    """The objects whose state is saved.

    Attributes:
        traffic, clock, events, alerts: of this process.
        ticker: its lock separates two steps.
        ports: the same as those of `traffic`.
        world: settings that must be equal for the saved state to be usable; another world starts a new simulation.
        simulator: the simulator's state at these Unix seconds of the wall; None without a simulator.
        simulates: whether the simulator has started; nothing is saved before.
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
    """State saved beside the newest record.

    Attributes:
        layout: as `checkpoint.LAYOUT`.
        world: as in CheckpointSources.
        wall: time of the checkpoint, Unix seconds.
        alerts: state of the alert engine.

    """

    layout: int
    world: str
    wall: float
    alerts: dict[str, Any]


class CheckpointWriter:
    """Saves one Traffic, its alerts and its simulator in a StateFile.

    Attributes:
        restored: whether the state of an earlier process was restored.

    """

    def __init__(self, file: StateFile, sources: CheckpointSources) -> None:
        self._file, self._sources = file, sources
        self._before: Snapshot | None = None
        self._journal: checkpoint.Journal = []
        self._event_seq = 0
        self._log_bytes = self._full_bytes = 0
        self._saved_at: float | None = None
        self._problem = ""
        self._outcome = ""
        self.restored = False
        sources.traffic.keep_journal()

    def restore(self, restore_simulator: Callable[[bytes, float], None] | None) -> None:
        """Restore the state of the process that wrote the file, if it had the same world; before anything runs.

        Args:
            restore_simulator: takes the result of `CheckpointSources.simulator` and the wall's Unix seconds.

        Raises:
            ValueError, LookupError, TypeError, msgspec.MsgspecError, sqlite3.Error: If the file holds something else;
                the objects restored so far must not be used.

        """
        sources, latest = self._sources, self._file.latest()
        if self._file.other_layout:
            self.start_new(f"another release of Fairway saved the last one. {DROPPED}")
            return
        if "header" not in latest:
            self._outcome = "nothing was saved"
            return
        header = msgspec.msgpack.decode(latest["header"], type=CheckpointHeader)
        if header.layout != checkpoint.LAYOUT:
            self.start_new(f"another release of Fairway saved the last one. {DROPPED}")
            return
        if header.world != sources.world:
            self.start_new(f"saved one had {difference(header.world, sources.world)}. {DROPPED}")
            return
        records = self._file.records()
        saved = checkpoint.merge_records(records, sources.ports)
        if saved is None:
            return
        if restore_simulator:
            restore_simulator(latest["simulator"], sources.wall())
        self._load(saved, header)
        self._log_bytes, self._full_bytes = sum(len(record) for record in records), len(records[0])

    def start_new(self, why: str) -> None:
        """Restore nothing and log why; the first checkpoint replaces the content of the file, except the zones."""
        self._outcome = f"{'New simulation' if self._sources.simulator else 'Nothing restored'}: {why}"
        log.warning("%s", self._outcome)

    def run(self, stop: threading.Event) -> None:
        """Write checkpoints until `stop`, and a last one then."""
        pause = EVERY_S
        while not stop.wait(pause):
            pause = self.attempt()
        self.attempt()

    def attempt(self) -> float:
        """Write a checkpoint, or set the problem; return the seconds until the next one is due."""
        started, problem, written = self._sources.monotonic(), "", 0
        try:
            if self._file.owned or self._file.claim():
                written = self._save()
            else:
                problem = "another server uses it: nothing is saved"
        except READ_ERRORS as error:
            problem = str(error) or repr(error)
        self._set_problem(problem)
        took = self._sources.monotonic() - started
        return max(EVERY_S, took / MAX_CPU_SHARE, written / MAX_BYTES_PER_S)

    def status(self) -> dict[str, Any]:
        """For the status: `file`, `restored`, `kept_age_s` (wall seconds, None before the first), `problem`."""
        age = None if self._saved_at is None else round(self._sources.monotonic() - self._saved_at, 1)
        problem = self._problem or self._file.problem
        return {"file": self._file.name, "restored": self._outcome, "kept_age_s": age, "problem": problem or None}

    def _load(self, saved: checkpoint.Checkpoint, header: CheckpointHeader) -> None:
        sources = self._sources
        elapsed = sources.wall() - header.wall
        checkpoint.restore(
            saved, header.alerts, sources.clock.now(), elapsed, sources.traffic, sources.events, sources.alerts
        )
        # the next record must continue the file's last one, not the seq after the gap
        self._before = replace(sources.traffic.snapshot(), seq=saved.snapshot.seq)
        self._event_seq = sources.events.seq
        vessels = sources.traffic.snapshot().summary["total_vessels"]
        self.restored, self._outcome = True, f"{vessels} vessels, as they were {elapsed:.1f} s before"
        log.info("restored %s", self._outcome)

    def _save(self) -> int:
        """Write what changed since the last checkpoint; return the number of bytes."""
        sources, wall = self._sources, self._sources.wall()
        if sources.simulator and not sources.simulates():
            return 0
        # the simulator first: what it publishes after this it publishes again, and Traffic ignores the repetition
        latest = {"simulator": sources.simulator(wall)} if sources.simulator else {}
        with sources.ticker.lock:
            sources.ticker.tick()
            before = self._before
            if before is not None and before.epoch != sources.traffic.snapshot().epoch:
                before = None
            saved = sources.traffic.saved(before.seq if before else 0)
            alerts = checkpoint.alerts_saved(sources.alerts, sources.events)
        events, _ = sources.events.since(self._event_seq if before else 0)
        # entries that could not be written last time go into this record
        self._journal = (self._journal + saved.journal)[-MAX_JOURNAL:]
        record = self._record(before, saved, events)
        latest["header"] = msgspec.msgpack.encode(CheckpointHeader(checkpoint.LAYOUT, sources.world, wall, alerts))
        self._file.write(record, latest, replace_all=before is None)
        self._journal = []
        self._before, self._event_seq, self._saved_at = saved.snapshot, alerts["event_seq"], sources.monotonic()
        if before is None:
            self._log_bytes, self._full_bytes = 0, len(record)
        self._log_bytes += len(record)
        if self._log_bytes > max(MIN_COMPACT_BYTES, 2 * self._full_bytes):
            record = self._compact(latest)
        return len(record) + sum(len(value) for value in latest.values())

    def _record(self, before: Snapshot | None, saved: SavedState, events: tuple[AlertEvent, ...]) -> bytes:
        """The encoded record; b"" if nothing has changed since `before`."""
        if before is not None and saved.snapshot.seq == before.seq and not self._journal and not events:
            return b""
        return checkpoint.encode_step(before, saved, self._journal, events)

    def _compact(self, latest: dict[str, bytes]) -> bytes:
        """Replace all records by one; they are read from the file, so that Traffic is not locked meanwhile."""
        saved = checkpoint.merge_records(self._file.records(), self._sources.ports)
        if saved is None:
            return b""
        events, _ = self._sources.events.since(0)
        record = checkpoint.encode_full(saved, events)
        self._file.write(record, latest, replace_all=True)
        self._log_bytes = self._full_bytes = len(record)
        return record

    def _set_problem(self, problem: str) -> None:
        if problem != self._problem:
            log.warning("%s: %s", self._file.name, problem or "saving again")
            self._problem = problem
