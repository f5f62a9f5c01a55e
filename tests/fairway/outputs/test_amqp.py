"""AMQP with a real RabbitMQ, also while it cannot be reached."""

import itertools
import json
import os
from collections.abc import Callable, Iterator

import pika
import pytest

from fairway.outputs import amqp
from fairway.traffic.report_queue import ReportQueue
from tests.support.proxy import Proxy
from tests.support.reports import POSITION, VOYAGE, moving, static
from tests.support.servers import Impatience, wait_for

pytestmark = pytest.mark.amqp
_first = itertools.count(300_000_000 + os.getpid() % 10_000 * 40_000, 25_000)


@pytest.fixture
def mmsi() -> int:
    """The first of many numbers that only this test uses: the broker may be shared."""
    return next(_first)


@pytest.fixture
def proxy(rabbitmq) -> Iterator[Proxy]:
    """A connection to the broker that can be cut."""
    opened = Proxy(rabbitmq)
    yield opened
    opened.close()


@pytest.fixture
def bind(rabbitmq) -> Iterator[Callable]:
    """Bind a queue of one's own to the exchange; a function that gives all (key, body) which came so far."""
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", rabbitmq))
    channel = connection.channel()

    def start(*keys: str) -> Callable[[], list]:
        channel.exchange_declare("ais", "topic", durable=True)
        queue, got = channel.queue_declare("", exclusive=True).method.queue, []
        for key in keys:
            channel.queue_bind(queue, "ais", key)

        def read() -> list:
            while True:
                method, properties, body = channel.basic_get(queue, auto_ack=True)
                if method is None:
                    return got
                assert properties.content_type == "application/json"
                got.append((method.routing_key, json.loads(body)))

        return read

    yield start
    connection.close()


def url(port: int, login: str = "guest:guest") -> str:
    return f"amqp://{login}@127.0.0.1:{port}/"


def test_keys(rabbitmq, run, bind, mmsi):
    """Each report goes to the exchange under the key of its vessel, confirmed; a queue takes what it binds."""
    everything, places = bind(f"vessel.{mmsi}.#", f"vessel.{mmsi + 1}.*"), bind(f"vessel.{mmsi}.location")
    report_queue = run(amqp, amqp_url=url(rabbitmq))
    wait_for(lambda: report_queue.status()["state"] == "ok")
    report_queue.record(moving(POSITION, POSITION, mmsi=mmsi))
    report_queue.record(static(VOYAGE, mmsi=mmsi))
    wait_for(lambda: report_queue.status()["sent"] == 3)
    received = everything()
    assert [key for key, _ in received] == [
        f"vessel.{mmsi}.location",
        f"vessel.{mmsi + 1}.location",
        f"vessel.{mmsi}.metadata",
    ]
    assert (received[0][1]["sog"], received[0][1]["mmsi"], received[2][1]["name"]) == (
        12.3,
        mmsi,
        "MV Atlantic Pioneer",
    )
    assert places() == received[:1]


def test_the_broker_goes_and_comes_back(proxy, run, bind, mmsi):
    """Reports wait in a bounded queue meanwhile: drops are counted, and the newest are published."""
    read = bind(f"vessel.{mmsi}.location")
    report_queue = run(amqp, limit=10, amqp_url=url(proxy.port))
    wait_for(lambda: report_queue.status()["state"] == "ok")
    report_queue.record(moving(POSITION, mmsi=mmsi))
    wait_for(lambda: report_queue.status()["sent"] == 1)
    proxy.cut()
    wait_for(lambda: report_queue.status()["state"] == "down")
    for sog in range(20):
        report_queue.record(moving({"sog": sog}, mmsi=mmsi))
    assert report_queue.status()["dropped"] == 10
    proxy.restore()
    wait_for(lambda: report_queue.status()["state"] == "degraded")
    wait_for(lambda: report_queue.status()["sent"] == 11)
    assert [body["sog"] for _, body in read()] == [12.3, *(sog / 10 for sog in range(10, 20))]
    assert report_queue.counts["reconnects"] == 1


