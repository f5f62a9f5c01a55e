"""Vessels of a Snapshot as REST lists them: JSON or GeoJSON, all keys of an update or some."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson
from flask import Response, request
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from fairway.errors import RequestError
from fairway.protocol import encode_json
from fairway.traffic.snapshot import Snapshot
from fairway.web.api import models
from fairway.web.api.selection import listed

GEOJSON: Final = "application/geo+json"


def listing(head: dict[str, Any], snapshot: Snapshot, rows: NDArray[np.intp], query: models.Listed) -> Response:
    """`head`, then the vessels of `rows`, in the form that `query` or else the Accept header asks for.

    Raises:
        RequestError: A name among `query.fields` is none of an update's.

    """
    asked = request.accept_mimetypes.best_match(["application/json", GEOJSON], "application/json")
    feature = query.format == "geojson" or (query.format is UNSET and asked == GEOJSON)
    keys = models.UPDATE_KEYS
    if query.fields is not UNSET:
        keys = ("mmsi", *(models.UPDATE_KEYS[at] for at in listed(query.fields, models.UPDATE_KEYS, "fields")))
    form = encode_json.ObjectForm(keys, feature=feature)
    encoded = encode_json.rows(snapshot, rows, form, keep=query.fields is UNSET)
    if feature:
        head = {"type": "FeatureCollection"} | head
    name = b"features" if feature else b"vessels"
    body = orjson.dumps(head)[:-1] + b',"' + name + b'":[' + b",".join(encoded) + b"]}"
    return Response(body, mimetype=GEOJSON if feature else "application/json")


def milliseconds(time: str | UnsetType, field: str) -> float:
    """Return an RFC 3339 time in ms; where it is UNSET, minus infinity for `from` and infinity for others.

    Raises:
        RequestError: If `time` is not RFC 3339 with a time zone.

    """
    if time is UNSET:
        return -np.inf if field == "from" else np.inf
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RequestError(
            "bad_request", f"{field}={time!r:.60} is no RFC 3339 time such as 2024-01-15T10:30:00Z", field
        )
    return moment.timestamp() * 1000
