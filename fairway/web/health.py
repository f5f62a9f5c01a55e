"""Health: /healthz (alive), /readyz (able to serve, or why not), /metrics (Prometheus), /status (for a person).

A database or a broker that is down makes its output degraded, not the server unready: the live stream goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import orjson
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from fairway import __version__
from fairway.runtime.supervisor import Supervisor
from fairway.traffic import fields
from fairway.traffic.report_queue import ReportQueue
from fairway.traffic.source_health import THREAD_FAILED
from fairway.traffic.ticker import Ticker
from fairway.traffic.traffic import Traffic
from fairway.web import status_page
from fairway.web.status import Status

STUCK_AFTER_S: Final = 10.0
VITAL: Final = ("ticker", "hub")
"""Threads without which no one is served."""


class Counted(Protocol):
    """What knows how many clients are connected."""

    @property
    def count(self) -> int:
        """Connected clients."""


def mount(server: Flask, status: Status, ticker: Ticker, hub: Counted) -> None:
    """Serve the four routes on `server`."""
    traffic, supervisor, report_queues = status.traffic, status.supervisor, status.report_queues
    registry = CollectorRegistry()
    registry.register(_Fairway(traffic, ticker, supervisor, hub, report_queues))
    ProcessCollector(registry=registry)

    def health() -> dict[str, Any]:
        reasons = unready(traffic, ticker, supervisor)
        return {"ready": not reasons, "reasons": reasons, "degraded": degraded(status)}

    def ready() -> Response:
        body = health()
        return Response(orjson.dumps(body), 200 if body["ready"] else 503, mimetype="application/json")

    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    server.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    server.add_url_rule("/readyz", "readyz", ready)
    server.add_url_rule("/metrics", "metrics", metrics)
    status_page.mount(server, status, health)


def unready(traffic: Traffic, ticker: Ticker, supervisor: Supervisor) -> list[str]:
    """Why this server can't do its work now; empty when it can."""
    reasons = [text for name, text in _stopped(supervisor) if name in VITAL]
    if ticker.age_s > STUCK_AFTER_S:
        reasons.append(f"Traffic was last advanced {ticker.age_s:.0f} s ago")
    if not traffic.snapshot().seq:
        reasons.append("no report has come in yet")
    return reasons


def degraded(status: Status) -> list[str]:
    """What does not work while the live stream goes on: threads, feeds, outputs, the state file."""
    stopped = [text for name, text in _stopped(status.supervisor) if name not in VITAL]
    feeds = [
        f"feed {one['name']}: {one['reason']}"
        for one in status.context.feeds()
        if one["state"] == "down" and one["reason"] != THREAD_FAILED
    ]
    outputs = [
        f"output {one['name']}: {one.get('problem') or _problem_of(one)}"
        for one in (report_queue.status() for report_queue in status.report_queues)
        if one["state"] != "ok"
    ]
    stored = status.keeper.status()["problem"] if status.keeper else None
    return [*stopped, *feeds, *outputs, *([f"state file: {stored}"] if stored else [])]


def _problem_of(output: Mapping[str, Any]) -> str:
    return f"too slow: {output['dropped']:,} reports lost" if output["dropped"] else str(output["state"])


def _stopped(supervisor: Supervisor) -> list[tuple[str, str]]:
    stopped = [worker for worker in supervisor.workers if not worker.running]
    return [(one.name, f"thread {one.name} is not running: {one.last_error or 'it ended'}") for one in stopped]


class _Fairway:
    """Read the server's own counts at each request; no label has as many values as there are vessels."""

    def __init__(
        self,
        traffic: Traffic,
        ticker: Ticker,
        supervisor: Supervisor,
        hub: Counted,
        report_queues: Sequence[ReportQueue],
    ) -> None:
        self._traffic, self._pulse, self._supervisor, self._hub, self._outboxes = (
            traffic, ticker, supervisor, hub, report_queues,
        )  # fmt: skip

    def collect(self) -> Iterator[Metric]:
        """Every metric once."""
        snapshot = self._traffic.snapshot()
        vessels = GaugeMetricFamily("fairway_vessels", "Vessels with a position, by status", labels=["status"])
        for status in fields.STATUSES:
            vessels.add_metric([status], snapshot.summary["status_distribution"][status])
        yield vessels
        yield _info()
        yield GaugeMetricFamily("fairway_seq", "Sequence number of the newest snapshot", snapshot.seq)
        yield GaugeMetricFamily("fairway_clients", "Clients of the WebSocket", self._hub.count)
        yield GaugeMetricFamily("fairway_pulse_age_seconds", "Since Traffic was last advanced", self._pulse.age_s)
        yield _counter("fairway_reports", "Reports by feed", "feed", self._traffic.reports)
        yield _counter("fairway_dropped_reports", "Reports that were not taken", "reason", self._traffic.dropped)
        restarts = {worker.name: worker.restarts for worker in self._supervisor.workers}
        yield _counter("fairway_thread_restarts", "Restarts of a thread", "thread", restarts)
        statuses = {report_queue.name: report_queue.status() for report_queue in self._outboxes}
        for key, about in (("sent", "Reports delivered"), ("dropped", "Reports given up")):
            yield _counter(f"fairway_output_{key}", about, "output", {name: one[key] for name, one in statuses.items()})


def _info() -> Metric:
    info = GaugeMetricFamily("fairway_info", "Always 1", labels=["version"])
    info.add_metric([__version__], 1)
    return info


def _counter(name: str, about: str, label: str, counts: dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
