"""The page at /status, as text."""

import re

import pytest
from flask import Flask

from app import create
from fairway import __version__
from fairway.settings import Settings
from fairway.web import status_page
from tests.support.reports import moving

SECRET = "open-sesame-7"


@pytest.fixture(scope="module")
def fairway():
    built = create(Settings(token=SECRET, state_file="", amqp_url=f"amqp://me:{SECRET}@localhost"))
    built.traffic.put(moving({}, t=built.clock.now()))
    built.traffic.advance(built.clock.now())
    built.status.supervisor.workers.clear()
    return built


def read(fairway) -> str:
    answer = fairway.server.test_client().get("/status")
    assert answer.status_code == 200
    return answer.text


def test_everything_that_an_operator_asks(fairway):
    """Readiness, each feed and output, clients, memory, clock and version."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", read(fairway)))
    for words in (
        "simulator",
        "aisstream",
        "amqp",
        "starting",
        "Clients",
        "Memory",
        "simulation, 1×",
        f"Fairway {__version__}",
    ):
        assert words in text
    assert f"{fairway.traffic.snapshot().seq:,}" in text
    assert "Ready" in text


def test_why_it_is_not_ready(fairway):
    """The reason of /readyz stands on top; the text of an error is text."""
    worker = fairway.supervisor.start("hub", lambda: 1 / 0)
    worker.last_error, worker.running = "<script>alert(1)</script>", False
    text = read(fairway)
    fairway.supervisor.stop.set()
    assert "Not ready" in text
    assert "thread hub is not running: &lt;script&gt;" in text
    assert "<script>alert" not in text


def test_no_secret_and_strict_policy(fairway):
    """Neither the token nor a broker's password; the page may load from its server alone, and no one may frame it."""
    answer = fairway.server.test_client().get("/status")
    assert SECRET not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"https?://", answer.text)


def test_what_the_history_has_committed(fairway):
    """`committed_through` is a time that a person can read; what an output counts besides is reported too."""
    report_queue = next(one for one in fairway.status.report_queues if one.name == "amqp")
    report_queue.counts.update(committed_through=1_800_000_000_000, reconnects=3)
    text = read(fairway)
    assert "saved through 2027-01-15T08:00:00Z" in text
    assert "reconnects 3" in text


def test_what_a_feed_rejects_is_reported_once(fairway):
    """It stands with the feed, the largest count first; the figure above is of what merging refuses."""
    reported = fairway.status() | {
        "dropped": {"simulator: checksum": 4567, "simulator: other NMEA": 98765, "duplicate": 12}
    }
    reported["feeds"][0]["rejected"] = {"checksum": 4567, "other NMEA": 98765}
    server = Flask(__name__)
    status_page.mount(server, lambda: reported, lambda: {"ready": True, "degraded": [], "reasons": []})
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", server.test_client().get("/status").text))
    assert text.count("4,567") == 1
    assert "other NMEA 98,765, checksum 4,567" in text
    assert "Rejected reports 12 duplicate 12" in text
