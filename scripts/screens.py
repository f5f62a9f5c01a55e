"""Make docs/screens/*.png and docs/screens.md: every state of the dashboard at both sizes, and the README's picture.

`python scripts/screens.py [NAME ...]` in the test environment; with names only those states. The pictures have few
colours, to be small.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from selenium import webdriver

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/screens"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SIMULATED, REAL = 18061, 18062
RECORDING = ROOT / "tests/data/ais_australia_20120127_excerpt.nmea.gz"
COLOURS = 200
PAST_H, PACE = 4, 300
Driver = webdriver.Chrome


@dataclass(frozen=True)
class State:
    """A state of the dashboard: its name, its text, the address, and the actions before the picture."""

    name: str
    words: str
    query: str = ""
    port: int = SIMULATED
    script: str = ""
    until: str = "true"
    wait_s: float = 2.5


CHOOSE = """const mmsi = fairway.mmsis()[3];
fairway.select(mmsi);
fairway.map().setView([fairway.cell(mmsi, 'lat'), fairway.cell(mmsi, 'lon')], 5, {animate: false});"""
STATES = (
    State("fleet", "The fleet: figures and charts"),
    State("fleet-dark", "The same in the dark", "theme=dark"),
    State("real", "Real ships around Australia, from a recording", "theme=light", REAL),
    State("over-time", "The figures over time", "charts=time", wait_s=40),
    State("sources", "Where reports come from and go to", script="document.getElementById('connection').click()"),
    State("vessel", "A vessel: flag, particulars, voyage, track and route", "zoom=5&lat=5&lon=98", script=CHOOSE),
    State("group", "Several vessels chosen at once", "zoom=5&lat=36&lon=15", script="""
        const { clientWidth: right, clientHeight: bottom } = fairway.map().getContainer();
        const inside = ({ x, y }) => x > 0.2 * right && y > 0.2 * bottom && x < 0.8 * right && y < 0.8 * bottom;
        fairway.selection.add(fairway.mmsis().filter((mmsi) => inside(fairway.point(mmsi))))"""),
    State("filter", "The filter, and what it hides", "types=tanker,bulker&minSpeed=10",
          script="document.getElementById('filter-toggle').click()"),
    State("filtered", "Only tankers and bulkers at 10 knots and more", "types=tanker,bulker&minSpeed=10"),
    State("speed", "Colours by speed", "colour=speed"),
    State("safe", "Colours that colour-blind people can tell apart", "safe=1"),
    State("density", "The density of vessels", "layers=Vessels,Density,Ports,Built-in map"),
    State("table", "The table", "table=1", until="document.querySelectorAll('#vessel-table .ag-row').length > 4"),
    State("alerts", "Alerts and zones", "tab=alerts&zoom=4&lat=20&lon=50"),
    State("log", "The log", "tab=log", wait_s=6),
    State("harbour", "A harbour: coast, port and vessels, close", "zoom=10&lat=1.2&lon=103.85&labels=1"),
    State("hulls", "Hulls to scale, with names", "zoom=15&labels=1", script="""
        const long = (mmsi) => fairway.cell(mmsi, 'status') === 'in port' && fairway.cell(mmsi, 'length') > 250;
        const [lat, lon] = ['lat', 'lon'].map((name) => fairway.cell(fairway.mmsis().find(long), name));
        fairway.map().setView([lat, lon], 15, {animate: false})"""),
    State("replay", "The past", "zoom=5&lat=14&lon=50", script="document.getElementById('tool-replay').click()",
          until="fairway.replay?.active && !fairway.replay.loading && fairway.vessels() > 100"),
    State("canal", "The Suez Canal", "zoom=9&lat=30.6&lon=32.4"),
    State("measure", "Measuring", "zoom=5&lat=20&lon=62", script="""document.getElementById('tool-measure').click();
        for (const at of [[12.5, 45], [15, 55], [22, 60]]) fairway.map().fire('click', {latlng: L.latLng(at)})"""),
    State("simulation", "The simulation: own routes and vessels, time, faults", "tab=simulation&zoom=4&lat=42&lon=-35"),
    State("drawing", "A route being drawn, with a leg that can't be sailed", "tab=simulation&zoom=3&lat=45&lon=-15",
          script="""document.getElementById('route-draw').click();
        const map = fairway.map();
        for (const at of [[40.6, -73.9], [51.95, 4.05], [36.1, -5.4], [42, 51]].map((place) => L.latLng(place)))
          map.fire('click', {latlng: at, containerPoint: map.latLngToContainerPoint(at)});""",
          until="document.querySelector('#drawing-words.bad') !== null"),
    State("keys", "The list of keys", script="document.getElementById('keys-toggle').click()"),
    State("paused", "A simulation that is paused", script="document.getElementById('clock-pause').click()",
          until="document.getElementById('connection').dataset.state === 'paused'", wait_s=1),
)  # fmt: skip


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if "replay" in (sys.argv[1:] or ["replay"]):
            _past(f"sqlite:///{folder}/history.db")
        servers = [
            _server(
                SIMULATED,
                "--update-interval",
                "2",
                "--speed-alert",
                "17",
                "--state-file",
                f"{folder}/a.db",
                "--database-url",
                f"sqlite:///{folder}/history.db",
            )
        ]
        servers.append(
            _server(
                REAL, "--feeds", "aivdm_file", "--aivdm-file", str(RECORDING), "--state-file", "", "--database-url", ""
            )
        )
        driver = _browser()
        try:
            for port in (SIMULATED, REAL):
                _until(lambda port=port: _serves(port))
            _zone()
            for state in STATES:
                if state.name in (sys.argv[1:] or [state.name]):
                    _picture(driver, state)
        finally:
            driver.quit()
            for server in servers:
                server.terminate()
                server.wait()
    _page()


def _past(url: str) -> None:
    """Write hours of history until now with a fast simulation."""
    start = datetime.now(UTC) - timedelta(hours=PAST_H)
    options = ("--start", f"{start:%Y-%m-%dT%H:%M:%SZ}", "--speed-factor", str(PACE), "--state-file", "")
    server = _server(SIMULATED, "--update-interval", "30", "--database-url", url, *options)
    try:
        _until(lambda: _serves(SIMULATED))
        _until(lambda: _time() >= datetime.now(UTC) - timedelta(minutes=2), 240)
    finally:
        server.terminate()
        server.wait()


def _time() -> datetime:
    """Return the server's time."""
    with urllib.request.urlopen(f"http://127.0.0.1:{SIMULATED}/api/history/range") as answer:
        return datetime.fromisoformat(json.loads(answer.read())["now"])


