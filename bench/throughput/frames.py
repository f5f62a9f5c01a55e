"""Frames a second in headless Chromium, against dl.GeoJSON fed by dcc.Interval: `python -m bench.throughput.frames`.

Both show the same number of vessels that report every second, on a map of the same size. Needs the tests' environment.
"""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import dash_leaflet as dl
from dash import Dash, Input, Output, dcc
from selenium import webdriver

ROOT = Path(__file__).parents[2]
OURS, PEER = 18050, 18051
SECONDS = 8
COUNT = """
const done = arguments[arguments.length - 1];
const begin = performance.now();
let frames = 0;
const tick = () => {
  frames++;
  if (performance.now() - begin < 1000 * arguments[0]) requestAnimationFrame(tick);
  else done((1000 * frames) / (performance.now() - begin));
};
requestAnimationFrame(tick);"""


def peer(vessels_url: str) -> None:
    """The obvious Dash way: the server sends all vessels as GeoJSON once a second, Leaflet draws them on a canvas."""
    app = Dash(__name__)
    layer = dl.GeoJSON(id="vessels", options={"pointToLayer": {"variable": "peer.circle"}})
    chart = dl.Map([layer], center=[25, 40], zoom=3, preferCanvas=True, style={"height": "850px"})
    app.layout = [chart, dcc.Interval(id="tick", interval=1000)]
    app.index_string = app.index_string.replace(
        "{%css%}", "{%css%}<script>window.peer = {circle: (f, at) => L.circleMarker(at, {radius: 4})}</script>"
    )

    @app.callback(Output("vessels", "data"), Input("tick", "n_intervals"))
    def update(_: int) -> dict:
        with urllib.request.urlopen(vessels_url) as response:
            vessels = json.load(response)["vessels"]
        points = [[v["position"]["longitude"], v["position"]["latitude"]] for v in vessels]
        shapes = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": p}} for p in points
        ]
        return {"type": "FeatureCollection", "features": shapes}

    app.run(port=PEER)


def frames(driver: webdriver.Chrome, port: int) -> float:
    driver.get(f"http://127.0.0.1:{port}/")
    time.sleep(6)
    return driver.execute_async_script(COUNT, SECONDS)


def main() -> None:
    options = webdriver.ChromeOptions()
    for argument in ("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options)
    driver.set_script_timeout(60)
    for size in (500, 10_000):
        command = [
            sys.executable,
            str(ROOT / "app.py"),
            "--port",
            str(OURS),
            "--fleet-size",
            str(size),
            "--state-file=",
            "--database-url=",
        ]
        vessels_url = f"http://127.0.0.1:{OURS}/api/realtime/vessels"
        servers = [
            subprocess.Popen(
                [*command, "--update-interval", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ),
            subprocess.Popen(
                [sys.executable, __file__, vessels_url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ),
        ]
        time.sleep(8)
        ours, theirs = (sorted(frames(driver, port) for _ in range(3))[1] for port in (OURS, PEER))
        print(f"{size} vessels: ours {ours:.1f} fps, dl.GeoJSON {theirs:.1f} fps, ratio {ours / theirs:.1f}")
        for server in servers:
            server.terminate()
            server.wait()
    driver.quit()


if __name__ == "__main__":
    peer(sys.argv[1]) if len(sys.argv) > 1 else main()
