"""What REST asks for and answers, as models: they check the parameters and make the OpenAPI document.

An update's model is made from the table of fields, which its encoder goes by as well.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from fairway.traffic import fields
from fairway.traffic.fields import Key

_NUMBER: Final = r"-?[0-9]{1,3}(\.[0-9]{1,9})?"
BOX_PATTERN: Final = f"^{_NUMBER}(,{_NUMBER}){{3}}$"
_KINDS: Final = {"string": str, "time": str, "number": float, "integer": int, "boolean": bool}


def _any_of(names: tuple[str, ...]) -> Any:
    """A parameter of one or more of `names`, comma-separated; the view checks it, since it can name the wrong one."""
    one = f"({'|'.join(names)})"
    text = f"one or more of {', '.join(names)}; comma-separated"
    return Annotated[str, Meta(max_length=1000, description=text, extra_json_schema={"pattern": f"^{one}(,{one})*$"})]


def _one_of(names: tuple[str, ...]) -> Any:
    return Annotated[str, Meta(extra_json_schema={"enum": list(names)})]


def _type(key: Key) -> Any:
    """The type that msgspec makes a schema of."""
    if key.keys:
        return _struct(key.name.capitalize(), key.keys)
    schema: dict[str, Any] = {"enum": list(key.values)} if key.values else {}
    if key.kind == "time":
        schema["format"] = "date-time"
    bounds: dict[str, Any] = {"ge": key.low, "le": key.high, "pattern": key.pattern or None}
    meta = Meta(**bounds, description=key.about, extra_json_schema=schema or None)
    # a vessel without a position has no time of one
    unknown = key.nullable or key.name == "timestamp"
    kind: Any = Annotated[_KINDS[key.kind], meta]
    return kind | None if unknown else kind


def _struct(name: str, keys: tuple[Key, ...], always: tuple[str, ...] | None = None) -> Any:
    """A model of an object; keys that are not in `always` may be absent."""
    members: list[Any] = [
        (key.name, _type(key)) if always is None or key.name in always else (key.name, _type(key) | UnsetType, UNSET)
        for key in sorted(keys, key=lambda key: always is not None and key.name not in always)
    ]
    return msgspec.defstruct(name, members, module=__name__)


Time = Annotated[str, Meta(max_length=64, description="RFC 3339, UTC", extra_json_schema={"format": "date-time"})]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="degrees")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="degrees")]
Knots = Annotated[float, Meta(ge=0, le=200, description="knots")]
Count = Annotated[int, Meta(ge=0)]
ImoNumber = Annotated[str, Meta(pattern="^IMO[0-9]{7}$")]
VesselType: Any = _one_of(fields.VESSEL_TYPES)
Vessel: Any = _struct("Vessel", (*fields.UPDATE, *fields.RECEPTION))
PartOfUpdate: Any = _struct("PartOfUpdate", fields.UPDATE, always=("mmsi",))
UPDATE_KEYS: Final = tuple(key.name for key in fields.UPDATE)

Box = Annotated[
    str,
    Meta(
        max_length=64,
        extra_json_schema={"pattern": BOX_PATTERN},
        description="west,south,east,north in degrees; west > east crosses the antimeridian",
        examples=["-6,49,3,52"],
    ),
]
Search = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=60,
        description="part of a name, call sign or number; finds vessels without a position too",
    ),
]
Epoch = Annotated[str, Meta(max_length=64, description="the `epoch` of the answer that `since` is from")]
Since = Annotated[int, Meta(ge=0, le=2**53, description="the `seq` of an earlier answer: only what changed after it")]
Offset = Annotated[int, Meta(ge=0, le=2**53, description="leave out this many vessels, in the order of MMSIs")]
Limit = Annotated[int, Meta(ge=1, le=2**53, description="at most this many")]
Types: Any = _any_of(fields.VESSEL_TYPES)
Statuses: Any = _any_of(fields.STATUSES)
Keys: Any = _any_of(UPDATE_KEYS)


class Listed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which vessels, and how."""

    bbox: Box | UnsetType = UNSET
    type: Types | UnsetType = UNSET
    status: Statuses | UnsetType = UNSET
    min_speed: Knots | UnsetType = UNSET
    max_speed: Knots | UnsetType = UNSET
    q: Search | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    offset: Offset = 0
    fields: Keys | UnsetType = UNSET
    format: Literal["json", "geojson"] | UnsetType = UNSET


