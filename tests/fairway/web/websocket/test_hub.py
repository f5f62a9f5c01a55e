"""The hub, without a server: connections are given to it, and its clock and its sessions are the test's."""

import errno
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from fairway.chart.ports import PortIndex
from fairway.protocol.context import Context
from fairway.protocol.encode_json import Binary
from fairway.runtime.clock import Clock
from fairway.runtime.supervisor import attempt
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic
from fairway.web.websocket import hub
from fairway.web.websocket.client import BINARY, TEXT, Client, framed, header
from fairway.web.websocket.hub import ConnectionLimits, Hub
from tests.support.raw import CLOSE, PING, Raw, frame

PERIOD_S = 30.0


class Spoken:
    """A session that says what the test wants and remembers what was asked of it."""

    period_s = PERIOD_S

    def __init__(self, context: object, proto: int = 1) -> None:
        self.ticks: list[int] = []
        self.received: list[str | bytes] = []
        self.says: list[bytes] = [b"tick"]
        self.subscription = "all"
        self.fault: Exception | None = None

    def open(self) -> list[bytes]:
        return [b"hello"]

    def tick(self, skipped: int = 0) -> list[bytes]:
        self.ticks.append(skipped)
        if self.fault:
            raise self.fault
        return self.says

    def heartbeat(self) -> list[bytes]:
        return [b"beat"]

    def receive(self, body: str | bytes) -> list[bytes]:
        self.received.append(body)
        if body == "faster":
            self.period_s = 1.0
        return [b"answer"]

    def refuse(self, code: str, text: str, retry_after_ms: int | None = None) -> list[bytes]:
        return [json.dumps([code, retry_after_ms]).encode()]


class Harness:
    """A hub that turns when the test says so, at the time that the test says."""

    def __init__(self, seats: ConnectionLimits) -> None:
        self.now = 1000.0
        self.stop = threading.Event()
        traffic = Traffic(PortIndex.load(), lambda: "epoch")
        context = Context(Clock(0.0, lambda: self.now, "simulation"), traffic.snapshot, lambda: 0, lambda: None, {})
        self.hub = Hub(context, seats, lambda: self.now, self.stop)
        self.turn()

    def turn(self, seconds: float = 0.0) -> None:
        """One turn of the loop, `seconds` later."""
        self.now += seconds
        self.hub._next_sweep = min(self.hub._next_sweep, self.now)  # select returns at once
        self.hub._turn()

    def turns(self, count: int = 5) -> None:
        for _ in range(count):
            self.turn()

    def client(self, number: int = -1) -> Client:
        return list(self.hub._clients)[number]


@pytest.fixture(autouse=True)
def spoken(monkeypatch):
    monkeypatch.setattr(hub, "Session", Spoken)


@pytest.fixture
def pair() -> Iterator[Callable[..., tuple[socket.socket, Raw]]]:
    """TCP connections whose handshake is done: the server's end, and the client's."""
    opened: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def make(buffer: int | None = None) -> tuple[socket.socket, Raw]:
            client = socket.socket()
            if buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            client.settimeout(5)
            client.connect(listener.getsockname())
            server, _ = listener.accept()
            if buffer:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
            opened.append(client)
            return server, Raw(client)

        yield make
    for sock in opened:
        sock.close()


@pytest.fixture
def harness():
    return Harness(ConnectionLimits(3, 2, lambda address: address == "127.0.0.1"))


@pytest.fixture
def join(harness, pair):
    """A greeted client; a small buffer makes it one that soon takes no more."""

    def join(address: str = "127.0.0.1", buffer: int | None = None) -> Raw:
        server, client = pair(buffer)
        harness.hub.adopt(server, address)
        harness.turn()
        assert client.frame() == (0x81, b"hello")
        return client

    return join


def test_header():
    """The three forms of a length, and the two kinds of message."""
    assert header(TEXT, 125) == b"\x81\x7d"
    assert header(BINARY, 126) == b"\x82\x7e\x00\x7e"
    assert header(TEXT, 65535) == b"\x81\x7e\xff\xff"
    assert header(TEXT, 65536) == b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"


def test_messages_are_shared():
    """The bytes of a message are not copied for a frame: the object itself goes to sendmsg, for every client."""
    message, other = b"x" * 1000, Binary(b"y")
    assert [part is message for part in framed([message])] == [False, True]
    assert framed([other]) == (b"\x82\x01", b"y")


def test_ticks_on_one_grid(harness, join):
    """Clients that came at different times tick together, at multiples of the period."""
    first = join()
    harness.turn(7.0)
    second = join()
    harness.turn(12.9)  # 1019.9
    assert harness.client(0).session.ticks == []
    harness.turn(0.2)  # 1020.1
    assert [client.session.ticks for client in harness.hub._clients] == [[0], [0]]
    assert (0x81, b"tick") in first.heard()
    assert (0x81, b"tick") in second.heard()


