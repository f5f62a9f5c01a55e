"""Output aivdm_tcp over real sockets: several readers, slow ones, gpsd."""

import contextlib
import itertools
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from fairway.ais.encode import sentences
from fairway.outputs import aivdm_tcp
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue
from tests.conftest import GPSD
from tests.support.reports import POSITION, VOYAGE, moving, static
from tests.support.servers import wait_for


def text(*batches, tags=False) -> bytes:
    return b"".join(part for batch in batches for part, _ in sentences(batch, tags))


@pytest.fixture
def relay(run, free_port) -> tuple[ReportQueue, Callable]:
    """A TCP output, and a function that connects a reader which is already served."""
    port = free_port()
    report_queue = run(aivdm_tcp, aivdm_out_port=port)
    wait_for(lambda: report_queue.status()["state"] == "ok")

    def connect(receive_buffer: int = 0) -> socket.socket:
        readers = report_queue.counts["readers"]
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(20)
        sock.connect(("127.0.0.1", port))
        wait_for(lambda: report_queue.counts["readers"] == readers + 1)
        return sock

    return report_queue, connect


def read(sock: socket.socket, length: int) -> bytes:
    got = bytearray()
    while len(got) < length:
        part = sock.recv(length - len(got))
        assert part
        got += part
    return bytes(got)


def test_every_reader_gets_every_report(relay):
    """Three readers receive the same sentences, in the order of the reports."""
    report_queue, connect = relay
    batches = [moving(POSITION, POSITION), static(VOYAGE)]
    with contextlib.ExitStack() as opened:
        readers = [opened.enter_context(connect()) for _ in range(3)]
        for batch in batches:
            report_queue.record(batch)
        assert [read(sock, len(text(*batches))) for sock in readers] == [text(*batches)] * 3
    assert report_queue.status()["sent"] == 3


def test_readers_may_leave_and_send(relay):
    """A reader that leaves is removed; what a reader sends is ignored."""
    report_queue, connect = relay
    with connect() as talker:
        connect().close()
        talker.sendall(b"$PRTCM,hello\r\n" * 10_000)
        wait_for(lambda: report_queue.counts["readers"] == 1)
        report_queue.record(moving(POSITION))
        assert read(talker, len(text(moving(POSITION)))) == text(moving(POSITION))
    assert report_queue.counts["readers_dropped"] == 0


def test_a_slow_reader_is_dropped(relay, monkeypatch):
    """A reader too far behind is disconnected, and another one receives everything."""
    monkeypatch.setattr(aivdm_tcp, "MAX_BEHIND_BYTES", 100_000)
    report_queue, connect = relay
    with connect() as healthy, connect(receive_buffer=4096):
        batch = moving(*[POSITION] * 1000)
        expected = text(batch)
        rounds = 0
        while report_queue.counts["readers"] == 2:
            report_queue.record(batch)
            assert read(healthy, len(expected)) == expected
            rounds += 1
            assert rounds < 1000
        report_queue.record(batch)
        assert read(healthy, len(expected)) == expected
    assert report_queue.counts["readers_dropped"] == 1
    assert report_queue.status()["dropped"] == 0


