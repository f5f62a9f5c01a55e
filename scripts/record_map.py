"""Record docs/images/map.webp: ships that move on the map, as the README shows them.

Usage: `python -m scripts.record_map`. Needs the tests' environment and Chromium.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

from PIL import Image

from bench.browser.default_server import served
from bench.browser.pan import browser, until

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/images/map.webp"
MAX_BYTES = 2_000_000
VIEW = "lat=38.5&lon=-3&zoom=5"
"""The western Mediterranean and the Strait of Gibraltar."""
SIZE = (1340, 640)
MAP = (0, 48, 960, 640)
"""The map within a screenshot: left, top, right, bottom."""
RATE = 300
"""Simulated seconds per second, and between reports: faster ones would fade, as the stream sends once a second."""
FRAMES = 60
FRAME_S = 0.15
HIDE = "#toasts, #legend, .tools, .over-map, .leaflet-control-container { display: none !important }"
"""Only the map is shown: its tools and toasts would cover the ships."""


def main() -> None:
    """Start a server at a high rate, photograph the map, and write the moving picture."""
    pace = ("--update-interval", str(RATE), "--speed-factor", str(RATE))
    with served("--fleet-size", "4000", *pace, "--state-file", "", "--database-url", "") as (_, url, _):
        frames = record(f"{url}?{VIEW}")
    first, *rest = frames
    first.save(PICTURE, save_all=True, append_images=rest, duration=round(FRAME_S * 1000), loop=0, quality=55, method=6)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {len(frames)} frames, {size / 1e6:.2f} MB")
    if size > MAX_BYTES:
        sys.exit(f"more than {MAX_BYTES / 1e6:.0f} MB")


def record(url: str) -> list[Image.Image]:
    """Screenshots of the map, one every FRAME_S seconds."""
    driver = browser()
    try:
        metrics = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(url)
        until(lambda: driver.execute_script("return window.fairway?.drawn?.() > 0"))
        driver.execute_script("document.head.insertAdjacentHTML('beforeend', `<style>${arguments[0]}</style>`)", HIDE)
        time.sleep(5)  # the basemap is drawn after the vessels
        frames = []
        for number in range(FRAMES):
            begin = time.monotonic()
            frames.append(Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB").crop(MAP))
            time.sleep(max(0.0, FRAME_S - (time.monotonic() - begin)))
            print(f"\r{number + 1}/{FRAMES}", end="", flush=True)
    finally:
        driver.quit()
    print()
    return frames


if __name__ == "__main__":
    main()
