"""Load of a Redis node between the ingest process and web processes: `python -m bench.reliability.redis_node`.

First, for fleets that report as in ITU-R M.1371: the length of a delta and of the full state, the ingest process's
cost of packing and a web process's cost of applying. Then real deltas go into a stream with many readers that act as
web processes. The output gives Redis's processor time per delivered delta beside redis-benchmark's GET of the same
number of bytes (within 70), in turn, medians. Linux only (/proc).
"""

import contextlib
import os
import selectors
import socket
import statistics
import subprocess
import tempfile
import time

import redis

from bench.support.ports import free_port
from fairway.alerts.event_log import EventLog
from fairway.chart.ports import PortIndex
from fairway.cluster.message import STREAM, ClockState, ClusterMessage, decode, encode
from fairway.cluster.replica import Replica
from fairway.runtime.clock import Clock
from fairway.traffic.delta import delta_between
from fairway.traffic.traffic import Traffic
from sim.reports.reporting import Reporter
from sim.world.world import World

NOW = 1_800_000_000.0
SIZES = (500, 10_000, 100_000)
SECONDS = 20
READERS = (10, 50, 200)
ROUNDS = 5
MB = 1e6


def entries(size: int) -> list[bytes]:
    """Return the deltas of SECONDS seconds after the full state, and a line about them."""
    world, traffic, clock = (
        World(1, size, NOW),
        Traffic(PortIndex.load(), lambda: "bench"),
        Clock(NOW, lambda: 0.0, "live"),
    )
    reporter, state = Reporter(world, 30.0, "itu"), ClockState.of(clock)
    for batch in reporter.everything():
        traffic.put(batch)
    before = traffic.advance(NOW)
    found, packing = [encode(ClusterMessage(1, delta_between(None, before), state))], []
    for _ in range(SECONDS):
        world.step(1.0)
        for batch in reporter.due():
            traffic.put(batch)
        snapshot = traffic.advance(world.now)
        begin = time.process_time()
        found.append(encode(ClusterMessage(1, delta_between(before, snapshot), state)))
        packing.append(time.process_time() - begin)
        before = snapshot
    taking = taken_up(found)
    print(
        f"{size} vessels: an entry a second of {statistics.median(map(len, found[1:])) / 1000:.1f} kB "
        f"({statistics.median(len(decode(entry).delta.rows) // 4 for entry in found[1:]):.0f} reports), the whole "
        f"{len(found[0]) / 1000:.0f} kB; packing {statistics.median(packing) * 1000:.2f} ms, "
        f"taking up {taking * 1000:.2f} ms",
        flush=True,
    )
    return found[1:]


def taken_up(packed: list[bytes]) -> float:
    """Return the processor seconds in which a Replica applies a delta, median."""
    replica, taken = Replica(PortIndex.load(), EventLog()), []
    for text in packed:
        begin = time.process_time()
        replica.put(decode(text))
        replica.advance(0.0)
        taken.append(time.process_time() - begin)
    return statistics.median(taken[1:])


class Server:
    """A private Redis server."""

    def __init__(self, folder: str) -> None:
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        self.client = redis.Redis(port=self.port)
        for _ in range(100):
            with contextlib.suppress(redis.RedisError):
                self.client.ping()
                return
            time.sleep(0.05)
        raise TimeoutError("redis-server does not serve")

    def cpu_s(self) -> float:
        """Return the processor seconds so far, as Redis counts them: finer than /proc."""
        counts = self.client.info("cpu")
        return float(counts["used_cpu_sys"]) + float(counts["used_cpu_user"])


class Readers:
    """Connections that wait for the delta after the last one, as web processes do."""

    def __init__(self, server: Server, count: int) -> None:
        self._selector, self._buffer = selectors.DefaultSelector(), bytearray(1 << 20)
        self._socks = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(count)]
        for sock in self._socks:
            self._selector.register(sock, selectors.EVENT_READ)

    def ask(self, after: str) -> None:
        words = ("XREAD", "COUNT", "200", "BLOCK", "5000", "STREAMS", STREAM, after)
        asked = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        for sock in self._socks:
            sock.sendall(asked.encode())

    def take(self, expected: int) -> None:
        """Read until every connection has an answer of `expected` bytes."""
        missing = dict.fromkeys(self._socks, expected)
        while missing:
            for key, _ in self._selector.select(10):
                left = missing[key.fileobj] - key.fileobj.recv_into(self._buffer)
                missing[key.fileobj] = left
                if left <= 0:
                    del missing[key.fileobj]

    def close(self) -> None:
        for sock in self._socks:
            sock.close()


def answer_bytes(number: str, entry: bytes) -> int:
    """Return the length of Redis's answer to XREAD."""
    head = f"*1\r\n*2\r\n${len(STREAM)}\r\n{STREAM}\r\n*1\r\n*2\r\n${len(number)}\r\n{number}\r\n*2\r\n$5\r\nentry\r\n"
    return len(head) + len(f"${len(entry)}\r\n") + len(entry) + 2


def followed(server: Server, readers: Readers, count: int, packed: list[bytes]) -> float:
    """Return Redis's processor seconds per delivered delta."""
    server.client.delete(STREAM)
    before = server.cpu_s()
    for at, entry in enumerate(packed, 1):
        readers.ask(f"{at - 1}-1")
        server.client.xadd(STREAM, {"entry": entry}, id=f"{at}-1")
        readers.take(answer_bytes(f"{at}-1", entry))
    return (server.cpu_s() - before) / (count * len(packed))


def benchmarked(server: Server, size: int, gets: int) -> float:
    """Return Redis's processor seconds per GET of the same number of bytes by redis-benchmark."""
    server.client.set("peer", b"x" * size)
    before = server.cpu_s()
    command = ["redis-benchmark", "-p", str(server.port), "-c", "50", "-n", str(gets), "-q", "get", "peer"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (server.cpu_s() - before) / gets


def contest(server: Server, packed: list[bytes]) -> None:
    size = round(statistics.median(map(len, packed)))
    for count in READERS:
        readers = Readers(server, count)
        gets = max(200, min(20_000, round(2e9 / size)))
        # few long entries are enough, of short ones many: a round is at least some thousand deliveries
        many = packed * max(1, round(min(4000, 1e9 / size) / count / len(packed)))
        results = [(followed(server, readers, count, many), benchmarked(server, size, gets)) for _ in range(ROUNDS)]
        readers.close()
        ours, theirs = (statistics.median(each) for each in zip(*results, strict=True))
        ratio = statistics.median(one / other for one, other in results)
        print(
            f"  {count} readers of {size / 1000:.1f} kB: {ours * 1e6:.0f} us of Redis each, a full core "
            f"{size / ours / MB:.0f} MB/s; redis-benchmark GET {theirs * 1e6:.0f} us, ratio {ratio:.2f}",
            flush=True,
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            for size in SIZES:
                contest(server, entries(size))
        finally:
            server.process.terminate()
            server.process.wait()
    print(f"load of the machine at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
