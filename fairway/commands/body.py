"""Commands without the keys that a request gives elsewhere: bodies of REST, tables of scenario files."""

from __future__ import annotations

from typing import Any

import msgspec

from fairway.commands.base import Command


def body_of(kind: type[Command], *elsewhere: str) -> type[msgspec.Struct]:
    """Return a Struct with the checked keys of a command, except `kind` and those given `elsewhere`, as in a path."""
    fields: list[Any] = [
        (field.name, field.type, field.default) if field.default is not msgspec.NODEFAULT else (field.name, field.type)
        for field in msgspec.structs.fields(kind)
        if field.name not in elsewhere
    ]
    return msgspec.defstruct(
        f"{kind.__name__}Body",
        fields,
        kw_only=True,
        forbid_unknown_fields=True,
        module=kind.__module__,
        namespace={"__doc__": kind.__doc__},
    )


def command_of(kind: type[Command], body: msgspec.Struct, **elsewhere: Any) -> Any:
    """Return the command that a body and the values given elsewhere make."""
    return kind(**msgspec.structs.asdict(body), **elsewhere)
