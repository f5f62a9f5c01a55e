"""Vessels of a Snapshot as REST lists them."""

import flask
import numpy as np
import pytest
from msgspec import UNSET

from fairway.errors import RequestError
from fairway.web.api.listing import GEOJSON, listing, milliseconds
from fairway.web.api.models import UPDATE_KEYS, Listed
from tests.support.traffic import NOW, report


@pytest.fixture
def answer(traffic):
    """Return a function that lists two vessels for a query and an Accept header."""
    traffic.put(report([1, 2]))
    snapshot = traffic.advance(NOW + 1)

    def answer(accept: str = "*/*", **query):
        with flask.Flask("test").test_request_context(headers={"Accept": accept}):
            return listing({"total_count": 2}, snapshot, np.arange(2), Listed(**query))

    return answer


def test_json_is_usual(answer):
    """The head comes first, then the vessels with every key of an update."""
    found = answer()
    assert found.mimetype == "application/json"
    assert list(found.json) == ["total_count", "vessels"]
    assert set(UPDATE_KEYS) >= set(found.json["vessels"][0]) > {"mmsi", "position"}


@pytest.mark.parametrize(("accept", "query"), [(GEOJSON, {}), ("*/*", {"format": "geojson"})])
def test_geojson_on_request(answer, accept, query):
    """The parameter or the Accept header selects GeoJSON."""
    found = answer(accept, **query)
    assert found.mimetype == GEOJSON
    assert (found.json["type"], found.json["total_count"]) == ("FeatureCollection", 2)
    assert found.json["features"][0]["geometry"] == {"type": "Point", "coordinates": [-20.0, 50.0]}


def test_the_parameter_overrules_the_header(answer):
    """A client that names a format gets it, whatever it accepts."""
    assert answer(GEOJSON, format="json").mimetype == "application/json"


def test_only_some_keys(answer):
    """With `fields` a vessel has those keys and its MMSI; an unknown key is refused."""
    assert answer(fields="position").json["vessels"][0].keys() == {"mmsi", "position"}
    with pytest.raises(RequestError) as caught:
        answer(fields="position,colour")
    assert caught.value.field == "fields"


def test_times_are_milliseconds():
    """A time is milliseconds; an absent one is the beginning or the end of time."""
    assert milliseconds("1970-01-01T00:00:01.5Z", "from") == 1500.0
    assert milliseconds("1970-01-01T01:00:00+01:00", "to") == 0.0
    assert (milliseconds(UNSET, "from"), milliseconds(UNSET, "to")) == (-np.inf, np.inf)


@pytest.mark.parametrize("text", ["noon", "", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z"])
def test_a_time_without_a_zone_is_refused(text):
    """The error names the parameter and quotes its value."""
    with pytest.raises(RequestError, match="RFC 3339") as caught:
        milliseconds(text, "from")
    assert caught.value.field == "from"
    assert repr(text) in str(caught.value)
