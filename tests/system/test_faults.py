"""Hostile clients on a real server: the right close code, bounded memory, and the others go on."""

import os
import threading
from pathlib import Path

import pytest

from tests.support.hostile import FAULTS, attack
from tests.support.raw import Raw

SECONDS = 2.0
INTERVAL_S = 0.5
MAX_GROWTH_MB = 20


def resident_mb(pid: int) -> float:
    """Linux only."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--update-interval", str(INTERVAL_S), "--fleet-size", "2000", vessels=2000)


def greeted(raw, server) -> Raw:
    client = raw(server.port)
    assert client.handshake().startswith("HTTP/1.1 101 ")
    return client


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_the_clients_own(server, raw, name):
    """Two seconds of it, from two clients at once."""
    fault, codes = FAULTS[name], []
    healthy = greeted(raw, server)
    assert healthy.message("vessel_updates")
    before = resident_mb(server.process.pid)
    connect = lambda: greeted(raw, server)  # noqa: E731 - one line for two threads
    attackers = [
        threading.Thread(target=lambda: codes.extend(attack(fault, connect, SECONDS)), name=str(n)) for n in range(2)
    ]
    for attacker in attackers:
        attacker.start()
    seen = 0
    while any(attacker.is_alive() for attacker in attackers):
        assert healthy.message("vessel_updates")
        seen += 1
    grown = resident_mb(server.process.pid) - before
    for attacker in attackers:
        attacker.join()
    assert seen >= SECONDS / INTERVAL_S / 2
    assert grown < MAX_GROWTH_MB
    if fault.code:
        assert set(codes) == {fault.code}
    assert server.wait_until(lambda status: status["connected_clients"] == 1, 20)
    assert [thread["restarts"] for thread in server.status()["threads"] if thread["name"] == "hub"] == [0]
