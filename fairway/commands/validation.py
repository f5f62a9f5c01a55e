"""One check for everything that users send: an object becomes a Struct, or an error in plain words.

REST, scenario files, the streams and the cluster share it. An error names the key, the value and what was expected;
msgspec finds the place, and the types say what is expected there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from fairway.errors import RequestError

T = TypeVar("T")
MISSING: Final = "is missing"
OTHER_NAMES: Final = {
    "type": "vessel_type",
    "vessel_type": "type",
    "name": "vessel_name",
    "lat": "latitude",
    "lon": "longitude",
    "latitude": "lat",
    "longitude": "lon",
    "imo": "imo_number",
}
"""Key -> what another interface calls the same thing."""
_PATH: Final = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"required field `(.*)`", re.DOTALL)
_MAX_LISTED: Final = 24


@dataclass(frozen=True, slots=True)
class Fault:
    """Where an object breaks its schema, and how.

    Attributes:
        path: keys and list positions of the value at fault, outermost first; empty for the object itself.
        key: the key that is unknown or missing there; None for a wrong value.
        text: the mistake in plain words, without the path.
        expected: what would be right there, for a wrong value.
        hint: the keys that are known there, for an unknown key.

    """

    path: tuple[str | int, ...]
    key: str | None
    text: str
    expected: str = ""
    hint: str = ""

    @property
    def field(self) -> str | None:
        """The outermost key at fault; None where the object itself is no object."""
        return str(self.path[0]) if self.path else self.key

    @property
    def place(self) -> str:
        """The path in one text, such as `waypoints[1].lat`; empty for the object itself."""
        return _joined(self.path)

    def __str__(self) -> str:
        """Return the mistake with its path, such as `waypoints[1].lat: expected ...`."""
        where = _joined((*self.path, self.key) if self.key and self.text == MISSING else self.path)
        return f"{where}: {self.text}" if where else self.text


def _joined(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part:.60}" for part in path)
    return text.removeprefix(".")


def checked(value: object, kind: type[T]) -> T:
    """Return `value` as a `kind`.

    Raises:
        RequestError: `value` breaks the schema; `field` is its outermost key at fault.

    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        fault = fault_of(error, value, kind)
        raise RequestError("bad_request", str(fault), fault.field) from error


def fault_of(error: msgspec.ValidationError, value: object, kind: Any) -> Fault:
    """Return where and how `value` breaks the schema of `kind`, given what msgspec says of it."""
    known = inspect.type_info(kind)
    if "unknown field" in str(error):
        # a key may hold anything, even msgspec's own words: look for it instead of reading the message
        unknown = _unknown_in(known, value, ())
        if unknown:
            hint = _hint(unknown[1], unknown[2])
            return Fault(unknown[0], unknown[1], f"unknown key {shown(unknown[1])}{hint}", hint=hint)
    found = _PATH.fullmatch(str(error))
    message, place = (found[1], found[2]) if found else (str(error), "")
    path: list[str | int] = [int(at) if at else key for key, at in re.findall(r"\.(\w+)|\[(\d+)\]", place)]
    for step in path:
        known, value = _inner(known, value, step), _item(value, step)
    key = _MISSING.search(message)
    if key:
        return Fault(tuple(path), key[1], MISSING)
    expected = f"expected {_expected(known)}"
    return Fault(tuple(path), None, f"{expected}, not {shown(value)}", expected)


def _unknown_in(
    known: inspect.Type, value: object, path: tuple[str | int, ...]
) -> tuple[tuple[str | int, ...], str, list[str]] | None:
    """The path of the first object with an unknown key, the key, and the known ones."""
    for item in _alternatives(known):
        inner: list[tuple[str | int, inspect.Type, object]] = []
        if isinstance(item, inspect.StructType) and isinstance(value, dict) and _fits(item, value, known):
            keys = _keys(known, value)
            for key in value:
                if key not in keys and key != item.tag_field:
                    return path, str(key), keys
            inner = [(f.encode_name, f.type, value[f.encode_name]) for f in item.fields if f.encode_name in value]
        elif isinstance(item, inspect.ListType) and isinstance(value, list):
            inner = [(at, item.item_type, part) for at, part in enumerate(value)]
        for step, kind, part in inner:
            found = _unknown_in(kind, part, (*path, step))
            if found:
                return found
    return None


