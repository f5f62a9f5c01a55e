"""Outputs that only those pay for who ask for them: each is imported when the settings name it."""

from __future__ import annotations

import functools
import importlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fairway.cluster.command_handler import CommandHandler
from fairway.protocol.context import Context
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.traffic import Traffic

if TYPE_CHECKING:
    from fairway.history.reader import HistoryReader

Run = Callable[[], None]
_MODULES = {"history": "fairway.history.writer", "aisstream": "fairway.web.aisstream.stream"}


def runs(
    report_queues: Sequence[ReportQueue], context: Context, settings: Settings, stop: threading.Event
) -> dict[str, Run]:
    """What the output of each report_queue runs, by the name of its thread."""
    outputs = {
        report_queue: importlib.import_module(_MODULES.get(report_queue.name, f"fairway.outputs.{report_queue.name}"))
        for report_queue in report_queues
    }
    return {
        f"{report_queue.name} out": functools.partial(output.run, report_queue, context.clock, settings, stop)
        for report_queue, output in outputs.items()
    }


def history_reader(settings: Settings, traffic: Traffic, context: Context) -> HistoryReader | None:
    """What reads the history, where one is kept."""
    if not settings.database_url:
        return None
    from fairway.history.reader import HistoryReader  # SQLAlchemy's 12 MB

    return HistoryReader(settings, context.clock, traffic, time.monotonic)


def ingest(
    settings: Settings, traffic: Traffic, context: Context, desk: CommandHandler, stop: threading.Event
) -> tuple[Run, dict[str, Run]]:
    """What claims that this is the ingest process, and what it runs then; nothing where it is not to be.

    The claim raises SettingsError where there is an ingest process already, or Redis can't be reached.
    """
    if not settings.ingest:
        return lambda: None, {}
    from fairway.cluster import publisher as cluster

    publisher = cluster.ClusterPublisher(settings.redis_url, traffic, context, desk)
    runs = {"redis out": cluster.run, "redis orders": cluster.serve}
    return publisher.begin, {name: functools.partial(run, publisher, stop) for name, run in runs.items()}
