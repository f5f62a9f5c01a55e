"""An ingest process on an empty Redis."""

import pytest
import redis

from tests.support.cluster import Original


@pytest.fixture
def url(private_redis) -> str:
    """The address of a Redis without keys."""
    redis.Redis.from_url(private_redis.url).flushall()
    return private_redis.url


@pytest.fixture
def original(url) -> Original:
    """An ingest process that holds the lease."""
    built = Original(url)
    built.publisher.acquire()
    return built
