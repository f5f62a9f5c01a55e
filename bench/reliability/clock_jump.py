"""Set the machine's clock by an hour, ahead and back: `python -m bench.reliability.clock_jump`.

A real server takes AIVDM whose TAG blocks carry the true time, as receivers send it. Its `time.time` is the machine's
time plus the number in a file, so that the benchmark can set the clock. The output gives the seconds until clock,
reports and history are right again, and the longest gap in a client's updates. Linux and macOS; needs the test
environment.
"""

import socket
import threading
import time
from datetime import datetime
from pathlib import Path

from pyais import encode_dict

from bench.support.ports import free_port
from bench.support.proof import ROOT, Server, Witness, folder, machine

HOUR_S = 3600.0
SHIPS = 50
SHIM = """import runpy, sys, time
true = time.time
time.time = lambda: true() + float(open({offset!r}).read())
runpy.run_path({app!r}, run_name="__main__")
"""


def tagged(sentence: str, t: float) -> bytes:
    """Return a sentence behind a TAG block with its time. Source: IEC 61162-450, 8.3."""
    block = f"c:{int(t)}"
    check = 0
    for letter in block.encode():
        check ^= letter
    return f"\\{block}*{check:02X}\\{sentence}\r\n".encode()


def sail(port: int, offset: Path, stop: threading.Event) -> None:
    """Send each ship's report once a second, at the machine's time and the offset."""
    sock, turn = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0
    while not stop.wait(1 / SHIPS):
        turn += 1
        where = {"lat": 50 + turn % SHIPS / 100, "lon": -20 + turn / 1e5, "speed": 12, "course": 90}
        message = {"type": 1, "mmsi": 211_000_000 + turn % SHIPS, **where}
        for sentence in encode_dict(message, sentence_type="VDM"):
            sock.sendto(tagged(sentence, time.time() + float(offset.read_text())), ("127.0.0.1", port))


def right_after(server: Server, offset: Path, step_s: float) -> tuple[float, float]:
    """Set the clock; return the wall seconds until clock and reports are right, and until the history is."""
    offset.write_text(str(float(offset.read_text()) + step_s))
    begin = time.monotonic()
    server.wait_until(lambda status: abs(status["clock_s"] - time.time() - float(offset.read_text())) < 2)
    server.wait_until(lambda status: status["total_vessels"] == SHIPS)
    live_s = time.monotonic() - begin
    now_ms = (time.time() + float(offset.read_text()) - 3) * 1000
    server.wait_until(lambda _: 0 <= server.output("history")["committed_through"] - now_ms < 60_000)
    kept_s = time.monotonic() - begin
    server.wait_until(lambda status: status["feeds"][0]["state"] == "ok")
    time.sleep(1)  # what was on its way when the clock was set back is from the future
    dropped = server.status()["dropped"].get("in the future", 0)
    time.sleep(2)
    assert server.status()["dropped"].get("in the future", 0) == dropped, "reports were refused"
    return live_s, kept_s


class Set(Server):
    """A server whose clock can be set; its status also has the clock's time in seconds."""

    def __init__(self, place: Path, offset: Path, *args: str) -> None:
        shim = place / "shim.py"
        shim.write_text(SHIM.format(root=str(ROOT), offset=str(offset), app=str(ROOT / "app.py")))
        super().__init__(place, *args, program=shim)

    def status(self) -> dict:
        status = super().status()
        return status | {"clock_s": seconds(status["clock"]["time"])}


def seconds(text: str) -> float:
    """Return the Unix seconds of a time in the status."""
    return datetime.fromisoformat(text).timestamp()


def main() -> None:
    with folder() as place:
        offset, port, stop = place / "offset", free_port(), threading.Event()
        offset.write_text("0")
        threading.Thread(target=sail, args=(port, offset, stop), daemon=True).start()
        options = ("--feeds", "aivdm_udp", "--aivdm-udp", str(port), "--update-interval", "0.5", "--state-file", "")
        options += ("--database-url", f"sqlite:///{place}/history.db")
        server = Set(place, offset, *options)
        server.wait_until(lambda status: status["total_vessels"] == SHIPS)
        witness = Witness(server)
        time.sleep(3)
        for name, step_s in (("ahead", HOUR_S), ("back", -HOUR_S)):
            witness.begin_gap()
            live_s, kept_s = right_after(server, offset, step_s)
            time.sleep(3)
            print(
                f"an hour {name}: clock and {SHIPS} vessels right after {live_s:.1f} s, history after {kept_s:.1f} s,"
                f" longest gap of the stream {witness.gap_s:.2f} s, {witness.broken} undetected breaks"
            )
        stop.set()
        witness.close()
        server.stop()
    print(machine())


if __name__ == "__main__":
    main()
