"""Memory and CPU of the default server with one page open: `python -m bench.support.server`.

Prints both beside the guide's figures. Linux only (/proc). Needs the test environment.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver

APP = Path(__file__).parents[2] / "app.py"
PORT = 18052
SECONDS = 60
GUIDE_MB, GUIDE_CPU = 50, 5.0
"""'Memory usage: ~50MB for full system', 'CPU usage: <5% on modern systems'."""


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    options = webdriver.ChromeOptions()
    for argument in ("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    folder = tempfile.TemporaryDirectory()
    storage = ["--state-file", f"{folder.name}/state.db", "--database-url", f"sqlite:///{folder.name}/history.db"]
    command = [sys.executable, str(APP), "--port", str(PORT), *storage]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    driver = webdriver.Chrome(options=options)
    try:
        time.sleep(8)
        driver.get(f"http://127.0.0.1:{PORT}/")
        time.sleep(15)
        before = cpu_s(server.pid)
        time.sleep(SECONDS)
        cpu = 100 * (cpu_s(server.pid) - before) / SECONDS
        memory = resident_mb(server.pid)
    finally:
        driver.quit()
        server.terminate()
        server.wait()
    print(f"resident memory: {memory:.0f} MB, the guide's {GUIDE_MB} MB, ratio {memory / GUIDE_MB:.1f}")
    print(f"CPU: {cpu:.1f} % of a core, the guide's {GUIDE_CPU:.0f} %, ratio {cpu / GUIDE_CPU:.2f}")


if __name__ == "__main__":
    main()
