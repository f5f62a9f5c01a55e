"""The contract of the stream: AsyncAPI's own parser reads it, and it says what the encoders do."""

import json
import shutil
import subprocess

import jsonschema_rs
import numpy as np
import pytest
from flask import Flask

from fairway.errors import RequestError
from fairway.protocol import filters, requests, schema
from fairway.web.api import asyncapi
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def document() -> dict:
    server = Flask(__name__)
    asyncapi.mount(server)
    answer = server.test_client().get("/api/asyncapi.json", headers={"Host": "ais.example:8050"})
    assert answer.mimetype == "application/json"
    return answer.json


@pytest.mark.node
def test_asyncapis_own_parser_takes_it(document):
    """No errors and no warnings, and both directions have their messages."""
    command = [shutil.which("node"), str(ROOT / "tests/clients/asyncapi.mjs")]
    found = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, timeout=120, check=True)
    verdict = json.loads(found.stdout)
    errors_and_warnings = [fault for fault in verdict["diagnostics"] if fault["severity"] < 2]
    assert (verdict["valid"], errors_and_warnings) == (True, [])
    assert verdict["operations"] == {"tell": len(schema.from_server()) + 1, "ask": len(schema.from_client())}


def test_it_names_the_server_that_was_asked(document):
    """A generated client connects to where the document came from."""
    assert document["servers"]["here"] == {"host": "ais.example:8050", "protocol": "ws"}


def test_the_layout_reads_a_message(document):
    """Its fields, one behind the other, are 40 bytes of header and 24 bytes a vessel, all aligned."""
    counts, offset, seen = {"1": 1, "n": 3, "removed": 2}, 0, {}
    for part in document["components"]["messages"]["vessel_updates_binary"]["x-layout"]:
        dtype = np.dtype(part["type"])
        if part["name"] != "magic":
            assert offset % dtype.itemsize == 0
        seen[part["name"]] = offset
        offset += dtype.itemsize * counts[part["count"]]
    assert (seen["mmsi"], offset) == (40, 40 + 24 * 3 + 4 * 2)


EXAMPLE = {
    "type": "subscribe", "subscription_type": "all", "proto": 2, "request_id": "r1",
    "filter": {"bbox": [-6, 49, 3, 52], "mmsi": [], "imo_number": [], "vessel_type": ["tanker"], "status": ["at_sea"],
               "min_speed": 5, "near": {"latitude": 51.9, "longitude": 4.1, "nm": 30}},
    "fields": ["position", "kinematics"], "period_ms": 1000, "encoding": "columns",
    "resume": {"epoch": "b7e1", "seq": 81000},
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"encoding": "xml"}, False),
        ({"period_ms": 100}, False),
        ({"colour": "red"}, False),
        ({"filter": {"bbox": [1, 2, 3]}}, False),
        ({"filter": {"vessel_type": ["boat"]}}, False),
        ({"filter": {"near": {"latitude": 1, "longitude": 2}}}, False),
        ({"resume": {"epoch": "b7e1", "seq": -1}}, False),
    ],
)
def test_requests_are_checked_by_what_is_documented(document, change, fits):
    """The schema of a subscription and the server agree on what is one."""
    described = {"$ref": "#/components/schemas/Subscribe", "components": document["components"]}
    assert jsonschema_rs.Draft202012Validator(described).is_valid(EXAMPLE | change) is fits
    if fits:
        requests.subscribe(EXAMPLE | change)
    else:
        with pytest.raises(RequestError):
            filters.filter_of(requests.subscribe(EXAMPLE | change).filter)
