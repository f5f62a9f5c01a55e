"""AMQP: every report to a topic exchange of RabbitMQ, with publisher confirms: `ais`, key `vessel.<mmsi>.location`."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

import pika
from pika.channel import Channel
from pika.exceptions import AMQPError
from pika.exchange_type import ExchangeType
from pika.frame import Method

from fairway.ais.digitraffic import BrokerMessage, messages
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue

log = logging.getLogger(__name__)
EXCHANGE: Final = "ais"
WINDOW: Final = 1000
"""Maximum number of published messages that the broker has not confirmed."""
FIRST_WAIT_S, MAX_WAIT_S = 0.5, 30.0
TURN_S: Final = 0.05
CLOSE_S: Final = 0.5
HEARTBEAT_S: Final = 20
PROPERTIES: Final = pika.BasicProperties(content_type="application/json", app_id="fairway")


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Publish every report to the broker of `amqp_url`, until `stop`; reconnect after a lost connection.

    Declares the durable topic exchange `ais`; consumers declare their queues.
    """
    del clock  # messages carry the report's own time
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # the output's state has the reason in one line
    AmqpPublisher(report_queue, settings.amqp_url).run(stop)


class AmqpPublisher:
    """Publisher over one connection to a broker. Runs in one thread, in the callbacks of pika's loop.

    Attributes:
        unconfirmed: published messages that the broker has not confirmed, by delivery tag.

    """

    def __init__(self, report_queue: ReportQueue, url: str) -> None:
        self._report_queue, self._parameters = report_queue, pika.URLParameters(url)
        self._parameters.heartbeat = HEARTBEAT_S
        self._parameters.socket_timeout = self._parameters.stack_timeout = 5
        self._waiting: Iterator[BrokerMessage] = iter(())
        self.unconfirmed: OrderedDict[int, BrokerMessage] = OrderedDict()
        self._published = 0
        self._wait_s, self._backoff = 0.0, Backoff(FIRST_WAIT_S, MAX_WAIT_S)
        self._stop = threading.Event()
        self._connection: Any = None

    def run(self, stop: threading.Event) -> None:
        """Publish reports until `stop`; reconnect at growing intervals."""
        self._stop = stop
        while not stop.wait(self._wait_s):
            self._wait_s = self._backoff.next()
            self._connection = pika.SelectConnection(
                self._parameters,
                on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
                on_open_error_callback=self._on_lost,
                on_close_callback=self._on_lost,
            )
            self._watch()
            self._connection.ioloop.start()
            self._connection.ioloop.close()

    def _watch(self) -> None:
        """Check `stop` every 0.25 s, in any state of the connection."""
        if self._stop.is_set():
            if self._connection.is_open:
                self._connection.close()
            self._connection.ioloop.call_later(CLOSE_S, self._connection.ioloop.stop)
        else:
            self._connection.ioloop.call_later(0.25, self._watch)

    def _on_lost(self, connection: Any, reason: BaseException) -> None:
        where = f"{self._parameters.host}:{self._parameters.port}"
        if self.unconfirmed or self._published:
            log.warning("AMQP broker %s lost: %s", where, reason)
            self._report_queue.counts["reconnects"] += 1
        self._report_queue.down(f"{where}: {_innermost(reason)}")
        connection.ioloop.stop()

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        channel.exchange_declare(
            EXCHANGE, ExchangeType.topic, durable=True, callback=lambda _: self._on_exchange(channel)
        )

    def _on_channel_closed(self, channel: Channel, reason: BaseException) -> None:
        """Close the connection: the broker refused a request, for example an exchange of another type."""
        del channel
        if self._connection.is_open:
            self._connection.close(reply_text=_innermost(reason)[:200])

    def _on_exchange(self, channel: Channel) -> None:
        channel.confirm_delivery(self.on_confirm)
        log.info("AMQP broker %s connected", self._parameters.host)
        self._backoff.reset()
        self._wait_s, self._published = self._backoff.next(), 0
        again = list(self.unconfirmed.values())
        self.unconfirmed.clear()
        # unconfirmed messages may be lost: publish them again, first
        self._waiting = itertools.chain(again, self._waiting)
        self._report_queue.up()
        self._turn(channel)

    def _turn(self, channel: Channel) -> None:
        """Publish until the window is full, and schedule the next turn."""
        if not channel.is_open:
            return
        room = WINDOW - len(self.unconfirmed)
        some = list(itertools.islice(self._waiting, room))
        if not some and room:
            taken = self._report_queue.take(0, 1)
            self._waiting = itertools.chain.from_iterable(messages(batch, self._report_queue.counts) for batch in taken)
            some = list(itertools.islice(self._waiting, room))
        for message in some:
            channel.basic_publish(EXCHANGE, f"vessel.{message.mmsi}.{message.kind}", message.body, PROPERTIES)
            self._published += 1
            self.unconfirmed[self._published] = message
        self._connection.ioloop.call_later(0 if some else TURN_S, lambda: self._turn(channel))

    def on_confirm(self, frame: Method) -> None:
        """Handle an ack or nack of one message, or of all messages up to its tag."""
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        tags = list(itertools.takewhile(lambda known: known <= tag, self.unconfirmed)) if multiple else [tag]
        for known in tags:
            self.unconfirmed.pop(known, None)
        if isinstance(frame.method, pika.spec.Basic.Nack):
            self._report_queue.dropped(len(tags))
        else:
            self._report_queue.sent(len(tags))


def _innermost(reason: BaseException) -> str:
    """Return the innermost of pika's nested errors as one line."""
    while True:
        # a failed connection has `exceptions`, a step of it `exception`, an AMQPError its cause as first argument
        inner = [*getattr(reason, "exceptions", ()), getattr(reason, "exception", None)]
        inner += reason.args[:1] if isinstance(reason, AMQPError) else ()
        wrapped = [one for one in inner if isinstance(one, BaseException)]
        if not wrapped:
            return str(reason) or type(reason).__name__
        reason = wrapped[-1]
