"""Every number, text and list of a request has limits."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta, inspect

import fairway.commands
import fairway.web.api
from fairway.commands.base import Command

LIMITED = (
    inspect.Metadata,
    inspect.UnionType,
    inspect.TupleType,
    inspect.StructType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.LiteralType,
    inspect.DateTimeType,
)
"""Types whose own size is limited. Any other type, such as a dictionary, is not."""


def structs(package) -> Iterator[type[msgspec.Struct]]:
    """Yield the Structs that the modules of a package define."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.name:
                yield value


def has_limits(known: inspect.Type) -> bool:
    """Return whether a value of the type has a largest size, apart from the values inside it."""
    match known:
        case inspect.IntType() | inspect.FloatType():
            low, high = known.ge if known.gt is None else known.gt, known.le if known.lt is None else known.lt
            return low is not None and high is not None
        case inspect.StrType() | inspect.ListType() | inspect.VarTupleType():
            return known.max_length is not None
    return isinstance(known, LIMITED)


def inside(known: inspect.Type) -> list[tuple[str, inspect.Type]]:
    """Return the types inside a type, each with the end of its place."""
    match known:
        case inspect.Metadata():
            return [("", known.type)]
        case inspect.UnionType():
            return [("", item) for item in known.types]
        case inspect.ListType() | inspect.VarTupleType():
            return [("[]", known.item_type)]
        case inspect.TupleType():
            return [(f"[{at}]", item) for at, item in enumerate(known.item_types)]
        case inspect.StructType():
            return [(f".{field.encode_name}", field.type) for field in known.fields]
    return []


def unbounded(known: inspect.Type, where: str) -> list[str]:
    """Return the places in a type where a value of any size is accepted."""
    deeper = [place for end, item in inside(known) for place in unbounded(item, where + end)]
    return deeper if has_limits(known) else [where, *deeper]


COMMANDS = sorted(structs(fairway.commands), key=lambda kind: kind.__name__)
QUERIES = sorted(
    (kind for kind in structs(fairway.web.api) if kind.__struct_config__.forbid_unknown_fields),
    key=lambda kind: kind.__name__,
)
"""A request is strict about its keys; an answer is not."""


@pytest.mark.parametrize("kind", [*COMMANDS, *QUERIES], ids=lambda kind: kind.__name__)
def test_every_value_has_limits(kind):
    """No number lacks a smallest or largest value, no text or list a longest length."""
    assert unbounded(inspect.type_info(kind), kind.__name__) == []


def test_requests_are_found():
    """The walk meets commands and queries, and each of them refuses unknown keys."""
    assert sum(issubclass(kind, Command) for kind in COMMANDS) > 25
    assert {"VesselsQuery", "TrackQuery"} <= {kind.__name__ for kind in QUERIES}
    loose = [kind.__name__ for kind in COMMANDS if not kind.__struct_config__.forbid_unknown_fields]
    assert loose == []


@pytest.mark.parametrize(
    "loose",
    [int, str, list[Annotated[int, Meta(ge=0, le=1)]], dict[str, int], Annotated[float, Meta(ge=0)], float | None],
)
def test_a_value_without_limits_is_found(loose):
    """The check sees each kind of value without a limit."""
    kind = msgspec.defstruct("Loose", [("value", loose)])
    assert unbounded(inspect.type_info(kind), "Loose") == ["Loose.value"]
