"""Core: what there is before anything is served: settings -> clock -> traffic -> simulator, and what all share."""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.cluster.remote import RemoteSimulator
from fairway.cluster.replica import Replica
from fairway.commands.control import Control
from fairway.errors import SettingsError
from fairway.protocol.context import Context
from fairway.runtime.clock import Clock
from fairway.runtime.supervisor import Supervisor
from fairway.settings import Settings
from fairway.settings.parsing import unix_seconds
from fairway.traffic.source_health import SourceHealth
from fairway.traffic.traffic import Traffic
from fairway.web import access
from fairway.web.websocket import route
from sim.simulator import Simulator, simulator


@dataclass(frozen=True, slots=True)
class Core:
    """What there is before anything is served: the time, what was reported, by whom, and what sessions share.

    `control` gives the simulator's handles, here or, by way of `remote`, in the ingest process.
    """

    settings: Settings
    clock: Clock
    traffic: Traffic
    fleet: Simulator | None
    control: Callable[[], Control | None]
    remote: RemoteSimulator | None
    feeds: SourceHealth
    context: Context
    supervisor: Supervisor
    clients: dict[str, Callable[[], int]]


def make(settings: Settings) -> Core:
    """Wire what every server has; nothing runs yet.

    Raises:
        SettingsError: A setting names something that can't be.

    """
    clock, events, supervisor = _clock(settings), EventLog(), Supervisor()
    traffic = _traffic(settings, events)
    feeds = SourceHealth(settings.feed_names, time.monotonic, supervisor.is_running)
    fleet = None
    if "simulator" in settings.feed_names:
        fleet = simulator(feeds.listen("simulator", traffic.put), clock, settings, traffic)
    remote = _remote(settings, traffic)

    def control() -> Control | None:
        return remote.control() if remote else fleet

    clients: dict[str, Callable[[], int]] = {}
    context = Context(
        clock=clock,
        snapshot=traffic.snapshot,
        connected_clients=lambda: sum(counts(clients).values()),
        seed=lambda: steered.seed if (steered := control()) else None,
        limits=route.limits(settings) | access.limits(settings),
        update_interval_s=lambda: steered.update_interval if (steered := control()) else settings.update_interval,
        feeds=lambda: [*feeds.states(), *traffic.feeds],
        events=events,
    )
    return Core(settings, clock, traffic, fleet, control, remote, feeds, context, supervisor, clients)


def counts(clients: Mapping[str, Callable[[], int]]) -> dict[str, int]:
    """How many clients each stream has."""
    return {name: count() for name, count in clients.items()}


def _traffic(settings: Settings, events: EventLog) -> Traffic:
    ports = PortIndex.load()
    if "redis" in settings.feed_names:
        return Replica(ports, events)
    return Traffic(ports, functools.partial(secrets.token_hex, 4), settings.lost_after)


def _remote(settings: Settings, traffic: Traffic) -> RemoteSimulator | None:
    if not isinstance(traffic, Replica):
        return None
    from fairway.cluster import follower  # only a web process pays for the client's memory

    try:
        orders = follower.Orders(settings.redis_url)
    except ValueError as error:
        raise SettingsError(f"redis_url: {error}") from error
    return RemoteSimulator(orders, traffic, settings.update_interval)


def _clock(settings: Settings) -> Clock:
    if settings.clock_mode == "replay":
        from fairway.feeds import aivdm_file  # only a replay pays for the decoder's memory

        start = aivdm_file.first_time(settings.aivdm_file)
        return Clock(start, time.monotonic, "replay", settings.speed_factor)
    begin = unix_seconds(settings.start, "start") if settings.start else time.time()
    return Clock(begin, time.monotonic, settings.clock_mode, settings.speed_factor, paused=settings.paused)
