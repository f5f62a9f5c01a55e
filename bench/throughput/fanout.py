"""One text to many clients: the server's processor time per delivery, and the 99th percentile of the delay.

    python -m bench.throughput.fanout [--clients 100 1000] [--bytes 18000 200000] [--passes 5] [--peers hub picows ...]

In each pass the servers publish in turn, the next one after all clients have everything: noise affects all servers.
The load client shares the machine with the server, so the output gives the server's own processor time only.

Needs, besides requirements.txt: `pip install websockets picows flask-socketio`. Servers that need one or two threads
per client (flask-sock-loop, flask-socketio) are left out above 1,000 clients.
"""

import argparse
import contextlib
import selectors
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.support.ports import free_port
from bench.throughput.peers import PEERS

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
THREADED = ("flask-sock-loop", "flask-socketio")
MAX_THREADED = 1000
READ_AT_ONCE = 1 << 20
DELIVERIES = 20_000
"""Of a pass, at least; more publications where there are fewer clients."""


class Contestant:
    """A server process and all its clients."""

    def __init__(self, name: str, clients: int, size: int) -> None:
        self.name, self.size = name, size
        self._port = free_port()
        command = [sys.executable, str(Path(__file__).with_name("peers.py")), name, str(self._port), str(size)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        self._selector = selectors.DefaultSelector()
        self._buffer = bytearray(READ_AT_ONCE)
        self._clients = [self._connect() for _ in range(clients)]
        self._quiet()
        for sock in self._clients:
            sock.setblocking(False)
            self._selector.register(sock, selectors.EVENT_READ)

    def _connect(self) -> socket.socket:
        path = "/socket.io/?EIO=4&transport=websocket" if self.name == "flask-socketio" else "/ws"
        deadline = time.monotonic() + 30
        while True:
            try:
                sock = socket.create_connection(("127.0.0.1", self._port), timeout=30)
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        sock.sendall(f"{head}Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += sock.recv(4096)
        if self.name == "flask-socketio":
            sock.sendall(b"\x81\x82\0\0\0\x0040")  # Socket.IO's own connect, masked with zeros
        return sock

    def _quiet(self) -> None:
        """Read the server's messages before the first publication."""
        time.sleep(1.0)
        for sock in self._clients:
            sock.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                sock.recv(READ_AT_ONCE)

    def _command(self, word: str) -> float:
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def publish(self, delays: list[float]) -> None:
        """Send one text to all clients; return when all have it, and note the delay of each."""
        missing = dict.fromkeys(self._clients, self.size)
        sent = self._command("p")
        while missing:
            ready = self._selector.select(30)
            if not ready:
                raise TimeoutError(f"{self.name}: {len(missing)} clients got nothing more for 30 s")
            for key, _ in ready:
                sock = key.fileobj
                left = missing.get(sock, 0) - sock.recv_into(self._buffer)
                if left > 0:
                    missing[sock] = left
                elif missing.pop(sock, None):
                    delays.append(time.monotonic() - sent)

    def run(self, publications: int) -> tuple[float, float]:
        """Return the processor microseconds per delivery, and the 99th percentile of the delay in milliseconds."""
        delays: list[float] = []
        begin = self._command("c")
        for _ in range(publications):
            self.publish(delays)
        spent = self._command("c") - begin
        return spent / len(delays) * 1e6, statistics.quantiles(delays, n=100)[98] * 1000

    def close(self) -> None:
        for sock in self._clients:
            sock.close()
        self._process.kill()
        self._process.wait()


def contest(names: list[str], clients: int, size: int, passes: int) -> None:
    """Return one line per server: medians, and the ratio of the first one's processor time to its own."""
    taking_part = [name for name in names if clients <= MAX_THREADED or name not in THREADED]
    contestants = [Contestant(name, clients, size) for name in taking_part]
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in taking_part}
    try:
        for contestant in contestants:
            contestant.run(1)
        for _ in range(passes):
            for contestant in contestants:
                results[contestant.name].append(contestant.run(max(2, DELIVERIES // clients * 18_000 // size)))
    finally:
        for contestant in contestants:
            contestant.close()
    first = [cpu for cpu, _ in results[taking_part[0]]]
    for name in taking_part:
        cpu = [cpu for cpu, _ in results[name]]
        ratio = statistics.median(ours / theirs for ours, theirs in zip(first, cpu, strict=True))
        delay = statistics.median(delay for _, delay in results[name])
        print(
            f"{clients} clients, {size // 1000} KB: {name} {statistics.median(cpu):.1f} us per delivery, "
            f"p99 {delay:.0f} ms, {taking_part[0]}'s share {ratio:.2f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--bytes", type=int, nargs="+", default=[18_000, 200_000])
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    asked = parser.parse_args()
    for clients in asked.clients:
        for size in asked.bytes:
            contest(asked.peers, clients, size, asked.passes)


if __name__ == "__main__":
    main()