def test_a_reader_that_takes_nothing_is_slow_after_ten_seconds():
    """A reader that takes nothing for ten seconds is slow; one that takes a little receives everything in order."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        reader = aivdm_tcp.AivdmClient(ours, "peer", 0.0)
        sent, got = bytearray(), bytearray()
        while reader.behind < 2_000_000:
            text = b"".join(b"!AIVDM,%d\r\n" % number for number in range(len(sent), len(sent) + 1000))
            sent += text
            assert reader.offer(text, now=100.0)
        assert reader.serve(now=109.0)
        got += theirs.recv(300_000)
        assert reader.serve(now=109.5)
        assert reader.serve(now=119.0)
        assert not reader.serve(now=120.0)
        while reader.behind:
            got += theirs.recv(65_536)
            reader.serve(now=120.0)
        theirs.settimeout(0.2)
        while len(got) < len(sent):
            got += theirs.recv(65_536)
        assert got == sent


def test_a_port_that_is_taken(free_port):
    """The error and the state name the port."""
    report_queue = ReportQueue("aivdm_tcp", time.monotonic)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            aivdm_tcp.run(
                report_queue, Clock(0.0, time.monotonic, "simulation"), Settings(aivdm_out_port=port), threading.Event()
            )
    assert report_queue.status()["state"] == "down"
    assert f"127.0.0.1:{port}" in report_queue.status()["problem"]


@pytest.mark.gpsdecode
def test_gpsd_tools_read_a_running_server(start_server, free_port):
    """`--outputs aivdm_tcp` serves the simulated fleet: gpsdecode reads vessels, and the status shows the output."""
    port = free_port()
    server = start_server(
        "--outputs", "aivdm_tcp", "--aivdm-out-port", str(port), "--update-interval", "1", vessels=500
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        text = bytearray()
        while text.count(b"\n") < 200:
            text += sock.recv(65536)
        (output,) = [output for output in server.status()["outputs"] if output["name"] == "aivdm_tcp"]
    lines = b"".join(bytes(text).splitlines(keepends=True)[:200])
    decoded = subprocess.run(["gpsdecode", "-j"], input=lines, capture_output=True, check=True, timeout=60).stdout
    assert decoded.count(b'"mmsi"') >= 100
    assert (output["name"], output["state"], output["dropped"]) == ("aivdm_tcp", "ok", 0)
    assert output["sent"] > 0
    assert output["readers"] == 1
    assert output["age_s"] < 10


@pytest.mark.gpsd
def test_gpsd_both_ways(start_server, free_port):
    """A gpsd that reads a server's sentences serves its vessels as JSON; a second server has them from that gpsd."""
    port, gpsd_port = free_port(), free_port()
    outputs = ("--outputs", "aivdm_tcp", "--aivdm-out-port", str(port))
    first = start_server(*outputs, "--update-interval", "2", vessels=500)
    command = [GPSD, "-N", "-n", "-S", str(gpsd_port), f"tcp://127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as gpsd:
        try:
            second = start_server("--feeds", "aivdm_tcp", "--aivdm-tcp", f"127.0.0.1:{gpsd_port}", vessels=100)
            with socket.create_connection(("127.0.0.1", gpsd_port), timeout=20) as client:
                client.sendall(b'?WATCH={"enable":true,"json":true};\n')
                lines = itertools.islice(client.makefile(), 300)
                found = [message for message in map(json.loads, lines) if message["class"] == "AIS"]
            theirs = {vessel["mmsi"]: vessel for vessel in second.get("/api/realtime/vessels")["vessels"]}
            (feed,) = second.status()["feeds"]
        finally:
            gpsd.terminate()
    ours = {vessel["mmsi"]: vessel for vessel in first.get("/api/realtime/vessels")["vessels"]}
    assert len(found) > 200
    for message in found:
        known = ours[message["mmsi"]]["position"]
        if "lat" in message:
            assert message["lat"] / 600_000 == pytest.approx(known["latitude"], abs=0.05)
            assert message["lon"] / 600_000 == pytest.approx(known["longitude"], abs=0.05)
        else:
            assert message["shipname"] == ours[message["mmsi"]]["vessel_name"].upper()
    assert theirs.keys() <= ours.keys()
    assert (feed["state"], feed["rejected"]) == ("ok", {})


def test_a_fairway_reads_another(start_server, free_port):
    """A second server that reads the first one's sentences has the same vessels: name, size, place, speed, course."""
    port = free_port()
    outputs = ("--outputs", "aivdm_tcp", "--aivdm-out-port", str(port), "--aivdm-out-tags", "yes")
    first = start_server(*outputs, "--update-interval", "5")
    second = start_server("--feeds", "aivdm_tcp", "--aivdm-tcp", f"127.0.0.1:{port}", vessels=300)
    theirs = {vessel["mmsi"]: vessel for vessel in second.get("/api/realtime/vessels")["vessels"]}
    ours = {vessel["mmsi"]: vessel for vessel in first.get("/api/realtime/vessels")["vessels"]}
    assert theirs.keys() <= ours.keys()
    same = 0
    for mmsi, vessel in theirs.items():
        known = ours[mmsi]
        assert vessel["vessel_name"] in (None, known["vessel_name"].upper())
        if vessel["timestamp"] == known["timestamp"]:
            same += 1
            assert vessel["kinematics"]["speed_over_ground"] == known["kinematics"]["speed_over_ground"]
            assert vessel["kinematics"]["heading"] == known["kinematics"]["heading"]
            assert vessel["position"]["latitude"] == pytest.approx(known["position"]["latitude"], abs=1e-5)
    assert same > 50
