"""Every command in one union, as messages and scenario files hold them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from fairway.commands.base import Command
from fairway.commands.clock import Jump
from fairway.commands.events import DarkEvent
from fairway.commands.union import EVENT_KINDS, QUERIES, AnyCommand, BeginEvent, kind_of, values_of
from fairway.commands.validation import checked
from fairway.errors import RequestError

KINDS = get_args(AnyCommand)
TEXTS = st.text("abcXYZ 09", min_size=1, max_size=20).map(lambda text: "a" + text[1:])
MOMENTS = st.integers(0, 10**12).map(lambda ms: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))


def text_of(known: inspect.StrType) -> st.SearchStrategy[str]:
    pattern = known.pattern or ""
    if "[Ii][Mm][Oo]" in pattern:
        return st.sampled_from(["IMO9074729", "9074729"])
    if "[A-Z]{2}" in pattern:
        return st.sampled_from(["NL", "GR"])
    if "d)?" in pattern:
        return st.sampled_from(["2h30m", "1d", "90s"])
    return TEXTS


def number_of(known: inspect.IntType | inspect.FloatType) -> st.SearchStrategy[float]:
    low = known.ge if known.gt is None else known.gt
    high = known.le if known.lt is None else known.lt
    if isinstance(known, inspect.IntType):
        return st.integers(int(low or 0), int(high or 0) - (known.lt is not None))
    return st.floats(low, high, exclude_max=known.lt is not None, allow_nan=False)


def object_of(known: inspect.StructType) -> st.SearchStrategy[msgspec.Struct]:
    needed = {field.name: values(field.type) for field in known.fields if field.required}
    optional = {field.name: values(field.type) for field in known.fields if not field.required}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda chosen: known.cls(**chosen))


def list_of(known: inspect.ListType) -> st.SearchStrategy[list]:
    least = known.min_length or 0
    return st.lists(values(known.item_type), min_size=least, max_size=min(least + 2, known.max_length or least + 2))


STRATEGIES: dict[type, Callable[[Any], st.SearchStrategy]] = {
    inspect.Metadata: lambda known: values(known.type),
    inspect.UnionType: lambda known: st.one_of(*map(values, known.types)),
    inspect.IntType: number_of,
    inspect.FloatType: number_of,
    inspect.StrType: text_of,
    inspect.DateTimeType: lambda _known: MOMENTS,
    inspect.BoolType: lambda _known: st.booleans(),
    inspect.NoneType: lambda _known: st.none(),
    inspect.LiteralType: lambda known: st.sampled_from(known.values),
    inspect.ListType: list_of,
    inspect.TupleType: lambda known: st.tuples(*map(values, known.item_types)),
    inspect.StructType: object_of,
}
"""Type of a value -> the strategy that draws such values."""


def values(known: inspect.Type) -> st.SearchStrategy:
    """Return a strategy for the values of a type; a type without one is an error."""
    return STRATEGIES[type(known)](known)


@pytest.mark.parametrize("kind", KINDS, ids=kind_of)
@given(data=st.data())
def test_encoding_and_decoding_is_the_identity(kind, data):
    """Each command is the same after JSON, and after the objects that JSON holds."""
    command = data.draw(values(inspect.type_info(kind)))
    encoded = msgspec.json.encode(command)
    assert msgspec.json.decode(encoded, type=AnyCommand) == command
    assert checked(msgspec.json.decode(encoded), AnyCommand) == command  # type: ignore[arg-type]  # a union


def test_kinds_are_distinct():
    """Each command has a kind of its own, and an event of a scenario is found by it."""
    assert len({kind_of(kind) for kind in KINDS}) == len(KINDS)
    assert all(kind_of(command) == kind for kind, command in EVENT_KINDS.items())
    assert EVENT_KINDS["dark"] is DarkEvent
    assert set(QUERIES) <= set(KINDS)


def test_every_command_class_is_in_the_union():
    """A command of the package that the union leaves out could not be sent."""

    def leaves(kind: type) -> set[type]:
        below = [item for item in kind.__subclasses__() if item.__module__.startswith("fairway.commands")]
        return set().union(*map(leaves, below)) if below else {kind}

    in_union = set(KINDS) | set(EVENT_KINDS.values())
    assert leaves(Command) == in_union


def test_values_are_as_toml_has_them():
    """A table of a scenario file has datetimes, `for`, and nothing that is at its default."""
    moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert values_of(Jump(time=moment)) == {"time": moment}
    assert values_of(DarkEvent(vessel="One", lasts="2h")) == {"vessel": "One", "for": "2h"}


def test_an_unknown_kind_is_refused():
    """The error lists the kinds there are, for a command and for the event in one."""
    with pytest.raises(RequestError, match=r"^kind: expected one of ") as caught:
        checked({"kind": "burn"}, AnyCommand)  # type: ignore[arg-type]  # a union
    assert caught.value.field == "kind"
    with pytest.raises(RequestError, match=r"^event.kind: expected one of dark, ") as caught:
        checked({"event": {"kind": "step"}}, BeginEvent)
    assert caught.value.field == "event"
