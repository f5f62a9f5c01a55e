"""What an operator, a platform and Prometheus ask."""

import re
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import create
from fairway.settings import Settings
from fairway.traffic.ticker import Ticker
from fairway.web import health
from tests.support.reports import moving

DOCS = Path(__file__).parents[3] / "docs/guide/operating.md"


@pytest.fixture
def fairway():
    """A server of which no thread runs."""
    built = create(Settings(state_file="", database_url=""))
    yield built
    built.supervisor.stop.set()


@pytest.fixture
def served(fairway):
    """The same with one vessel and its threads."""
    fairway.traffic.put(moving({}, t=time.time()))
    fairway.start()
    deadline = time.monotonic() + 20
    while not fairway.traffic.snapshot().seq and time.monotonic() < deadline:
        fairway.supervisor.stop.wait(0.01)
    return fairway


def test_alive(fairway):
    """A process that answers is alive, whatever else is wrong."""
    assert fairway.server.test_client().get("/healthz").data == b"ok\n"


def test_not_ready_before_the_first_report(fairway):
    """Before anything has come in the server is not ready, and says why."""
    answer = fairway.server.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reasons": ["no report has come in yet"], "degraded": []}


def test_probes_answer_for_any_host(fairway):
    """A health check from the same machine may use the public name or an address; other paths refuse it."""
    client = fairway.server.test_client()
    for host in ("ships.example", "192.0.2.7:8050"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
        assert client.get("/readyz", headers={"Host": host}).status_code == 503
        assert client.get("/metrics", headers={"Host": host}).status_code == 403
        assert client.post("/healthz", headers={"Host": host}).status_code in (403, 405)
    assert client.get("/readyz", headers={"Origin": "http://evil.example"}).status_code == 403


def test_ready(served):
    """With vessels and running threads it is ready."""
    answer = served.server.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "reasons": [], "degraded": []})


def test_a_dead_hub_and_a_dead_feed(served):
    """Without its hub the server is not ready; without a feed it is degraded. Both name thread and error."""
    for worker in served.supervisor.workers:
        if worker.name in ("hub", "simulator"):
            worker.running, worker.last_error = False, "OSError: gone"
    answer = served.server.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["thread hub is not running: OSError: gone"]
    assert answer.json["degraded"] == ["thread simulator is not running: OSError: gone"]


def test_a_feed_that_can_not_be_reached(free_port):
    """A server is ready without it, and says which feed and why."""
    built = create(Settings(feeds="simulator,aivdm_tcp", aivdm_tcp=f"127.0.0.1:{free_port()}", state_file=""))
    built.start()
    try:
        deadline = time.monotonic() + 20
        while "down" not in [one["state"] for one in built.status.context.feeds()] and time.monotonic() < deadline:
            time.sleep(0.02)
        reported = built.server.test_client().get("/readyz").json["degraded"]
    finally:
        built.supervisor.stop.set()
    assert [text.split(":")[0] for text in reported if "aivdm" in text] == ["feed aivdm_tcp"]


def test_a_pulse_that_stands_still(served):
    """A ticker that runs but does not come round any more is noticed after 10 s."""
    times = iter([0.0, 11.0, 11.0])
    stuck = Ticker(served.traffic, served.clock, lambda: next(times), lambda _: None)
    assert health.unready(served.traffic, stuck, served.supervisor) == ["Traffic was last advanced 11 s ago"]


def test_metrics(served):
    """Prometheus' own parser reads every metric, with the server's figures, and each is documented."""
    text = served.server.test_client().get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    vessels = {sample.labels["status"]: sample.value for sample in families["fairway_vessels"].samples}
    assert sum(vessels.values()) == served.traffic.snapshot().summary["total_vessels"]
    assert families["process_resident_memory_bytes"].samples[0].value > 1e7
    names = {re.sub(r"_total$", "", name) for name in re.findall(r"`(fairway_\w+)`", DOCS.read_text())}
    assert {name for name in families if name.startswith("fairway_")} == names
