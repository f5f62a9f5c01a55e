"""Feed of AIVDM sentences in UDP datagrams, as rtl-ais and AIS-catcher send them, multicast included."""

from __future__ import annotations

import functools
import ipaddress
import selectors
import socket
import struct
import threading
from contextlib import ExitStack
from typing import Final

from fairway.feeds.intake import Intake, names, rounds
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import addresses
from fairway.traffic.batch import Publish

SOURCE: Final = "aivdm_udp"
_BUFFER: Final = 2**20
"""Size of the kernel's receive buffer, bytes, for datagrams between two rounds."""
_MAX_DATAGRAMS: Final = 2000
"""Datagrams read from one socket before the next one."""


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Read the datagrams to the addresses of `aivdm_udp`, until `stop`.

    Raises:
        OSError: If an address is not available, or a multicast group cannot be joined.

    """
    where = addresses("aivdm_udp", settings.aivdm_udp)
    intakes = [Intake(name, publish, clock) for name in names(SOURCE, len(where))]
    with selectors.DefaultSelector() as selector, ExitStack() as sockets:
        for address, intake in zip(where, intakes, strict=True):
            sock = sockets.enter_context(bind(*address))
            selector.register(sock, selectors.EVENT_READ, functools.partial(_read, sock, intake))
        for _ in rounds(selector, clock, stop):
            for intake in intakes:
                intake.hand_over()


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to `host` and `port`; a multicast group is joined on the default interface."""
    (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    group = ipaddress.ip_address(address[0])
    sock = socket.socket(family, kind, protocol)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    try:
        if group.is_multicast:
            # several programs on one machine may receive the same group
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        if group.is_multicast and family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("=16si", group.packed, 0))
        elif group.is_multicast:
            any_interface = struct.pack("=4s4s", group.packed, socket.inet_aton("0.0.0.0"))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, any_interface)
    except OSError:
        sock.close()
        raise
    return sock


def _read(sock: socket.socket, intake: Intake) -> bool:
    """Read datagrams, each of complete lines; the parts of a message may be in several from one sender."""
    for _ in range(_MAX_DATAGRAMS):
        try:
            datagram, sender = sock.recvfrom(65_535)
        except BlockingIOError:
            return False
        intake.take(intake.splitter().take(datagram + b"\n"), str(sender[0]))
    return True