class VesselsQuery(Listed, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which vessels, and how; with `epoch` and `since` only what changed."""

    epoch: Epoch | UnsetType = UNSET
    since: Since | UnsetType = UNSET


class TrackQuery(Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """Which part of a track, and how; a limit keeps the newest points."""

    first: Time | UnsetType = UNSET
    last: Time | UnsetType = UNSET
    limit: Limit | UnsetType = UNSET
    format: Literal["json", "geojson", "gpx", "csv"] | UnsetType = UNSET


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Removed(Struct):
    """A vessel that left: lost (silent for too long) or deleted."""

    mmsi: Count
    reason: str


class Vessels(Struct):
    """Vessels that match, at `seq`."""

    total_count: Annotated[int, Meta(ge=0, description="how many match, before `limit` and `offset`")]
    epoch: str
    seq: Count
    timestamp: Time
    snapshot: Annotated[bool, Meta(description="false: only what changed since `since`")]
    removed: list[Removed]
    vessels: list[PartOfUpdate]


class Point(Struct):
    """One position of a track."""

    timestamp: Time
    latitude: Latitude
    longitude: Longitude
    speed_over_ground: Knots | None


class TrackModel(Struct):
    """Where a vessel was, oldest first."""

    mmsi: Count
    imo_number: ImoNumber | None
    vessel_name: str | None
    count: Count
    points: list[Point]


class Geometry(Struct):
    """A GeoJSON geometry: a point, or the line of a track (several where it crosses the antimeridian)."""

    type: Literal["Point", "LineString", "MultiLineString"]
    coordinates: list[Any]


class Feature(Struct):
    """A GeoJSON Feature, RFC 7946."""

    type: Literal["Feature"]
    id: Count
    geometry: Geometry | None
    properties: dict[str, Any]


class Features(Struct):
    """A GeoJSON FeatureCollection, RFC 7946."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Subscribed(Struct):
    """How to open the stream of one vessel: connect to `ws_url` and send `subscribe_message`."""

    subscribed: bool
    imo_number: ImoNumber | None
    mmsi: Count
    vessel_name: str | None
    ws_url: str
    subscribe_message: dict[str, Any]


class Summary(Struct):
    """Counts over all vessels with a position."""

    total_vessels: Count
    connected_clients: Count
    status_distribution: dict[str, int]
    type_distribution: dict[str, int]
    vessels_with_routes: Count
    timestamp: Time


class ServerStatus(Summary):
    """How the server does."""

    is_running: bool
    update_interval: float
    version: str
    epoch: str
    seq: Count
    clock: dict[str, Any]
    clients: Annotated[dict[str, int], Meta(description="by transport")]
    feeds: Annotated[list[dict[str, Any]], Meta(description="name, state, age_s and more of each")]
    outputs: Annotated[list[dict[str, Any]], Meta(description="name and state of each optional one")]
    memory: Annotated[dict[str, int], Meta(description="rss_bytes: resident")]


class RouteWaypoint(Struct):
    """A waypoint of a custom route, the water that it stands for, and whether vessels lie there."""

    name: str
    lat: Latitude
    lon: Longitude
    sailed_lat: Latitude
    sailed_lon: Longitude
    call: bool


class RouteModel(Struct):
    """A shipping route: legs are lines of [latitude, longitude], vessels are MMSIs; `index` is the column `route`'s."""

    name: str
    index: int
    custom: bool
    vessel_types: list[VesselType]
    legs: list[list[list[float]]]
    vessels: list[int]
    waypoints: list[RouteWaypoint] | UnsetType = UNSET


class Routes(Struct):
    """The simulator's routes, and a person's own."""

    routes: list[RouteModel]


class PortModel(Struct):
    """A port."""

    name: str
    country: str
    locode: str
    latitude: Latitude
    longitude: Longitude


class Ports(Struct):
    """The ports that simulated vessels call at."""

    ports: list[PortModel]
