"""A full disk: `python -m bench.reliability.full_disk`, as root (it mounts a small tmpfs); Linux only.

History and state file lie on a disk of 6 MB, which another file fills. The history must pause and give the reason, the
server must refuse zones with an error text, and the live stream must go on. Once there is space again, the history must
write every waiting report.
"""

import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.reliability.durability import stored
from bench.support.proof import Server, Witness, folder, machine

DISK_MB = 6
FULL_S = 20.0
ZONE = {"name": "Zone", "corners": [[0, 50], [1, 50], [1, 51]]}


def add_zone(server: Server) -> tuple[int, str]:
    """Draw a zone; return the status and the error code or the name in the response."""
    url = f"http://127.0.0.1:{server.port}/api/realtime/zones"
    request = urllib.request.Request(url, json.dumps(ZONE).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)["name"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["code"]


def fill(path: Path) -> None:
    """Fill the disk to the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def prove(place: Path, disk: Path) -> None:
    """Run one server through a full disk and back."""
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
    lost = len(due - stored(url, witness.epoch))
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