def test_unconfirmed_messages_are_published_again(proxy, run, bind, mmsi):
    """When the connection breaks before the broker's confirms arrive, every report is published again."""
    read = bind(*[f"vessel.{mmsi + row}.location" for row in range(100)])
    report_queue = run(amqp, amqp_url=url(proxy.port))
    wait_for(lambda: report_queue.status()["state"] == "ok")
    proxy.mute()
    report_queue.record(moving(*[POSITION] * 100, mmsi=mmsi))
    wait_for(lambda: len(read()) == 100)
    assert report_queue.status()["sent"] == 0
    proxy.cut()
    wait_for(lambda: report_queue.status()["state"] == "down")
    proxy.restore()
    wait_for(lambda: report_queue.status()["sent"] == 100)
    assert [body["mmsi"] for _, body in read()] == 2 * list(range(mmsi, mmsi + 100))


def test_a_fleet_in_the_middle_of_a_break(proxy, run, bind, mmsi):
    """With a connection that breaks while a large fleet is published, every vessel is published at least once."""
    read = bind(*[f"vessel.{mmsi + row}.location" for row in range(0, 20_000, 100)])
    report_queue = run(amqp, amqp_url=url(proxy.port))
    wait_for(lambda: report_queue.status()["state"] == "ok")
    report_queue.record(moving(*[POSITION] * 20_000, mmsi=mmsi))
    wait_for(lambda: report_queue.status()["sent"] > 500)
    proxy.cut()
    wait_for(lambda: report_queue.status()["state"] == "down")
    proxy.restore()
    wait_for(lambda: report_queue.status()["sent"] == 20_000, 60)
    assert len({body["mmsi"] for _, body in read()}) == 200


def test_confirms():
    """An ack is for one message, or for all up to it; what the broker refuses is counted as dropped."""
    report_queue = ReportQueue("amqp", lambda: 0.0)
    publisher = amqp.AmqpPublisher(report_queue, url(1))
    publisher.unconfirmed.update(dict.fromkeys(range(1, 7)))

    def confirm(kind: type, tag: int, multiple: bool) -> list[int]:
        publisher.on_confirm(pika.frame.Method(1, kind(tag, multiple)))
        return list(publisher.unconfirmed)

    assert confirm(pika.spec.Basic.Ack, 2, False) == [1, 3, 4, 5, 6]
    assert confirm(pika.spec.Basic.Ack, 4, True) == [5, 6]
    assert confirm(pika.spec.Basic.Nack, 6, True) == []
    assert (report_queue.status()["sent"], report_queue.status()["dropped"]) == (4, 2)


def test_growing_waits(free_port):
    """Without a broker, attempts follow after half a second, then one, two, four."""
    stop = Impatience(5)
    amqp.AmqpPublisher(ReportQueue("amqp", lambda: 0.0), url(free_port())).run(stop)
    assert stop.asked == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_broker_that_refuses(rabbitmq, run):
    """The state names a wrong password as the reason, without the password itself."""
    report_queue = run(amqp, amqp_url=url(rabbitmq, "guest:secret"))
    wait_for(lambda: "ACCESS_REFUSED" in report_queue.status().get("problem", ""))
    assert report_queue.status()["state"] == "down"
    assert "secret" not in report_queue.status()["problem"]


def test_tls(own_rabbitmq, authority, run, mmsi, monkeypatch):
    """With TLS a broker needs a certificate of a known authority; otherwise the state has the reason."""
    secure = url(own_rabbitmq[1]).replace("amqp:", "amqps:")
    stranger = run(amqp, amqp_url=secure)
    wait_for(lambda: "certificate verify failed" in stranger.status().get("problem", ""))
    assert stranger.status()["state"] == "down"
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    known = run(amqp, amqp_url=secure)
    wait_for(lambda: known.status()["state"] == "ok")
    known.record(moving(POSITION, POSITION, mmsi=mmsi))
    wait_for(lambda: known.status()["sent"] == 2)


def test_a_running_server(rabbitmq, bind, start_server):
    """A broker's URL alone starts the output: a consumer of all locations sees the simulated fleet."""
    read = bind("vessel.*.location")
    server = start_server("--amqp-url", url(rabbitmq), "--update-interval", "1", vessels=500)
    wait_for(lambda: len({body["mmsi"] for _, body in read()}) >= 500)
    (output,) = [output for output in server.status()["outputs"] if output["name"] == "amqp"]
    assert (output["state"], output["dropped"]) == ("ok", 0)