def _server(port: int, *args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *args]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _browser() -> Driver:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options)


def _until(happened: Callable[[], object], within_s: float = 60) -> None:
    end = time.monotonic() + within_s
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


def _serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/realtime/summary") as answer:
            return b'"total_vessels":0,' not in answer.read()
    except OSError:
        return False


def _zone() -> None:
    body = b'{"name": "Gulf of Aden watch", "corners": [[43.5, 11], [51, 11], [51, 14.5], [43.5, 12.8]]}'
    request = urllib.request.Request(f"http://127.0.0.1:{SIMULATED}/api/realtime/zones", body)
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()


def _picture(driver: Driver, state: State) -> None:
    for size, (width, height) in SIZES.items():
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(f"http://127.0.0.1:{state.port}/?{state.query or 'theme=light'}")
        driver.execute_script("localStorage.setItem('theme', 'light')")
        _until(lambda: driver.execute_script("return window.fairway?.vessels?.() > 0"))
        time.sleep(state.wait_s)
        driver.execute_script(state.script)
        _until(lambda: driver.execute_script(f"return {state.until}"))
        time.sleep(1.5)
        with Image.open(io.BytesIO(driver.get_screenshot_as_png())) as picture:
            few = picture.convert("RGB").quantize(
                COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE
            )
            few.save(FOLDER / f"{state.name}-{size}.png", optimize=True)
            if (state.name, size) == ("vessel", "desktop"):
                few.save(ROOT / "docs/images/dashboard.png", optimize=True)
        if state.name == "paused":
            driver.execute_script("document.getElementById('clock-pause').click()")


def _page() -> None:
    rows = [
        f"| {state.words} | ![{state.words}, 1440x900](screens/{state.name}-desktop.png) "
        f"| ![{state.words}, 390x844](screens/{state.name}-phone.png) |"
        for state in STATES
    ]
    text = [
        "# Screens",
        "Every state of the dashboard at 1440x900 and 390x844, made by `scripts/screens.py`.",
        "",
        "| | desktop | phone |",
        "|---|---|---|",
        *rows,
    ]
    (ROOT / "docs/screens.md").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
