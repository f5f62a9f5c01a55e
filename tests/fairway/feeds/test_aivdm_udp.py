"""Feed aivdm_udp: datagrams and multicast."""

import socket
import time

from fairway.feeds import aivdm_udp
from tests.support.sentences import CLASS_A, OTHER, VOYAGE, A


def test_datagrams(start, free_port):
    """A datagram holds complete lines, with or without line end; parts may be in several."""
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
    """A multicast group is joined."""
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
