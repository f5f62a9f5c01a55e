"""REST: the fleet by request, under /api/realtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Flask, Response

from sea.lanes import Lanes
from sea.ports import Port
from traffic import wire
from traffic.session import Context, RequestError, find_vessel
from traffic.table import Traffic

Status = Callable[[], dict[str, Any]]


def mount(
    server: Flask, traffic: Traffic, context: Context, status: Status, lanes: Lanes, ports: tuple[Port, ...]
) -> None:
    """Serve the read side of the fleet on `server`."""
    api = Blueprint("realtime", __name__, url_prefix="/api/realtime")
    api.add_url_rule("/status", "status", lambda: _json(status()))
    api.add_url_rule("/summary", "summary", lambda: _json(_summary(traffic, context)))
    api.add_url_rule("/vessels", "vessels", lambda: _vessels(traffic))
    api.add_url_rule("/vessels/<vessel>", "vessel", lambda vessel: _json(_vessel(traffic, vessel)))
    api.add_url_rule("/vessels/<vessel>/track", "track", lambda vessel: _json(_track(traffic, vessel)))
    api.add_url_rule("/routes", "routes", lambda: _json({"routes": _routes(lanes)}))
    api.add_url_rule("/ports", "ports", lambda: _json({"ports": _ports(ports)}))
    api.register_error_handler(RequestError, lambda error: _refused(error, context))
    server.register_blueprint(api)


def _json(body: object, code: int = 200) -> Response:
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), code, mimetype="application/json")


def _refused(error: RequestError, context: Context) -> Response:
    body = {"type": "error", "timestamp": wire.rfc3339(context.clock.now()), "code": error.code, "message": str(error)}
    return _json(body, 404 if error.code == "not_found" else 400)


def _summary(traffic: Traffic, context: Context) -> dict[str, Any]:
    now = wire.rfc3339(context.clock.now())
    return traffic.snapshot().summary | {"connected_clients": context.connected_clients(), "timestamp": now}


def _vessels(traffic: Traffic) -> Response:
    snapshot = traffic.snapshot()
    listed = wire.rows(snapshot, snapshot.changed_since(0))
    head = {"total_count": len(listed), "epoch": snapshot.epoch, "seq": snapshot.seq}
    head["timestamp"] = wire.rfc3339(snapshot.now)
    body = orjson.dumps(head)[:-1] + b',"vessels":[' + b",".join(listed) + b"]}"
    return Response(body, mimetype="application/json")


def _vessel(traffic: Traffic, vessel: str) -> dict[str, Any]:
    snapshot = traffic.snapshot()
    return wire.vessel(snapshot, find_vessel(snapshot, vessel)[0])


def _track(traffic: Traffic, vessel: str) -> dict[str, Any]:
    snapshot = traffic.snapshot()
    mmsi = int(snapshot.columns["mmsi"][find_vessel(snapshot, vessel)[0]])
    track = traffic.track(mmsi)
    names = ("timestamp", "latitude", "longitude", "speed_over_ground")
    times = [wire.rfc3339(t / 1000) for t in track["t"].tolist()]
    sog = [None if np.isnan(value) else value for value in track["sog"].round(1).tolist()]
    columns = (times, track["lat"].round(6).tolist(), track["lon"].round(6).tolist(), sog)
    points = [dict(zip(names, point, strict=True)) for point in zip(*columns, strict=True)]
    return {"mmsi": mmsi, "points": points, "count": len(points)}


def _routes(lanes: Lanes) -> list[dict[str, Any]]:
    return [
        {
            "name": route.name,
            "vessel_types": list(route.vessel_types),
            "legs": [_line(lanes, leg) for leg in route.legs_out],
        }
        for route in lanes.routes
    ]


def _line(lanes: Lanes, leg: int) -> list[list[float]]:
    part = slice(int(lanes.first[leg]), int(lanes.first[leg] + lanes.count[leg]))
    points: list[list[float]] = np.column_stack([lanes.lat[part], lanes.lon[part]]).round(4).tolist()
    return points


def _ports(ports: tuple[Port, ...]) -> list[dict[str, Any]]:
    return [
        {"name": p.name, "country": p.country, "locode": p.locode, "latitude": p.lat, "longitude": p.lon} for p in ports
    ]
