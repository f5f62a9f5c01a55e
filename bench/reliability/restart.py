"""Kill a server and start it again: `python -m bench.reliability.restart [--kills 20] [--fleet-size 500]`.

The output gives the seconds from exec to the first complete status (median and longest) against the goal of 2 s, and
whether vessels, track, alerts and zones are those of the killed server after a checkpoint. The state file and the
history are the server's own. Linux only (/proc).
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from bench.support.ports import free_port

APP = Path(__file__).parents[2] / "app.py"
GOAL_S = 2.0
ZONE = {"name": "Bay", "corners": [[-6, 46], [-2, 46], [-2, 48]]}
SHIP = {"vessel_name": "MINE", "vessel_type": "tanker", "position": {"latitude": 47.0, "longitude": -15.0}, "speed": 12}


class Server:
    """`app.py` with a state file; `start` again takes the same port."""

    def __init__(self, folder: Path, size: int) -> None:
        self.port = free_port()
        own = ["--state-file", str(folder / "state.db"), "--database-url", f"sqlite:///{folder}/history.db"]
        self._command = [sys.executable, str(APP), "--port", str(self.port), "--fleet-size", str(size), *own]
        self._command += ["--speed-alert", "12"]

    def start(self, vessels: int) -> float:
        """Return the seconds until the status has the expected number of vessels."""
        environ = {k: v for k, v in os.environ.items() if not k.startswith("FAIRWAY_")}
        began = time.perf_counter()
        null = subprocess.DEVNULL
        self.process = subprocess.Popen(self._command, stdout=null, stderr=null, env=environ)
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if self.ask("/api/realtime/status")["total_vessels"] >= vessels:
                    return time.perf_counter() - began
            time.sleep(0.005)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def known(self, mmsi: int) -> dict[str, Any]:
        """Return the data that must be the same after the restart."""
        vessels = self.ask("/api/realtime/vessels?limit=1000000&fields=mmsi")["vessels"]
        return {
            "epoch": self.ask("/api/realtime/status")["epoch"],
            "vessels": sorted(vessel["mmsi"] for vessel in vessels),
            "track": self.ask(f"/api/realtime/vessels/{mmsi}/track")["points"][:1],
            "alerts": [alert["event_id"] for alert in self.ask("/api/realtime/alerts")["alerts"]],
            "zones": self.ask("/api/realtime/zones")["zones"],
        }

    def processor_s(self) -> float:
        """Return the processor seconds of the server so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def until_kept(self) -> None:
        """Wait for a checkpoint that began from now on."""
        began = time.monotonic()
        while True:
            age = self.ask("/api/realtime/status")["state"]["kept_age_s"]
            if age is not None and age + 0.1 < time.monotonic() - began:
                return
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--fleet-size", type=int, default=500)
    asked = parser.parse_args()
    taken, worked, lost = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), asked.fleet_size)
        first = server.start(asked.fleet_size)
        try:
            mine = server.ask("/api/simulation/vessels", SHIP)["mmsi"]
            server.ask("/api/realtime/zones", ZONE)
            server.until_kept()
            for _ in range(asked.kills):
                before = server.known(mine)
                server.until_kept()
                server.kill()
                taken.append(server.start(asked.fleet_size + 1))
                worked.append(server.processor_s())
                after = server.known(mine)
                # the list has the newest 100, and more may have come
                after["alerts"] = [name for name in before["alerts"][-20:] if name in after["alerts"]]
                before["alerts"] = before["alerts"][-20:]
                missing = [name for name, value in before.items() if after[name] != value]
                if missing:
                    lost += 1
                    print("missing:", *missing)
        finally:
            server.kill()
        size = (Path(folder) / "state.db").stat().st_size / 1e6
    median = statistics.median(taken)
    print(f"{asked.fleet_size} vessels, {len(taken)} kills: everything is back {median:.2f} s after exec (median), "
          f"{max(taken):.2f} s (longest); the first start took {first:.2f} s")  # fmt: skip
    print(f"of which {statistics.median(worked):.2f} s of processor time: what an idle machine would take")
    print(f"goal {GOAL_S} s, ratio {median / GOAL_S:.2f}; something was missing after {lost} kills; "
          f"the state file has {size:.1f} MB")  # fmt: skip
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
