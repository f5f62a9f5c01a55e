"""Time from the load of the page to its first drawn vessels: `python -m bench.browser.first_vessels [--loads 10]`.

The default server with 200 vessels and headless Chromium share the machine. Goal: under 2 s.
Needs the test environment.
"""

import argparse
import shutil
import statistics

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

from bench.support.proof import Server, folder, machine

GOAL_S = 2.0
STARTED = "return performance.getEntriesByName('vessels')[0]?.startTime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=10)
    loads = parser.parse_args().loads
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    with folder() as place:
        server = Server(place, "--fleet-size", "200")
        driver = webdriver.Chrome(service=Service(shutil.which("chromedriver") or "chromedriver"), options=options)
        try:
            taken = [first_vessels_s(driver, server.port) for _ in range(loads)]
        finally:
            driver.quit()
            server.stop()
    print(f"first vessels after {statistics.median(taken):.2f} s (median), {max(taken):.2f} s at most; goal {GOAL_S} s")
    print(machine())


def first_vessels_s(driver: webdriver.Chrome, port: int) -> float:
    """Load the page; return the seconds until it has drawn vessels."""
    driver.get(f"http://127.0.0.1:{port}/")
    return WebDriverWait(driver, 60, 0.05).until(lambda _: driver.execute_script(STARTED)) / 1000


if __name__ == "__main__":
    main()
