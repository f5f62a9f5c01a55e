"""Server: builds the parts of a Fairway in the order in which they need each other, starts and stops them.

Composition only: it connects parts and holds no logic of theirs. Nothing imports it but the entry points.
"""

from __future__ import annotations

import functools
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from typing import Final, Self

from dash import Dash
from flask import Flask

from components import page
from fairway import registry
from fairway.alerts.engine import AlertEngine, Rule
from fairway.alerts.event_log import EventLog
from fairway.alerts.zones import ZoneList, Zones
from fairway.chart.lanes import Lanes
from fairway.chart.ports import PortIndex, load_ports
from fairway.checkpoint.state_file import StateFile
from fairway.checkpoint.writer import DROPPED, CheckpointSources, CheckpointWriter
from fairway.cluster.command_handler import CommandHandler
from fairway.cluster.remote import RemoteSimulator, RemoteZones
from fairway.cluster.replica import Replica
from fairway.commands.interfaces import CommandExecutor
from fairway.commands.routes import GetRoutes
from fairway.errors import SettingsError
from fairway.history.reader import HistoryReader
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.runtime import paths
from fairway.runtime.clock import Clock, machine_time
from fairway.runtime.supervisor import Supervisor
from fairway.settings import Settings
from fairway.settings.parsing import unix_seconds
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.source_health import SourceHealth
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic
from fairway.web import access, gzip, headers, health
from fairway.web.aisstream import stream as aisstream
from fairway.web.api import alerts, asyncapi, history, realtime, simulation
from fairway.web.socketio import route as socketio
from fairway.web.socketio.listeners import Listeners
from fairway.web.status import Status
from fairway.web.websocket import route as websocket
from fairway.web.websocket.hub import Hub
from sim.simulator import Simulator

STOP_WITHIN_S: Final = 4.0
Run = Callable[[], None]
log = logging.getLogger("fairway")