def test_a_client_changes_its_period(harness, join):
    """After a request that asks for it, it ticks on the grid of the new period."""
    client = join()
    client.send(frame(1, b"faster"))
    harness.turns(2)
    assert client.frame() == (0x81, b"answer")
    harness.turn(1.0)
    harness.turn(1.0)
    assert harness.client().session.ticks == [0, 0]
    assert harness.hub._due.keys() == {1.0}


def test_who_cannot_take_more_gets_one_catch_up(harness, join):
    """While its output is pending, ticks are skipped; when it has drained, one tick tells how many."""
    slow = join(buffer=4096)
    session = harness.client().session
    session.says = [b"x" * 1_000_000]
    for _ in range(4):
        harness.client().progressed = harness.now + PERIOD_S  # or it were closed as stalled
        harness.turn(PERIOD_S)
    assert session.ticks == [0]
    assert harness.client().skipped == 3
    session.says = [b"caught up"]
    whole = drain(harness, slow, until=b"caught up")
    assert session.ticks == [0, 3]
    assert harness.client().pending == ()
    assert whole.endswith(b"\x81\x09caught up")


def drain(harness: Harness, client: Raw, until: bytes) -> bytes:
    """Read and turn until something has come."""
    received = b""
    client.sock.setblocking(False)
    while until not in received:
        harness.turn()
        try:
            received += client.sock.recv(1 << 20)
        except BlockingIOError:
            continue
    return received


def test_a_shared_frame_that_one_client_takes_slowly(harness, join):
    """The others have it at once, it has it in the end, and what is pending of it is no one else's."""
    slow, *others = join(buffer=4096), join(), join()
    says = [b"x" * 100_000]
    for client in harness.hub._clients:
        client.session.says = says
    harness.turn(PERIOD_S)
    assert [len(client.pending) for client in harness.hub._clients] == [1, 0, 0]
    for client in others:
        assert says[0] in [payload for _, payload in client.heard()]
    assert drain(harness, slow, until=says[0]).count(b"x") == 100_000


def test_nothing_is_read_while_output_is_pending(harness, join):
    """So at most one answer is ever queued; the requests are answered when it has drained."""
    slow = join(buffer=4096)
    session = harness.client().session
    session.says = [b"x" * 1_000_000]
    harness.turn(PERIOD_S)
    slow.send(frame(1, b"one"), frame(1, b"two"))
    harness.turns()
    assert session.received == []
    drain(harness, slow, until=b"answer\x81\x06answer")
    assert session.received == ["one", "two"]


def test_who_takes_nothing_is_cut_off(harness, join, caplog):
    """After 10 s without progress, not before; and the others never noticed."""
    caplog.set_level("INFO")
    join(buffer=4096)
    other = join()
    harness.client(0).session.says = [b"x" * 1_000_000]
    harness.turn(PERIOD_S)
    harness.turns()  # until the kernel is full
    harness.turn(9.9)
    assert harness.hub.count == 2
    harness.turn(0.2)
    assert harness.hub.count == 1
    assert "client 1 took nothing for 10 s" in caplog.text
    assert {(0x81, b"tick"), (0x81, b"beat")} <= set(other.heard())


def test_pings_find_the_dead(harness, join, caplog):
    """A ping after 20 s; who has not answered it 20 s later is gone, who has stays."""
    caplog.set_level("INFO")
    dead, alive = join(), join()
    harness.turn(20.1)
    assert (0x89, b"") in dead.heard()
    assert (0x89, b"") in alive.heard()
    harness.now += 1
    alive.send(frame(10))
    harness.turns(2)
    harness.turn(19.5)
    assert [client.number for client in harness.hub._clients] == [2]
    assert "client 1 did not answer a ping" in caplog.text


def test_heartbeats(harness, join):
    """Every 15 s of the grid."""
    client = join()
    harness.turn(15.0)
    assert client.frame() == (0x81, b"beat")


def test_seats(harness, pair):
    """Two from one address (then 1008), three in all (then 1013), loopback counts only in all; and seats are freed."""
    ends = []
    for address in ("a", "a", "a", "127.0.0.1", "b"):
        server, client = pair()
        harness.hub.adopt(server, address)
        ends.append(client)
    harness.turns()
    assert [ends[place].closed() for place in (2, 4)] == [1008, 1013]
    assert harness.hub.count == 3
    ends[0].send(frame(CLOSE, struct.pack("!H", 1000)))
    harness.turns()
    server, client = pair()
    harness.hub.adopt(server, "a")
    harness.turns()
    assert client.frame() == (0x81, b"hello")
    assert dict(harness.hub._from) == {"a": 2, "127.0.0.1": 1}


