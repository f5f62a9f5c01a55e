"""MQTT: every report to a broker, on Digitraffic's topics `vessels-v2/<mmsi>/location`, `/metadata` and `status`."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import orjson
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from fairway.ais.digitraffic import BrokerMessage, messages
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue

log = logging.getLogger(__name__)
WINDOW: Final = 1000
"""Maximum number of published messages that the broker has not acknowledged."""
FIRST_WAIT_S, MAX_WAIT_S = 0.5, 30.0
TURN_S: Final = 0.1
STATUS_S: Final = 10.0
KEEPALIVE_S: Final = 20


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Publish every report with QoS 1 to the broker of `mqtt_url`, until `stop`; reconnect after a lost connection."""
    MqttPublisher(report_queue, clock, urlsplit(settings.mqtt_url)).run(stop)


class MqttPublisher:
    """Publisher over one connection to a broker. Runs in one thread: paho calls back from its `loop`."""

    def __init__(self, report_queue: ReportQueue, clock: Clock, url: SplitResult) -> None:
        self._report_queue, self._clock, self._url = report_queue, clock, url
        self._waiting: Iterator[BrokerMessage] = iter(())
        self._unacknowledged: set[int] = set()
        self._wait_s, self._accepted = 0.0, False
        self._backoff = Backoff(FIRST_WAIT_S, MAX_WAIT_S)
        self._status_due = 0.0
        self._client = client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        client.max_inflight_messages_set(0)  # WINDOW is the limit
        if url.username:
            client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if url.scheme == "mqtts":
            client.tls_set()
        client.on_connect, client.on_disconnect, client.on_publish = self._on_connect, self._on_disconnect, self._on_ack

    def run(self, stop: threading.Event) -> None:
        """Publish reports until `stop`; reconnect at growing intervals."""
        while not stop.is_set():
            self._connect(stop)
            while self._client.loop(0 if self._publish() else TURN_S) == MQTTErrorCode.MQTT_ERR_SUCCESS:
                if stop.is_set():
                    self._client.disconnect()
                    return

    def _connect(self, stop: threading.Event) -> None:
        """Connect, at growing intervals. paho then publishes unacknowledged messages again, first."""
        port = self._url.port or (8883 if self._url.scheme == "mqtts" else 1883)
        while not stop.wait(self._wait_s):
            self._wait_s = self._backoff.next()
            try:
                self._client.connect(self._url.hostname or "", port, KEEPALIVE_S)
            except OSError as error:
                self._report_queue.down(f"{self._url.hostname}:{port}: {error.strerror or error}")
            else:
                return

    def _publish(self) -> bool:
        """Publish until the window is full; return whether there was a message."""
        if not self._client.is_connected():
            return False
        self._publish_status()
        room = WINDOW - len(self._unacknowledged)
        some = list(itertools.islice(self._waiting, room))
        if not some and room:
            taken = self._report_queue.take(TURN_S, 1)
            self._waiting = itertools.chain.from_iterable(messages(batch, self._report_queue.counts) for batch in taken)
            some = list(itertools.islice(self._waiting, room))
        for message in some:
            info = self._client.publish(f"vessels-v2/{message.mmsi}/{message.kind}", message.body, qos=1)
            self._unacknowledged.add(info.mid)
        return bool(some)

    def _publish_status(self) -> None:
        """Publish the time of the last update (Unix seconds) on `vessels-v2/status`, retained by the broker."""
        now = self._report_queue.monotonic()
        if now >= self._status_due:
            self._status_due = now + STATUS_S
            body = orjson.dumps({"updated": int(self._clock.now())})
            self._client.publish("vessels-v2/status", body, qos=0, retain=True)

    def _on_ack(self, client: Client, userdata: Any, mid: int, reason: ReasonCode, properties: Properties) -> None:
        del client, userdata, reason, properties
        if mid in self._unacknowledged:
            self._unacknowledged.remove(mid)
            self._report_queue.sent(1)

    def _on_connect(
        self, client: Client, userdata: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        del client, userdata, flags, properties
        if reason.is_failure:
            self._report_queue.down(f"{self._url.hostname}: {reason}")
            return
        log.info("MQTT broker %s connected", self._url.hostname)
        self._backoff.reset()
        self._wait_s, self._accepted = self._backoff.next(), True
        self._report_queue.up()

    def _on_disconnect(
        self, client: Client, userdata: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        del client, userdata, flags, properties
        if self._accepted and reason.is_failure:
            self._accepted = False
            log.warning("MQTT broker %s lost: %s", self._url.hostname, reason)
            self._report_queue.counts["reconnects"] += 1
            self._report_queue.down(f"{self._url.hostname}: connection lost: {reason}")
