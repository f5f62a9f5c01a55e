"""The OpenAPI document against the server: fuzzed by schemathesis, without a socket."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from tests.fairway.web.api.test_realtime import make_fairway

RELATED = {
    "GET /api/realtime/vessels": "bbox: south of north, latitudes from -90 to 90",
    "GET /api/history/vessels": "bbox: south of north; max_age: at most lost_after",
    "GET /api/history/frames": "to: after from; step: at most 61 frames; max_age: at most lost_after",
    "GET /api/history/export.csv": "bbox: south of north, latitudes from -90 to 90",
    "POST /api/realtime/zones": "corners: an area",
    "PATCH /api/simulation/clock": "time: not too far from the clock's",
    "POST /api/simulation/vessels": "position or route; on water; an IMO number's check digit",
    "PATCH /api/simulation/vessels/{vessel}": "one of course, destination and route",
    "POST /api/simulation/routes": "waypoints: a way by water",
    "POST /api/simulation/way": "waypoints: a way by water",
    "POST /api/simulation/events": "vessels, ports and routes that are there",
}
"""Operation -> rules between values, or on the server's state, that JSON Schema cannot express."""


@pytest.fixture(scope="module")
def document():
    served = make_fairway().server

    def from_this_machine(environ, start_response):
        """So that writing is allowed, and the bodies are looked at."""
        return served(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    return schemathesis.openapi.from_wsgi("/api/openapi.json", from_this_machine)


def fuzz(operation, mode: GenerationMode) -> None:
    """Send an operation generated requests, and compare each response with the document."""
    excluded = [positive_data_acceptance] if operation.label in RELATED else []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_described(case):
        assume(not takes_minutes(case.body))
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=excluded)

    answers_as_described()


def takes_minutes(body: object) -> bool:
    """Return whether a body moves the clock: a jump of a month is sailed step by step, and is tested elsewhere."""
    return isinstance(body, dict) and (body.get("kind") in ("jump", "step") or bool({"time", "seconds"} & body.keys()))


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_what_the_document_says(document, mode):
    """Valid requests are not refused as bad, invalid ones are refused, and each response is in the document."""
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) >= 24
    for operation in operations:
        # an operation without parameters and body has no invalid requests
        if mode is GenerationMode.POSITIVE or operation.query.items or operation.body:
            fuzz(operation, mode)


def test_the_document_is_openapi_31(document):
    """A validator of somebody else's takes it, and every operation says what it is for."""
    raw = document.raw_schema
    assert raw["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(raw).iter_errors()) == []
    operations = [operation for path in raw["paths"].values() for operation in path.values()]
    assert all(operation["summary"].endswith(".") for operation in operations)
