"""Composition root: settings -> clock -> traffic -> feeds, outputs, panels -> server. Wiring only."""

from __future__ import annotations

import functools
import importlib
import logging
import os
import secrets
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from dash import Dash
from flask import Flask

from alerts import high_speed, port_call, zone
from components import page
from config import Settings, SettingsError, scenario_file, unix_seconds
from feeds.simulator import Simulator
from outputs import _headers, _origin, aisstream, alerts, asyncapi, health, rest, simulation, socketio, ws
from outputs._hub import Hub
from outputs._listeners import Listeners
from sea.lanes import Lanes
from sea.ports import PortIndex, load_ports
from sim import scenario
from sim.scenario import Scenario, ScenarioError
from traffic import wire
from traffic.clock import Clock
from traffic.events import Events
from traffic.feed_states import FeedStates
from traffic.outbox import Outbox
from traffic.pulse import Pulse
from traffic.replica import Replica
from traffic.rules import Alerts, Rule
from traffic.session import VERSION, Context
from traffic.supervisor import Supervisor
from traffic.table import Traffic
from traffic.zones import Zones

if TYPE_CHECKING:
    from outputs.redis import Publisher

STOP_WITHIN_S = 4.0


@dataclass(frozen=True, slots=True)
class Fairway:
    """A whole server, wired but not started."""

    settings: Settings
    clock: Clock
    traffic: Traffic
    pulse: Pulse
    hub: Hub
    listeners: Listeners
    outboxes: tuple[Outbox, ...]
    supervisor: Supervisor
    server: Flask
    fleet: Simulator | None
    feed_states: FeedStates
    publisher: Publisher | None

    def start(self) -> None:
        """Start the outputs, the pulse, the hub and the feeds, each in a supervised thread.

        Raises:
            SettingsError: This is to be the ingest process, and there is one already, or Redis can't be reached.

        """
        if self.publisher:
            self.publisher.begin()
            run = functools.partial(importlib.import_module("outputs.redis").run, self.publisher)
            self.supervisor.start("redis out", functools.partial(run, self.supervisor.stop))
        for outbox in self.outboxes:
            output = importlib.import_module(f"outputs.{outbox.name}")
            run = functools.partial(output.run, outbox, self.clock, self.settings, self.supervisor.stop)
            self.supervisor.start(f"{outbox.name} out", run)
        self.supervisor.start("pulse", functools.partial(self.pulse.run, self.supervisor.stop))
        self.supervisor.start("hub", self.hub.run)
        self.supervisor.start("socketio", self.listeners.run)
        for name in self.settings.feed_names:
            self.supervisor.start(name, self._feed(name))

    def stop(self) -> None:
        """Ask every thread to end, and wait, for a few seconds, until the clients have heard of it."""
        self.supervisor.stop.set()
        self.hub.gone.wait(STOP_WITHIN_S)

    def stop_on_sigterm(self) -> None:
        """Ask every thread to end, and tell the clients, before the server's own handler of SIGTERM runs."""
        inherited = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            self.stop()
            if callable(inherited):
                inherited(number, frame)
            else:
                sys.exit(0)

        signal.signal(signal.SIGTERM, stop)

    def _feed(self, name: str) -> Callable[[], None]:
        if name == "simulator" and self.fleet:
            return functools.partial(self.fleet.run, self.supervisor.stop)
        feed = importlib.import_module(f"feeds.{name}")
        publish = self.feed_states.listen(name, self.traffic.put)
        return functools.partial(feed.run, publish, self.clock, self.settings, self.supervisor.stop)

    def status(self) -> dict[str, Any]:
        """What `GET /api/realtime/status` says."""
        snapshot = self.traffic.snapshot()
        workers = self.supervisor.workers
        clients = {"ws": self.hub.count, "socketio": self.listeners.count}
        return wire.summary(snapshot, sum(clients.values()), self.clock.now()) | {
            "is_running": all(worker.running for worker in workers) and bool(workers),
            "update_interval": _update_interval(self.settings, self.fleet),
            "clients": clients,
            "version": VERSION,
            "epoch": snapshot.epoch,
            "seq": snapshot.seq,
            "clock": wire.clock_state(self.clock, self.fleet.seed if self.fleet else None),
            "threads": [
                {"name": w.name, "running": w.running, "restarts": w.restarts, "last_error": w.last_error}
                for w in workers
            ],
            "feeds": _feed_states(self.feed_states, self.traffic),
            "reports": dict(self.traffic.reports),
            "dropped": dict(self.traffic.dropped),
            "simulation": self.fleet.state() if self.fleet else None,
            "outputs": [outbox.status() for outbox in self.outboxes],
        }


