"""REST for the past, under /api/history: the range, the fleet at a moment, changes since then, reports as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from numpy.typing import NDArray
from spectree import Response as Answers

from fairway.errors import RequestError
from fairway.protocol import encode_columns, encode_json
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic import fields
from fairway.traffic.filter import Test, in_box, one_of
from fairway.traffic.report_queue import ReportQueue
from fairway.web.api import models
from fairway.web.api.listing import GEOJSON, listing, milliseconds
from fairway.web.api.openapi import Api, Error, Formats, json_response
from fairway.web.api.selection import box, select

if TYPE_CHECKING:
    from fairway.history.reader import HistoryReader

MAX_FRAMES: Final = 61
_STATIC: Final = tuple(key.name for key in fields.STATIC_COLUMNS)
_BINARY: Final = "application/octet-stream"
MaxAge = Annotated[
    float,
    Meta(gt=0, le=10**7, description="seconds; vessels that were silent for longer are left out; `lost_after` at most"),
]
Step = Annotated[float, Meta(ge=1, le=86_400, description="seconds from one message to the next")]
MMSI_PATTERN: Final = "^[0-9]{1,9}(,[0-9]{1,9})*$"
Mmsis = Annotated[
    str, Meta(max_length=10_000, description="MMSIs, comma-separated", extra_json_schema={"pattern": MMSI_PATTERN})
]


class AtQuery(models.Listed, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When, which vessels, and how."""

    at: models.Time
    max_age: MaxAge | UnsetType = UNSET


