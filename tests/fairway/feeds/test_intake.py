"""Live AIVDM: TCP both ways, UDP, pipes; what is lost, hostile or comes in pieces."""

import os
import pty
import socket
import struct
import termios
import time
from functools import reduce

import numpy as np
import pytest

from fairway.feeds import aivdm_file, aivdm_listen, aivdm_pipe, aivdm_tcp, aivdm_udp

CLASS_A = b"!ABVDM,1,1,6,B,1G7lQJ001PbomTie:ms2sR@40000,0*34"
A = 477962600
OTHER = b"!BSVDM,1,1,,A,17P@<J?P00blFWmjG@5a5?v62<10,0*3E"
B = 503_000_000
VOYAGE = (
    b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
    b"!AIVDM,2,2,1,A,88888888880,2*25",
)


def tagged(block: bytes, sentence: bytes) -> bytes:
    return b"\\%b*%02X\\%b" % (block, reduce(lambda a, b: a ^ b, block), sentence)


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


def port_of(server: socket.socket) -> int:
    return server.getsockname()[1]


def test_a_client_reads(start, server):
    """Sentences of a server become reports, whatever their talker and however they are cut into packets."""
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
    """A connection that is lost is made again, the feed says so, and half a line of before is forgotten."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    peer.sendall(OTHER[:30])
    heard.until(lambda h: "" in h.states)
    peer.close()
    heard.until(lambda h: "closed by the other side" in h.states)
    peer, _ = server.accept()
    with peer:
        peer.sendall(CLASS_A + b"\r\n")
        heard.until(lambda h: h.mmsi == [A])
    assert heard.states[:4] == ["connecting", "", "closed by the other side", ""]


def test_as_fast_as_it_comes(start, server):
    """A server that has much to say does not have to wait between the looks at its socket."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    with peer:
        peer.settimeout(20)
        peer.sendall((CLASS_A + b"\r\n") * 300_000)
        heard.until(lambda h: h.rejected.get("duplicate") == 299_999)


def test_gpsd_is_asked_for_sentences(start, server):
    """A gpsd says who it is and waits; its own lines are no errors."""
    heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{port_of(server)}")
    peer, _ = server.accept()
    with peer:
        peer.sendall(b'{"class":"VERSION","release":"3.22"}\r\n')
        assert peer.makefile("rb").readline() == b'?WATCH={"enable":true,"nmea":true};\r\n'
        peer.sendall(b'{"class":"DEVICES","devices":[]}\r\n' + CLASS_A + b"\r\n")
        heard.until(lambda h: h.mmsi == [A])
    assert heard.rejected == {}


