"""SIGTERM: one orderly end, however many signals arrive."""

import signal

import pytest

from fairway.runtime.sigterm import stop_on_sigterm


@pytest.fixture
def inherited():
    """Calls of the handler that was there before."""
    calls = []
    before = signal.signal(signal.SIGTERM, lambda *_: calls.append(1))
    yield calls
    signal.signal(signal.SIGTERM, before)


def test_many_signals_are_one(inherited):
    """Further signals during the stop are ignored, and the inherited handler runs once, after the stop."""
    stops = []

    def stop():
        stops.append(len(inherited))
        if len(stops) < 3:
            signal.raise_signal(signal.SIGTERM)

    stop_on_sigterm(stop)
    signal.raise_signal(signal.SIGTERM)
    assert (stops, inherited) == ([0], [1])


def test_exit_without_a_handler(inherited):
    """Where the system's default handler was there before, the process exits with 0."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    stop_on_sigterm(lambda: None)
    with pytest.raises(SystemExit) as ended:
        signal.raise_signal(signal.SIGTERM)
    assert not ended.value.code
