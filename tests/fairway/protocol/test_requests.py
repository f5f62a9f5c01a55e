"""The requests of clients: decoding and checks."""

import pytest

from fairway.errors import RequestError
from fairway.protocol import requests

SUBSCRIBE = {"type": "subscribe", "proto": 2}


def fault(function, *arguments) -> RequestError:
    """Return the error that a call raises."""
    with pytest.raises(RequestError) as error:
        function(*arguments)
    return error.value


def test_decode():
    """A JSON object is a request."""
    assert requests.decode('{"type": "subscribe", "x": [1, null]}') == {"type": "subscribe", "x": [1, None]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_json"),
        ("", "bad_json"),
        ("[" * 5000, "bad_json"),
        ("\ud800", "bad_json"),
        ("[1]", "bad_request"),
        ("null", "bad_request"),
        (b"{}", "bad_request"),
    ],
)
def test_decode_refuses(text, code):
    """A text that is not JSON is bad_json; binary and JSON without an object are bad_request."""
    assert fault(requests.decode, text).code == code


def test_level_of():
    """The level is the `proto` of the request, else the current one."""
    assert requests.level_of({}, 1) == 1
    assert requests.level_of({}, 2) == 2
    assert requests.level_of({"proto": 1}, 2) == 1
    assert requests.level_of({"proto": 2, "filter": {}}, 1) == 2


@pytest.mark.parametrize("proto", [0, 3, "2", True, None, [2]])
def test_level_of_an_unknown_level(proto):
    """An unknown level is an error at `proto`."""
    assert fault(requests.level_of, {"proto": proto}, 1).field == "proto"


@pytest.mark.parametrize("key", ["filter", "fields", "period_ms", "encoding", "resume"])
def test_keys_of_level_2_at_level_1(key):
    """A key of level 2 in a request of level 1 is an error, not ignored."""
    error = fault(requests.level_of, {key: None}, 1)
    assert (error.field, str(error)) == (key, f'{key} needs "proto": 2')


def test_subscribe():
    """A checked subscription has the values of the request and the defaults."""
    wanted = requests.subscribe(SUBSCRIBE | {"filter": {"mmsi": [1, "2"]}, "fields": ["position"], "request_id": 7})
    assert (wanted.subscription_type, wanted.encoding, wanted.period_ms, wanted.resume) == (
        "all",
        "objects",
        None,
        None,
    )
    assert (wanted.filter.mmsi, wanted.filter.bbox, wanted.fields, wanted.request_id) == (
        [1, "2"],
        None,
        ["position"],
        7,
    )


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"colour": 1}, None, "unknown key 'colour'"),
        ({"filter": {"colour": 1}}, "filter", "unknown key 'colour'"),
        ({"filter": {"near": {"x": 1}}}, "filter.near", "unknown key 'x'"),
        ({"resume": {"x": 1}}, "resume", "unknown key 'x'"),
        ({"resume": {"epoch": "e", "seq": -1}}, "resume.seq", "-1"),
        ({"subscription_type": "some"}, "subscription_type", "'some' is not one of all, vessels, summary, none"),
        ({"encoding": "xml"}, "encoding", "'xml' is not one of objects, columns, binary"),
        ({"fields": ["colour"]}, "fields", "'colour' is not one of"),
        ({"period_ms": 249}, "period_ms", "249"),
        ({"request_id": "x" * 65}, "request_id", "at most 64 characters"),
    ],
)
def test_subscribe_refuses(change, field, text):
    """The error has the path of the fault and names the value."""
    error = fault(requests.subscribe, SUBSCRIBE | change)
    assert (error.code, error.field) == ("bad_request", field)
    assert text in str(error)


def test_index_of():
    """A known value gives its index; the error for another lists the known ones."""
    assert requests.index_of("status", "b", ("a", "b")) == 1
    error = fault(requests.index_of, "status", "c", ("a", "b"))
    assert (error.field, str(error)) == ("status", "status 'c' is not one of a, b")


@pytest.mark.parametrize(
    ("value", "valid"),
    [("x" * 64, True), ("x" * 65, False), ("", True), (2**53 - 1, True), (2**53, False), (True, False), (None, False)],
)
def test_is_request_id(value, valid):
    """A request id is a text of at most 64 characters or an integer that JSON readers represent exactly."""
    assert requests.is_request_id(value) is valid