def create(settings: Settings) -> Fairway:
    """Wire a server for `settings`; nothing runs until `start`."""
    clock = _clock(settings)
    events = Events()
    traffic = _traffic(settings, events)
    stream = aisstream.Stream(traffic.snapshot, time.monotonic)
    outboxes = (stream, *(Outbox(name, time.monotonic) for name in settings.output_names))
    traffic.recorders += [outbox.record for outbox in outboxes]
    supervisor, limits = Supervisor(), ws.limits(settings)
    feeds = FeedStates(settings.feed_names, time.monotonic, supervisor.is_running)
    fleet = None
    if "simulator" in settings.feed_names:
        fleet = Simulator(feeds.listen("simulator", traffic.put), clock, settings, traffic, _scenario(settings))
        _check_scenario(fleet, settings)
    interval, seed = functools.partial(_update_interval, settings, fleet), fleet.seed if fleet else None
    context = Context(
        clock,
        traffic.snapshot,
        lambda: hub.count + listeners.count,
        seed,
        limits,
        interval,
        functools.partial(_feed_states, feeds, traffic),
        events,
    )
    dash = Dash("fairway", title="Fairway", assets_folder="assets", assets_ignore=r".*\.mjs$", update_title=None)
    page.mount(dash, traffic, settings.update_interval)
    listeners = socketio.mount(dash.server, context, settings, time.monotonic, supervisor.stop)
    hub = ws.mount(dash.server, context, settings, time.monotonic, supervisor.stop, {aisstream.PATH: stream.begin})
    zones = _zones(settings)
    publisher = _publisher(settings, traffic, context, feeds)
    # a replica is told what the original's rules have found
    rules = (lambda: ()) if isinstance(traffic, Replica) else _rules(settings, zones)
    pulse = Pulse(traffic, clock, time.monotonic, Alerts(events, rules).judge)
    fairway = Fairway(
        settings, clock, traffic, pulse, hub, listeners, outboxes, supervisor, dash.server, fleet, feeds, publisher
    )
    past = _past(settings, traffic, clock)
    api = rest.mount(dash.server, traffic, context, fairway.status, Lanes.load(), load_ports(), settings, past)
    alerts.mount(api, context, zones)
    health.mount(dash.server, traffic, pulse, supervisor, hub, outboxes)
    asyncapi.mount(dash.server)
    simulation.mount(dash.server, traffic, context, fleet, settings)
    _headers.secure(dash.server, dash.csp_hashes())
    _origin.guard(dash.server, settings, lambda: wire.rfc3339(clock.now()))
    return fairway


def _zones(settings: Settings) -> Zones:
    try:
        return Zones(settings.state_file or ":memory:")
    except sqlite3.Error as error:
        raise SettingsError(f"state_file: {settings.state_file!r}: {error}") from error


def _rules(settings: Settings, zones: Zones) -> Callable[[], tuple[Rule, ...]]:
    try:
        fixed = (*port_call.rules(), *high_speed.rules(settings.speed_limits))
    except ValueError as error:
        raise SettingsError(f"speed_alert: {error}") from error
    return lambda: (*fixed, *zone.rules(zones.all))


