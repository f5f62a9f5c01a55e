"""Real AIS beside the simulator, in the whole server."""

import socket
import time

import pytest

from tests.support.sentences import CLASS_A, A, tagged


def test_real_and_simulated_side_by_side(start_server, free_port):
    """A receiver's ship is on the same stream as the simulated ones, told apart; clock and feed states say so."""
    port, silent = free_port(), free_port()
    feeds = ("--feeds", "simulator,aivdm_listen,aivdm_tcp", "--aivdm-listen", str(port), "--fleet-size", "20")
    server = start_server(*feeds, "--aivdm-tcp", f"127.0.0.1:{silent}", vessels=20)
    assert server.status()["clock"]["mode"] == "mixed"
    block = b"s:north,c:%d" % (time.time() - 5)
    with socket.create_connection(("127.0.0.1", port), 5) as receiver:
        receiver.sendall(tagged(block, CLASS_A) + b"\r\n" + CLASS_A + b"\r\n")
        status = server.wait_until(lambda status: status["total_vessels"] == 21)
    vessels = server.get("/api/realtime/vessels")["vessels"]
    assert {vessel["source"] for vessel in vessels if not vessel["simulated"]} == {"aivdm_listen"}
    assert [vessel["mmsi"] for vessel in vessels if not vessel["simulated"]] == [A]
    status = server.wait_until(lambda status: status["feeds"][2]["reason"] == "Connection refused")
    simulator, listening, refused = status["feeds"]
    assert (simulator["state"], listening["state"], refused["state"]) == ("ok", "ok", "down")
    assert (listening["reports"], listening["rejected"], listening["latency_s"]) == (
        1, {"duplicate": 1}, pytest.approx(5.5, abs=4),
    )  # fmt: skip
    assert listening["stations"] == {"north": 1}
    heard = server.get(f"/api/realtime/vessels/{A}")
    assert (heard["station"], heard["latency_s"]) == ("north", pytest.approx(5.5, abs=4))
    assert server.get(f"/api/realtime/vessels/{vessels[0]['mmsi']}")["received"] is None


def test_live_alone(start_server, free_port):
    """Without the simulator the clock is UTC, and nothing sails but what was heard."""
    port = free_port()
    server = start_server("--feeds", "aivdm_udp", "--aivdm-udp", str(port), vessels=0)
    assert server.status()["clock"]["mode"] == "live"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:

        def heard(status):
            receiver.sendto(CLASS_A, ("127.0.0.1", port))
            return status["total_vessels"] == 1

        server.wait_until(heard)
    assert server.get(f"/api/realtime/vessels/{A}")["mmsi"] == A
