"""How often an address may ask by REST."""

import pytest

from app import create
from fairway.settings import Settings
from fairway.web.rate_limit import MAX_ADDRESSES, Bucket, Buckets

STATUS = "/api/realtime/summary"
STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
NEIGHBOUR = {"REMOTE_ADDR": "203.0.113.10"}


def fairway(**settings):
    return create(Settings(state_file="", **settings))


def until_refused(client, path=STATUS, most=200, **more):
    """The first answer that is a 429, and how many were not."""
    for count in range(most):
        answer = client.get(path, **more)
        if answer.status_code == 429:
            return answer, count
    raise AssertionError(f"{most} requests were all answered")


def test_who_asks_too_often_is_reported_when_to_come_back():
    """After the burst that is published comes a 429 in the shape of all errors; others are not concerned."""
    built = fairway(rest_requests_per_s=4)
    client, limits = built.server.test_client(), built.status.context.limits
    assert (limits["rest_requests_per_s"], limits["rest_request_burst"]) == (4, 20)
    refused, count = until_refused(client, environ_base=STRANGER)
    assert 10 <= count <= 25  # what takes long counts for more
    error = refused.json
    assert (error["type"], error["code"]) == ("error", "rate_limited")
    assert error["message"] == "at most 4 requests a second from one address"
    assert 0 < error["retry_after_ms"] <= 1000 * int(refused.headers["Retry-After"])
    assert client.get(STATUS, environ_base=NEIGHBOUR).status_code == 200


@pytest.mark.parametrize("path", ["/api/no/such/route", "/metrics", "/readyz"])
def test_what_is_limited(path):
    """Wrong paths cost as much as right ones, and so does what operators ask."""
    client = fairway(rest_requests_per_s=1).server.test_client()
    assert until_refused(client, path, environ_base=STRANGER)[1] <= 5


def test_a_token_can_not_be_guessed():
    """Who is refused pays all the same: after a few guesses no one looks at the token any more."""
    client = fairway(rest_requests_per_s=1, token="sesame").server.test_client()
    send = lambda word: client.post(  # noqa: E731
        "/api/simulation/step", json={}, headers={"Authorization": f"Bearer {word}"}, environ_base=STRANGER
    )
    assert [send(f"guess{n}").status_code for n in range(7)] == [401] * 5 + [429] * 2
    assert send("sesame").status_code == 429


@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/assets/css/app.css", "/healthz"])
def test_the_page_is_not_limited(path):
    """A page asks for a hundred parts at once."""
    client = fairway(rest_requests_per_s=1).server.test_client()
    assert {client.get(path, environ_base=STRANGER).status_code for _ in range(12)} == {200}


def test_this_machine_and_a_server_without_a_limit():
    """Loopback does not count, and 0 means that no one does."""
    with_limit = fairway(rest_requests_per_s=1).server.test_client()
    without = fairway(rest_requests_per_s=0)
    assert {with_limit.get(STATUS).status_code for _ in range(20)} == {200}
    assert {without.server.test_client().get(STATUS, environ_base=STRANGER).status_code for _ in range(20)} == {200}
    assert "rest_requests_per_s" not in without.status.context.limits


def test_behind_a_proxy_the_client_counts():
    """Each client of a trusted proxy has its own tokens; what it writes into the header itself does not help it."""
    client = fairway(rest_requests_per_s=1, trusted_proxies=1).server.test_client()
    for spoof in range(6):
        answer = client.get(STATUS, headers={"X-Forwarded-For": f"10.0.0.{spoof}, 203.0.113.9"})
    assert answer.status_code == 429
    assert client.get(STATUS, headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 200


def test_an_allowed_page_may_read_the_refusal():
    """The 429 bears the CORS headers, so that a page of --origins can wait and not guess."""
    client = fairway(rest_requests_per_s=1, origins="https://a.example").server.test_client()
    refused, _ = until_refused(client, environ_base=STRANGER, headers={"Origin": "https://a.example"})
    assert refused.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]


def test_a_bucket():
    """A burst, then `rate` a second; a debt is paid first."""
    bucket = Bucket(rate=2, burst=3, now=0)
    assert [bucket.take(0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take(0.5) == 0
    assert bucket.pay(4, 0.5) == 2
    assert bucket.take(2.5) == 0.5
    assert [bucket.take(100) for _ in range(4)] == [0, 0, 0, 0.5]


def test_many_addresses_take_bounded_memory():
    """Whoever has not asked for the longest time is forgotten; one that asks on is not."""
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("busy", 0) == 0
    for number in range(3 * MAX_ADDRESSES):
        buckets.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
        if number % 1000 == 0:
            assert buckets.take("busy", 0) > 0
    assert len(buckets) == MAX_ADDRESSES


def test_a_subscriber_of_ipv6_is_one_address():
    """All of a /64 share their tokens."""
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("2001:db8:1:2::1", 0) == 0
    assert buckets.take("2001:db8:1:2:ffff::9", 0) > 0
    assert buckets.take("2001:db8:1:3::1", 0) == 0
    assert buckets.take("::ffff:203.0.113.9", 0) == 0
    assert buckets.take("::ffff:203.0.113.10", 0) == 0
