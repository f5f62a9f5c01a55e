"""Shared parts of the live feeds: event times, rejections."""

import time

import numpy as np

from fairway.feeds import aivdm_file, aivdm_listen
from fairway.feeds.intake import names
from tests.support.sentences import CLASS_A, OTHER, VOYAGE, A, tagged


def test_counted_as_in_a_file(start, connect, free_port, tmp_path):
    """Other NMEA sentences are not errors, and a live feed and a recording count the same lines alike."""
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
        assert heard.rejected == {"other NMEA": 1, "checksum": 2, "not AIS": 1}


def test_tag_blocks(start, connect, free_port):
    """The time of a TAG block is the event time, also of a message whose second part has none."""
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


def test_names():
    """The first source has the feed's name, the others a number."""
    assert names("aivdm_tcp", 3) == ["aivdm_tcp", "aivdm_tcp-2", "aivdm_tcp-3"]