def test_nobody_answers(start, free_port):
    """A server that is not there is the reason why the source is down; another address works meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = start(aivdm_tcp, aivdm_tcp=f"127.0.0.1:{free_port()},127.0.0.1:{port_of(server)}")
        peer, _ = server.accept()
        with peer:
            peer.sendall(CLASS_A + b"\r\n")
            heard.until(lambda h: h.mmsi == [A] and "Connection refused" in h.states)
    assert {report.source for report in heard.reports if report.down == "Connection refused"} == {"aivdm_tcp"}
    assert {batch.source for batch in heard.batches if batch.moving} == {"aivdm_tcp-2"}


def test_a_name_that_is_none(start):
    """A host without an address is a reason, too."""
    heard = start(aivdm_tcp, aivdm_tcp="no-such-host.invalid:5631")
    heard.until(lambda h: len(h.states) >= 2)
    assert heard.states[0] == "connecting"
    assert heard.states[1] not in ("", "connecting")


def test_receivers_push(start, connect, free_port):
    """Several receivers at once; the parts of a message belong together only within one of them."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    first, second = connect(port), connect(port)
    first.sendall(VOYAGE[0] + b"\r\n" + CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    second.sendall(VOYAGE[1] + b"\r\n" + OTHER + b"\r\n")
    heard.until(lambda h: len(h.mmsi) == 2)
    assert not any(batch.static for batch in heard.batches)
    first.sendall(VOYAGE[1] + b"\r\n")
    heard.until(lambda h: any(batch.static for batch in h.batches))


def test_a_receiver_that_breaks_off(start, connect, free_port):
    """A reset connection disturbs nobody."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    rude, other = connect(port), connect(port)
    rude.sendall(b"!AIVDM,")
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    rude.close()
    other.sendall(CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])


def test_too_many_receivers(start, connect, free_port, monkeypatch):
    """One more than may be: the one that was silent the longest is let go."""
    monkeypatch.setattr(aivdm_listen, "MOST", 2)
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    silent, talker = connect(port), connect(port)
    talker.sendall(CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    connect(port)
    assert silent.recv(1) == b""
    talker.sendall(OTHER + b"\r\n")
    heard.until(lambda h: len(h.mmsi) == 2)
    assert heard.rejected == {"too many connections": 1}


def test_endless_lines_and_noise(start, connect, free_port):
    """A megabyte without an end of line, and binary, cost nothing but a count; the next sentence is read."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    peer = connect(port)
    peer.sendall(b"A" * 2**20 + b"\n" + bytes(range(1, 10)) + b"\xff\n" + CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    heard.until(lambda h: h.rejected.get("line too long") == 1 and h.rejected.get("not a sentence") == 1)


def test_counted_as_in_a_file(start, connect, free_port, tmp_path):
    """What a station says besides AIS is no mistake; live and from a recording the same lines count the same."""
    lines = (
        b"\n".join([b"$GPZDA,,,,,,*48", b"$GPZDA,,,,,,*49", b"# noise", b"", b"$AIVDM,1*00", CLASS_A, OTHER]) + b"\n"
    )
    (tmp_path / "lines.nmea").write_bytes(lines)
    port = free_port()
    live = start(aivdm_listen, aivdm_listen=str(port))
    connect(port).sendall(lines)
    recorded = start(aivdm_file, aivdm_file=str(tmp_path / "lines.nmea"), aivdm_loop=False)
    for heard in (live, recorded):
        heard.until(lambda h: len(h.mmsi) == 2 and sum(h.rejected.values()) == 4)
        assert heard.rejected == {"other NMEA": 1, "checksum": 2, "not a sentence": 1}


def test_datagrams(start, free_port):
    """Each datagram is whole lines, with or without an end; parts come in several."""
    port = free_port()
    heard = start(aivdm_udp, aivdm_udp=str(port))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(200):
            for text in (CLASS_A, *VOYAGE, OTHER + b"\r\n" + CLASS_A):
                sender.sendto(text, ("127.0.0.1", port))
            if len(heard.batches) or not heard.queue.empty():
                break
            time.sleep(0.05)
        heard.until(lambda h: len(h.mmsi) >= 2 and any(batch.static for batch in h.batches))
    assert A in heard.mmsi


def test_multicast(start, free_port):
    """A group is joined."""
    port = free_port()
    heard = start(aivdm_udp, aivdm_udp=f"239.255.20.26:{port}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
        for _ in range(200):
            sender.sendto(CLASS_A, ("239.255.20.26", port))
            if not heard.queue.empty():
                break
            time.sleep(0.05)
    heard.until(lambda h: h.mmsi == [A])


def test_a_named_pipe(start, tmp_path):
    """Writers may come and go."""
    path = tmp_path / "ais"
    os.mkfifo(path)
    heard = start(aivdm_pipe, aivdm_pipe=str(path))
    for sentence in (CLASS_A, OTHER):
        with path.open("wb") as writer:
            writer.write(sentence + b"\r\n")
        heard.until(lambda h, last=sentence: any(last in batch.sentences for batch in h.batches))
    assert heard.states == [""]


def test_a_serial_device(start):
    """A terminal is set to what AIS receivers have: raw, 38,400 baud."""
    device, terminal = pty.openpty()
    heard = start(aivdm_pipe, aivdm_pipe=os.ttyname(terminal))
    heard.until(lambda h: h.states == [""])
    os.write(device, CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    _, _, _, local, input_speed, _, _ = termios.tcgetattr(terminal)
    assert input_speed == termios.B38400
    assert not local & termios.ICANON
    os.close(device)
    heard.until(lambda h: len(h.states) == 2)
    assert heard.states[1]
    os.close(terminal)


def test_tag_blocks(start, connect, free_port):
    """A TAG block's time is the event's, also of a message whose second part has none; received-at stands beside it."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    peer = connect(port)
    then = int(time.time()) - 500
    first = tagged(b"g:1-2-77,s:station,c:%d" % then, VOYAGE[0])
    second = tagged(b"g:2-2-77", VOYAGE[1])
    lone = tagged(b"s:other,c:%d" % (then * 1000 + 250), CLASS_A)
    peer.sendall(b"\r\n".join((lone, tagged(b"c:1", OTHER).replace(b"c:1", b"c:2"), first)) + b"\r\n")
    heard.until(lambda h: len(h.mmsi) == 2 and h.rejected)
    times = {
        int(m): int(t) for batch in heard.batches if batch.moving for m, t in zip(batch.mmsi, batch.t, strict=True)
    }
    assert times.pop(A) == then * 1000 + 250
    assert abs(times.popitem()[1] - time.time() * 1000) < 20_000
    assert heard.rejected["TAG block checksum"] == 1
    peer.sendall(second + b"\r\n")
    heard.until(lambda h: any(batch.static for batch in h.batches))
    static = next(batch for batch in heard.batches if batch.static)
    assert (static.t.tolist(), list(static.stations)) == ([then * 1000], ["station"])
    assert abs(static.received - time.time() * 1000) < 20_000
    assert np.all(static.received - static.t > 400_000)
