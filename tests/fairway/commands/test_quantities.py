"""Bounded values of commands: each limit holds on both sides, and an error names the value and the limit."""

import msgspec
import pytest

from fairway.commands import quantities
from fairway.commands.validation import checked
from fairway.errors import RequestError

NUMBERS = [
    ("Latitude", -90, 90, -90.001, 90.001, "a number from -90 to 90 (degrees)"),
    ("Longitude", -180, 180, -180.001, 180.001, "a number from -180 to 180 (degrees)"),
    ("Speed", 0, 60, -0.1, 60.1, "a number from 0 to 60 (knots)"),
    ("Course", 0, 359.9, -0.1, 360, "a number from 0 to under 360 (degrees)"),
    ("Length", 5, 460, 4.9, 460.1, "a number from 5 to 460 (metres)"),
    ("Beam", 2, 80, 1.9, 80.1, "a number from 2 to 80 (metres)"),
    ("Share", 0, 1, -0.01, 1.01, "a number from 0 to 1"),
    ("OffsetNm", -3000, 3000, -3000.1, 3000.1, "a number from -3000 to 3000 (nautical miles)"),
    ("Rate", 0.1, 1000, 0.09, 1001, "a number from 0.1 to 1000 (simulated seconds per second)"),
    ("Interval", 0.25, 3600, 0.2, 3601, "a number from 0.25 to 3600 (seconds)"),
    ("Mmsi", 200_000_000, 779_999_999, 199_999_999, 780_000_000, "an integer from 200000000 to under 780000000"),
    ("VesselReference", 1, 999_999_999, 0, 1_000_000_000, "an integer from 1 to 999999999"),
    ("ImoNumber", 1_000_000, 9_999_999, 999_999, 10_000_000, "an integer from 1000000 to 9999999"),
    ("Span", 0, 3.2e9, -1, 3.3e9, "a number from 0 to 3200000000 (seconds)"),
]


def refusal(value: object, name: str) -> RequestError:
    holder = msgspec.defstruct("Holder", [("value", getattr(quantities, name))])
    with pytest.raises(RequestError) as caught:
        checked({"value": value}, holder)
    return caught.value


def accept(value: object, name: str) -> object:
    return msgspec.convert(value, getattr(quantities, name))


@pytest.mark.parametrize(("name", "low", "high", "below", "above", "text"), NUMBERS)
def test_a_number_beyond_a_limit_is_refused(name, low, high, below, above, text):
    """Both limits are accepted; a value beyond one is refused with the key, the limits and the value."""
    assert (accept(low, name), accept(high, name)) == (low, high)
    for value in (below, above):
        error = refusal(value, name)
        assert (error.code, error.field) == ("bad_request", "value")
        assert text in str(error)
        assert str(error).endswith(f", not {value}")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Text", ["a", "x" * 80], ["", "x" * 81, "tab\t", "line\n", "hid\u202eden"]),
        ("VesselName", ["a", "x" * 20], ["", "x" * 21, "bell\x07"]),
        ("Flag", ["NL"], ["nl", "N", "NLD", "NL\n"]),
        ("ImoNumber", ["IMO 9074729", "imo9074729", "9074729"], ["0074729", "907472", "IMO90747290"]),
        ("Span", ["2h30m", "1d 2h 3m 4s", "90s"], ["", "soon", "30m2h", "2h\n", "1w"]),
        ("VesselTypeName", ["tanker"], ["galleon", ""]),
        ("Moment", ["2026-01-31T12:00:00Z"], ["2026-01-31T12:00:00", "noon"]),
    ],
)
def test_texts_have_a_form(name, good, bad):
    """A text of the form is accepted; one that is too short, too long or of another form is refused."""
    for text in good:
        accept(text, name)
    for text in bad:
        assert refusal(text, name).field == "value"


@pytest.mark.parametrize("name", sorted({row[0] for row in NUMBERS} | {"Text", "Flag", "Moment", "VesselTypes"}))
def test_null_is_refused(name):
    """Null is no value of any quantity."""
    assert str(refusal(None, name)).endswith("not null")


def test_a_place_has_two_coordinates():
    """Coordinates and points need both numbers and know no other key."""
    with pytest.raises(RequestError, match=r"^longitude: is missing$"):
        checked({"latitude": 1}, quantities.Coordinates)
    with pytest.raises(RequestError, match="unknown key 'lng'; did you mean lon"):
        checked({"lat": 1, "lon": 2, "lng": 3}, quantities.RoutePoint)
    with pytest.raises(RequestError, match=r"name: expected .*, not ''"):
        checked({"latitude": 1, "longitude": 2, "name": ""}, quantities.NamedPosition)
