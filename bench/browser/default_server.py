"""Start, memory and processor of the default server: `python -m bench.browser.default_server`.

500 vessels, history and checkpoint on. Each figure stands beside a goal of ours or the guide's claim. Linux only
(/proc). Needs the test environment.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.browser.pan import browser
from bench.support.ports import free_port
from bench.support.process import cpu_s, resident_mb

APP = Path(__file__).parents[2] / "app.py"
STARTS = 5
SETTLE_S, WATCH_S = 15, 60
GOAL_S, GOAL_MB, GOAL_CPU = 1.0, 100, 0.5
GUIDE_MB, GUIDE_CPU = 50, 5.0
"""'Memory usage: ~50MB for full system', 'CPU usage: <5% on modern systems'."""


@contextlib.contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    """Yield a server that answers, its address, and the seconds from exec to its first answer."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{(port := free_port())}/"
        begin = time.perf_counter()
        command = [sys.executable, str(APP), "--port", str(port), *options]
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        try:
            while not answers(url):
                time.sleep(0.005)
            yield server, url, time.perf_counter() - begin
        finally:
            server.terminate()
            server.wait()


def answers(url: str) -> bool:
    """Return whether the server answers with its page."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Print the four figures."""
    starts = []
    for _ in range(STARTS):
        with served() as (_, _, seconds):
            starts.append(seconds)
    start = statistics.median(starts)
    with served() as (server, url, _):
        time.sleep(SETTLE_S)
        before = cpu_s(server.pid)
        time.sleep(WATCH_S)
        cpu = 100 * (cpu_s(server.pid) - before) / WATCH_S
        alone = resident_mb(server.pid)
        driver = browser()
        try:
            driver.get(url)
            time.sleep(SETTLE_S)
            watched = resident_mb(server.pid)
        finally:
            driver.quit()
    print(f"first answer: {start:.2f} s after exec (median of {STARTS}), goal {GOAL_S:g} s, ratio {start / GOAL_S:.2f}")
    print(f"resident with a page: {watched:.0f} MB, goal {GOAL_MB} MB, ratio {watched / GOAL_MB:.2f}; "
          f"the guide's {GUIDE_MB} MB, ratio {watched / GUIDE_MB:.1f}")  # fmt: skip
    print(f"resident without a page: {alone:.0f} MB")
    print(f"CPU without a page: {cpu:.2f} % of a core, goal {GOAL_CPU:g} %, ratio {cpu / GOAL_CPU:.2f}; "
          f"the guide's {GUIDE_CPU:g} %, ratio {cpu / GUIDE_CPU:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