class FramesQuery(Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """From when, until when, and in which steps; without `to` just one message."""

    first: models.Time
    last: models.Time | UnsetType = UNSET
    step: Step = 10.0
    max_age: MaxAge | UnsetType = UNSET


class StaticQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """When; with `since` only who came, or said something new, between the two."""

    at: models.Time
    since: models.Time | UnsetType = UNSET


class ExportQuery(Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """From when to when (without `to`: now), where, and of whom."""

    first: models.Time
    last: models.Time | UnsetType = UNSET
    bbox: models.Box | UnsetType = UNSET
    mmsi: Mmsis | UnsetType = UNSET


class RunShape(Struct, rename={"first": "from", "last": "to"}):
    """An epoch: between the two, to ten seconds, it has reports. Runs in UTC (live, mixed) are one world."""

    epoch: str
    mode: str | None
    first: models.Time
    last: models.Time


class Range(Struct, rename={"first": "from", "last": "to", "stored": "kept"}):
    """What the history holds; `from` and `to` are null for an empty one."""

    stored: bool
    first: models.Time | None
    last: models.Time | None
    now: models.Time
    committed_through: Annotated[models.Time | None, Meta(description="null where another process writes")]
    max_age_s: float
    days: float
    megabytes: float
    runs: list[RunShape]


class VesselsAt(Struct):
    """Vessels that match, as they were at `timestamp`."""

    total_count: models.Count
    epoch: str
    timestamp: models.Time
    vessels: list[models.PartOfUpdate]


class StaticAt(Struct):
    """Static data as known at `timestamp`; the columns are those of the stream's `vessel_static`."""

    timestamp: models.Time
    columns: dict[str, list[Any]]


def mount(
    api: Api, clock: Clock, settings: Settings, past: HistoryReader | None, report_queues: Iterable[ReportQueue]
) -> None:
    """Serve it; without a history (`past` is None) all but the range answers 404."""
    counts: Mapping[str, int] = next(
        (report_queue.counts for report_queue in report_queues if report_queue.name == "history"), {}
    )
    views = HistoryViews(clock, settings, past, counts)
    base = "/api/history"

    def add(name: str, view: Callable[..., Response], answers: Answers) -> None:
        for status, words in ((404, "no history is kept"), (503, "the history's database can't be read")):
            answers.add_model(status, Error, description=words)
        api.add(f"{base}/{name}", view, answers, kind="history")

    api.add(f"{base}/range", views.range, Answers(HTTP_200=Range), kind="history")
    add("vessels", views.vessels, Formats({GEOJSON: models.Features}, HTTP_200=VesselsAt))
    add("frames", views.frames, Formats({_BINARY: None}, HTTP_200=None))
    add("static", views.static, Answers(HTTP_200=StaticAt))
    add("export.csv", views.export, Formats({"text/csv": None}, HTTP_200=None))


class HistoryViews:
    """The views. Their docstrings are the API's documentation."""

    def __init__(self, clock: Clock, settings: Settings, past: HistoryReader | None, counts: Mapping[str, int]) -> None:
        self._clock, self._settings, self._reader, self._counts = clock, settings, past, counts

    def range(self, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """Of which times the history has pictures."""
        runs = self._reader.runs() if self._reader else []
        through = self._counts.get("committed_through")
        return json_response(
            {
                "kept": self._reader is not None,
                "from": _time(max(min(run.first for run in runs), self._oldest)) if runs else None,
                "to": _time(max(run.last for run in runs)) if runs else None,
                "now": encode_json.rfc3339(self._clock.now()),
                "committed_through": _time(through) if through else None,
                "max_age_s": self._settings.lost_after,
                "days": self._settings.history_days,
                "megabytes": self._settings.history_mb,
                "runs": [
                    {"epoch": run.epoch, "mode": run.mode, "from": _time(run.first), "to": _time(run.last)}
                    for run in runs
                ],
            }
        )

    def vessels(self, query: AtQuery) -> Response:
        """Everyone's last report until `at`, in the shape of the stream's updates; `limit` and `offset` by MMSI."""
        past, at = self._past, _moment(query.at, "at")
        age = self._age(query.max_age)
        shown = past.snapshot(at, age) if query.q is UNSET else past.with_static(at, age)
        matching = select(shown, query, 0)
        page = matching[query.offset :][: query.limit or None]
        if query.q is UNSET:
            shown = past.with_static(at, age, shown.columns["mmsi"][page].tolist())
            page = np.arange(len(shown.columns["mmsi"]))
        head = {"total_count": len(matching), "epoch": shown.epoch, "timestamp": _time(at)}
        return listing(head, shown, page, query)

    def frames(self, query: FramesQuery) -> Response:
        """Frames for a replay: binary messages of the stream (docs/reference/protocol.md), one after the other.

        The first frame is a snapshot at `from`; each further frame has the changes of `step` seconds, until `to`. An
        answer has at most 61 frames. A frame has only the last report of each vessel. Ignore `seq` and `prev`.
        """
        begin = _moment(query.first, "from")
        end = begin if query.last is UNSET else _moment(query.last, "to")
        step = round(query.step * 1000)
        if end < begin:
            raise RequestError("bad_request", f"to={query.last!r} is before from={query.first!r}", "to")
        if (end - begin) // step >= MAX_FRAMES:
            raise RequestError("bad_request", f"step={query.step:g} s gives more than {MAX_FRAMES} messages", "step")
        messages = self._past.frames(begin, end, step, self._age(query.max_age))
        return Response(b"".join(messages), mimetype=_BINARY)

    def static(self, query: StaticQuery) -> Response:
        """Names, sizes and voyages: of everyone in the picture of `at`, or of who is news since `since`."""
        at = _moment(query.at, "at")
        since = None if query.since is UNSET else _moment(query.since, "since")
        shown = self._past.with_static(at, self._past.max_age_ms, since=since)
        picked = shown.changes(0)
        text = encode_columns.encode(picked, np.arange(len(picked.rows)), _STATIC)
        return Response(b'{"timestamp":"%b","columns":%b}' % (_time(at).encode(), text), mimetype="application/json")

    def export(self, query: ExportQuery) -> Response:
        """Every report from `from` to `to`, as CSV, in the order of events; names as last known by then.

        It comes in pieces: any length takes the same memory. A text that a spreadsheet would take for a formula has a
        quote before it.
        """
        from fairway.history.export_csv import lines

        past, begin = self._past, _moment(query.first, "from")
        end = round(self._clock.now() * 1000) if query.last is UNSET else _moment(query.last, "to")
        wanted = _wanted(query)
        past.runs()  # what can't be read is said before the answer begins
        text = lines(past.reports(begin, end), wanted, lambda run: past.names([run], end))
        answer = Response(text, mimetype="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="history.csv"'
        return answer

    @property
    def _past(self) -> HistoryReader:
        if self._reader is None:
            raise RequestError("not_found", "no history is kept: database_url is empty")
        return self._reader

    @property
    def _oldest(self) -> int:
        return round((self._clock.now() - self._settings.history_days * 86_400) * 1000)

    def _age(self, seconds: float | UnsetType) -> int:
        most = self._past.max_age_ms
        if seconds is UNSET:
            return most
        if seconds * 1000 > most:
            raise RequestError(
                "bad_request", f"max_age={seconds:g} is more than lost_after, {most / 1000:g} s", "max_age"
            )
        return round(seconds * 1000)


def _moment(text: str | UnsetType, field: str) -> int:
    return round(milliseconds(text, field))


def _time(ms: int) -> str:
    return encode_json.rfc3339(ms / 1000)


def _wanted(query: ExportQuery) -> Callable[[Any], NDArray[np.bool_]]:
    """The test for reports that `query` asks for; their columns have the names of a Snapshot's."""
    tests: list[Test] = []
    if query.bbox is not UNSET:
        tests.append(in_box(*box(query.bbox)))
    if query.mmsi is not UNSET:
        tests.append(one_of("mmsi", _numbers(query.mmsi)))

    def test(rows: Any) -> NDArray[np.bool_]:
        passed = np.ones(len(rows), bool)
        for wanted in tests:
            passed &= wanted(rows)
        return passed

    return test


def _numbers(text: str) -> list[int]:
    if not re.fullmatch(MMSI_PATTERN, text, re.ASCII):
        raise RequestError("bad_request", f"mmsi={text!r:.60} is not MMSIs, comma-separated", "mmsi")
    return [int(number) for number in text.split(",")]
