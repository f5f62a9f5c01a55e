"""Feed aivdm_listen: several receivers, broken ones, hostile ones."""

import socket
import struct

from fairway.feeds import aivdm_listen
from tests.support.sentences import CLASS_A, OTHER, VOYAGE, A


def test_receivers_push(start, connect, free_port):
    """Several receivers may be connected; only parts from the same one form a message."""
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
    """A reset connection does not affect the others."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    rude, other = connect(port), connect(port)
    rude.sendall(b"!AIVDM,")
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    rude.close()
    other.sendall(CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])


def test_too_many_receivers(start, connect, free_port, monkeypatch):
    """One receiver too many replaces the one that was silent longest."""
    monkeypatch.setattr(aivdm_listen, "MAX_RECEIVERS", 2)
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
    """A megabyte without line end, and binary bytes, are counted, and the next sentence is read."""
    port = free_port()
    heard = start(aivdm_listen, aivdm_listen=str(port))
    peer = connect(port)
    peer.sendall(b"A" * 2**20 + b"\n" + bytes(range(1, 10)) + b"\xff\n" + CLASS_A + b"\r\n")
    heard.until(lambda h: h.mmsi == [A])
    heard.until(lambda h: h.rejected.get("line too long") == 1 and h.rejected.get("not AIS") == 1)
