"""Replay in the browser with 10,000 vessels: `python -m bench.throughput.replay [--vessels N]`.

An hour of vessels that report every 30 s. The output gives the time from a move of the slider to the drawn frame, and
the frame times while the replay plays, beside those while it is paused. Server and browser share the machine, and
headless Chromium has no GPU. Needs the test environment.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from selenium.common.exceptions import WebDriverException

from bench.browser.pan import APP, browser, until
from fairway.history.store import Store
from fairway.traffic.batch import Batch
from fairway.traffic.fields import LATLON_SCALE

PORT = 18054
SECONDS, INTERVAL_S = 3600, 30
MOVES, PLAY_S = 20, 8
SCRUB = """
const [part, settled, done] = arguments;
const slider = document.getElementById("replay-at");
slider.value = Number(slider.min) + part * (slider.max - slider.min);
const begin = performance.now();
slider.dispatchEvent(new Event(settled ? "change" : "input"));
const drawn = () => {
  if (fairway.replay.loading) requestAnimationFrame(drawn);
  else requestAnimationFrame(() => done(performance.now() - begin));
};
requestAnimationFrame(drawn);"""
FRAMES = """
const [seconds, done] = arguments;
const frames = [];
const begin = performance.now();
let last = begin;
const tick = (now) => {
  frames.push(now - last);
  last = now;
  if (now - begin > 1000 * seconds) return done([frames.slice(1), fairway.replay.now]);
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);"""


def fill(url: str, vessels: int, begin: int) -> None:
    """Write an hour from `begin` (seconds UTC); every vessel has its own second in thirty."""
    store, rng = Store(url, "simulation"), np.random.default_rng(1)
    store.prepare()
    lat, lon, course = (rng.uniform(*ends, vessels) for ends in ((-60, 70), (-170, 170), (0, 360)))
    rows = np.arange(vessels)
    for second in range(0, SECONDS, 10):
        reporting = rows[rows % INTERVAL_S // 10 == second % INTERVAL_S // 10]
        at = second + reporting % 10
        # 15 knots
        north, east = (7e-5 * at * turn(np.radians(course[reporting])) for turn in (np.cos, np.sin))
        moving = {
            "lat": ((lat[reporting] + north) * LATLON_SCALE).astype(np.int32),
            "lon": ((lon[reporting] + east) * LATLON_SCALE).astype(np.int32),
            "sog": np.full(len(reporting), 150, np.uint16),
            "cog": (10 * course[reporting]).astype(np.uint16),
            "heading": course[reporting].astype(np.uint16),
        }
        mmsi, t = (200_000_000 + reporting).astype(np.uint32), 1000 * (begin + at)
        store.write([Batch(mmsi, t, "bench", True, moving, {}, epoch="bench")])
    store.close()


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95, most = ordered[int(0.95 * len(ordered))], ordered[-1]
    return f"median {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms   longest {most:6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--vessels", type=int, default=10_000)
    vessels = parser.parse_args().vessels
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'history.db'}"
        begin = int(time.time()) - SECONDS - 600
        fill(url, vessels, begin)
        options = ("--fleet-size", "50", "--state-file", "", "--database-url", url)
        command = [sys.executable, str(APP), "--port", str(PORT), *options]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        driver = browser()
        try:
            measure(driver, vessels, begin)
        finally:
            driver.quit()
            server.terminate()
            server.wait()


def measure(driver, vessels: int, begin: int) -> None:
    at = f"{np.datetime64(begin + 600, 's')}Z"

    def opened() -> bool:
        driver.get(f"http://127.0.0.1:{PORT}/?at={at}&zoom=3&lat=25&lon=40")
        time.sleep(2)
        return driver.execute_script("return window.fairway?.replay?.active")

    def reachable() -> bool:
        try:
            return opened()
        except WebDriverException:
            return False

    until(reachable)
    until(lambda: driver.execute_script("return fairway.vessels() >= arguments[0] && !fairway.replay.loading", vessels))
    rng = np.random.default_rng(2)
    for words, settled in (("while the slider is drawn", False), ("when it is let go", True)):
        took = [driver.execute_async_script(SCRUB, rng.uniform(0.1, 0.9), settled) for _ in range(MOVES)]
        print(f"{words:28} {spread(took)}")
    print(f"{'frames, standing':28} {spread(driver.execute_async_script(FRAMES, PLAY_S)[0])}")
    for rate in (1, 60, 600):
        driver.execute_async_script(SCRUB, 0.05, True)
        driver.execute_script(f"""const replay = fairway.replay;
            replay.play(true);
            while (replay.rate < {rate}) document.getElementById("replay-faster").click();
            while (replay.rate > {rate}) document.getElementById("replay-slower").click();""")
        before = driver.execute_script("return fairway.replay.now")
        played, now = driver.execute_async_script(FRAMES, PLAY_S)
        pace = (now - before) / PLAY_S / 1000
        print(f"{f'frames, playing at {rate}x':28} {spread(played)}   {pace:.1f} s a second")
        driver.execute_script("fairway.replay.play(false)")


if __name__ == "__main__":
    main()
