"""Replaying a recording: its times, its pace, its end, and the real one."""

import gzip
import threading
from functools import reduce

import pytest

from fairway.chart.ports import PortIndex
from fairway.feeds import aivdm_file
from fairway.feeds.aivdm_file import Stamps, first_time
from fairway.protocol.encode_json import particulars
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.batch import Batch
from fairway.traffic.traffic import Traffic

CLASS_A = b"!ABVDM,1,1,6,B,1G7lQJ001PbomTie:ms2sR@40000,0*34"
OTHER = b"!AIVDM,1,1,,A,17P@<J?P00blFWmjG@5a5?v62<10,0*27"
T = 1_327_664_821


def signed(text: str) -> bytes:
    return b"$%b*%02X" % (text.encode(), reduce(lambda a, b: a ^ b, text.encode()))


@pytest.mark.parametrize(
    ("lines", "time"),
    [
        ([CLASS_A + b",1327664821"], T),
        ([b"\\s:A,c:1327664821*75\\" + CLASS_A], T),
        ([b"\\c:1327664821123*61\\" + CLASS_A], T + 0.123),
        ([signed("GPZDA,114701.50,27,01,2012,,")], T + 0.5),
        ([signed("PAIS,0A,20120127,114701")], T),
        (
            [signed("GPZDA,114700.00,27,01,2012,,"), signed("PSHI,001,01.5,,01691,32611,114701.28,2,0057,-079")],
            T + 0.28,
        ),
        (
            [signed("GPZDA,235959.00,26,01,2012,,"), signed("PSHI,001,01.5,,01691,32611,000001.00,2,0057,-079")],
            1327622401,
        ),
        ([signed("PSHI,001,01.5,,01691,32611,114701.28,2,0057,-079")], None),
        ([signed("GPZDA,,,,,,")], None),
        ([signed("GPZDA,114701.50,99,01,2012,,")], None),
        ([signed("GPZDA,114701.50,27,01,2012,,")[:-1] + b"?"], None),
        ([signed("GPZDA,114701.50,27,01,2012,,").replace(b"2012", b"2013")], None),
        ([CLASS_A + b",9999999999999"], None),
        ([b"\xff\x00" * 300, b"", CLASS_A], None),
    ],
)
def test_times(lines, time):
    """Each way in which recordings tell the time, and what is no time."""
    stamps = Stamps()
    for line in lines:
        stamps.read(line + b"\r\n")
    assert stamps.now == (None if time is None else pytest.approx(time, abs=1e-6))


@pytest.mark.parametrize("packed", [True, False])
def test_plain_and_packed(tmp_path, packed):
    """A recording is recognised by its content, whatever its name."""
    path = tmp_path / "recording"
    text = CLASS_A + b",1327664821\n"
    path.write_bytes(gzip.compress(text) if packed else text)
    assert first_time(str(path)) == T


class Wall:
    """A stop event that lets a second of wall time pass at each wait, until a number of them are over."""

    def __init__(self, seconds: int) -> None:
        self.now, self.seconds = 0.0, seconds

    def is_set(self) -> bool:
        return self.now >= self.seconds

    def wait(self, timeout: float | None = None) -> bool:
        self.now += min(timeout or 1.0, 1.0)
        return self.is_set()


def replay(path, seconds, rate=1.0, **options):
    """Batches with the wall time at which they were published."""
    wall, published = Wall(seconds), []
    clock = Clock(first_time(str(path)), lambda: wall.now, "replay", rate)
    settings = Settings(feeds="aivdm_file", aivdm_file=str(path), **options)
    aivdm_file.run(lambda batch: published.append((wall.now, batch)), clock, settings, wall)
    return [(at, batch) for at, batch in published if isinstance(batch, Batch) and batch.moving]


@pytest.fixture
def minute(tmp_path):
    """Two reports, 20 s apart."""
    path = tmp_path / "minute.nmea"
    path.write_bytes(CLASS_A + b",1327664821\nnoise\n" + OTHER + b",1327664841\n")
    return path


@pytest.mark.parametrize(("rate", "at"), [(1.0, 20), (10.0, 2)])
def test_pace(minute, rate, at):
    """Reports come at the recording's pace, times the clock's rate, with the recording's times."""
    published = replay(minute, 60, rate, aivdm_loop=False)
    assert [time for time, _ in published] == [0, at]
    assert [int(batch.t[0]) for _, batch in published] == [T * 1000, (T + 20) * 1000]


def test_loop(minute):
    """At its end the recording starts over, and the clock with it."""
    published = replay(minute, 65, aivdm_loop=True)
    assert [int(batch.t[0]) - T * 1000 for _, batch in published] == [0, 20_000] * 3 + [0]


def test_without_any_time(tmp_path):
    """Sentences without time come at a steady pace from the time of the file."""
    path = tmp_path / "untimed.nmea"
    path.write_bytes(CLASS_A + b"\n" + b"noise\n" * 999 + OTHER + b"\n")
    (first, a), (second, b) = replay(path, 60, aivdm_loop=False)
    assert second - first == pytest.approx(1000 / aivdm_file.UNTIMED_PER_S, abs=1.1)
    assert b.t[0] - a.t[0] == 1000 / aivdm_file.UNTIMED_PER_S * 1000


def test_a_file_that_is_not_there():
    """A recording that vanished is an error for the supervisor, not silence."""
    with pytest.raises(FileNotFoundError, match="gone"):
        aivdm_file.run(
            lambda batch: None, Clock(0, lambda: 0.0, "replay"), Settings(aivdm_file="gone"), threading.Event()
        )


def test_the_recording(recording):
    """A hundred seconds around Australia: ships with their names, and everything else counted by reason."""
    traffic = Traffic(PortIndex.load(), lambda: "e")
    start = first_time(str(recording))
    clock = Clock(start + 1000, lambda: 0.0, "replay")
    aivdm_file.play(str(recording), start, traffic.put, clock, threading.Event())
    snapshot = traffic.advance(start + 1000)
    assert snapshot.summary["total_vessels"] == 800
    assert sum(bool(name) for name in snapshot.static_columns["name"]) == 339
    assert particulars(snapshot, 205367000)["vessel_name"] == "CHACONIA"
    assert traffic.dropped["aivdm_file: duplicate"] == 2418
    assert traffic.dropped["aivdm_file: checksum"] == 1
    assert traffic.dropped["aivdm_file: base station"] == 946
