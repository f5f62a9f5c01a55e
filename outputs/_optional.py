"""Outputs that only those pay for who ask for them: each is imported when the settings name it."""

from __future__ import annotations

import functools
import importlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from config import Settings
from traffic.context import Context
from traffic.orders import Desk
from traffic.outbox import Outbox
from traffic.table import Traffic

if TYPE_CHECKING:
    from outputs._history_past import Past

Run = Callable[[], None]


def runs(outboxes: Sequence[Outbox], context: Context, settings: Settings, stop: threading.Event) -> dict[str, Run]:
    """What the output of each outbox runs, by the name of its thread."""
    outputs = {outbox: importlib.import_module(f"outputs.{outbox.name}") for outbox in outboxes}
    return {
        f"{outbox.name} out": functools.partial(output.run, outbox, context.clock, settings, stop)
        for outbox, output in outputs.items()
    }


def history_reader(settings: Settings, traffic: Traffic, context: Context) -> Past | None:
    """What reads the history, where one is kept."""
    if not settings.database_url:
        return None
    from outputs._history_past import Past  # SQLAlchemy's 12 MB

    return Past(settings, context.clock, traffic, time.monotonic)


def ingest(
    settings: Settings, traffic: Traffic, context: Context, desk: Desk, stop: threading.Event
) -> tuple[Run, dict[str, Run]]:
    """What claims that this is the ingest process, and what it runs then; nothing where it is not to be.

    The claim raises SettingsError where there is an ingest process already, or Redis can't be reached.
    """
    if not settings.ingest:
        return lambda: None, {}
    from outputs import redis

    publisher = redis.Publisher(settings.redis_url, traffic, context, desk)
    runs = {"redis out": redis.run, "redis orders": redis.serve}
    return publisher.begin, {name: functools.partial(run, publisher, stop) for name, run in runs.items()}
