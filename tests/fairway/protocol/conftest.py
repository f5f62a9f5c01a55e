"""A small fleet, and a session of it."""

import pytest

from fairway.protocol.context import Context
from fairway.protocol.session import Session
from tests.support.level2 import context_of
from tests.support.traffic import NOW, report, static


@pytest.fixture
def context(traffic) -> Context:
    """Three vessels with positions, one of them with static data."""
    traffic.put(report([1, 2, 3], lat=[50, 51, -10], lon=[-20, -21, 179.5], sog=[120, 0, 50]))
    traffic.put(static(1, name="ENDEAVOUR", vessel_type=3, imo=9074729))
    traffic.advance(NOW)
    return context_of(traffic)


@pytest.fixture
def session(context) -> Session:
    return Session(context)
