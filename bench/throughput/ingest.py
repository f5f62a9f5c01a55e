"""AIVDM in, against pyais: `python -m bench.throughput.ingest [RECORDING]`.

Measures CPU at 1,000 sentences a second and the highest rate. The default server with one more feed gets the
recording over TCP in a loop; the last bits of positions (the radio status, which has no reader) differ in each round,
otherwise all would be duplicates. Rates are per second of processor time; aiscat, AIS-catcher's decoder, is measured
where it is installed (`pip install aiscat`). Linux only.
"""

import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

try:
    import aiscat
except ImportError:
    aiscat = None
from pyais import decode
from pyais.exceptions import AISBaseException

from fairway.ais import decode_one, values
from fairway.ais.decoder import Decoder
from fairway.feeds.intake import Intake
from fairway.runtime.clock import Clock

ROOT = Path(__file__).parents[2]
EXCERPT = ROOT / "tests/data/ais_australia_20120127_excerpt.nmea.gz"
PORT, FEED_PORT = 18053, 18054
RATE, SECONDS = 1000, 60
SENTENCE = re.compile(rb"![A-Z]{2}VDM,1,1,[^*\s]{1,100}\*[0-9A-F]{2}")


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sentences(path: Path) -> list[bytes]:
    """Return every single-sentence message once."""
    found = SENTENCE.findall(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    return list({sentence.split(b",")[5]: sentence for sentence in found}.values())


def rounds(listed: list[bytes]) -> Iterator[bytes]:
    """Yield the sentences without end; in each round the last letters of positions differ."""
    for lap in range(1_000_000):
        tail = bytes(48 + (lap >> shift) % 40 for shift in (6, 0))
        for sentence in listed:
            body, payload = sentence[1:-3].split(b","), sentence.split(b",")[5]
            if len(payload) == 28 and lap:
                body[5] = payload[:26] + tail
                text = b",".join(body)
                yield b"!" + text + b"*%02X" % reduce(lambda a, b: a ^ b, text)
            else:
                yield sentence


def serve(feed: Iterator[bytes], stop: threading.Event) -> socket.socket:
    """Serve RATE sentences a second over TCP to the first client."""
    server = socket.create_server(("127.0.0.1", FEED_PORT))

    def run() -> None:
        peer, _ = server.accept()
        begin, sent = time.monotonic(), 0
        while not stop.is_set():
            due = int((time.monotonic() - begin) * RATE)
            with contextlib.suppress(ConnectionError):  # the server was asked to end
                peer.sendall(b"".join(next(feed) + b"\r\n" for _ in range(sent, due)))
            sent = max(sent, due)
            stop.wait(0.05)

    threading.Thread(target=run, daemon=True).start()
    return server


def load(feed: Iterator[bytes], *feeds: str) -> tuple[float, float]:
    """Return the CPU of the server (percent of a core) and its resident memory in MB with these feeds."""
    stop = threading.Event()
    server = serve(feed, stop) if "--aivdm-tcp" in feeds else socket.socket()
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "--port",
        str(PORT),
        "--state-file",
        "",
        "--database-url",
        "",
        *feeds,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(12)
        before, begin = cpu_s(process.pid), time.monotonic()
        time.sleep(SECONDS)
        cpu = 100 * (cpu_s(process.pid) - before) / (time.monotonic() - begin)
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/realtime/status", timeout=30) as answer:
            counts = {feed["name"]: feed["reports_per_s"] for feed in json.load(answer)["feeds"]}
        print(f"reports per second by feed: {counts}")
        memory = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    finally:
        process.terminate()
        process.wait()
        stop.set()
        server.close()
    return cpu, memory


FEEDS = ("feed", "feed and Traffic", "feed, TAG blocks", "feed, all by pyais")


def by_pyais(lines: list[bytes]) -> None:
    for sentence in lines:
        with contextlib.suppress(AISBaseException):
            decode(sentence, error_if_checksum_invalid=True)


def feed_by_pyais(decoder: Decoder, lines: list[bytes], t: int) -> None:
    """The feed as it would be if pyais decoded every message, one by one."""
    decoder.take(lines, t)
    said = [decode_one.report(sentences, t) for sentences, t, *_ in decoder.messages()]
    values.batches([report for report in said if not isinstance(report, str)], "bench")


def by_aiscat(decoder: Any, lines: list[bytes]) -> None:
    for sentence in lines:
        if decoder.feed(sentence + b"\n"):
            decoder.next()


def highest(listed: list[bytes]) -> None:
    """Sentences a second through the whole feed (lines, TAG blocks, duplicates, columns), and through decoders alone.

    The feed gets the lines bare, and with a TAG block that bears station, one of fifty, and time.
    """
    from fairway.chart.ports import PortIndex
    from fairway.traffic.traffic import Traffic

    feed = rounds(listed)
    chunks = [[next(feed) for _ in range(1000)] for _ in range(40)]
    now = [1_800_000_000.0]
    clock = Clock(now[0], lambda: now[0] - 1_800_000_000.0, "live")
    traffic = Traffic(PortIndex.load(), lambda: "bench")
    intake, tagged = Intake("bench", traffic.put, clock), Intake("tagged", [].append, clock)
    lines = intake.splitter()
    slow = Decoder()
    cat = aiscat.Decoder() if aiscat else None
    taken = {name: [0.0] for name in (*FEEDS, "pyais", "aiscat")}
    for chunk in chunks:
        now[0] += 1.0
        text = b"".join(sentence + b"\r\n" for sentence in chunk)
        begin = time.process_time()
        intake.take(lines.take(text))
        intake.hand_over()
        middle = time.process_time()
        traffic.advance(now[0])
        taken["feed"].append(middle - begin)
        taken["feed and Traffic"].append(time.process_time() - begin)
        works = {
            "feed, TAG blocks": (
                _through,
                tagged,
                [_tagged(sentence, now[0], at % 50) for at, sentence in enumerate(chunk)],
            )
        }
        works |= {"feed, all by pyais": (feed_by_pyais, slow, chunk, round(now[0] * 1000))}
        works |= {"pyais": (by_pyais, chunk)} | ({"aiscat": (by_aiscat, cat, chunk)} if cat else {})
        for name, (work, *given) in works.items():
            begin = time.process_time()
            work(*given)
            taken[name].append(time.process_time() - begin)
    rate = {name: 1000 / sorted(seconds)[len(seconds) // 2] for name, seconds in taken.items() if len(seconds) > 1}
    for name, per_s in rate.items():
        print(f"{name}: {per_s:,.0f}/s, {per_s / rate['pyais']:.2f} of pyais alone")
    print(f"feed against a feed that has all decoded by pyais: {rate['feed'] / rate['feed, all by pyais']:.1f}")


def _through(intake: Intake, lines: list[bytes]) -> None:
    intake.take(lines)
    intake.hand_over()


def _tagged(sentence: bytes, now: float, station: int) -> bytes:
    block = b"s:station%d,c:%d" % (station, now)
    return b"\\%b*%02X\\%b" % (block, reduce(lambda a, b: a ^ b, block), sentence)


def main() -> None:
    listed = sentences(Path(sys.argv[1]) if len(sys.argv) > 1 else EXCERPT)
    highest(listed)
    address = f"127.0.0.1:{FEED_PORT}"
    alone, memory = load(rounds(listed), "--feeds", "simulator")
    both, more = load(rounds(listed), "--feeds", "simulator,aivdm_tcp", "--aivdm-tcp", address)
    print(f"default server: {alone:.1f} % of a core, {memory:.0f} MB")
    print(f"with {RATE} sentences/s: {both:.1f} % of a core, {more:.0f} MB")


if __name__ == "__main__":
    main()
