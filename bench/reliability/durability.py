"""No committed report is lost: `python -m bench.reliability.durability [--sqlite 100] [--postgres 20] [--database 20]`.

A server writes its history while a client notes every report. SIGKILL ends the server at random moments, or SIGQUIT
stops PostgreSQL, and both start again. Each report that the client saw with an event time up to `committed_through`,
as the status gave it before the kill, must be in the database. A killed process is no power cut: SQLite can lose its
last commits with the power. Linux only; needs the test environment.
"""

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from bench.support.ports import free_port
from bench.support.proof import Server, Witness, folder, machine
from tests.support.servers import PROGRAMS, Postgres, folder_of, postgres_user

FLEET = ("--fleet-size", "300", "--update-interval", "0.5", "--state-file", "")
ROWS = "SELECT p.mmsi, p.t FROM position p JOIN run r ON r.id = p.run WHERE r.epoch = "
Seen = set[tuple[int, int]]


def stored(url: str, epoch: str) -> Seen:
    """(MMSI, ms) of every position of a run in the database, read without any of the server's code."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            return set(database.execute(f"{ROWS} ?", (epoch,)))
    with psycopg.connect(url) as database:
        return set(database.execute(f"{ROWS} %s", (epoch,)).fetchall())


def kill_servers(url: str, times: int, place: Path) -> tuple[int, int]:
    """Kill the server `times` times; return how many committed reports the client saw and how many are lost."""
    committed = lost = 0
    for _ in range(times):
        server = Server(place, *FLEET, "--database-url", url)
        witness = Witness(server)
        server.wait_until(lambda _, one=server: one.output("history").get("committed_through"))
        time.sleep(random.uniform(0.1, 1.5))
        through = server.output("history")["committed_through"]
        time.sleep(random.uniform(0, 0.5))
        server.kill()
        witness.close()
        due = {one for one in witness.seen if one[1] < through}
        committed += len(due)
        lost += len(due - stored(url, witness.epoch))
    return committed, lost


def stop_database(postgres: Postgres, times: int, place: Path) -> tuple[int, int, float]:
    """Stop the database `times` times under one server; return committed, lost and the stream's longest gap (s)."""
    server = Server(place, *FLEET, "--database-url", postgres.url)
    witness = Witness(server)
    server.wait_until(lambda _: server.output("history").get("committed_through"))
    witness.begin_gap()
    for _ in range(times):
        time.sleep(random.uniform(0.1, 1.5))
        postgres.stop(signal.SIGQUIT)
        server.wait_until(lambda _: server.output("history")["state"] != "ok")
        before = server.output("history").get("committed_through", 0)
        postgres.start()
        server.wait_until(lambda _, at=before: server.output("history").get("committed_through", 0) > at)
    through, gap = server.output("history")["committed_through"], witness.gap_s
    dropped = server.output("history")["dropped"]
    server.stop()
    witness.close()
    assert not dropped, f"{dropped} reports were given up"
    due = {one for one in witness.seen if one[1] < through}
    return len(due), len(due - stored(postgres.url, witness.epoch)), gap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sqlite", type=int, default=100)
    parser.add_argument("--postgres", type=int, default=20)
    parser.add_argument("--database", type=int, default=20)
    asked = parser.parse_args()
    failed = 0
    with folder() as place, folder_of("postgres") as base:
        if asked.sqlite:
            committed, lost = kill_servers(f"sqlite:///{place / 'history.db'}", asked.sqlite, place)
            print(f"SQLite: {asked.sqlite} kills, {committed:,} committed reports, {lost} lost", flush=True)
            failed += lost
        if asked.postgres or asked.database:
            make = [str(PROGRAMS / "initdb"), "-D", str(base / "base"), "-U", "postgres", "-A", "trust", "-N"]
            subprocess.run([*postgres_user(), *make], check=True, capture_output=True)
            postgres = Postgres(base, free_port())
            postgres.start()
            committed, lost = kill_servers(postgres.url, asked.postgres, place)
            print(f"PostgreSQL: {asked.postgres} kills of the server, {committed:,} committed, {lost} lost", flush=True)
            failed += lost
            committed, lost, gap = stop_database(postgres, asked.database, place)
            print(
                f"PostgreSQL: {asked.database} immediate stops of the database, {committed:,} committed, {lost} lost,"
                f" longest gap of the stream {gap:.2f} s",
                flush=True,
            )
            failed += lost
            postgres.stop()
    print(machine())
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
