"""Every frame against its schema, strictly: an undocumented key is an error."""

import json
from functools import cache

import jsonschema_rs

from fairway.protocol import encode_binary, schema


def strict(part):
    """Return the schema without room for further keys."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {"additionalProperties": False} if part.get("type") == "object" and "properties" in part else {}
    return closed | {key: strict(value) for key, value in part.items()}


@cache
def validators() -> dict[str, list]:
    """For each `type` the forms it may have."""
    found: dict[str, list] = {}
    for message in schema.from_server():
        kind = message.schema["properties"]["type"]["const"]
        found.setdefault(kind, []).append((message.name, jsonschema_rs.Draft7Validator(strict(message.schema))))
    return found


def checked(frame):
    """Check the schema of a server's message; return it as JSON, or a binary one's header and columns."""
    if isinstance(frame, bytes) and frame[:1] != b"{":
        return encode_binary.read(frame)
    body = json.loads(frame)
    forms = validators()[body["type"]]
    if sum(form.is_valid(body) for _, form in forms) != 1:
        faults = {name: [(e.instance_path, e.message[:200]) for e in form.iter_errors(body)] for name, form in forms}
        raise AssertionError(faults)
    return body
