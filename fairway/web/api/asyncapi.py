"""AsyncAPI: the contract of the stream, made from the schemas, at /api/asyncapi.json."""

from __future__ import annotations

from typing import Any, Final

import orjson
from flask import Flask, Response, request

from fairway import __version__
from fairway.protocol import encode_binary, schema
from fairway.protocol.requests import LEVELS

ABOUT: Final = """Positions of vessels as they are reported, over a WebSocket. Level 1: connect, subscribe, read.
Level 2 (`"proto": 2` in subscribe, or `?proto=2`) adds filters, periods, columns, a binary form, removals, resume and
heartbeats. A message of level 2 is the next one if its `prev` is the `seq` that the client has; a snapshot replaces
everything. Text messages are at most 512 KiB: longer ones come in parts. Further keys may be added to any message.
Socket.IO at /socket.io has the messages of level 1 as events of the same names."""


def mount(server: Flask) -> None:
    """Serve the document on `server`, with the host under which it was asked for."""

    def answer() -> Response:
        return Response(orjson.dumps(document(request.host)), mimetype="application/json")

    server.add_url_rule("/api/asyncapi.json", "asyncapi", answer)


def document(host: str) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of a server at `host`."""
    sent = [message.name for message in schema.from_server()]
    received = [message.name for message in schema.from_client()]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Fairway", "version": __version__, "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "servers": {"here": {"host": host, "protocol": "ws"}},
        "channels": {"stream": _channel([*sent, "vessel_updates_binary", *received])},
        "operations": {
            "tell": _operation("send", "What the server sends.", [*sent, "vessel_updates_binary"]),
            "ask": _operation("receive", "What clients may send.", received),
        },
        "components": {"messages": _messages(), "schemas": schema.request_components()},
    }


def _channel(names: list[str]) -> dict[str, Any]:
    level = {"type": "string", "enum": [str(level) for level in LEVELS], "description": "the level to begin with"}
    return {
        "address": "/ws",
        "title": "The raw WebSocket; an upgrade at / reaches it too",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"query": {"type": "object", "properties": {"proto": level}}, "bindingVersion": "0.1.0"}},
    }


def _operation(action: str, summary: str, names: list[str]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/stream/messages/{name}"} for name in names]
    return {"action": action, "channel": {"$ref": "#/channels/stream"}, "summary": summary, "messages": messages}


def _messages() -> dict[str, Any]:
    text = {
        message.name: {"name": message.name, "summary": message.about, "payload": message.schema}
        for message in (*schema.from_server(), *schema.from_client())
    }
    return text | {"vessel_updates_binary": _binary()}


def _binary() -> dict[str, Any]:
    """The binary message, field by field: JSON Schema has no words for bytes, so the layout is an extension."""
    lines = [f"- `{part.name}` {_type(part)}: {part.unit or 'as it is'}{_missing(part)}" for part in _parts()]
    return {
        "name": "vessel_updates_binary",
        "summary": "Level 2, encoding binary: one WebSocket binary message, never split.",
        "description": "Little-endian, without padding, in this order:\n" + "\n".join(lines),
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
        "x-layout": [
            {"name": part.name, "type": part.dtype, "count": part.count, "unit": part.unit, "missing": part.missing}
            for part in _parts()
        ],
    }


def _parts() -> tuple[encode_binary.Part, ...]:
    return (*encode_binary.HEADER, *encode_binary.COLUMNS)


def _type(part: encode_binary.Part) -> str:
    return part.dtype.lstrip("<") + ("" if part.count == "1" else f"[{part.count}]")


def _missing(part: encode_binary.Part) -> str:
    return "" if part.missing is None else f"; {part.missing}: not available"
