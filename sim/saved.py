"""Saved simulations: encodes the simulator's objects as MessagePack and decodes them after a restart.

The data is a list of nodes, the last of which is the root. A node is [kind, content]; the content consists of numbers,
texts, None, or [index] of an earlier node, which preserves shared references. Decoding creates only the classes listed
here, whatever the file contains.
"""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import numpy as np

from fairway.chart.routing import Path, Stop
from fairway.commands.union import EVENT_KINDS, ScenarioCommand
from fairway.traffic.batch import Batch
from sim.custom.independent import IndependentVessels
from sim.custom.paths import Waypoint
from sim.custom.plans import PlanSequence, RoutePlan, Sail, ShuttlePlan, Stay
from sim.custom.routes import CustomRoute
from sim.reports.crew_errors import Statuses
from sim.reports.faults import Faults, FaultyLine
from sim.reports.reporting import Reporter
from sim.reports.sensors import Sensors
from sim.scenario.events import Running, ScenarioEvents
from sim.scenario.journal import Journal
from sim.scenario.maneuvers import Gathered, Meeting, Resumed
from sim.scenario.scenario import ScenarioEvent
from sim.simulation import Simulation
from sim.world.convoys import Convoys
from sim.world.fleet import Fleet
from sim.world.voyage_data import VoyageData
from sim.world.voyages import Voyages
from sim.world.weather import Weather
from sim.world.world import World

VALUES: Final[dict[str, type]] = {
    kind.__name__: kind
    for kind in (
        Batch, CustomRoute, Faults, Gathered, Meeting, Path, PlanSequence, Resumed, RoutePlan, Running, Sail,
        ScenarioEvent, ShuttlePlan, Stay, Stop, Waypoint,
    )
}  # fmt: skip
"""Dataclasses that decoding creates from all their fields."""
STATEFUL: Final[dict[type, tuple[str, ...]]] = {
    Convoys: ("_booked",),
    ScenarioEvents: ("start", "running", "over", "_next_sweep", "_unable", "_ahead"),
    FaultyLine: ("faults", "counts", "_rng", "_held", "_number"),
    Fleet: tuple(item.name for item in dataclasses.fields(Fleet)),
    Journal: ("start", "update_interval", "entries", "lost"),
    IndependentVessels: ("now", "fleet", "sails", "_plans", "_lines", "_own", "_stops"),
    Reporter: (
        "interval_s", "_rng", "_sensors", "_statuses", "_grid", "_next", "_next_static", "_lag", "_status", "_version",
        "_time",
    ),
    Simulation: (
        "world", "independent", "routes", "custom_mmsis", "closed", "_named", "_last_route_number", "_retired",
        "_reporters",
    ),
    Sensors: ("_read_at", "_east_m", "_north_m", "_sigma_m", "_swing_part"),
    Statuses: ("said", "_true"),
    VoyageData: ("_rng",),
    Voyages: ("_rng", "convoys", "data"),
    Weather: ("_rng",),
    World: ("now", "fleet", "_weather", "_voyages", "_next_rested"),
}  # fmt: skip
"""Classes whose objects the settings create before `restore`, and their attributes that change."""
DERIVED: Final[dict[type, tuple[str, ...]]] = {
    Convoys: ("begins_nm", "ends_nm", "_hour_s", "_headway_s", "_ships", "_entered"),
    FaultyLine: ("_seed",),
    IndependentVessels: (
        "_stale", "_last", "_first", "_lat", "_lon", "_along", "_course", "_first_key", "_keys",
    ),
    Reporter: ("world", "_itu", "_coverage"),
    ScenarioEvents: ("scenario", "_simulation", "_line", "_execute", "_note"),
    Simulation: ("_settings",),
    VoyageData: ("_fleet", "_lanes", "_port_names", "_passage", "_convoys"),
    Voyages: ("_fleet", "_lanes", "passage", "itinerary", "_itineraries", "cycles", "moorings", "steering"),
    Weather: ("_fleet",),
    World: ("lanes", "ports", "_encounters"),
}  # fmt: skip
"""Their other attributes, derived from the settings and the saved attributes. A test checks both tables."""
LAYOUT: Final = zlib.crc32(
    repr(
        [
            *((kind.__name__, names) for kind, names in STATEFUL.items()),
            *((name, [item.name for item in dataclasses.fields(kind)]) for name, kind in VALUES.items()),
        ]
    ).encode()
)
"""Checksum of all saved attributes: a file with another layout comes from another release and is not used."""
_PLAIN: Final = (bool, int, float, str, type(None))


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """Saved attributes for an existing object."""

    values: dict[str, Any]


