"""Requests with one fault each, and the text that the error must contain."""

import copy
import json
from random import Random

import jsonschema_rs

from fairway.protocol import schema
from tests.support.frames import checked

GOOD = (
    {
        "type": "subscribe", "subscription_type": "all", "proto": 2, "request_id": "r1",
        "filter": {
            "bbox": [-6, 49, 3, 52], "mmsi": [211000001], "imo_number": ["IMO9074729"], "vessel_type": ["tanker"],
            "status": ["at_sea"], "min_speed": 5, "max_speed": 20,
            "near": {"latitude": 51.9, "longitude": 4.1, "nm": 30},
        },
        "fields": ["position"], "period_ms": 1000, "encoding": "columns",
        "resume": {"epoch": "b7e1", "seq": 81000, "event_seq": 3},
    },
    {"type": "subscribe", "subscription_type": "vessels"},
    {"type": "get_vessel", "imo_number": "IMO7000009"},
    {"type": "get_vessel", "mmsi": 211000001},
    {"type": "get_fleet_summary"},
)  # fmt: skip
STRANGE = (
    None, True, False, 0, -1, 1, 2, 3, 1.5, 250, 249, 30_001, 1e300, -1e300, 10**17, 10**40, "", "2", "all", "IMO12",
    "x" * 70_000, "\x00", "\u202e", "'; DROP TABLE vessels; --", "\u0661\u0662\u0663", [], [None], [[]], [1, 2, 3],
    [1, 2, 3, 4, 5], [91, 91, 91, 91], [3, 52, -6, 49], ["x"], [True], [-1], {}, {"$ne": 1}, {"latitude": 1},
    {"a": {"b": []}},
)  # fmt: skip
TEXTS = (
    "",
    " ",
    "{",
    "[",
    "nul",
    "NaN",
    "Infinity",
    '"',
    "{'type': 1}",
    '{"type": "subscribe",}',
    "\ufeff{}",
    "[" * 9999,
    "1e999",
)
REQUEST_KEYS = ("type", "request_id")
_SUBSCRIBE = jsonschema_rs.Draft202012Validator(
    {"$ref": "#/components/schemas/Subscribe", "components": {"schemas": schema.request_components()}}
)


def paths(value, before=()):
    """Every place in a request."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*before, key)
        yield from paths(child, (*before, key))


def spoiled(rng: Random) -> tuple[str, tuple]:
    """A request as text, and the path of its fault; no path: the text itself is at fault."""
    if rng.random() < 0.05:
        return rng.choice(TEXTS), ()
    request = copy.deepcopy(rng.choice(GOOD))
    path = rng.choice(list(paths(request)))
    place = request
    for key in path[:-1]:
        place = place[key]
    fault = rng.random()
    if fault < 0.15 and isinstance(place, dict):
        strange = rng.choice(("colour", "Type", "bbox ", "\x00", "__proto__", "x" * 5000, "a` - at `$.b"))
        place[strange] = rng.choice(STRANGE)
        return json.dumps(request), (*path[:-1], strange)
    if fault < 0.25 and isinstance(place, dict):
        del place[path[-1]]
        return json.dumps(request), path
    place[path[-1]] = rng.choice(STRANGE)
    return json.dumps(request), path


def judge(text: str, path: tuple, answers: list[bytes]) -> bool:
    """Check the answers to a malformed request; return whether it was an error.

    An error names the wrong key, and whatever the published schema forbids is always an error.
    """
    first = checked(answers[0])
    refused = first["type"] == "error"
    if refused:
        assert len(answers) == 1
        assert len(answers[0]) < 1000
        named = f"{first['message']} {first.get('field')}"
        innermost = [repr(key)[1:40].rstrip("'") for key in path if isinstance(key, str)][-1:]
        excused = not path or "out of range" in named or first["code"] == "not_found"
        assert excused or innermost[0] in named, (text[:300], first)
        return True
    request = json.loads(text)
    if request.get("proto") == 2:
        assert _SUBSCRIBE.is_valid(request), (text[:300], first)
    return False
