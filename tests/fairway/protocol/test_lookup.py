"""The lookup of one vessel by number."""

import pytest

from fairway.errors import RequestError
from fairway.protocol.lookup import check_digit_warning, corrected_imo, find_vessel
from tests.support.traffic import NOW, report, static

PIONEER = 352_100_000


@pytest.fixture
def snapshot(traffic):
    traffic.put(report([2, PIONEER]))
    traffic.put(static(PIONEER, imo=7000009))
    return traffic.advance(NOW)


@pytest.mark.parametrize("number", ["IMO7000009", "imo 7000009", "7000009", 7000009, PIONEER, str(PIONEER)])
def test_find_vessel(snapshot, number):
    """An IMO number or an MMSI, as a number or a text, finds the vessel without a warning."""
    assert find_vessel(snapshot, number) == (snapshot.find(mmsi=PIONEER), None)


def test_a_wrong_check_digit_is_corrected(snapshot):
    """A wrong check digit finds the vessel of the corrected number, with a warning."""
    row, warning = find_vessel(snapshot, "IMO7000001")
    assert row == snapshot.find(mmsi=PIONEER)
    assert warning == check_digit_warning(7000001) == "IMO7000001 has a wrong check digit; this is IMO7000009"


def test_a_reported_invalid_number_is_found(traffic):
    """A vessel that reports an invalid IMO number is found by it, before any correction."""
    traffic.put(report([3, 4]))
    traffic.put(static(3, imo=7000001))
    traffic.put(static(4, imo=7000009))
    snapshot = traffic.advance(NOW)
    assert find_vessel(snapshot, 7000001) == (snapshot.find(mmsi=3), None)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("IMO12", "bad_request"),
        (True, "bad_request"),
        (None, "bad_request"),
        ({}, "bad_request"),
        (1e30, "bad_request"),
        ("٢١١٠٠٠٠٠١", "bad_request"),
        (-352_100_000, "bad_request"),
        ("IMO9074729", "not_found"),
        ("IMO0000000", "not_found"),
        (211_000_001, "not_found"),
    ],
)
def test_errors(snapshot, number, code):
    """A value that is no number and an unknown vessel give errors that name the field."""
    with pytest.raises(RequestError) as error:
        find_vessel(snapshot, number, "mmsi")
    assert (error.value.code, error.value.field) == (code, "mmsi")


@pytest.mark.parametrize(("wrong", "right"), [(7000001, 7000009), (9074720, 9074729), (9074729, 9074729)])
def test_corrected_imo(wrong, right):
    """The last digit becomes the check digit of the first six."""
    assert corrected_imo(wrong) == right
