"""The server's status: what `GET /api/realtime/status` says, and the page for an operator."""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairway import __version__
from fairway.checkpoint.writer import CheckpointWriter
from fairway.commands.interfaces import CommandExecutor
from fairway.protocol.context import Context
from fairway.runtime.supervisor import Supervisor
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that is known about how the server does.

    Attributes:
        traffic, context, control, supervisor, report_queues: of whom it tells.
        clients: how many are connected, by transport.
        keeper: of the state file; None where nothing is kept.

    """

    traffic: Traffic
    context: Context
    control: Callable[[], CommandExecutor | None]
    supervisor: Supervisor
    report_queues: Sequence[ReportQueue]
    clients: Callable[[], dict[str, int]]
    keeper: CheckpointWriter | None = None

    def __call__(self) -> dict[str, Any]:
        """The guide's status, and ours, as JSON has it."""
        snapshot, workers, control = self.traffic.snapshot(), self.supervisor.workers, self.control()
        return self.context.summary(ms=False) | {
            "is_running": all(worker.running for worker in workers) and bool(workers),
            "update_interval": self.context.update_interval_s(),
            "clients": self.clients(),
            "version": __version__,
            "epoch": snapshot.epoch,
            "seq": snapshot.seq,
            "clock": self.context.clock_state(ms=False),
            "threads": [
                {"name": w.name, "running": w.running, "restarts": w.restarts, "last_error": w.last_error}
                for w in workers
            ],
            "feeds": self.context.feeds(),
            "reports": dict(self.traffic.reports),
            "dropped": dict(self.traffic.dropped),
            "simulation": control.state() if control else None,
            "outputs": [report_queue.status() for report_queue in self.report_queues],
            "memory": {"rss_bytes": _resident_bytes()},
            "state": self.keeper.status() if self.keeper else None,
        }


def _resident_bytes() -> int:
    """The process's resident memory; where the system does not tell, the most that it ever was."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
