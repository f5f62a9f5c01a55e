"""Composition root: core (settings, clock, traffic, simulator) -> alerts, outputs, panels -> server. Wiring only."""

from __future__ import annotations

import functools
import importlib
import logging
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from dash import Dash
from flask import Flask
from werkzeug.serving import make_server

from components import page
from fairway import optional
from fairway.alerts.engine import AlertEngine, Rule
from fairway.alerts.rules import high_speed, port_call, zone
from fairway.alerts.zones import ZoneList, Zones
from fairway.chart.lanes import Lanes
from fairway.chart.ports import PortIndex, load_ports
from fairway.checkpoint.state_file import StateFile
from fairway.checkpoint.writer import CheckpointSources, CheckpointWriter
from fairway.cluster.command_handler import CommandHandler
from fairway.cluster.remote import RemoteSimulator, RemoteZones
from fairway.cluster.replica import Replica
from fairway.core import Core, counts
from fairway.core import make as make_core
from fairway.errors import SettingsError
from fairway.protocol import encode_json
from fairway.runtime import logs, malloc
from fairway.runtime.clock import Clock
from fairway.runtime.supervisor import Supervisor
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic
from fairway.web import access, gzip, headers, health
from fairway.web.accept_limiter import AcceptLimiter
from fairway.web.aisstream import stream as aisstream
from fairway.web.api import alerts, asyncapi, history, realtime, simulation
from fairway.web.socketio import route as socketio
from fairway.web.status import Status
from fairway.web.websocket import route as ws
from fairway.web.websocket.hub import Hub
from sim.simulator import Simulator

ASSETS = Path(__file__).parent / "assets"
STOP_WITHIN_S = 4.0
Run = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Fairway:
    """A whole server, wired but not started.

    Attributes:
        settings, clock, traffic, fleet: what was asked for, the time, what was reported, the simulator if it runs here.
        server: the WSGI application.
        status: what `GET /api/realtime/status` says.
        supervisor: of all threads.
        hub: of the WebSocket clients.
        threads: what runs, by the name of its thread, in the order of their start.
        claim: has what must be had before anything starts.
        keeper: keeps the state, if it is kept.

    """

    settings: Settings
    clock: Clock
    traffic: Traffic
    fleet: Simulator | None
    server: Flask
    status: Status
    supervisor: Supervisor
    hub: Hub
    threads: dict[str, Run]
    claim: Run
    keeper: CheckpointWriter | None

    def start(self) -> None:
        """Start outputs, ticker, hub and feeds, each in a supervised thread.

        Raises:
            SettingsError: This is to be the ingest process, and there is one already, or Redis can't be reached.

        """
        self.claim()
        if self.keeper and self.keeper.restored:
            self.keeper.attempt()  # numbers that were left out are not left out again
        for name, run in self.threads.items():
            self.supervisor.start(name, run)

    def stop(self) -> None:
        """Ask every thread to end, and wait a few seconds until clients have heard of it and outputs have written."""
        late = self.supervisor.finish(STOP_WITHIN_S)
        if late:
            logging.getLogger("fairway").warning("did not end within %g s: %s", STOP_WITHIN_S, ", ".join(late))

    def stop_on_sigterm(self) -> None:
        """Ask every thread to end, and tell the clients, before the server's own handler of SIGTERM runs."""
        inherited = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            # a second signal would interrupt the first one's hold of a lock, and wait for it for ever
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            self.stop()
            if callable(inherited):
                inherited(number, frame)
            else:
                sys.exit(0)

        signal.signal(signal.SIGTERM, stop)


def create(settings: Settings) -> Fairway:
    """Wire a server for `settings`, which goes on where the last one was; nothing runs until `start`.

    Raises:
        SettingsError: A setting names something that can't be: a scenario, a file, a limit.

    """
    file = _state_file(settings)
    if file is None or not file.owned or settings.fresh:
        return _wired(settings, file, "it was asked to" if file and file.owned else "another server uses it")
    try:
        return _wired(settings, file)
    except SettingsError:
        raise
    except Exception as error:
        logging.getLogger("fairway").exception("what %s holds can't be used", file.path)
        return _wired(settings, file, f"what was kept can't be used: {error!r:.200}")


def _wired(settings: Settings, file: StateFile | None, anew: str = "") -> Fairway:
    """A server; where there is a reason to begin `anew`, nothing is restored."""
    core = make_core(settings)
    stream = aisstream.AisstreamServer(core.traffic.snapshot, time.monotonic)
    report_queues = (stream, *(ReportQueue(name, time.monotonic) for name in settings.output_names))
    core.traffic.recorders += [report_queue.record for report_queue in report_queues]
    zones, rules = _alerts(settings, core.remote)
    judge = AlertEngine(core.context.events, rules)
    # a replica follows its ingest process
    utc = time.time if settings.clock_mode in ("live", "mixed") and settings.feed_names != ("redis",) else None
    ticker = Ticker(core.traffic, core.clock, time.monotonic, judge.judge, utc)
    keeper = _keeper(core, file, ticker, judge, anew) if file else None
    connected = functools.partial(counts, core.clients)
    status = Status(core.traffic, core.context, core.control, core.supervisor, report_queues, connected, keeper)
    desk = CommandHandler(core.fleet, zones, core.context.events)
    claim, publishing = optional.ingest(settings, core.traffic, core.context, desk, core.supervisor.stop)
    server, hub, serving = _serve(core, status, ticker, zones, stream)
    keeping = {"state": functools.partial(keeper.run, core.supervisor.stop)} if keeper else {}
    threads = keeping | optional.runs(report_queues, core.context, settings, core.supervisor.stop) | publishing
    threads |= {"ticker": functools.partial(ticker.run, core.supervisor.stop)} | serving
    threads |= {name: _feed(name, core) for name in settings.feed_names}
    return Fairway(
        settings, core.clock, core.traffic, core.fleet, server, status, core.supervisor, hub, threads, claim, keeper
    )


