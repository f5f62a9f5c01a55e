"""Number of open dashboards that one gunicorn worker with 64 threads serves: `python -m bench.throughput.dashboards`.

A dashboard is a WebSocket that takes the binary stream once a second, and a user who selects a vessel now and then. The
time of a selection (the Dash callback with card, plot and track) with many open streams is compared with the time of a
single dashboard. The clients run in the same process and use a part of the machine.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from websockets.asyncio.client import connect

ROOT = Path(__file__).parents[2]
PORT = 18054
COUNTS = (1, 100, 500, 1000)
CLICKS = 20
SUBSCRIBE = json.dumps(
    {"type": "subscribe", "subscription_type": "all", "proto": 2, "encoding": "binary", "period_ms": 1000}
)
OUTPUTS = ("vessel-card.children", "vessel-speed.figure", "vessel-figure.hidden", "track.data")


def click(mmsi: int) -> float:
    """Return the milliseconds of the callback of a selected vessel."""
    body = {
        "output": f"..{'...'.join(OUTPUTS)}..",
        "outputs": [dict(zip(("id", "property"), name.split("."), strict=True)) for name in OUTPUTS],
        "inputs": [{"id": "selected", "property": "data", "value": {"mmsi": mmsi, "at": 0}}],
        "changedPropIds": ["selected.data"],
    }
    url = f"http://127.0.0.1:{PORT}/_dash-update-component"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - begin) * 1000


def status() -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/realtime/vessels?limit=1", timeout=60) as answer:
        return json.load(answer)


async def listen(frames: list[int]) -> None:
    async with connect(f"ws://127.0.0.1:{PORT}/ws", max_size=None, compression=None) as ws:
        await ws.send(SUBSCRIBE)
        async for message in ws:
            frames[0] += isinstance(message, bytes)


async def main() -> None:
    line = (ROOT / "Procfile").read_text().split(": ", 1)[1].strip()
    environ = os.environ | {"PORT": str(PORT), "FAIRWAY_STATE_FILE": "", "FAIRWAY_DATABASE_URL": ""}
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    null = subprocess.DEVNULL
    server = subprocess.Popen(f"exec env {line}", shell=True, cwd=ROOT, env=environ, stdout=null, stderr=null)
    tasks, frames, first = [], [0], 0.0
    try:
        for _ in range(100):
            await asyncio.sleep(0.3)
            try:
                if (await asyncio.to_thread(status))["vessels"]:
                    break
            except OSError:
                continue
        mmsi = (await asyncio.to_thread(status))["vessels"][0]["mmsi"]
        for count in COUNTS:
            while len(tasks) < count:
                tasks.append(asyncio.create_task(listen(frames)))
                await asyncio.sleep(0.01)
            await asyncio.sleep(5)
            before, begin = frames[0], time.perf_counter()
            taken = [await asyncio.to_thread(click, mmsi) for _ in range(CLICKS)]
            rate = (frames[0] - before) / (time.perf_counter() - begin)
            median = statistics.median(taken)
            first = first or median
            lost = sum(task.done() for task in tasks)
            ratio = f"ratio {median / first:.1f}"
            print(f"{count} dashboards: a click takes {median:.0f} ms, {ratio}; {rate:.0f} frames/s, {lost} lost")
    finally:
        for task in tasks:
            task.cancel()
        server.terminate()
        server.wait()


if __name__ == "__main__":
    asyncio.run(main())
