"""Backoff: doubling waits with a bound."""

from fairway.runtime.backoff import Backoff


def test_waits_double_up_to_the_bound():
    """Failures in a row wait twice as long each time, at most the bound."""
    backoff = Backoff(0.5, 3.0)
    assert [backoff.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_a_success_starts_again():
    """After a success the next failure waits as long as the first one did."""
    backoff = Backoff(0.5, 30.0)
    for _ in range(4):
        backoff.next()
    backoff.reset()
    assert [backoff.next(), backoff.next()] == [0.5, 1.0]
