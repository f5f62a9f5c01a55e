"""AIVDM sentences in UDP datagrams, as rtl-ais and AIS-catcher send them; a multicast group is joined."""

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
"""Bytes that the kernel may keep for us between two looks."""
_MOST_DATAGRAMS: Final = 2000
"""Read in one look: then the other sockets have their turn."""


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Take the datagrams that come to the addresses of `aivdm_udp`, until `stop`.

    Raises:
        OSError: An address can't be listened on, or a group can't be joined.

    """
    where = addresses("aivdm_udp", settings.aivdm_udp)
    intakes = [Intake(name, publish, clock) for name in names(SOURCE, len(where))]
    with selectors.DefaultSelector() as selector, ExitStack() as sockets:
        for address, intake in zip(where, intakes, strict=True):
            ear = sockets.enter_context(listening(*address))
            selector.register(ear, selectors.EVENT_READ, functools.partial(_read, ear, intake))
        for _ in rounds(selector, clock, stop):
            for intake in intakes:
                intake.hand_over()


def listening(host: str, port: int) -> socket.socket:
    """A socket that hears datagrams to `host` and `port`; one that is a multicast group is joined on all interfaces."""
    (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    group = ipaddress.ip_address(address[0])
    ear = socket.socket(family, kind, protocol)
    ear.setblocking(False)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    try:
        if group.is_multicast:
            # several programs on one machine may hear the same group
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind(address)
        if group.is_multicast and family == socket.AF_INET6:
            ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("=16si", group.packed, 0))
        elif group.is_multicast:
            any_interface = struct.pack("=4s4s", group.packed, socket.inet_aton("0.0.0.0"))
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, any_interface)
    except OSError:
        ear.close()
        raise
    return ear


def _read(ear: socket.socket, intake: Intake) -> bool:
    """Every datagram is whole lines; parts of a message may come in several from the same sender."""
    for _ in range(_MOST_DATAGRAMS):
        try:
            datagram, sender = ear.recvfrom(65_535)
        except BlockingIOError:
            return False
        intake.take(intake.splitter().take(datagram + b"\n"), str(sender[0]))
    return True
