"""The disk is full: `python -m bench.reliability.full_disk`, as root, who may mount a small tmpfs; Linux only.

History and state file lie on a disk of 6 MB. Something else fills it: the history has to pause and say why, zones
have to be refused in words, and the live stream must not notice. When there is room again, all that waited has to be
written.
"""

import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.reliability.durability import kept
from bench.support.proof import Server, Witness, folder, machine

DISK_MB = 6
FULL_S = 20.0
ZONE = {"name": "Zone", "corners": [[0, 50], [1, 50], [1, 51]]}


def add_zone(server: Server) -> tuple[int, str]:
    """Draw a zone; the status and the code or name of the answer."""
    url = f"http://127.0.0.1:{server.port}/api/realtime/zones"
    request = urllib.request.Request(url, json.dumps(ZONE).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)["name"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["code"]


def fill(path: Path) -> None:
    """Leave not a byte."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def prove(place: Path, disk: Path) -> None:
    """One server through a full disk and back."""
    url = f"sqlite:///{disk / 'history.db'}"
    options = ("--fleet-size", "300", "--update-interval", "0.5", "--state-file", str(disk / "state.db"))
    server = Server(place, *options, "--database-url", url)
    witness = Witness(server)
    server.wait_until(lambda _: server.output("history").get("committed_through"))
    print(f"a zone while there is room: {add_zone(server)}")
    time.sleep(2)
    witness.begin_gap()
    begin = time.monotonic()
    fill(disk / "ballast")
    server.wait_until(lambda _: server.output("history")["state"] != "ok")
    after_s, history = time.monotonic() - begin, server.output("history")
    print(f"after {after_s:.1f} s the history is {history['state']}: {history['problem']}")
    print(f"a zone on the full disk: {add_zone(server)}")
    time.sleep(FULL_S)
    print(f"/readyz says {server.get('/readyz')}")
    waiting = server.output("history")["queued"]
    (disk / "ballast").unlink()
    begin = time.monotonic()
    before = server.output("history")["committed_through"]
    server.wait_until(lambda _: server.output("history").get("committed_through", 0) > before + 1000 * FULL_S)
    after_s, dropped = time.monotonic() - begin, server.output("history")["dropped"]
    print(f"a zone when there is room again: {add_zone(server)}")
    through, gap = server.output("history")["committed_through"], witness.gap_s
    server.stop()
    witness.close()
    due = {one for one in witness.seen if one[1] < through}
    lost = len(due - kept(url, witness.epoch))
    print(f"{waiting:,} reports waited; written {after_s:.1f} s after there was room; {dropped} dropped")
    print(f"{len(due):,} reports up to committed_through, {lost} lost; longest gap of the stream {gap:.2f} s")
    assert not lost


def main() -> None:
    with folder() as place:
        disk = place / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], check=True)
        try:
            prove(place, disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
    print(machine())


if __name__ == "__main__":
    main()
