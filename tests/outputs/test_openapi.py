"""The OpenAPI document against the server: fuzzed by schemathesis, without a socket."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from .test_rest import make_fairway


@pytest.fixture(scope="module")
def document():
    return schemathesis.openapi.from_wsgi("/api/openapi.json", make_fairway().server)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_what_the_document_says(document, mode):
    """Whatever is asked, right or wrong: no 5xx, no answer, type or shape that is not in the document."""
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) >= 8
    # what takes no parameters can't be asked wrongly
    for operation in [each for each in operations if mode is GenerationMode.POSITIVE or each.query.items]:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case):
            # no schema can say that south is not north of north: what it allows may be refused, with a reason
            case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])

        answers_as_described()


def test_the_document_is_openapi_31(document):
    """A validator of somebody else's takes it, and every operation says what it is for."""
    raw = document.raw_schema
    assert raw["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(raw).iter_errors()) == []
    operations = [operation for path in raw["paths"].values() for operation in path.values()]
    assert all(operation["summary"].endswith(".") for operation in operations)
