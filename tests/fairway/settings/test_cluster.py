"""Cluster settings: the address of Redis."""

import pytest

from fairway.errors import SettingsError
from tests.support.settings import load


@pytest.mark.parametrize(
    ("environ", "argv", "message"),
    [
        ({}, ["--ingest", "yes"], "--redis-url: missing; --ingest and the feed redis need it"),
        ({}, ["--feeds", "redis"], "--redis-url: missing; --ingest and the feed redis need it"),
        ({"REDIS_URL": "http://:secret@h"}, [], "REDIS_URL: must be redis://, rediss:// or unix://..."),
        (
            {"REDIS_URL": "redis://h", "FAIRWAY_FEEDS": "redis"},
            ["--ingest", "yes"],
            "FAIRWAY_FEEDS: redis: the ingest process cannot read what it publishes",
        ),
    ],
)
def test_errors(environ, argv, message):
    """An address that is missing or of another form is an error that does not quote its password."""
    with pytest.raises(SettingsError) as caught:
        load(environ, argv)
    assert str(caught.value) == message
