"""The OpenAPI document against the server: fuzzed by schemathesis, without a socket."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from tests.fairway.web.api.test_realtime import make_fairway


@pytest.fixture(scope="module")
def document():
    served = make_fairway().server

    def from_this_machine(environ, start_response):
        """So that writing is allowed, and the bodies are looked at."""
        return served(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    return schemathesis.openapi.from_wsgi("/api/openapi.json", from_this_machine)


def fuzz(operation, mode: GenerationMode) -> None:
    """Ask an operation all sorts of things, and compare each answer with the document."""
    # no schema can say that south is not north of north: what it allows may be refused, with a reason;
    # and null in a body is the same as nothing
    left_out = [positive_data_acceptance, *([negative_data_rejection] if operation.body else [])]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def answers_as_described(case):
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=left_out)

    answers_as_described()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_what_the_document_says(document, mode):
    """Whatever is asked, right or wrong: no 5xx, no answer, type or shape that is not in the document."""
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) >= 24
    for operation in operations:
        # what takes nothing can't be asked wrongly
        if mode is GenerationMode.POSITIVE or operation.query.items or operation.body:
            fuzz(operation, mode)


def test_the_document_is_openapi_31(document):
    """A validator of somebody else's takes it, and every operation says what it is for."""
    raw = document.raw_schema
    assert raw["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(raw).iter_errors()) == []
    operations = [operation for path in raw["paths"].values() for operation in path.values()]
    assert all(operation["summary"].endswith(".") for operation in operations)
