"""Write docs/reference/messages.md from the schemas of the stream, the table of fields and the table of errors."""

from collections.abc import Iterable
from pathlib import Path

from fairway.errors import CODES
from fairway.protocol import schema
from fairway.protocol.schema import Message
from fairway.traffic import fields
from fairway.traffic.fields import Key

PAGE = Path(__file__).parents[1] / "docs/reference/messages.md"
HEAD = """# Messages

Every message of `/ws` by name, the keys of a vessel, and every error code.
[Protocol](protocol.md) shows an example of each message; `/api/asyncapi.json` has their JSON Schemas.

This page is written by `python -m scripts.messages_reference`.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [
        HEAD,
        section("From the server", "| message | type | when | keys |", map(message_row, schema.from_server())),
        section("From clients", "| message | type | meaning | keys |", map(message_row, schema.from_client())),
        section("A vessel in an update", "| key | kind | meaning |", key_rows(fields.UPDATE)),
        section("Columns of `vessel_updates`", "| column | kind | meaning |", key_rows(fields.COLUMNS)),
        section("Columns of `vessel_static`", "| column | kind | meaning |", key_rows(fields.STATIC_COLUMNS)),
        section("Error codes", "| code | when |", (f"| `{code}` | {text} |" for code, text in CODES.items())),
    ]
    return "\n".join(parts)


def section(title: str, header: str, rows: Iterable[str]) -> str:
    """Return a heading and a table."""
    rule = "|---" * (header.count("|") - 1) + "|"
    return "\n".join([f"## {title}\n", header, rule, *rows, ""])


def message_row(message: Message) -> str:
    """Return a message as a row; optional keys are marked."""
    properties = message.schema.get("properties", {})
    required = set(message.schema.get("required", ()))
    names = [
        f"`{name}`" + ("" if name in required else "?") for name in properties if name not in ("type", "timestamp")
    ]
    kind = properties.get("type", {}).get("const", "subscribe")
    return f"| `{message.name}` | `{kind}` | {message.about} | {', '.join(names) or 'see the schema'} |"


def key_rows(keys: Iterable[Key], within: str = "") -> Iterable[str]:
    """Yield a row for each key, and for the keys inside an object."""
    for key in keys:
        kind = f"{key.kind} or null" if key.nullable else key.kind
        values = f": {', '.join(key.values)}" if key.values else ""
        yield f"| `{within}{key.name}` | {kind} | {key.about}{values} |"
        yield from key_rows(key.keys, f"{within}{key.name}.")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
