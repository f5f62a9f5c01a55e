"""Memory of the server per WebSocket client: `python -m bench.throughput.memory [--clients 2000]`.

The Procfile's line starts the server. The figure stands against the 64 KB of stack alone of a thread per client, and
the goal of 10 KB. Linux only (/proc). Needs gunicorn beside this Python.
"""

import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.support.ports import free_port

ROOT = Path(__file__).parents[2]
GOAL_KB = 10
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SUBSCRIBE = b'{"type":"subscribe","subscription_type":"all"}'


def resident_kb(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def worker_of(master: int) -> int:
    """The one child of gunicorn's master."""
    return int(Path(f"/proc/{master}/task/{master}/children").read_text().split()[0])


def join(port: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=30)
    sock.sendall(HANDSHAKE)
    sock.recv(4096)
    sock.sendall(bytes([0x81, 0x80 | len(SUBSCRIBE), 0, 0, 0, 0]) + SUBSCRIBE)
    return sock


def drain(socks: list[socket.socket], seconds: float) -> None:
    """Read and discard for a while."""
    end = time.monotonic() + seconds
    for sock in socks:
        sock.setblocking(False)
    while time.monotonic() < end:
        for sock in socks:
            try:
                while sock.recv(1 << 20):
                    pass
            except BlockingIOError:
                continue
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=2000)
    clients = parser.parse_args().clients
    port = free_port()
    line = (ROOT / "Procfile").read_text().removeprefix("web: ")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = os.environ | {
        "PORT": str(port),
        "PATH": path,
        "FAIRWAY_UPDATE_INTERVAL": "5",
        "FAIRWAY_STATE_FILE": "",
        "FAIRWAY_DATABASE_URL": "",
    }
    command = ["sh", "-c", "exec env " + line]
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        time.sleep(8)
        pid = worker_of(server.pid)
        first = [join(port) for _ in range(100)]  # what is paid once: caches, buffers, the threads of the pool
        drain(first, 6)
        before, begin = resident_kb(pid), time.monotonic()
        socks = [join(port) for _ in range(clients)]
        took = time.monotonic() - begin
        drain(first + socks, 8)
        each = (resident_kb(pid) - before) / clients
        print(f"{clients} clients in {took:.1f} s with 64 threads: {each:.1f} KB each, goal {GOAL_KB} KB")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
