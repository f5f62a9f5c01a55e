"""REST: the fleet by request, under /api/realtime. What it is asked and answers is described at /api/docs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Flask, Response, request
from numpy.typing import NDArray
from spectree import Response as Answers

from fairway.chart.lanes import Lanes
from fairway.chart.ports import Port
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.protocol.lookup import find_vessel
from fairway.settings import Settings
from fairway.traffic.removals import REASONS
from fairway.traffic.snapshot import Snapshot
from fairway.traffic.traffic import Traffic
from fairway.web.access import address
from fairway.web.api import models
from fairway.web.api.listing import GEOJSON, listing, milliseconds
from fairway.web.api.openapi import Api, Error, Formats, json_response, known, tagged
from fairway.web.api.selection import select
from fairway.web.api.track_formats import WRITERS, TrackDocument

if TYPE_CHECKING:
    from fairway.history.reader import HistoryReader

Columns = dict[str, NDArray[Any]]
Status = Callable[[], dict[str, Any]]
MAX_POINTS = 1000


def mount(
    server: Flask,
    traffic: Traffic,
    context: Context,
    status: Status,
    lanes: Lanes,
    ports: tuple[Port, ...],
    settings: Settings,
    past: HistoryReader | None = None,
    own_routes: Callable[[], list[dict[str, Any]]] = list,
) -> Api:
    """Serve the read side of the fleet on `server`, and the documents about it.

    `past` reads older tracks, where a history is kept; `own_routes` are a person's as `Control.routes` tells them.
    """
    api = Api(server, lambda: encode_json.rfc3339(context.clock.now()))
    base = "/api/realtime"
    fleet = _Fleet(traffic, context, settings, past)
    places = _Places(traffic, lanes, ports, own_routes)

    def server_status(query: models.NoQuery) -> Response:  # noqa: ARG001 - checked to be empty
        """How the server does: the guide's status, and ours."""
        return json_response(status())

    api.add(f"{base}/status", server_status, Answers(HTTP_200=models.ServerStatus))
    api.add(f"{base}/summary", fleet.summary, Answers(HTTP_200=models.Summary))
    api.add(f"{base}/vessels", fleet.vessels, Formats({GEOJSON: models.Features}, "HTTP_304", HTTP_200=models.Vessels))
    api.add(f"{base}/vessels/<vessel>", fleet.vessel, _of_vessel(Answers("HTTP_304", HTTP_200=models.Vessel)))
    formats = {GEOJSON: models.Feature, "application/gpx+xml": None, "text/csv": None}
    api.add(
        f"{base}/vessels/<vessel>/track",
        fleet.track,
        _of_vessel(Formats(formats, "HTTP_304", HTTP_200=models.TrackModel)),
    )
    subscribed = _of_vessel(Answers(HTTP_200=models.Subscribed))
    api.add(f"{base}/vessels/<vessel>/subscribe", fleet.subscribe, subscribed, method="POST")
    api.add(f"{base}/routes", places.routes, Answers(HTTP_200=models.Routes))
    api.add(f"{base}/ports", places.ports, Answers(HTTP_200=models.Ports))
    return api


def _of_vessel(answers: Answers) -> Answers:
    answers.add_model(404, Error, description="no vessel has this number")
    return answers


