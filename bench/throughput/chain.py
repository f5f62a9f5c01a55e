"""Thousands of stream clients in one thread, which check the chain as docs/reference/protocol.md asks."""

import contextlib
import json
import selectors
import socket
import struct
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import orjson

from tests.support.raw import CLOSE, PING, PONG, TEXT, Raw, frame

MAX_PARSED = 64
_READ_AT_ONCE = 1 << 18


class Parsed:
    """Messages by their bytes: clients in step get the same bytes, which are parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[bytes, dict[str, Any]] = {}

    def __call__(self, text: bytes) -> dict[str, Any]:
        found = self._parsed.get(text)
        if found is None:
            found = self._parsed[text] = orjson.loads(text)
            if len(self._parsed) > MAX_PARSED:
                del self._parsed[next(iter(self._parsed))]
        return found


class Client:
    """One connection after the other, and its state: vessels by MMSI at (epoch, seq).

    Attributes:
        breaks: messages whose `prev` was not this client's seq: gaps that the chain shows.
        resumed, afresh: number of connections that resumed, and that started with a snapshot.
        updates, fresh: updates in all, and over the present connection; `received` counts bytes.
        arrived: monotonic time of the last update, 0 before.

    """

    def __init__(self, port: int, wish: dict[str, Any], parsed: Parsed) -> None:
        self._wish, self._parsed = {"type": "subscribe", "proto": 2, "subscription_type": "vessels"} | wish, parsed
        self.epoch, self.seq, self.held = "", 0, {}
        self.breaks = self.resumed = self.afresh = self.updates = self.received = 0
        self.arrived = 0.0
        self.connect(port)

    def connect(self, port: int) -> None:
        """Open a connection and ask to resume.

        Raises:
            OSError: If no server listens on the port.

        """
        self.port, self.fresh = port, 0
        raw = Raw(socket.create_connection(("127.0.0.1", port), timeout=20))
        try:
            head = raw.handshake()
        except OSError:
            raw.sock.close()
            raise
        if " 101 " not in head:
            raw.sock.close()
            raise ConnectionRefusedError(head[:80])
        self.sock, self._buffer = raw.sock, bytearray(raw._read)
        resume = {"resume": {"epoch": self.epoch, "seq": self.seq}} if self.epoch else {}
        self.sock.sendall(frame(TEXT, json.dumps(self._wish | resume).encode()))
        self.sock.setblocking(False)

    def read(self) -> bool:
        """Read the available bytes; return whether the connection is still open."""
        try:
            received = self.sock.recv(_READ_AT_ONCE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._buffer += received
        self.received += len(received)
        return bool(received) and all(self._take(opcode, payload) for opcode, payload in self._frames())

    def _frames(self) -> list[tuple[int, bytes]]:
        found, at, buffer = [], 0, self._buffer
        while len(buffer) - at >= 2:
            length, begin = buffer[at + 1], at + 2
            if length > 125:
                form, wide = ("!H", 2) if length == 126 else ("!Q", 8)
                if len(buffer) < begin + wide:
                    break
                (length,), begin = struct.unpack_from(form, buffer, begin), begin + wide
            if len(buffer) < begin + length:
                break
            found.append((buffer[at] & 15, bytes(buffer[begin : begin + length])))
            at = begin + length
        del buffer[:at]
        return found

    def _take(self, opcode: int, payload: bytes) -> bool:
        if opcode == PING:
            self.sock.sendall(frame(PONG, payload))
        if opcode == TEXT:
            self._hear(self._parsed(payload))
        return opcode != CLOSE

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "vessel_updates":
            self._update(message)
        elif message["type"] == "epoch":
            self.epoch, self.seq = message["epoch"], 0
        elif message["type"] == "subscription_confirmed":
            self.epoch = message["epoch"]
            self.resumed += message["resumed"]
            self.afresh += not message["resumed"]
            self.seq = self.seq if message["resumed"] else 0
        elif message["type"] == "error":
            raise RuntimeError(message)

    def _update(self, message: dict[str, Any]) -> None:
        part = message.get("part", 1)
        if message.get("snapshot"):
            self.held = {} if part == 1 else self.held
        elif message["prev"] != self.seq:
            self.breaks += 1
        for gone in message.get("removed", ()):
            self.held.pop(gone["mmsi"], None)
        # the very objects that were parsed: clients in step share them
        self.held.update((vessel["mmsi"], vessel) for vessel in message["updates"])
        if part == message.get("parts", 1):
            self.seq = message["seq"]
            self.updates += 1
            self.fresh += 1
            self.arrived = time.monotonic()


class Crowd:
    """Clients in one selector; `lost` gives the port for a client whose connection has ended, or None to wait."""

    def __init__(self, clients: list[Client], lost: Callable[[Client], int | None], each: Callable[[Client], None]):
        self.clients, self._lost, self._each = clients, lost, each
        self._selector, self._waiting = selectors.DefaultSelector(), []
        self.drops = 0
        for client in clients:
            self._selector.register(client.sock, selectors.EVENT_READ, client)

    def turn(self, wait_s: float = 0.1) -> None:
        """Let every client read once; clients without a connection try again."""
        for client in [*self._waiting]:
            port = self._lost(client)
            with contextlib.suppress(OSError):
                if port:
                    client.connect(port)
                    self._waiting.remove(client)
                    self._selector.register(client.sock, selectors.EVENT_READ, client)
        for key, _ in self._selector.select(min(wait_s, 0.05) if self._waiting else wait_s):
            client, before = key.data, key.data.updates
            if not client.read():
                self._selector.unregister(client.sock)
                client.sock.close()
                self._waiting.append(client)
                self.drops += 1
            elif client.updates > before:
                self._each(client)

    def until(self, happened: Callable[[], bool], within_s: float) -> None:
        """Run turns until `happened` is true.

        Raises:
            TimeoutError: If it is not true in time.

        """
        deadline = time.monotonic() + within_s
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within_s:.0f} s")
            self.turn()


def get(port: int, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return orjson.loads(answer.read())


def ask(port: int, method: str, path: str, **body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return orjson.loads(answer.read())


def behind(client: Client, truth: dict[str, Any]) -> bool:
    """Whether a client does not yet have the server's state."""
    return (client.epoch, client.seq) != (truth["epoch"], truth["seq"])


def wrong(client: Client, truth: dict[str, Any]) -> bool:
    """Whether a client differs from the server although its seq is the server's."""
    ours = {mmsi: _place(vessel) for mmsi, vessel in client.held.items()}
    return not behind(client, truth) and ours != {vessel["mmsi"]: _place(vessel) for vessel in truth["vessels"]}


def _place(vessel: dict[str, Any]) -> tuple[str, float, float]:
    # the stream tells milliseconds, REST whole seconds
    return vessel["timestamp"][:19], vessel["position"]["latitude"], vessel["position"]["longitude"]