def _traffic(settings: Settings, events: Events) -> Traffic:
    ports = PortIndex.load()
    if "redis" in settings.feed_names:
        return Replica(ports, events)
    return Traffic(ports, functools.partial(secrets.token_hex, 4), settings.lost_after)


def _past(settings: Settings, traffic: Traffic, clock: Clock) -> rest.Past | None:
    if "history" not in settings.output_names:
        return None
    from outputs.history import Reader  # only who asks for it pays for it

    return Reader(settings, lambda: traffic.snapshot().epoch, simulated=clock.mode != "live").before


def _feed_states(feeds: FeedStates, traffic: Traffic) -> list[dict[str, Any]]:
    """Of the feeds here, and where they are but a wire to another process, of those there."""
    return [*feeds.states(), *(traffic.feeds if isinstance(traffic, Replica) else ())]


def _publisher(settings: Settings, traffic: Traffic, context: Context, feeds: FeedStates) -> Publisher | None:
    if not settings.ingest:
        return None
    from outputs.redis import Publisher  # only who asks for it pays for it

    return Publisher(settings.redis_url, traffic, context.clock, context.events, feeds.states)


def _scenario(settings: Settings) -> Scenario:
    try:
        return scenario.load(scenario_file(settings.scenario)) if settings.scenario else Scenario("", "")
    except ScenarioError as error:
        raise SettingsError(str(error)) from error


def _check_scenario(fleet: Simulator, settings: Settings) -> None:
    """Begin it at once, so that a vessel or route that can't be is told before the server runs."""
    try:
        if settings.scenario:
            fleet.begin()
    except ScenarioError as error:
        raise SettingsError(str(error)) from error


def _update_interval(settings: Settings, fleet: Simulator | None) -> float:
    return fleet.update_interval if fleet else settings.update_interval


def _clock(settings: Settings) -> Clock:
    if settings.clock_mode == "replay":
        from feeds import aivdm_file  # only a replay pays for the decoder's memory

        start = aivdm_file.first_time(settings.aivdm_file)
        return Clock(start, time.monotonic, "replay", settings.speed_factor)
    begin = unix_seconds(settings.start, "start") if settings.start else time.time()
    return Clock(begin, time.monotonic, settings.clock_mode, settings.speed_factor, paused=settings.paused)


def _settings(argv: list[str]) -> Settings:
    settings = Settings.load(os.environ, argv)
    _log_to_stderr(settings.log_format)
    return settings


def _log_to_stderr(log_format: str) -> None:
    stream = logging.StreamHandler()
    if log_format == "json":
        from pythonjsonlogger.json import JsonFormatter  # only who asks for it pays for it

        names = {"asctime": "time", "levelname": "level", "name": "logger", "threadName": "thread"}
        stream.setFormatter(JsonFormatter(f"%({')s %('.join(names)})s %(message)s", rename_fields=names))
    else:
        stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[stream])


def wsgi() -> Flask:
    """The started server, for gunicorn: `app:wsgi()`.

    Raises:
        SettingsError: A variable is wrong. gunicorn shows it and ends; an exit it would answer with a new worker.
        RuntimeError: The server is not gunicorn with its gthread workers, from which the hub can take connections.

    """
    if "gunicorn.workers.gthread" not in sys.modules:
        raise RuntimeError("app:wsgi() is for gunicorn with --worker-class gthread, as in the Procfile")
    fairway = create(_settings([]))
    fairway.stop_on_sigterm()
    fairway.start()
    return fairway.server


def main() -> None:
    """Serve on werkzeug's threads, for `python app.py`."""
    try:
        settings = _settings(sys.argv[1:])
        fairway = create(settings)
        fairway.stop_on_sigterm()
        fairway.start()
    except SettingsError as error:
        sys.exit(f"fairway: {error}")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger("fairway").info("http://%s:%d", settings.host, settings.port)
    fairway.server.run(settings.host, settings.port, threaded=True)
    fairway.stop()  # after Ctrl-C


if __name__ == "__main__":
    main()
