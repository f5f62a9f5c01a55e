"""AIVDM over UDP: every report as sentences, one per datagram, to one address."""

from __future__ import annotations

import socket
import threading
from typing import Any, Final

from fairway.ais.encode import sentences
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import addresses
from fairway.traffic.report_queue import ReportQueue

BURST: Final = 50
BURST_S: Final = 0.002
"""Pause after each burst: a receiver's buffer holds a few hundred datagrams, and a fleet may report at once."""


def run(report_queue: ReportQueue, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Send every report to `aivdm_out_udp`, until `stop`.

    Raises:
        OSError: If the address cannot be resolved.

    """
    del clock  # sentences carry the report's own time
    ((host, port),) = addresses("aivdm_out_udp", settings.aivdm_out_udp)
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except OSError as error:
        report_queue.down(f"{settings.aivdm_out_udp}: {error.strerror or error}")
        raise
    with socket.socket(family, kind) as sock:
        sock.setblocking(False)
        report_queue.up()
        while not stop.is_set():
            for batch in report_queue.take(0.25):
                for text, reports in sentences(batch, settings.aivdm_out_tags):
                    _send(sock, address, text, reports, report_queue, stop)


def _send(
    sock: socket.socket,
    address: tuple[Any, ...],
    text: bytes,
    reports: int,
    report_queue: ReportQueue,
    stop: threading.Event,
) -> None:
    """Send one line per datagram, since receivers read one from each; count those the kernel refuses."""
    refused = 0
    for count, line in enumerate(text.splitlines(keepends=True), 1):
        try:
            sock.sendto(line, address)
        except OSError:
            refused += 1
        if count % BURST == 0:
            stop.wait(BURST_S)
    report_queue.counts["sentences_refused"] += refused
    lost = min(refused, reports)
    report_queue.dropped(lost)
    report_queue.sent(reports - lost)
