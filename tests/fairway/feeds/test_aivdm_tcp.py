"""Feed aivdm_tcp: lost connections, several addresses, gpsd."""

import socket
import time

import pytest

from fairway.feeds import aivdm_tcp
from tests.support.sentences import CLASS_A, OTHER, A


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


def port_of(server: socket.socket) -> int:
    return server.getsockname()[1]


def test_a_client_reads(start, server):
    """Sentences of a server become reports, with any talker and divided into any packets."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    with peer:
        heard.until(lambda h: "" in h.states)
        peer.sendall(CLASS_A[:20])
        time.sleep(0.1)
        peer.sendall(CLASS_A[20:] + b"\r\n" + OTHER + b"\n")
        heard.until(lambda h: len(h.mmsi) == 2)
    assert heard.mmsi[0] == A
    assert [text for batch in heard.batches for text in batch.sentences] == [CLASS_A, OTHER]
    assert all(abs(batch.t - time.time() * 1000).max() < 20_000 for batch in heard.batches if batch.moving)


def test_a_client_comes_back(start, server):
    """A lost connection is restored and reported, and an incomplete line from before is dropped."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    peer.sendall(OTHER[:30])
    heard.until(lambda h: "" in h.states)
    peer.close()
    heard.until(lambda h: "closed by the server" in h.states)
    peer, _ = server.accept()
    with peer:
        peer.sendall(CLASS_A + b"\r\n")
        heard.until(lambda h: h.mmsi == [A])
    assert heard.states[:4] == ["connecting", "", "closed by the server", ""]


def test_as_fast_as_it_comes(start, server):
    """A burst of 300,000 sentences is read in full."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    with peer:
        peer.settimeout(20)
        peer.sendall((CLASS_A + b"\r\n") * 300_000)
        heard.until(lambda h: h.rejected.get("duplicate") == 299_999)


def test_gpsd(start, server):
    """A gpsd gets a request for its sentences after its greeting; its own lines are not rejected."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    with peer:
        peer.sendall(b'{"class":"VERSION","release":"3.22"}\r\n')
        assert peer.makefile("rb").readline() == b'?WATCH={"enable":true,"nmea":true};\r\n'
        peer.sendall(b'{"class":"DEVICES","devices":[]}\r\n' + CLASS_A + b"\r\n")
        heard.until(lambda h: h.mmsi == [A])
    assert heard.rejected == {}


def test_a_server_that_is_away(start, free_port):
    """An unreachable server is the reason of a source that is down; another address still works."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{free_port()},127.0.0.1:{port_of(server)}")
        peer, _ = server.accept()
        with peer:
            peer.sendall(CLASS_A + b"\r\n")
            heard.until(lambda h: h.mmsi == [A] and "Connection refused" in h.states)
    assert {report.source for report in heard.reports if report.down == "Connection refused"} == {"aivdm_tcp"}
    assert {batch.source for batch in heard.batches if batch.moving} == {"aivdm_tcp-2"}


def test_an_unknown_host(start):
    """An unknown host is the reason of a source that is down."""
    heard = start(aivdm_tcp, aivdm_tcp="no-such-host.invalid:5631")
    heard.until(lambda h: len(h.states) >= 2)
    assert heard.states[0] == "connecting"
    assert heard.states[1] not in ("", "connecting")