def _state_file(settings: Settings) -> StateFile | None:
    try:
        return StateFile(settings.state_file) if settings.keeps_state else None
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(f"state_file: {settings.state_file!r}: {error}") from error


def _keeper(core: Core, file: StateFile, ticker: Ticker, alerts: AlertEngine, anew: str) -> CheckpointWriter:
    """What keeps the state, and has restored it."""
    ports, fleet = PortIndex.load(), core.fleet
    keeper = CheckpointWriter(file, CheckpointSources(
        traffic=core.traffic, clock=core.clock, events=core.context.events, alerts=alerts, ticker=ticker, ports=ports,
        world=f"{core.settings.world}, {len(ports.names)} ports", simulator=fleet.saved if fleet else None,
        simulates=lambda: fleet is not None and fleet.begun, wall=time.time, monotonic=time.monotonic,
    ))  # fmt: skip
    if anew:
        keeper.begin_anew(anew)
    else:
        keeper.restore(fleet.restore if fleet else None)
    return keeper


def _serve(
    core: Core, status: Status, ticker: Ticker, zones: ZoneList, stream: aisstream.AisstreamServer
) -> tuple[Flask, Hub, dict[str, Run]]:
    """The WSGI application with everything on it, the hub, and the threads of the streams."""
    settings, context, traffic, stop = core.settings, core.context, core.traffic, core.supervisor.stop
    dash = Dash("fairway", title="Fairway", assets_folder=str(ASSETS), assets_ignore=r".*\.mjs$", update_title=None)
    control = core.control()
    page.mount(dash, traffic, settings.update_interval, control)
    server = dash.server
    listeners = socketio.mount(server, context, settings, time.monotonic, stop)
    hub = ws.mount(server, context, settings, time.monotonic, stop, {aisstream.PATH: stream.begin})
    core.clients.update(ws=lambda: hub.count, socketio=lambda: listeners.count)
    past = optional.history_reader(settings, traffic, context)
    own_routes = control.routes if control else list
    traffic.past = past
    api = realtime.mount(server, traffic, context, status, Lanes.load(), load_ports(), settings, past, own_routes)
    history.mount(api, core.clock, settings, past, status.report_queues)
    alerts.mount(api, context, zones, core.remote.acknowledge if core.remote else context.events.acknowledge)
    health.mount(server, status, ticker, hub)
    asyncapi.mount(server)
    simulation.mount(api, context, core.control, settings)
    gzip.mount(server)
    headers.secure(server, dash.csp_hashes())
    access.guard(server, settings, lambda: encode_json.rfc3339(core.clock.now()))
    return server, hub, {"hub": hub.run, "socketio": listeners.run}


def _feed(name: str, core: Core) -> Run:
    if name == "simulator" and core.fleet:
        return functools.partial(core.fleet.run, core.supervisor.stop)
    publish = core.feeds.listen(name, core.traffic.put)
    if isinstance(core.traffic, Replica):
        from fairway.cluster import follower  # only a web process pays for the client's memory

        return functools.partial(follower.run, core.traffic, publish, core.clock, core.settings, core.supervisor.stop)
    feed = importlib.import_module(f"fairway.feeds.{name}")
    return functools.partial(feed.run, publish, core.clock, core.settings, core.supervisor.stop)


def _alerts(settings: Settings, remote: RemoteSimulator | None) -> tuple[ZoneList, Callable[[], tuple[Rule, ...]]]:
    """The zones, and the rules of the moment; a web process is told what the ingest process's rules have found."""
    if remote:
        return RemoteZones(remote), lambda: ()
    try:
        zones = Zones(settings.state_file or ":memory:")
        fixed = (*port_call.rules(), *high_speed.rules(settings.speed_limits))
    except sqlite3.Error as error:
        raise SettingsError(f"state_file: {settings.state_file!r}: {error}") from error
    except ValueError as error:
        raise SettingsError(f"speed_alert: {error}") from error
    return zones, lambda: (*fixed, *zone.rules(zones.all))


def wsgi() -> Flask:
    """The started server, for gunicorn: `app:wsgi()`.

    Raises:
        SettingsError: A variable is wrong. gunicorn shows it and ends; an exit it would answer with a new worker.
        RuntimeError: The server is not gunicorn with its gthread workers, from which the hub can take connections.

    """
    if "gunicorn.workers.gthread" not in sys.modules:
        raise RuntimeError("app:wsgi() is for gunicorn with --worker-class gthread, as in the Procfile")
    return _started([]).server


def main() -> None:
    """Serve on werkzeug's threads, for `python app.py`."""
    try:
        fairway = _started(sys.argv[1:])
    except SettingsError as error:
        sys.exit(f"fairway: {error}")
    host, port = fairway.settings.host, fairway.settings.port
    logging.getLogger("fairway").info("http://%s:%d", host, port)
    server = make_server(host, port, fairway.server, threaded=True)
    server.socket = AcceptLimiter(server.socket)
    server.serve_forever()
    fairway.stop()  # after Ctrl-C


def _started(argv: list[str]) -> Fairway:
    malloc.share_arenas()
    settings = Settings.load(os.environ, argv)
    logs.to_stderr(settings.log_format)
    fairway = create(settings)
    fairway.stop_on_sigterm()
    fairway.start()
    return fairway


if __name__ == "__main__":
    main()