class Server:
    """A Fairway whose parts are connected; its threads run from `start` to `stop`.

    Args:
        settings: what to serve.
        file: state file; None saves and restores nothing.
        discard: why the saved state is not restored; "" restores it.

    Attributes:
        settings, clock, traffic, supervisor, hub: as their classes say.
        fleet: the simulator, None where it does not run in this process.
        server: the WSGI application.
        status: returns the body of `GET /api/realtime/status`.
        threads: what runs, by the name of its thread, in the order of their start.

    """

    def __init__(self, settings: Settings, file: StateFile | None = None, discard: str = "") -> None:
        self.settings, self.supervisor, self._events = settings, Supervisor(), EventLog()
        self._file = file
        self._clients: dict[str, Callable[[], int]] = {}
        self.clock, self._ports = _clock(settings), PortIndex.load()
        self.traffic = self._build_traffic()
        self._sources = SourceHealth(settings.feed_names, time.monotonic, self.supervisor.is_running)
        self._remote = self._build_remote()
        self.fleet = self._build_simulator()
        self._context = self._build_context()
        self._zones = self._build_zones()
        self._alerts = AlertEngine(self._events, self._build_rules())
        self._stream = aisstream.AisstreamServer(self.traffic.snapshot, time.monotonic)
        self._report_queues = self._build_report_queues()
        self._ticker = self._build_ticker()
        self._checkpoint = self._build_checkpoint(file, discard) if file else None
        self.status = self._build_status()
        self._dash = _dash()
        self.server: Flask = self._dash.server
        page.mount(self._dash, self.traffic, settings.update_interval, self.simulator())
        self.hub, self._socketio = self._build_streams()
        self._build_routes()
        self._claim: Run = lambda: None
        self.threads = self._build_threads()

    @classmethod
    def create(cls, settings: Settings) -> Self:
        """Build a server that continues where the last one with these settings ended; nothing runs until `start`.

        Raises:
            SettingsError: If a setting names something that does not exist or cannot be used.

        """
        settings.check(registry.choices())
        file = _state_file(settings)
        if file is None or not file.owned or settings.fresh:
            owned = file is not None and file.owned
            return cls(settings, file, "--start or --fresh was given" if owned else "another server uses the file")
        try:
            return cls(settings, file)
        except SettingsError:
            raise
        except Exception as error:
            log.debug("%s cannot be restored", file.path, exc_info=True)
            return cls(settings, file, f"the saved one cannot be read ({error!r:.200}). {DROPPED}")

    def simulator(self) -> CommandExecutor | None:
        """Return the simulator's commands, here or in the ingest process; None without a simulator."""
        return self._remote.simulator() if self._remote else self.fleet

    def start(self) -> None:
        """Start every thread under the supervisor.

        Raises:
            SettingsError: If this shall be the ingest process and another one runs, or Redis cannot be reached.

        """
        self._claim()
        if self._checkpoint and self._checkpoint.restored:
            # a restart skips sequence numbers: saved at once, a crash loop skips them only once
            self._checkpoint.attempt()
        for name, run in self.threads.items():
            self.supervisor.start(name, run)

    def stop(self) -> None:
        """End every thread and wait a few seconds, so that clients get their close frames and outputs finish."""
        late = self.supervisor.finish(STOP_WITHIN_S)
        if late:
            log.warning("did not end within %g s: %s", STOP_WITHIN_S, ", ".join(late))
        if self._file and "state" not in late:
            self._file.close()  # the next server of this process may restore it

    def _build_traffic(self) -> Traffic:
        if "redis" in self.settings.feed_names:
            return Replica(self._ports, self._events)
        return Traffic(self._ports, functools.partial(secrets.token_hex, 4), self.settings.lost_after)

    def _build_remote(self) -> RemoteSimulator | None:
        if not isinstance(self.traffic, Replica):
            return None
        from fairway.cluster import follower  # only a web process needs the Redis client's memory

        try:
            send = follower.CommandSender(self.settings.redis_url)
        except ValueError as error:
            raise SettingsError("--redis-url", str(error)) from error
        return RemoteSimulator(send, self.traffic, self.settings.update_interval)

    def _build_simulator(self) -> Simulator | None:
        if "simulator" not in self.settings.feed_names:
            return None
        publish = self._sources.listen("simulator", self.traffic.put)
        make: Callable[..., Simulator] = registry.FEEDS["simulator"].load()
        return make(publish, self.clock, self.settings, self.traffic)

    def _build_context(self) -> Context:
        settings = self.settings
        return Context(
            clock=self.clock,
            snapshot=self.traffic.snapshot,
            connected_clients=lambda: sum(self._connected().values()),
            seed=lambda: found.seed if (found := self.simulator()) else None,
            limits=websocket.limits(settings) | access.limits(settings),
            update_interval_s=lambda: (
                found.update_interval if (found := self.simulator()) else settings.update_interval
            ),
            feeds=lambda: [*self._sources.states(), *self.traffic.feeds],
            events=self._events,
        )

    def _build_zones(self) -> ZoneList:
        if self._remote:
            return RemoteZones(self._remote)
        try:
            return Zones(self.settings.state_file or ":memory:")
        except sqlite3.Error as error:
            raise SettingsError("--state-file", f"{self.settings.state_file!r}: {error}") from error

    def _build_rules(self) -> Callable[[], tuple[Rule, ...]]:
        """Return the alert rules of the moment; a web process gets the alerts of the ingest process instead."""
        if self._remote:
            return lambda: ()
        makers = [entry.load() for entry in registry.RULES.values()]

        def rules() -> tuple[Rule, ...]:
            return tuple(rule for make in makers for rule in make(self.settings, self._zones.all))

        rules()  # a limit that cannot be used is an error at start, not at the first alert
        return rules

    def _build_report_queues(self) -> tuple[ReportQueue, ...]:
        queues = (self._stream, *(ReportQueue(name, time.monotonic) for name in self.settings.output_names))
        self.traffic.recorders += [queue.record for queue in queues]
        return queues

    def _build_ticker(self) -> Ticker:
        # a replica's clock follows its ingest process, not the machine
        follows_machine = self.settings.clock_mode in ("live", "mixed") and self._remote is None
        utc = machine_time if follows_machine else None
        return Ticker(self.traffic, self.clock, time.monotonic, self._alerts.check, utc)

    def _build_checkpoint(self, file: StateFile, discard: str) -> CheckpointWriter:
        """Return the writer of the state file, which has restored what the file holds."""
        fleet = self.fleet
        writer = CheckpointWriter(file, CheckpointSources(
            traffic=self.traffic, clock=self.clock, events=self._events, alerts=self._alerts, ticker=self._ticker,
            ports=self._ports, world=f"{self.settings.world}, {len(self._ports.names)} ports",
            simulator=fleet.save if fleet else None, simulates=lambda: fleet is not None and fleet.is_started,
            wall=machine_time, monotonic=time.monotonic,
        ))  # fmt: skip
        if discard:
            writer.start_new(discard)
        else:
            writer.restore(fleet.restore if fleet else None)
        return writer

    def _build_status(self) -> Status:
        return Status(
            self.traffic, self._context, self.simulator, self.supervisor, self._report_queues, self._connected,
            self._checkpoint,
        )  # fmt: skip

    def _build_streams(self) -> tuple[Hub, Listeners]:
        """Mount Socket.IO and the WebSockets."""
        context, settings, stop = self._context, self.settings, self.supervisor.stop
        listeners = socketio.mount(self.server, context, settings, time.monotonic, stop)
        others = {aisstream.PATH: self._stream.begin}
        hub = websocket.mount(self.server, context, settings, time.monotonic, stop, others)
        self._clients.update(ws=lambda: hub.count, socketio=lambda: listeners.count)
        return hub, listeners

    def _build_routes(self) -> None:
        """Mount REST, health, compression and access rules."""
        server, settings, context, traffic = self.server, self.settings, self._context, self.traffic
        simulator = self.simulator()
        traffic.past = past = self._build_history_reader()
        custom_routes = functools.partial(simulator.execute, GetRoutes()) if simulator else list
        lanes, ports = Lanes.load(), load_ports()
        api = realtime.mount(server, traffic, context, self.status, lanes, ports, settings, past, custom_routes)
        history.mount(api, self.clock, settings, past, self._report_queues)
        acknowledge = self._remote.acknowledge if self._remote else self._events.acknowledge
        alerts.mount(api, context, self._zones, acknowledge)
        health.mount(server, self.status, self._ticker, self.hub)
        asyncapi.mount(server)
        simulation.mount(api, context, self.simulator, settings)
        gzip.mount(server)
        headers.secure(server, self._dash.csp_hashes())
        access.guard(server, settings, lambda: encode_json.rfc3339(self.clock.now()))

    def _build_history_reader(self) -> HistoryReader | None:
        if not self.settings.database_url:
            return None
        return HistoryReader(self.settings, self.clock, self.traffic, time.monotonic)

    def _build_threads(self) -> dict[str, Run]:
        """Return what runs by thread name: outputs before the ticker, so that no report misses them; feeds last."""
        stop = self.supervisor.stop
        threads: dict[str, Run] = {}
        if self._checkpoint:
            threads["state"] = functools.partial(self._checkpoint.run, stop)
        for queue in self._report_queues:
            # the aisstream.io protocol is a route that every server has, not one of --outputs
            run: Callable[..., None] = aisstream.run if queue is self._stream else registry.OUTPUTS[queue.name].run
            threads[f"{queue.name} out"] = functools.partial(run, queue, self.clock, self.settings, stop)
        threads |= self._build_publisher()
        threads["ticker"] = functools.partial(self._ticker.run, stop)
        threads |= {"hub": self.hub.run, "socketio": self._socketio.run}
        return threads | {name: self._feed(name) for name in self.settings.feed_names}

    def _build_publisher(self) -> dict[str, Run]:
        """Return what an ingest process runs beside its server; `start` claims its lease first."""
        if not self.settings.ingest:
            return {}
        from fairway.cluster import publisher as cluster  # only an ingest process needs the Redis client's memory

        handler = CommandHandler(self.fleet, self._zones, self._events)
        publisher = cluster.ClusterPublisher(self.settings.redis_url, self.traffic, self._context, handler)
        self._claim = publisher.begin
        runs = {"redis out": cluster.run, "redis orders": cluster.serve}
        return {name: functools.partial(run, publisher, self.supervisor.stop) for name, run in runs.items()}

    def _feed(self, name: str) -> Run:
        if name == "simulator" and self.fleet:
            return functools.partial(self.fleet.run, self.supervisor.stop)
        publish = self._sources.listen(name, self.traffic.put)
        run = registry.FEEDS[name].load()
        if isinstance(self.traffic, Replica):
            # deltas go straight into the replica, the feed's state through `publish`
            run = functools.partial(run, self.traffic)
        return functools.partial(run, publish, self.clock, self.settings, self.supervisor.stop)

    def _connected(self) -> dict[str, int]:
        """Return how many clients each stream has."""
        return {name: count() for name, count in self._clients.items()}


def _clock(settings: Settings) -> Clock:
    if settings.clock_mode == "replay":
        from fairway.feeds import aivdm_file  # only a recording needs the decoder's memory

        start = aivdm_file.first_time(settings.aivdm_file)
        return Clock(start, time.monotonic, "replay", settings.speed_factor)
    start = unix_seconds(settings.start, "--start") if settings.start else machine_time()
    return Clock(start, time.monotonic, settings.clock_mode, settings.speed_factor, paused=settings.paused)


def _state_file(settings: Settings) -> StateFile | None:
    try:
        return StateFile(settings.state_file) if settings.keeps_state else None
    except (OSError, sqlite3.Error) as error:
        raise SettingsError("--state-file", f"{settings.state_file!r}: {error}") from error


def _dash() -> Dash:
    # modules are imported by main.mjs: loaded by Dash as well, they would run twice
    folder = str(paths.assets())
    return Dash("fairway", title="Fairway", assets_folder=folder, assets_ignore=r".*\.mjs$", update_title=None)