class _Fleet:
    """The views of vessels. Their docstrings are the API's documentation."""

    def __init__(self, traffic: Traffic, context: Context, settings: Settings, past: HistoryReader | None) -> None:
        self._traffic, self._context, self._settings, self._past = traffic, context, settings, past

    def summary(self, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """Counts over all vessels with a position."""
        context = self._context
        return json_response(
            encode_json.summary(self._traffic.snapshot(), context.connected_clients(), context.clock.now())
        )

    def vessels(self, query: models.VesselsQuery) -> Response:
        """Vessels that match, with their latest state.

        With `epoch` and `since` of an earlier answer: only what changed after it, and who was removed. An epoch that
        is not the server's, or a `since` too long ago, gives everything with `snapshot` true. A vessel that changed
        so that it no longer matches is not reported: the stream's filters do that.
        """
        snapshot = self._traffic.snapshot()
        resumed = snapshot.reaches(query.epoch or "", query.since or 0)
        since = query.since or 0 if resumed else 0
        matching = select(snapshot, query, since)
        unchanged = known(f"{snapshot.epoch}-{snapshot.seq}")
        if unchanged:
            return unchanged
        page = matching[query.offset :][: query.limit or None]
        head = {
            "total_count": len(matching),
            "epoch": snapshot.epoch,
            "seq": snapshot.seq,
            "timestamp": encode_json.rfc3339(snapshot.now),
            "snapshot": since == 0,
            "removed": _removed(snapshot, since),
        }
        answer = listing(head, snapshot, page, query)
        return tagged(answer, f"{snapshot.epoch}-{snapshot.seq}")

    def vessel(self, vessel: str, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """One vessel by IMO7000009, 7000009 or its MMSI; also when its position came in, and who heard it."""
        snapshot = self._traffic.snapshot()
        row = self._live(snapshot, vessel)
        tag = _tag(snapshot, row)
        return known(tag) or tagged(
            json_response(encode_json.vessel(snapshot, row) | encode_json.reception(snapshot, row)), tag
        )

    def track(self, vessel: str, query: models.TrackQuery) -> Response:
        """Where a vessel was, oldest first: the points in memory, at most about 1,000.

        With `from`, and where the server keeps a history, older ones too, also by the MMSI of a vessel that is gone:
        at most 10,000, the newest.
        """
        snapshot = self._traffic.snapshot()
        first, last = milliseconds(query.first, "from"), milliseconds(query.last, "to")
        kinds = {mimetype: name for name, (mimetype, _) in WRITERS.items()}
        asked = request.accept_mimetypes.best_match(list(kinds), "application/json")
        mimetype, write = WRITERS[query.format or kinds[asked]]
        limit = min(query.limit or MAX_POINTS, MAX_POINTS)
        gone = self._gone(snapshot, vessel, first) if np.isfinite(first) else None
        if gone:
            return Response(write(_cut(gone, first, last, limit)), mimetype=mimetype)
        row = self._live(snapshot, vessel)
        tag = _tag(snapshot, row)
        return known(tag) or tagged(
            Response(write(self._part(snapshot, row, first, last, limit)), mimetype=mimetype), tag
        )

    def subscribe(self, vessel: str, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """How to open the stream of one vessel: connect to `ws_url` and send `subscribe_message`."""
        snapshot = self._traffic.snapshot()
        found = encode_json.vessel(snapshot, find_vessel(snapshot, vessel)[0])
        scheme, host = address(request.environ, self._settings)
        wanted = {"mmsi": [found["mmsi"]]}
        message = {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "filter": wanted}
        names = {key: found[key] for key in ("imo_number", "mmsi", "vessel_name")}
        url = f"{'wss' if scheme == 'https' else 'ws'}://{host}/ws"
        return json_response({"subscribed": True, **names, "ws_url": url, "subscribe_message": message})

    def _live(self, snapshot: Snapshot, vessel: str) -> int:
        """Its row; where a history is kept, the error for a vessel that is not there says how to ask for its past."""
        try:
            return find_vessel(snapshot, vessel)[0]
        except RequestError as error:
            if error.code != "not_found" or self._past is None:
                raise
            where = "its past, by MMSI: /api/realtime/vessels/{mmsi}/track?from=, /api/history/vessels?at="
            raise RequestError(error.code, f"{error}; {where}", error.field) from error

    def _gone(self, snapshot: Snapshot, vessel: str, first: float) -> TrackDocument | None:
        """From the history, a vessel that is not there any more."""
        if self._past is None or not re.fullmatch("[0-9]{9}", vessel) or snapshot.find(mmsi=int(vessel)) is not None:
            return None
        mmsi = int(vessel)
        points = self._past.before(mmsi, round(first), {name: np.zeros(0) for name in ("t", "lat", "lon", "sog")})
        name, imo = self._past.identity(mmsi) if len(points["t"]) else (None, None)
        return TrackDocument(mmsi, imo, name, **points) if len(points["t"]) else None

    def _part(self, snapshot: Snapshot, row: int, first: float, last: float, limit: int) -> TrackDocument:
        who = encode_json.vessel(snapshot, row)
        points = self._traffic.track(who["mmsi"])
        if self._past and np.isfinite(first):
            points = _joined(self._past.before(who["mmsi"], round(first), points), points)
        return _cut(TrackDocument(who["mmsi"], who["imo_number"], who["vessel_name"], **points), first, last, limit)


def _cut(track: TrackDocument, first: float, last: float, limit: int) -> TrackDocument:
    """The newest `limit` points from `first` to `last`, ms UTC."""
    rows = np.flatnonzero((track.t >= first) & (track.t <= last))[-limit:]
    return replace(track, t=track.t[rows], lat=track.lat[rows], lon=track.lon[rows], sog=track.sog[rows])


def _joined(older: Columns, newer: Columns) -> Columns:
    return {name: np.concatenate([older[name], newer[name]]) for name in newer}


class _Places:
    """The views of routes and ports."""

    def __init__(
        self, traffic: Traffic, lanes: Lanes, ports: tuple[Port, ...], own_routes: Callable[[], list[dict[str, Any]]]
    ) -> None:
        self._traffic, self._lanes, self._ports, self._own_routes = traffic, lanes, ports, own_routes

    def routes(self, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The simulator's routes and a person's own, with who sails them; a leg is a line of [latitude, longitude]."""
        lanes = self._lanes
        routes = [
            {"name": route.name, "index": at, "custom": False, "vessel_types": list(route.vessel_types),
             "legs": [_line(lanes, leg) for leg in route.legs_out]}
            for at, route in enumerate(lanes.routes)
        ]  # fmt: skip
        stored = ("name", "index", "vessel_types", "waypoints", "legs")
        with contextlib.suppress(RequestError):  # the ingest process is away, or has no simulator
            routes += [{key: route[key] for key in stored} | {"custom": True} for route in self._own_routes()]
        snapshot = self._traffic.snapshot()
        rows = snapshot.changed_since(0)
        mmsi, on = snapshot.columns["mmsi"][rows], snapshot.static_columns["route"][rows]
        return json_response({"routes": [route | {"vessels": mmsi[on == route["index"]]} for route in routes]})

    def ports(self, query: models.NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The ports that simulated vessels call at."""
        ports = [
            {"name": p.name, "country": p.country, "locode": p.locode, "latitude": p.lat, "longitude": p.lon}
            for p in self._ports
        ]
        return json_response({"ports": ports})


def _removed(snapshot: Snapshot, since: int) -> list[dict[str, Any]]:
    """Who left after `since` and did not come back; a client with nothing has nothing to remove."""
    if since == 0:
        return []
    gone = snapshot.removals.since(since)
    lost = ~np.isin(gone["mmsi"], snapshot.columns["mmsi"])
    entries = zip(gone["mmsi"][lost].tolist(), gone["reason"][lost].tolist(), strict=True)
    return [{"mmsi": mmsi, "reason": REASONS[reason]} for mmsi, reason in entries]


def _tag(snapshot: Snapshot, row: int) -> str:
    """The ETag of one vessel, which does not change while only others move."""
    return f"{snapshot.epoch}-{snapshot.columns['seq'][row]}"


def _line(lanes: Lanes, leg: int) -> list[list[float]]:
    part = slice(int(lanes.first[leg]), int(lanes.first[leg] + lanes.count[leg]))
    points: list[list[float]] = np.column_stack([lanes.lat[part], lanes.lon[part]]).round(4).tolist()
    return points
