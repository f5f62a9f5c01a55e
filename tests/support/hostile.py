"""Hostile clients: each repeats its attack on one connection until it is closed or the time is over."""

import contextlib
import os
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.raw import CONTINUATION, PING, TEXT, Raw, frame

ASKS = b'{"type": "get_fleet_summary"}'
SUBSCRIBES = b'{"type": "subscribe", "subscription_type": "all"}'


@dataclass(frozen=True)
class Fault:
    """An attack, and the code with which the server closes; None if the server only slows the client down."""

    sends: bytes
    code: int | None
    reads: bool = True


def _bomb() -> bytes:
    """Return a frame with RSV1 and deflated 300 MB of zeros, as in permessage-deflate."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]


def _long(opcode: int, payload: bytes, rsv: int = 0) -> bytes:
    """Return a masked frame of over 64 KiB of zeros."""
    return struct.pack("!BBQ", 0x80 | rsv << 4 | opcode, 0xFF, len(payload)) + bytes(4) + payload


FAULTS = {
    "stops reading": Fault(frame(TEXT, SUBSCRIBES), None, reads=False),
    "floods with requests": Fault(frame(TEXT, ASKS) * 500, None),
    "floods and does not read": Fault(frame(TEXT, ASKS) * 500, None, reads=False),
    "floods with pings": Fault(frame(PING, b"x" * 125) * 200, None),
    "60 KB messages without reading": Fault(frame(TEXT, b"x" * 60_000), None, reads=False),
    "64 KiB and one byte": Fault(_long(TEXT, b"x" * 65_537), 1009),
    "a frame that announces 2**62 bytes": Fault(struct.pack("!BBQ", 0x81, 0xFF, 2**62) + bytes(100_000), 1009),
    "a deflate bomb": Fault(_long(TEXT, _bomb(), rsv=4), 1002),
    "endless fragments": Fault(frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 1100, 1008),
    "invalid UTF-8": Fault(frame(TEXT, b"\xff" * 1000), 1007),
    "no mask": Fault(frame(TEXT, ASKS, mask=None), 1002),
    "a reserved bit": Fault(frame(TEXT, ASKS, rsv=2), 1002),
    "a reserved opcode": Fault(frame(11, ASKS), 1002),
    "noise": Fault(os.urandom(50_000), None),
}


def attack(fault: Fault, connect: Callable[[], Raw], seconds: float) -> list[int | None]:
    """Attack for a while, on a new connection whenever one is closed; return the close codes."""
    end, codes = time.monotonic() + seconds, []
    while time.monotonic() < end:
        client = connect()
        client.sock.settimeout(10 if fault.code else 0.2)
        with contextlib.suppress(TimeoutError, ConnectionError):
            _torment(client, fault, end)
            if fault.code:
                codes.append(client.closed())
        client.sock.close()
    return codes


def _torment(client: Raw, fault: Fault, end: float) -> None:
    """Attack once where a close code is expected; else until the time is over."""
    if fault.code:
        client.send(fault.sends)
        return
    while time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            client.send(fault.sends)
        if fault.reads:
            with contextlib.suppress(BlockingIOError):
                client.sock.recv(1 << 20)
