"""A server without free descriptors: `python -m bench.reliability.descriptors [--under werkzeug gunicorn]`.

Linux only. A server that may open 160 files gets more clients than that. Connected clients must get every update, the
process must neither end nor spin, and after some clients leave it must accept others. The output gives the longest
gap of the stream, the processor share and the log lines during exhaustion, and the seconds until a new client is
served.
"""

import argparse
import contextlib
import resource
import socket
import time
from pathlib import Path

from websockets.sync.client import connect

from bench.support.process import cpu_s
from bench.support.proof import Server, Witness, folder, machine

FILES = 160
CROWD = 250
LOOK_S = 15.0
OPTIONS = ("--fleet-size", "100", "--update-interval", "0.5", "--state-file", "", "--database-url", "")


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def knock(port: int) -> socket.socket:
    """Open a connection that sends no request."""
    sock = socket.socket()
    sock.settimeout(5)
    sock.connect(("127.0.0.1", port))
    return sock


def prove(under: str, place: Path) -> None:
    server = Server(place, *OPTIONS, under=under, before=limit)
    witness = Witness(server)
    time.sleep(2)
    worker = server.worker()
    lines = len(server.log.read_text().splitlines())
    crowd = [knock(server.port) for _ in range(CROWD)]
    time.sleep(0.5)
    files = len(list(Path(f"/proc/{worker}/fd").iterdir()))
    witness.begin_gap()
    before = cpu_s(worker)
    time.sleep(LOOK_S)
    share = 100 * (cpu_s(worker) - before) / LOOK_S
    logged = len(server.log.read_text().splitlines()) - lines
    gap, seen = witness.gap_s, len(witness.seen)
    for sock in crowd:
        sock.close()
    begin = time.monotonic()
    while True:
        with contextlib.suppress(OSError, TimeoutError), connect(f"ws://127.0.0.1:{server.port}/ws") as ws:
            ws.recv(timeout=5)
            break
        assert time.monotonic() - begin < 60, server.log.read_text()[-2000:]
    again_s = time.monotonic() - begin
    time.sleep(1)
    assert len(witness.seen) > seen, "the stream ended"
    assert server.worker() == worker, "the worker was replaced"
    witness.close()
    server.stop()
    print(
        f"{under}: {CROWD} connections, {files} of {FILES} files open: longest gap {gap:.2f} s, {share:.1f} % of a core"
        f", {logged} lines of log in {LOOK_S:.0f} s; a newcomer is served {again_s:.1f} s after the crowd has left"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--under", nargs="+", choices=("werkzeug", "gunicorn"), default=["werkzeug", "gunicorn"])
    for under in parser.parse_args().under:
        with folder() as place:
            prove(under, place)
    print(machine())


if __name__ == "__main__":
    main()
