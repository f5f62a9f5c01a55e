"""Output aivdm_udp over a real socket."""

import socket

from fairway.ais.encode import sentences
from fairway.outputs import aivdm_udp
from tests.support.reports import POSITION, VOYAGE, moving, static
from tests.support.servers import wait_for


def text(*batches, tags=False) -> bytes:
    return b"".join(part for batch in batches for part, _ in sentences(batch, tags))


def test_datagrams(run):
    """Each datagram carries one sentence; sending continues without a listener."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(20)
        report_queue = run(aivdm_udp, aivdm_out_udp=f"127.0.0.1:{listener.getsockname()[1]}", aivdm_out_tags=True)
        batches = [moving(*[POSITION] * 60), static(VOYAGE)]
        for batch in batches:
            report_queue.record(batch)
        expected = text(*batches, tags=True).splitlines(keepends=True)
        assert [listener.recv(2048) for _ in expected] == expected
    wait_for(lambda: report_queue.status()["sent"] == 61)
    report_queue.record(moving(POSITION))
    wait_for(lambda: report_queue.status()["sent"] == 62)