def shown(value: object, form: str = "{!r}") -> str:
    """Return a user's value as an error quotes it: at most 60 characters."""
    text = "null" if value is None else form.format(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _hint(key: str, known: Sequence[str]) -> str:
    other = OTHER_NAMES.get(key)
    likely = [other] if other in known else difflib.get_close_matches(key, known, 1)
    meant = f"; did you mean {likely[0]}" if likely else ""
    return f"{meant}; known are {', '.join(known)}" if known else meant


def _item(value: Any, step: str | int) -> Any:
    """The value one step further in; None where msgspec's path leads past the object."""
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def _inner(known: inspect.Type, value: object, step: str | int) -> inspect.Type:
    """The type one step further in; AnyType where the types do not say."""
    for item in _alternatives(known):
        if isinstance(item, inspect.StructType) and _fits(item, value, known):
            for field in item.fields:
                if field.encode_name == step:
                    return field.type
            if item.tag_field == step:
                return inspect.LiteralType(tuple(_tags(known)))
        if isinstance(item, inspect.ListType | inspect.VarTupleType) and isinstance(step, int):
            return item.item_type
        if isinstance(item, inspect.TupleType) and isinstance(step, int) and step < len(item.item_types):
            return item.item_types[step]
    return inspect.AnyType()


def _fits(item: inspect.StructType, value: object, known: inspect.Type) -> bool:
    """Whether an object is meant as this struct of `known`: by its tag, if there is a choice."""
    tag = value.get(item.tag_field) if isinstance(value, dict) and item.tag_field else None
    return tag is None or tag == item.tag or tag not in _tags(known) or not isinstance(tag, str)


def _keys(known: inspect.Type, value: object) -> list[str]:
    structs = [item for item in _alternatives(known) if isinstance(item, inspect.StructType)]
    meant = next((item for item in structs if _is_tagged(item, value)), structs[0] if structs else None)
    if meant is None:
        return []
    tag = [meant.tag_field] if meant.tag_field and len(structs) > 1 else []
    return [*tag, *(field.encode_name for field in meant.fields)]


def _is_tagged(item: inspect.StructType, value: object) -> bool:
    return isinstance(value, dict) and item.tag_field is not None and value.get(item.tag_field) == item.tag


def _tags(known: inspect.Type) -> list[Any]:
    return [item.tag for item in _alternatives(known) if isinstance(item, inspect.StructType)]


def _alternatives(known: inspect.Type) -> Iterable[inspect.Type]:
    bare = known.type if isinstance(known, inspect.Metadata) else known
    if not isinstance(bare, inspect.UnionType):
        return (bare,)
    return tuple(item.type if isinstance(item, inspect.Metadata) else item for item in bare.types)


def _expected(known: inspect.Type, about: str = "") -> str:
    """What a type takes, in words that follow "expected"."""
    if isinstance(known, inspect.Metadata):
        extra = known.extra_json_schema or {}
        if "enum" in extra:
            return _one_of(extra["enum"])
        return _expected(known.type, extra.get("description", about))
    if isinstance(known, inspect.UnionType):
        some = [item for item in known.types if not isinstance(item, inspect.NoneType)]
        return " or ".join(dict.fromkeys(map(_expected, some)))
    words = _WORDS.get(type(known))
    return words(known, about) if words else about or "another value"


def _one_of(values: Sequence[object]) -> str:
    listed = ", ".join(map(str, values[:_MAX_LISTED]))
    return f"one of {listed}" if len(values) > 1 else listed


def _number(known: inspect.IntType | inspect.FloatType, unit: str) -> str:
    kind = "an integer" if isinstance(known, inspect.IntType) else "a number"
    low, high = (known.ge if known.gt is None else known.gt), (known.le if known.lt is None else known.lt)
    above, below = " over" if known.gt is not None else " from", " to under" if known.lt is not None else " to"
    words = kind
    if low is not None and high is not None:
        words += f"{above} {_digits(low)}{below} {_digits(high)}"
    elif low is not None:
        words += f"{above} {_digits(low)} up"
    elif high is not None:
        words += f" of at most {_digits(high)}"
    return f"{words} ({unit})" if unit else words


def _digits(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _text(known: inspect.StrType, about: str) -> str:
    if about and known.pattern and known.min_length is None:
        return about
    size = _range(known.min_length, known.max_length)
    return f"a text{size}{' ' if size else ' of '}{about or 'characters'}" if size or about else "a text"


def _range(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f" of {low}" if low == high else f" of {low} to {high}"
    return f" of at least {low}" if low is not None else f" of at most {high}" if high is not None else ""


def _object(known: inspect.StructType, _about: str) -> str:
    needed = [field.encode_name for field in known.fields if field.required]
    return f"an object with {', '.join(needed)}" if needed else "an object"


_WORDS: Final[dict[type, Callable[[Any, str], str]]] = {
    inspect.BoolType: lambda _known, _about: "true or false",
    inspect.DateTimeType: lambda _known, about: about or "a time like 2026-01-31T12:00:00Z",
    inspect.DictType: lambda _known, _about: "an object",
    inspect.FloatType: _number,
    inspect.IntType: _number,
    inspect.ListType: lambda known, _about: f"a list{_range(known.min_length, known.max_length)}",
    inspect.LiteralType: lambda known, _about: _one_of(known.values),
    inspect.StrType: _text,
    inspect.StructType: _object,
    inspect.TupleType: lambda known, _about: f"a list of {len(known.item_types)} values",
    inspect.VarTupleType: lambda known, _about: f"a list{_range(known.min_length, known.max_length)}",
}
"""Type of a value -> what it takes, given its description."""
