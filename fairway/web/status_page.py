"""The status as a page for a person: /status. It needs nothing but this server, and no script to be read."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Blueprint, Flask, make_response, render_template

from fairway.protocol import encode_json

Facts = list[tuple[str, object, str]]
Rows = list[tuple[object, ...]]
Table = tuple[str, str, tuple[str, ...], Rows]
"""Its title, what it says when it is empty, the names of its columns (the second is the state), and its rows."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_USUAL: Final = ("name", "state", "sent", "dropped", "queued", "age_s", "problem")
"""What every output tells; the rest are its own counts."""


def mount(server: Flask, status: Callable[[], dict[str, Any]], health: Callable[[], dict[str, Any]]) -> None:
    """Serve /status and its parts.

    Args:
        server: the application.
        status: as `GET /api/realtime/status` says it.
        health: as `GET /readyz` says it.

    """
    page = Blueprint(
        "status",
        __name__,
        template_folder="status_files",
        static_folder="status_files/parts",
        static_url_path="/status/parts",
    )
    started = time.monotonic()

    def show() -> Any:
        current = status()
        facts = _facts(current, time.monotonic() - started)
        tables = [_feeds(current), _outputs(current), _threads(current)]
        answer = make_response(render_template("page.html", health=health(), facts=facts, tables=tables))
        answer.headers["Content-Security-Policy"] = _POLICY
        answer.headers["Cache-Control"] = "no-store"
        return answer

    page.add_url_rule("/status", "page", show)
    server.register_blueprint(page)


def _facts(current: dict[str, Any], up_s: float) -> Facts:
    clock, clients = current["clock"], current["clients"]
    rate = "paused" if clock["paused"] else f"{clock['rate']:g}×"
    if not clock["paused"] and abs(clock["rate_actual"] - clock["rate"]) > 0.05 * clock["rate"]:
        rate += f", measured {clock['rate_actual']:.3g}×"
    refused, stored = _rejected_reports(current), current["state"]
    age = "never" if stored is None else _ago(stored["kept_age_s"])
    return [
        ("Vessels", f"{current['total_vessels']:,}", f"epoch {current['epoch']}, seq {current['seq']:,}"),
        ("Clients", sum(clients.values()), _counts(clients)),
        ("Memory", f"{current['memory']['rss_bytes'] / 1e6:.0f} MB", "resident"),
        ("Running for", _span(up_s), ""),
        ("Clock", clock["time"].replace("T", " "), f"{clock['mode']}, {rate}"),
        ("Update interval", f"{current['update_interval']:g} s", ""),
        ("Accepted reports", f"{sum(current['reports'].values()):,}", _counts(current["reports"])),
        ("Rejected reports", f"{sum(refused.values()):,}", _counts(refused)),
        ("State saved", age, stored["problem"] or "" if stored else ""),
        ("Version", f"Fairway {current['version']}", f"Python {platform.python_version()}"),
    ]


def _rejected_reports(current: dict[str, Any]) -> dict[str, int]:
    """Reports that a feed gave and that were not taken, by reason; what the feeds themselves reject stands by them."""
    by_feeds = {f"{feed['name']}: {reason}" for feed in current["feeds"] for reason in feed.get("rejected", {})}
    return {reason: count for reason, count in current["dropped"].items() if reason not in by_feeds}


def _feeds(current: dict[str, Any]) -> Table:
    columns = ("Feed", "State", "Last report", "Reports/s", "Latency", "Rejected", "Reason")
    rows: Rows = [
        (
            feed["name"],
            feed["state"],
            _ago(feed["age_s"]),
            f"{feed.get('reports_per_s', 0):,}",
            _span(feed.get("latency_s")),
            _counts(feed.get("rejected", {})),
            feed.get("reason") or "",
        )
        for feed in current["feeds"]
    ]
    return "Feeds", "No feed is set.", columns, rows


def _outputs(current: dict[str, Any]) -> Table:
    columns = ("Output", "State", "Last delivery", "Sent", "Dropped", "Waiting", "More", "Reason")
    rows: Rows = [
        (
            one["name"],
            one["state"],
            _ago(one["age_s"]),
            *(f"{one[name]:,}" for name in ("sent", "dropped", "queued")),
            ", ".join(_more(one)),
            one.get("problem") or "",
        )
        for one in current["outputs"]
    ]
    return "Outputs", "No further outputs are set; WebSocket and REST are always on.", columns, rows


def _more(output: dict[str, Any]) -> Iterable[str]:
    for name, value in output.items():
        if name == "committed_through":
            yield f"saved through {encode_json.rfc3339(value / 1000)}"
        elif name not in _USUAL:
            yield f"{name.replace('_', ' ')} {value}"


def _threads(current: dict[str, Any]) -> Table:
    rows: Rows = [
        (one["name"], "running" if one["running"] else "ended", one["restarts"], one["last_error"])
        for one in current["threads"]
    ]
    return "Threads", "No thread has started.", ("Thread", "State", "Restarts", "Last error"), rows


def _counts(counts: dict[str, int]) -> str:
    """The largest first; a line may end between two of them, not within one."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {count:,}".replace(" ", "\u00a0") for name, count in ordered if count)


def _ago(age_s: float | None) -> str:
    return "never" if age_s is None else f"{_span(age_s)} ago"


def _span(seconds: float | None) -> str:
    """Seconds in the two largest units that a person would say; empty where they are not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
