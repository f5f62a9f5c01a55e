"""REST for alerts and for the zones that raise them: /api/realtime/alerts, /api/realtime/zones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
from flask import Response, request
from spectree import Response as Answers

from fairway.alerts.zones import Zone, ZoneError, ZoneList
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.protocol.session import Context
from fairway.web.api.bodies import Acknowledgement, NewZone
from fairway.web.api.openapi import Api, Error, json_response


class AlertsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which alerts."""

    since: int = 0
    limit: int = 100


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """No parameters."""


class AlertList(msgspec.Struct):
    """The newest alerts that are remembered, oldest first; each as the stream's `event`.

    `acknowledged` has the `event_id` of every remembered alert that somebody has acknowledged.
    """

    alerts: list[dict[str, Any]]
    acknowledged: list[str]
    event_seq: int
    missed: int
    timestamp: str


class Acknowledged(msgspec.Struct):
    """The `event_id` of every remembered alert that was acknowledged."""

    acknowledged: list[str]


class ZoneShape(msgspec.Struct):
    """An area; its corners are longitude, latitude."""

    id: int
    name: str
    corners: list[list[float]]


class ZonesTold(msgspec.Struct):
    """All zones."""

    zones: list[ZoneShape]


def mount(api: Api, context: Context, zones: ZoneList, acknowledge: Callable[[list[str]], None]) -> None:
    """Serve both; `acknowledge` has seen what it is given; `fairway.web.access.guard` keeps strangers from writing."""
    desk = _Desk(context, zones, acknowledge)
    base = "/api/realtime"

    api.add(f"{base}/alerts", desk.alerts, Answers(HTTP_200=AlertList))
    done = Answers(HTTP_200=Acknowledged, HTTP_503=Error)
    api.add(f"{base}/alerts/acknowledged", desk.acknowledge, done, method="POST", body=Acknowledgement)
    api.add(f"{base}/zones", desk.zones, Answers(HTTP_200=ZonesTold))
    api.add(f"{base}/zones", desk.add_zone, Answers(HTTP_201=ZoneShape, HTTP_503=Error), method="POST", body=NewZone)
    gone = Answers("HTTP_204", HTTP_404=Error, HTTP_503=Error)
    api.add(f"{base}/zones/<int:zone>", desk.remove_zone, gone, method="DELETE")


class _Desk:
    """The views. Their docstrings are the API's documentation."""

    def __init__(self, context: Context, zones: ZoneList, acknowledge: Callable[[list[str]], None]) -> None:
        self._context, self._zones, self._acknowledge = context, zones, acknowledge

    def alerts(self, query: AlertsQuery) -> Response:
        """What the alert rules raised and cleared, after number `since`, at most the newest `limit`."""
        events, missed = self._context.events.since(max(query.since, 0))
        log = self._context.events
        head = {"event_seq": log.seq, "missed": missed, "timestamp": self._now(), "acknowledged": log.acknowledged}
        body = b",".join(encode_json.event(event) for event in events[-max(query.limit, 1) :])
        return Response(orjson.dumps(head)[:-1] + b',"alerts":[' + body + b"]}", mimetype="application/json")

    def acknowledge(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """Say that alerts were seen: `{"event_ids": [...]}`, for everybody, for as long as they are remembered."""
        try:
            body = msgspec.convert(_body(), Acknowledgement)
        except msgspec.ValidationError as error:
            words = f'an acknowledgement is {{"event_ids": ["...", ...]}}: {error}'
            raise RequestError("bad_request", words, "event_ids") from error
        self._acknowledge(body.event_ids)
        return json_response({"acknowledged": self._context.events.acknowledged})

    def zones(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The areas that raise `entered_zone` and `left_zone`."""
        return json_response({"zones": [_shape(zone) for zone in self._zones.all]})

    def add_zone(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """Make a zone: `{"name": ..., "corners": [[longitude, latitude], ...]}`."""
        body = _body()
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            raise RequestError(
                "bad_request", 'a zone is {"name": "...", "corners": [[longitude, latitude], ...]}', "name"
            )
        try:
            zone = self._zones.add(body["name"], body.get("corners"))  # type: ignore[arg-type]  # checked there
        except ZoneError as error:
            raise RequestError("bad_request", str(error), "corners") from error
        return json_response(_shape(zone), 201)

    def remove_zone(self, query: NoQuery, zone: int) -> Response:  # noqa: ARG002 - checked to be empty
        """Forget a zone."""
        if not self._zones.remove(zone):
            raise RequestError("not_found", f"no zone has the id {zone}", "zone")
        return Response(status=204)

    def _now(self) -> str:
        return encode_json.rfc3339(self._context.clock.now())


def _body() -> Any:
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise RequestError("bad_json", f"not JSON: {error}") from error


def _shape(zone: Zone) -> dict[str, Any]:
    return {"id": zone.id, "name": zone.name, "corners": zone.corners.round(6).tolist()}
