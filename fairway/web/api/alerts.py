"""REST for alerts and for the zones that raise them: /api/realtime/alerts, /api/realtime/zones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
import orjson
from flask import Response
from msgspec import Meta
from spectree import Response as Answers

from fairway.alerts.zones import Zone, ZoneError, ZoneList
from fairway.commands.body import body_of
from fairway.commands.cluster import AcknowledgeAlerts, AddZone
from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.protocol.context import Context
from fairway.web.api.models import NoQuery
from fairway.web.api.openapi import Api, Error, json_response

_MAX_INTEGER: Final = 2**53
MAX_ZONE_ID: Final = 2**31 - 1


class AlertsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which alerts."""

    since: Annotated[int, Meta(ge=0, le=_MAX_INTEGER, description="the `event_seq` of an earlier answer")] = 0
    limit: Annotated[int, Meta(ge=1, le=_MAX_INTEGER, description="at most this many, the newest")] = 100


class AlertList(msgspec.Struct):
    """The newest alerts that are remembered, oldest first; each as the stream's `event`.

    `acknowledged` has the `event_id` of every remembered alert that a user has acknowledged.
    """

    alerts: list[dict[str, Any]]
    acknowledged: list[str]
    event_seq: int
    missed: int
    timestamp: str


class AcknowledgedAlerts(msgspec.Struct):
    """The `event_id` of every remembered alert that was acknowledged."""

    acknowledged: list[str]


class ZoneModel(msgspec.Struct):
    """An area; its corners are longitude, latitude."""

    id: int
    name: str
    corners: list[list[float]]


class ZonesModel(msgspec.Struct):
    """All zones."""

    zones: list[ZoneModel]


def mount(api: Api, context: Context, zones: ZoneList, acknowledge: Callable[[list[str]], None]) -> None:
    """Serve both; `acknowledge` marks alerts as seen; `fairway.web.access.guard` keeps strangers from writing."""
    views = AlertViews(context, zones, acknowledge)
    base = "/api/realtime"
    done = Answers(HTTP_200=AcknowledgedAlerts, HTTP_503=Error)
    added = Answers(HTTP_201=ZoneModel, HTTP_503=Error, HTTP_507=Error)
    gone = Answers("HTTP_204", HTTP_404=Error, HTTP_503=Error, HTTP_507=Error)

    api.add(f"{base}/alerts", views.alerts, Answers(HTTP_200=AlertList))
    api.add(f"{base}/alerts/acknowledged", views.acknowledge, done, method="POST", body=body_of(AcknowledgeAlerts))
    api.add(f"{base}/zones", views.zones, Answers(HTTP_200=ZonesModel))
    api.add(f"{base}/zones", views.add_zone, added, method="POST", body=body_of(AddZone))
    api.add(f"{base}/zones/<int(min=0, max={MAX_ZONE_ID}):zone>", views.remove_zone, gone, method="DELETE")


class AlertViews:
    """The views. Their docstrings are the API's documentation."""

    def __init__(self, context: Context, zones: ZoneList, acknowledge: Callable[[list[str]], None]) -> None:
        self._context, self._zones, self._acknowledge = context, zones, acknowledge

    def alerts(self, query: AlertsQuery) -> Response:
        """What the alert rules raised and cleared, after number `since`, at most the newest `limit`."""
        events, missed = self._context.events.since(query.since)
        log = self._context.events
        head = {"event_seq": log.seq, "missed": missed, "timestamp": self._now(), "acknowledged": log.acknowledged}
        body = b",".join(encode_json.event(event) for event in events[-query.limit :])
        return Response(orjson.dumps(head)[:-1] + b',"alerts":[' + body + b"]}", mimetype="application/json")

    def acknowledge(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Mark alerts as seen for every user, for as long as they are remembered: `{"event_ids": [...]}`."""
        self._acknowledge(body.event_ids)
        return json_response({"acknowledged": self._context.events.acknowledged})

    def zones(self, query: NoQuery) -> Response:  # noqa: ARG002 - checked to be empty
        """The areas that raise `entered_zone` and `left_zone`."""
        return json_response({"zones": [_shape(zone) for zone in self._zones.all]})

    def add_zone(self, query: NoQuery, body: Any) -> Response:  # noqa: ARG002 - checked to be empty
        """Add a zone: `{"name": ..., "corners": [[longitude, latitude], ...]}`."""
        try:
            zone = self._zones.add(body.name, [list(corner) for corner in body.corners])
        except ZoneError as error:
            raise RequestError("bad_request", str(error), "corners") from error
        return json_response(_shape(zone), 201)

    def remove_zone(self, query: NoQuery, zone: int) -> Response:  # noqa: ARG002 - checked to be empty
        """Remove a zone."""
        if not self._zones.remove(zone):
            raise RequestError("not_found", f"no zone has the id {zone}", "zone")
        return Response(status=204)

    def _now(self) -> str:
        return encode_json.rfc3339(self._context.clock.now())


def _shape(zone: Zone) -> dict[str, Any]:
    return {"id": zone.id, "name": zone.name, "corners": zone.corners.round(6).tolist()}