def packed(thing: Any) -> bytes:
    """Encode an object graph of plain values, arrays, random generators and objects of the classes above."""
    nodes: list[Any] = []
    numbers: dict[int, int] = {}
    # references to temporary values: an id is unique only while its object lives
    alive: list[Any] = []

    def plain(value: Any) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, _PLAIN):
            return value
        if id(value) not in numbers:
            content = _content(value, plain)
            numbers[id(value)] = len(nodes)
            nodes.append(content)
            alive.append(value)
        return [numbers[id(value)]]

    plain(thing)
    return msgspec.msgpack.encode(nodes)


def unpacked(data: bytes) -> Any:
    """Decode the result of `packed`; objects of STATEFUL classes become State, for `restore`.

    Raises:
        ValueError, LookupError, TypeError, msgspec.MsgspecError: If `data` is not a result of `packed`.

    """
    decoded: list[Any] = []

    def thing(value: Any) -> Any:
        return decoded[value[0]] if isinstance(value, list) else value

    for kind, content in msgspec.msgpack.decode(data, type=list[tuple[str, Any]]):
        decoded.append(_decoded(kind, content, thing))
    return decoded[-1]


def restore(thing: Any, state: State) -> None:
    """Assign the attributes of a State to an existing object."""
    for name, value in state.values.items():
        if isinstance(value, State):
            restore(getattr(thing, name), value)
        elif isinstance(value, list) and value and isinstance(value[0], State):
            for own, part in zip(getattr(thing, name), value, strict=True):
                restore(own, part)
        else:
            setattr(thing, name, value)


def _content(value: Any, plain: Callable[[Any], Any]) -> list[Any]:
    kind: type = type(value)
    if kind in _LEAVES:
        return list(_LEAVES[kind](value))
    if kind.__name__ in _COLLECTIONS:
        if kind is list and value and all(type(item) is str for item in value):
            return ["texts", value]
        return [kind.__name__, [plain(item) for item in value]]
    if kind in (dict, Counter):
        return [kind.__name__, [[plain(key), plain(item)] for key, item in value.items()]]
    names = STATEFUL.get(kind)
    if names is None:
        if VALUES.get(kind.__name__) is not kind:
            raise TypeError(f"objects of class {kind.__name__} cannot be saved")
        names = tuple(item.name for item in dataclasses.fields(kind))
    name_of_kind = "state" if kind in STATEFUL else kind.__name__
    return [name_of_kind, [[name, plain(getattr(value, name))] for name in names]]


def _decoded(kind: str, content: Any, thing: Callable[[Any], Any]) -> Any:
    if kind in _SIMPLE:
        return _SIMPLE[kind](content)
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](thing(item) for item in content)
    pairs = {thing(key): thing(item) for key, item in content}
    if kind in ("dict", "Counter"):
        return Counter(pairs) if kind == "Counter" else pairs
    return State(pairs) if kind == "state" else VALUES[kind](**pairs)


def _array(content: Any) -> Any:
    dtype, shape, data = content
    return np.frombuffer(data, np.dtype(dtype)).reshape(shape).copy()


def _random(content: str) -> np.random.Generator:
    generator = np.random.default_rng(0)
    generator.bit_generator.state = json.loads(content)
    return generator


_LEAVES: Final[dict[type, Callable[[Any], tuple[str, Any]]]] = {
    np.ndarray: lambda value: ("array", [value.dtype.str, value.shape, value.tobytes()]),
    np.random.Generator: lambda value: ("random", json.dumps(value.bit_generator.state)),
    bytes: lambda value: ("bytes", value),
    datetime: lambda value: ("time", value.timestamp()),
    **{kind: lambda value: ("command", msgspec.json.encode(value).decode()) for kind in EVENT_KINDS.values()},
}
_SIMPLE: Final[dict[str, Callable[[Any], Any]]] = {
    "array": _array,
    "random": _random,
    "texts": list,
    "bytes": bytes,
    "command": lambda content: msgspec.json.decode(content, type=ScenarioCommand),
    "time": lambda content: datetime.fromtimestamp(content, UTC),
}
_COLLECTIONS: Final[dict[str, Callable[[Iterable[Any]], Any]]] = {
    kind.__name__: kind for kind in (list, tuple, set, frozenset)
}
