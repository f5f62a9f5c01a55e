"""The columns form: `vessel_updates` and `vessel_static` as one list for each column, in level-1 units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from traffic import fields
from traffic.snapshot import Picked

Values = NDArray[Any]
_TYPES: Final = np.array(fields.VESSEL_TYPES, object)
_STATUSES: Final = np.array(fields.STATUSES, object)


def values(picked: Picked, name: str) -> Values:
    """The column as clients see it, length k: numbers with NaN, or objects with None, for what is not known.

    Computed once for everybody who chooses from the same picked rows.
    """
    return picked.keep(("values", name), lambda: _VALUES[name](picked))


def encode(picked: Picked, places: NDArray[np.intp], names: tuple[str, ...]) -> bytes:
    """The JSON object of the columns `names`, of the rows at `places` of `picked`."""
    chosen = {name: _listed(values(picked, name)[places]) for name in names}
    return orjson.dumps(chosen, option=orjson.OPT_SERIALIZE_NUMPY)


def _listed(column: Values) -> Any:
    return column.tolist() if column.dtype == object else column


def _scaled(column: Values, missing: int, scale: int, digits: int) -> Values:
    return np.where(column == missing, np.nan, np.round(column / scale, digits))


def _or_none(column: Values, known: NDArray[np.bool_]) -> Values:
    result = column.astype(object)
    result[~known] = None
    return result


def _texts(column: Values) -> Values:
    return _or_none(column, column != "")


def _counts(column: Values) -> Values:
    return _or_none(column, column != 0)


def _imos(picked: Picked) -> Values:
    text = np.array([f"IMO{imo:07d}" for imo in picked["imo"].tolist()], object)
    return _or_none(text, fields.imo_is_valid(picked["imo"]))


def _times(column: Values) -> Values:
    text = np.datetime_as_string(column.astype("datetime64[ms]"), timezone="UTC")
    return _or_none(text, column > 0)


def _of_source(picked: Picked, by_source: tuple[object, ...]) -> Values:
    return np.asarray(np.array([*by_source, None], object)[picked["source"]])


_VALUES: Final[dict[str, Callable[[Picked], Values]]] = {
    "mmsi": lambda picked: picked["mmsi"],
    "age_s": lambda picked: np.round(np.maximum(round(picked.snapshot.now * 1000) - picked["t"], 0) / 1000, 1),
    "latitude": lambda picked: _scaled(picked["lat"], fields.LAT_NA, fields.LATLON_SCALE, 6),
    "longitude": lambda picked: _scaled(picked["lon"], fields.LON_NA, fields.LATLON_SCALE, 6),
    "speed_over_ground": lambda picked: _scaled(picked["sog"], fields.U2_NA, 10, 1),
    "course_over_ground": lambda picked: _scaled(picked["cog"], fields.U2_NA, 10, 1),
    "heading": lambda picked: _scaled(picked["heading"], fields.U2_NA, 1, 0),
    "rate_of_turn": lambda picked: _scaled(picked["rot"], fields.ROT_NA, 10, 1),
    "vessel_type": lambda picked: _TYPES[picked["vessel_type"]],
    "status": lambda picked: _STATUSES[picked["status"]],
    "vessel_name": lambda picked: _texts(picked["name"]),
    "imo_number": _imos,
    "callsign": lambda picked: _texts(picked["callsign"]),
    "ship_type": lambda picked: _counts(picked["ship_type"]),
    "a": lambda picked: _counts(picked["a"]),
    "b": lambda picked: _counts(picked["b"]),
    "c": lambda picked: _counts(picked["c"]),
    "d": lambda picked: _counts(picked["d"]),
    "draught": lambda picked: _or_none(np.round(picked["draught"] / 10, 1), picked["draught"] > 0),
    "destination": lambda picked: _texts(picked["destination"]),
    "eta": lambda picked: _times(picked["eta"]),
    "flag": lambda picked: _texts(picked["flag"]),
    "route": lambda picked: _or_none(picked["route"], picked["route"] >= 0),
    "source": lambda picked: _of_source(picked, picked.snapshot.sources),
    "simulated": lambda picked: _of_source(picked, picked.snapshot.simulated),
}
