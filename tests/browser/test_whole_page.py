"""The page as a whole: it moves, reconnects, fits the screen, and contacts only its own server."""

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Wire

pytestmark = pytest.mark.browser
PIXELS = """(() => {
  const canvas = document.querySelector('.vessel-canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
  return painted;
})()"""
PLACES = "fairway.mmsis().map((mmsi) => { const { x, y } = fairway.point(mmsi); return [mmsi, x, y]; })"
BOXES = """['header.topbar', 'main.chart', '#panel'].map((name) => {
  const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();
  return [left, top, right, bottom];
})"""
STATE = "document.getElementById('connection').dataset.state"


def test_symbols_are_painted(page):
    """The vessels' canvas holds the pixels of about as many symbols as are drawn."""
    drawn = page.js("fairway.drawn()")
    assert 20 * drawn < page.js(PIXELS) < 250 * drawn


def test_vessels_move(page):
    """Most vessels move on the screen while the map stays."""
    before = {mmsi: (x, y) for mmsi, x, y in page.js(PLACES)}

    def moved() -> bool:
        now = page.js(PLACES)
        return sum((x, y) != before.get(mmsi) for mmsi, x, y in now) > len(now) / 2

    page.wait_until(moved)


def test_no_other_host(browser, server):
    """With every panel opened, each request goes to the server of the page, and the console stays empty."""
    browser.requests(), browser.console()
    page = browser.open_with_vessels(server.url)
    for name in ("tab-vessel", "tab-log", "tab-fleet", "theme-toggle", "theme-toggle"):
        page.find(name).click()
    page.js("fairway.select(fairway.mmsis()[0])")
    page.wait("document.querySelector('#vessel-speed .scatterlayer')")
    hosts = {urlsplit(address).hostname for address in page.requests() if not address.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert page.console() == []


@pytest.mark.parametrize("size", ["DESKTOP", "PHONE"])
def test_nothing_overlaps(browser, server, size):
    """Bar, map and panel share the window without overlap, without scroll bars, and can be touched on a phone."""
    page = browser.open_with_vessels(server.url, getattr(browser, size))
    boxes, (width, height) = page.js(BOXES), getattr(browser, size)
    for at, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other in boxes[at + 1 :]:
            assert right <= other[0] or bottom <= other[1] or left >= other[2] or top >= other[3]
    assert page.js("document.documentElement.scrollHeight <= innerHeight && document.body.scrollWidth <= innerWidth")
    if size == "PHONE":
        shown = (
            "[...document.querySelectorAll('button, input[type=search]')].map((e) => e.offsetHeight).filter((h) => h)"
        )
        assert min(page.js(shown)) >= 44


def test_the_page_comes_back(start_server, browser):
    """The page reports a dead server in words, and reconnects when the server is back."""
    server = start_server("--update-interval", "1")
    page = browser.open_with_vessels(server.url)
    page.wait(f"{STATE} === 'live'")
    server.stop()
    page.wait(f"{STATE} === 'reconnecting'")
    assert re.fullmatch(r"reconnecting in \d+ s", page.text("connection-words"))
    start_server("--update-interval", "1", "--fleet-size", "7", port=server.port, vessels=7)
    page.wait(f"{STATE} === 'live'")
    page.wait("fairway.vessels() === 7")
    page.console()


def test_a_network_that_is_gone_is_seen_and_mended(browser, server):
    """The page reports a network that drops everything, and resumes when the network is back."""
    wire = Wire(server.port)
    page = browser.open_with_vessels(wire.url)
    page.wait(f"{STATE} === 'live'")
    page.js("fairway.stream.deadAfterS = 2")
    seq = page.js("fairway.stream.at.seq")
    wire.cut()
    page.wait(f"{STATE} === 'reconnecting'")
    wire.mend()
    page.wait(f"{STATE} === 'live' && fairway.stream.at.seq > arguments[0]", seq)
    assert page.js("fairway.stream.resumed") is True
    assert page.js("fairway.vessels()") == 200


def test_a_gap_in_the_stream_is_mended(page):
    """After a missing frame the page requests a snapshot."""
    page.js("fairway.stream.at.seq = 1")
    page.wait("fairway.stream.at.seq > 1 && fairway.vessels() === 200")
    assert page.js("fairway.stream.resumed") is False


def test_real_ships(start_server, browser, recording):
    """Real ships of a recording show without the mark of simulated data."""
    server = start_server("--feeds", "aivdm_file", "--aivdm-file", str(recording), "--update-interval", "1", vessels=50)
    page = browser.open_with_vessels(server.url)
    page.wait("fairway.vessels() > 100")
    assert page.js("document.getElementById('simulated-mark').hidden")