def test_many_from_loopback(pair):
    """Clients of the machine itself are not limited by address."""
    harness = Harness(ConnectionLimits(100, 1, lambda address: address == "127.0.0.1"))
    for _ in range(5):
        harness.hub.adopt(pair()[0], "127.0.0.1")
    harness.turns()
    assert harness.hub.count == 5


def test_a_fault_ends_one_client(harness, join, monkeypatch):
    """A session that raises is closed with 1011; those after it in the same round still get their tick."""
    healthy, faulty, other = join(), join(), join()
    harness.client(1).session.fault = KeyError("a bug")
    sessions = [client.session for client in harness.hub._clients]
    done = threading.Thread(target=harness.hub.run, daemon=True)
    harness.now += PERIOD_S
    done.start()
    assert faulty.closed() == 1011
    for client in (healthy, other):
        assert {client.frame(), client.frame()} == {(0x81, b"tick"), (0x81, b"beat")}
    harness.stop.set()
    assert [client.closed() for client in (healthy, other)] == [1001, 1001]
    for client in (healthy, faulty, other):
        client.sock.close()
    done.join(5)
    assert not done.is_alive()
    assert [session.ticks for session in sessions] == [[0], [0], [0]]


def test_a_fault_of_the_hub_itself_is_the_supervisors(harness, join):
    """It is raised, and the clients are served again when the supervisor starts the next run."""
    client = join()
    harness.hub._sweep, harness.hub._next_sweep = None, 0.0
    with pytest.raises(TypeError):
        harness.hub.run()
    del harness.hub._sweep
    client.send(frame(1, b"still here?"))
    harness.turns(2)
    assert client.frame() == (0x81, b"answer")


def test_attempt_returns_what_was_raised(caplog):
    """And logs it with its traceback."""
    fault = ValueError("seven")

    def work():
        raise fault

    assert attempt(work) is fault
    assert "ValueError: seven" in caplog.text
    assert attempt(lambda: None) is None


def test_too_many_requests_are_refused_and_then_waited_for(harness, join):
    """The burst is answered, one is refused with the time to wait; the rest is not read before that time."""
    client = join()
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.send(*(frame(1, b"%d" % number) for number in range(60)))
    harness.turns()
    session = harness.client().session
    assert len(session.received) == 40
    answers = [client.frame() for _ in range(41)]
    assert answers == [(0x81, b"answer")] * 40 + [(0x81, b'["rate_limited", 50]')]
    assert harness.client().watched == 0
    harness.turn(0.051)
    assert session.received[40:] == ["41"]
    harness.turn(10.0)
    assert session.received[41:] == [str(number) for number in range(43, 60)]


def test_a_reset_is_noticed(harness, join, caplog):
    """The seat is free as soon as the kernel tells."""
    caplog.set_level("INFO")
    client = join()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sock.close()
    harness.turns()
    assert harness.hub.count == 0
    assert f"Errno {errno.ECONNRESET}" in caplog.text


def test_who_does_not_answer_a_close_is_cut_after_two_seconds(harness, join):
    """And until then its bytes are read and thrown away, so that no reset overtakes our close frame."""
    client = join()
    client.send(frame(PING, b"", rsv=1))
    harness.turns()
    assert client.closed() == 1002
    client.send(b"more of what we do not want" * 1000)
    harness.turns()
    assert len(harness.hub._leaving) == 1
    harness.turn(2.1)
    assert len(harness.hub._leaving) == 0


def test_one_view_for_a_turn(pair, monkeypatch):
    """All sessions that speak in one turn see the same Snapshot, even when Traffic moves on meanwhile."""
    monkeypatch.undo()
    traffic = Traffic(PortIndex.load(), lambda: "epoch")
    now = 1000.0
    context = Context(Clock(0.0, lambda: now, "simulation"), traffic.snapshot, lambda: 0, lambda: None, {})
    hub = Hub(context, ConnectionLimits(9, 9, lambda address: True), lambda: now, threading.Event())
    seen = hub._context.snapshot()
    columns = {"lat": np.zeros(1, np.int32), "lon": np.zeros(1, np.int32)}
    traffic.put(Batch(np.array([1], np.uint32), np.array([1], np.int64), "test", True, columns, {}))
    traffic.advance(now)
    assert hub._context.snapshot() is seen
    hub._next_sweep = 0.0
    hub._turn()
    assert hub._context.snapshot() is traffic.snapshot()
