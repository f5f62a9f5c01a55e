"""Ten times the load within a second: `python -m bench.reliability.surge`. Needs the test environment.

A server takes AIVDM over TCP, 200 sentences a second, and has 20 clients. Then it gets 2,000 a second for ten
seconds, and 200 more clients within a second. The server must count every sentence as a report or as rejected, every
client's chain of `prev` and `seq` must be complete, and afterwards the delay of updates must be as before.
"""

import asyncio
import json
import socket
import statistics
import struct
import threading
import time
from collections.abc import Iterator

from pyais import encode_dict
from websockets.asyncio.client import connect

from bench.support.ports import free_port
from bench.support.proof import Server, folder, machine

CALM, SURGE = 200, 2000
CLIENTS, MORE = 20, 200
CALM_S, SURGE_S = 6.0, 10.0
SHIPS = 1000
SUBSCRIBE = json.dumps(
    {"type": "subscribe", "subscription_type": "vessels", "proto": 2, "period_ms": 1000, "encoding": "binary"}
)
HEADER = struct.Struct("<4sHHIIQQq")
"""magic, length, flags (1: snapshot), vessels, removed, seq, prev, time"""


def sentences() -> Iterator[bytes]:
    """Position reports of many ships that sail slowly east, forever."""
    turn = 0
    while True:
        turn += 1
        where = {"lat": 40 + turn % SHIPS / 100, "lon": -20 + turn / SHIPS / 1000, "speed": 12, "course": 90}
        for text in encode_dict({"type": 1, "mmsi": 211_000_000 + turn % SHIPS, **where}, sentence_type="VDM"):
            yield f"{text}\r\n".encode()


class Source:
    """A receiver that the server connects to.

    Attributes:
        rate: sentences a second.
        sent: how many were sent.

    """

    def __init__(self) -> None:
        self.rate, self.sent, self._stop = CALM, 0, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        ready = [text for text, _ in zip(sentences(), range(60_000), strict=False)]
        self._thread = threading.Thread(target=self._send, args=(ready,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _send(self, ready: list[bytes]) -> None:
        sock, _ = self._listener.accept()
        due = 0.0
        while not self._stop.wait(0.05):
            due += self.rate * 0.05
            some = ready[self.sent : self.sent + int(due)]
            sock.sendall(b"".join(some))
            self.sent += len(some)
            due -= int(due)


class Listener:
    """One client: the delay of its updates (ms after the tick), and the number of undetected breaks in its chain."""

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []
        self.broken = self.seq = 0

    async def listen(self, url: str, end: float) -> None:
        async with connect(url, max_size=None, compression=None) as ws:
            await ws.send(SUBSCRIBE)
            while (left := end - time.monotonic()) > 0:
                try:
                    text = await asyncio.wait_for(ws.recv(), left)
                except TimeoutError:
                    return
                now = time.monotonic()
                if isinstance(text, bytes):
                    _, _, flags, _, _, seq, prev, _ = HEADER.unpack_from(text)
                    self.late.append((now, now % 1.0 * 1000))
                    self.broken += prev != self.seq and not flags & 1
                    self.seq = seq


async def crowd(url: str, source: Source) -> tuple[list[Listener], float, float]:
    """Calm, surge, calm; return every listener, and when the surge started and ended."""
    begin = time.monotonic() + CALM_S
    end = begin + SURGE_S + 2 * CALM_S
    people = [Listener() for _ in range(CLIENTS)]
    tasks = [asyncio.create_task(one.listen(url, end)) for one in people]
    await asyncio.sleep(CALM_S)
    source.rate = SURGE
    more = [Listener() for _ in range(MORE)]
    for one in more:
        tasks.append(asyncio.create_task(one.listen(url, begin + SURGE_S)))
        await asyncio.sleep(1 / MORE)
    await asyncio.sleep(SURGE_S - 1)
    source.rate = CALM
    over = time.monotonic()
    await asyncio.gather(*tasks)
    return people + more, begin, over


def p99(people: list[Listener], begin: float, end: float) -> float:
    late = [ms for one in people for at, ms in one.late if begin <= at < end]
    return statistics.quantiles(late, n=100)[98]


def main() -> None:
    source = Source()
    with folder() as place:
        options = ("--feeds", "aivdm_tcp", "--aivdm-tcp", f"127.0.0.1:{source.port}", "--update-interval", "1")
        server = Server(place, *options, "--state-file", "", "--database-url", "", port=free_port())
        people, begin, over = asyncio.run(crowd(f"ws://127.0.0.1:{server.port}/ws?proto=2", source))
        source.stop()
        time.sleep(2)
        status = server.status()
        taken = sum(status["reports"].values())
        refused = {name: count for name, count in status["dropped"].items() if count}
        server.stop()
    first = people[:CLIENTS]
    calm, surge, after = p99(first, 0, begin), p99(first, begin, over), p99(first, over + 3, over + 60)
    print(f"{source.sent:,} sentences sent, {taken:,} counted as reports; refused: {refused or 'none'}")
    print(f"{len(people)} clients: {sum(one.broken for one in people)} undetected breaks")
    print(
        f"99th percentile after the tick: {calm:.0f} ms before, {surge:.0f} in the surge, {after:.0f} from 3 s after it"
    )
    print(machine())


if __name__ == "__main__":
    main()
