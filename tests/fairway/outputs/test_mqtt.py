"""MQTT with a real Mosquitto, also while it is away."""

import json
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from fairway.outputs import mqtt
from fairway.runtime.clock import Clock
from fairway.traffic.report_queue import ReportQueue
from tests.support.proxy import Proxy
from tests.support.reports import NOW, POSITION, VOYAGE, moving, static
from tests.support.servers import Impatience, wait_for

pytestmark = pytest.mark.mqtt


class Heard(list):
    """(topic, payload, retained) of what a subscriber got."""

    def locations(self) -> list[int]:
        """MMSIs of the locations, in order."""
        return [int(topic.split("/")[1]) for topic, _, _ in self if topic.endswith("/location")]


@pytest.fixture
def listen() -> Iterator[Callable]:
    """A subscriber to everything, of paho's, that connects again by itself."""
    clients = []

    def start(port: int, **login) -> Heard:
        heard, ready = Heard(), threading.Event()
        client = Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        if login:
            client.username_pw_set(**login)
        client.on_connect = lambda *_: client.subscribe("vessels-v2/#", qos=1)
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = lambda _, __, m: heard.append((m.topic, json.loads(m.payload), m.retain))
        client.connect("127.0.0.1", port)
        client.loop_start()
        clients.append(client)
        assert ready.wait(20)
        client.on_subscribe = None
        heard.client = client  # type: ignore[attr-defined]
        return heard

    yield start
    for client in clients:
        client.loop_stop()


def test_topics(mosquitto, run, listen):
    """Each report goes to the topic of its vessel; `status` is kept for who comes later."""
    mosquitto.start()
    report_queue = run(mqtt, mqtt_url=f"mqtt://127.0.0.1:{mosquitto.port}")
    wait_for(lambda: report_queue.status()["state"] == "ok")
    heard = listen(mosquitto.port)
    report_queue.record(moving(POSITION, POSITION))
    report_queue.record(static(VOYAGE))
    wait_for(lambda: report_queue.status()["sent"] == 3)
    wait_for(lambda: len(heard) == 4)
    assert heard[0] == ("vessels-v2/status", {"updated": pytest.approx(NOW, abs=20)}, True)
    assert [topic for topic, _, _ in heard[1:]] == [
        "vessels-v2/352100000/location",
        "vessels-v2/352100001/location",
        "vessels-v2/352100000/metadata",
    ]
    assert (heard[2][1]["sog"], heard[3][1]["name"]) == (12.3, "MV Atlantic Pioneer")


def test_the_broker_goes_and_comes_back(mosquitto, run, listen):
    """What is reported meanwhile waits, bounded: the oldest is dropped and counted; the newest arrives after all."""
    mosquitto.start()
    report_queue = run(mqtt, limit=10, mqtt_url=f"mqtt://127.0.0.1:{mosquitto.port}")
    wait_for(lambda: report_queue.status()["state"] == "ok")
    report_queue.record(moving(POSITION, mmsi=352_000_001))
    wait_for(lambda: report_queue.status()["sent"] == 1)
    mosquitto.stop()
    wait_for(lambda: report_queue.status()["state"] == "down")
    assert "127.0.0.1" in report_queue.status()["problem"]
    for mmsi in range(352_000_002, 352_000_022):
        report_queue.record(moving(POSITION, mmsi=mmsi))
    assert report_queue.status()["dropped"] >= 9
    mosquitto.start()
    heard = listen(mosquitto.port)
    wait_for(lambda: report_queue.status()["state"] == "degraded")
    wait_for(lambda: report_queue.status()["sent"] + report_queue.status()["dropped"] == 21)
    report_queue.record(moving(POSITION, mmsi=352_000_022))
    wait_for(lambda: 352_000_022 in heard.locations())
    assert report_queue.counts["reconnects"] == 1


def test_unacknowledged_messages_are_published_again(mosquitto, run, listen):
    """When the connection breaks before the broker's acknowledgements arrive, every report is published again."""
    mosquitto.start()
    proxy = Proxy(mosquitto.port)
    heard = listen(mosquitto.port)
    report_queue = run(mqtt, mqtt_url=f"mqtt://127.0.0.1:{proxy.port}")
    wait_for(lambda: report_queue.status()["state"] == "ok")
    proxy.mute()
    report_queue.record(moving(*[POSITION] * 100))
    wait_for(lambda: len(heard.locations()) == 100)
    assert report_queue.status()["sent"] == 0
    proxy.cut()
    wait_for(lambda: report_queue.status()["state"] == "down")
    proxy.restore()
    wait_for(lambda: report_queue.status()["sent"] == 100)
    wait_for(lambda: len(heard.locations()) == 200)
    assert heard.locations() == 2 * list(range(352_100_000, 352_100_100))
    proxy.close()


def test_growing_waits(free_port):
    """Without a broker, attempts follow after half a second, then one, two, four."""
    stop = Impatience(5)
    clock = Clock(NOW, lambda: 0.0, "simulation")
    mqtt.MqttPublisher(ReportQueue("mqtt", lambda: 0.0), clock, urlsplit(f"mqtt://127.0.0.1:{free_port()}")).run(stop)
    assert stop.asked == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_broker_that_refuses(mosquitto, run):
    """The state names a wrong password as the reason, without the password itself."""
    (mosquitto.folder / "passwords").write_text("")
    mosquitto.start("allow_anonymous false", f"password_file {mosquitto.folder / 'passwords'}")
    report_queue = run(mqtt, mqtt_url=f"mqtt://me:secret@127.0.0.1:{mosquitto.port}")
    wait_for(lambda: "authorized" in report_queue.status().get("problem", ""))
    assert report_queue.status()["state"] == "down"
    assert "secret" not in report_queue.status()["problem"]


def test_tls(mosquitto, authority, run, monkeypatch):
    """With TLS a broker needs a certificate of a known authority; otherwise the state has the reason."""
    mosquitto.start(f"certfile {authority.certificate}", f"keyfile {authority.key}")
    url = f"mqtts://127.0.0.1:{mosquitto.port}"
    stranger = run(mqtt, mqtt_url=url)
    wait_for(lambda: "certificate verify failed" in stranger.status().get("problem", ""))
    assert stranger.status()["state"] == "down"
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    known = run(mqtt, mqtt_url=url)
    wait_for(lambda: known.status()["state"] == "ok")
    known.record(moving(POSITION, POSITION))
    wait_for(lambda: known.status()["sent"] == 2)
    elsewhere = run(mqtt, mqtt_url=f"mqtts://localhost:{mosquitto.port}")
    wait_for(lambda: "localhost" in elsewhere.status().get("problem", ""))
    assert "certificate is not valid for 'localhost'" in elsewhere.status()["problem"]


def test_a_running_server(mosquitto, listen, start_server):
    """A broker's URL alone starts the output: the simulated fleet is there."""
    mosquitto.start()
    heard = listen(mosquitto.port)
    server = start_server("--mqtt-url", f"mqtt://127.0.0.1:{mosquitto.port}", "--update-interval", "1", vessels=500)
    wait_for(lambda: len(set(heard.locations())) == 500)
    (output,) = [output for output in server.status()["outputs"] if output["name"] == "mqtt"]
    assert (output["state"], output["dropped"]) == ("ok", 0)
    assert all(body["simulated"] for topic, body, _ in heard if topic.endswith("location"))
