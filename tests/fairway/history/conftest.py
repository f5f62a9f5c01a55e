"""A history in an empty database, on SQLite and PostgreSQL."""

import pytest

from fairway.history.queries import HistoryQueries
from fairway.history.store import Store


@pytest.fixture
def store(url):
    opened = Store(url)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def reader(url, store):
    opened = HistoryQueries(url, iter(range(10**6)).__next__)
    yield opened
    opened.close()
