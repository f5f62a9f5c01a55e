"""Frame times while the map pans and zooms with every panel open: `python -m bench.browser.pan [--heap MINUTES]`.

Server and browser share the machine, and headless Chromium has no GPU. The limits are those of a 60 Hz screen: a median
frame of 16.7 ms at 10,000 vessels, 33 ms at 50,000. `--heap` measures the page's memory instead. Needs the test
environment.
"""

import argparse
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from selenium import webdriver

APP = Path(__file__).parents[2] / "app.py"
PORT = 18053
SECONDS = 20
SIZES = {10_000: 16.7, 50_000: 33.0}
WARM_UP_S = 60
PAN = """
const [seconds, done] = arguments;
const map = fairway.map();
const frames = [];
const begin = performance.now();
let last = begin;
let turn = 0;
const tick = (now) => {
  frames.push(now - last);
  last = now;
  if (now - begin > 1000 * seconds) return done(frames.slice(1));
  if (now - begin > 600 * (turn + 1)) {
    turn++;
    if (turn % 5 === 0) map.setZoom([4, 5, 6, 5, 4, 3][(turn / 5) % 6]);
    else map.panBy([250 * Math.cos(turn), 150 * Math.sin(turn)], { duration: 0.55, easeLinearity: 1 });
  }
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);"""


def browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--expose-gc")
    for argument in (*flags, "--window-size=1440,900", "--enable-precise-memory-info"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options)
    driver.set_script_timeout(120)
    return driver


def opened(driver: webdriver.Chrome, size: int) -> None:
    """Open the page with `size` vessels, the table, and one selected vessel."""
    driver.get(f"http://127.0.0.1:{PORT}/?table=1&zoom=3&lat=25&lon=40")
    until(lambda: driver.execute_script("return window.fairway?.vessels?.()") == size)
    driver.execute_script("fairway.select(fairway.mmsis()[0])")
    driver.execute_script("fairway.state.set({tab: 'fleet'})")
    until(lambda: driver.execute_script("return document.querySelectorAll('#vessel-table .ag-row').length") > 0)


def until(happened: object, within_s: float = 90) -> None:
    end = time.monotonic() + within_s
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


def serves(size: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/realtime/summary") as answer:
            return f'"total_vessels":{size}'.encode() in answer.read()
    except OSError:
        return False


def heap_mb(driver: webdriver.Chrome) -> float:
    return driver.execute_script("gc(); return performance.memory.usedJSHeapSize") / 2**20


def watch_heap(driver: webdriver.Chrome, minutes: float) -> None:
    time.sleep(WARM_UP_S)
    first = heap_mb(driver)
    time.sleep(60 * minutes)
    last = heap_mb(driver)
    print(f"heap: {first:.1f} MB after a minute, {last:.1f} MB {minutes:g} minutes later, ratio {last / first:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--heap", type=float, default=0.0)
    heap = parser.parse_args().heap
    for size, limit in SIZES.items():
        command = [
            sys.executable,
            str(APP),
            "--port",
            str(PORT),
            "--fleet-size",
            str(size),
            "--state-file",
            "",
            "--database-url",
            "",
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        driver = browser()
        try:
            until(lambda size=size: serves(size))
            opened(driver, size)
            if heap:
                watch_heap(driver, heap)
                return
            frames = sorted(driver.execute_async_script(PAN, SECONDS))
            median, late = statistics.median(frames), frames[int(0.95 * len(frames))]
            ratio = f"ratio {median / limit:.2f}"
            print(f"{size} vessels: median frame {median:.1f} ms of {limit} allowed, {ratio}; p95 {late:.1f} ms")
        finally:
            driver.quit()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
