"""Stop and start the servers behind Fairway: `python -m bench.reliability.outages [postgres mosquitto rabbitmq]`.

While each server is away for some seconds, 600 reports a second arrive. Its output must say that it is down and why,
the live stream must go on, and afterwards the output must deliver every waiting report: reports in = sent + dropped +
waiting. bench/reliability/durability.py kills PostgreSQL, bench/reliability/redis_node.py covers Redis. Linux only;
needs the test environment.
"""

import argparse
import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.support.ports import free_port
from bench.support.proof import Server, Witness, folder, machine
from tests.support.servers import (
    PROGRAMS,
    Mosquitto,
    Postgres,
    folder_of,
    is_open,
    postgres_user,
    started_rabbitmq,
    wait_for,
)

AWAY_S = 10.0
FLEET = ("--fleet-size", "300", "--update-interval", "0.5", "--state-file", "")
Peer = tuple[str, tuple[str, ...], Callable[[], None], Callable[[], None]]
"""The output's name, the options that bring it in, and what stops and starts its server."""


@contextlib.contextmanager
def postgres() -> Iterator[Peer]:
    with folder_of("postgres") as base:
        make = [str(PROGRAMS / "initdb"), "-D", str(base / "base"), "-U", "postgres", "-A", "trust", "-N"]
        subprocess.run([*postgres_user(), *make], check=True, capture_output=True)
        server = Postgres(base, free_port())
        server.start()
        yield "history", ("--database-url", server.url), server.stop, server.start
        server.stop()


@contextlib.contextmanager
def mosquitto() -> Iterator[Peer]:
    with folder() as place:
        broker = Mosquitto(free_port(), place)
        broker.start()
        options = ("--database-url", "", "--mqtt-url", f"mqtt://127.0.0.1:{broker.port}")
        yield "mqtt", options, broker.stop, broker.start
        broker.stop()


@contextlib.contextmanager
def rabbitmq() -> Iterator[Peer]:
    with folder_of("rabbitmq") as place, contextlib.ExitStack() as running:
        port, distribution = free_port(), free_port()
        (place / "rabbitmq.conf").write_text(f"listeners.tcp.local = 127.0.0.1:{port}\n")

        def start() -> None:
            running.enter_context(started_rabbitmq(place, port, distribution))

        def stop() -> None:
            running.close()
            wait_for(lambda: not is_open(port), 60)

        start()
        yield "amqp", ("--database-url", "", "--amqp-url", f"amqp://guest:guest@127.0.0.1:{port}"), stop, start


PEERS = {"postgres": postgres, "mosquitto": mosquitto, "rabbitmq": rabbitmq}


def prove(name: str, place: Path) -> None:
    with PEERS[name]() as (output, options, stop, start):
        server = Server(place, *FLEET, *options)
        witness = Witness(server)
        server.wait_until(lambda _: server.output(output)["sent"] > 600)
        time.sleep(2)
        witness.begin_gap()
        stop()
        begin = time.monotonic()
        server.wait_until(lambda _: server.output(output)["state"] == "down")
        noticed_s, problem = time.monotonic() - begin, server.output(output)["problem"]
        time.sleep(AWAY_S)
        waiting = server.output(output)["queued"]
        start()
        begin = time.monotonic()
        server.wait_until(lambda _: server.output(output)["state"] == "ok")
        back_s = time.monotonic() - begin
        server.wait_until(lambda _: server.output(output)["queued"] < 1500)
        drained_s, entry, gap, broken = time.monotonic() - begin, server.output(output), witness.gap_s, witness.broken
        witness.close()
        server.stop()
    print(f"{name}: down after {noticed_s:.1f} s ({problem:.70}); {waiting:,} reports waited", end="; ")
    print(f"ok {back_s:.1f} s and delivered {drained_s:.1f} s after it was back, {entry['dropped']} dropped", end="; ")
    print(f"longest gap of the stream {gap:.2f} s, {broken} undetected breaks", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", default=list(PEERS))
    for name in parser.parse_args().peers:
        with folder() as place:
            prove(name, place)
    print(machine())


if __name__ == "__main__":
    main()
