"""The replay of an hour with two vessels, and a third one from half time on."""

import time
from dataclasses import replace

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains

from fairway.history.store import Store
from fairway.traffic.fields import LATLON_SCALE
from tests.browser.test_axe import RUN
from tests.conftest import MODULES
from tests.support.reports import VOYAGE, moving, static

pytestmark = pytest.mark.browser
SHIP = 352_100_000
LONGITUDE = """(() => {
  const at = fairway.map().containerPointToLatLng(fairway.point(arguments[0]));
  return [fairway.now(), at.lng];
})()"""
SEEK = """(() => {
  const slider = document.getElementById('replay-at');
  slider.value = arguments[0];
  for (const type of ['input', 'change']) slider.dispatchEvent(new Event(type));
  return true;
})()"""


@pytest.fixture(scope="module")
def begin() -> int:
    """The start of the hour, two hours ago."""
    return int(time.time()) - 7200


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory, begin):
    url = f"sqlite:///{tmp_path_factory.mktemp('history') / 'a.db'}"
    store = Store(url, "simulation")
    store.prepare()
    store.write([replace(static(VOYAGE, VOYAGE | {"name": "<i>SECOND</i>"}, t=begin), epoch="e1")])
    for minute in range(61):
        # 0.001 degrees a minute, course said to be north: who is not led to the next report goes astray
        lon = [round((n + minute / 1000) * LATLON_SCALE) for n in range(2 + (minute >= 30))]
        rows = [{"lon": here, "cog": 0, "sog": 50 + n} for n, here in enumerate(lon)]
        store.write([replace(moving(*rows, t=begin + 60 * minute), epoch="e1")])
    store.close()
    options = ("--update-interval", "1", "--fleet-size", "50", "--database-url", url)
    return start_server(*options, vessels=50)


@pytest.fixture
def page(browser, server, begin):
    """The page at the tenth minute of the hour, zoomed in."""
    browser.console()
    at = str(np.datetime64(begin + 600, "s")) + "Z"
    browser.open(f"{server.url}/?at={at}&lat=50&lon=1&zoom=9")
    browser.wait("window.fairway?.replay?.active && fairway.vessels() === 2 && !fairway.replay.clock.waiting")
    return browser


def test_an_address_leads_into_the_past(page, server, begin):
    """The map shows the vessels of the time in the address, marked as a replay, and a card is of that time."""
    assert page.text("replay-mark").startswith("REPLAY, ")
    assert page.js("fairway.now()") == (begin + 600) * 1000
    page.js("fairway.select(arguments[0])", SHIP)
    page.wait_for_text("vessel-card", "MV Atlantic Pioneer")
    page.wait_for_text("vessel-card", "5.0 kn")
    page.wait("document.querySelectorAll('#vessel-speed .scatterlayer .point').length === 11")
    page.js("fairway.select(arguments[0])", SHIP + 1)
    page.wait_for_text("vessel-card", "<i>SECOND</i>")
    assert page.text("connection-words") in ("replay", "connected but no data")
    assert page.console() == []


def test_scrubbing(page, begin):
    """The slider shows any time; the address follows; table and filter work."""
    page.js(SEEK, (begin + 2400) * 1000)
    page.wait("fairway.vessels() === 3")
    page.wait(
        "location.search.includes('at=' + new Date(arguments[0]).toISOString().slice(0, 17))", (begin + 2400) * 1000
    )
    page.js("fairway.state.set({table: true})")
    page.wait("document.querySelectorAll('#vessel-table .ag-center-cols-container .ag-row').length === 3")
    page.js("fairway.state.set({filter: {...fairway.state.get('filter'), minSpeed: 5.05}})")
    page.wait("fairway.drawn() === 2")
    page.js("fairway.state.set({table: false, filter: {...fairway.state.get('filter'), minSpeed: null}})")
    page.js(SEEK, (begin + 1200) * 1000)
    page.wait("fairway.vessels() === 2")
    assert page.console() == []


def test_vessels_move_smoothly_from_report_to_report(page, begin):
    """A playing replay shows vessels on the line between two reports, whatever course they reported."""
    page.find("replay-play").click()
    page.wait("fairway.now() > arguments[0]", (begin + 610) * 1000)
    seen = [page.js(LONGITUDE, SHIP) for _ in range(20)]
    minutes = [(now / 1000 - begin) / 60 for now, _ in seen]
    assert minutes[-1] > minutes[0]
    expected = [minute / 1000 for minute in minutes]
    # a pixel is 0.003 degrees at this zoom, and the layer's point is not rounded
    assert [lng for _, lng in seen] == pytest.approx(expected, abs=2e-4)
    page.find("replay-faster").click()
    page.wait_for_text("replay-rate", "600")
    page.wait("fairway.vessels() === 3")
    page.wait("!fairway.replay.playing || fairway.now() > arguments[0]", (begin + 3600) * 1000)
    assert page.console() == []


def test_csv_of_what_is_seen(page):
    """The export covers the slider's span and the map's view, over the antimeridian too."""
    page.js("HTMLAnchorElement.prototype.click = function () { window.asked = this.href; }")
    lines = (
        "return fetch(window.asked).then((answer) => answer.text()).then((text) => text.trim().split('\\r\\n').length)"
    )
    for lon, expected in ((1, 1 + 2 * 61 + 31), (179.5, 1)):
        page.js("fairway.map().setView([50, arguments[0]], 9, {animate: false}) && true", lon)
        page.find("replay-csv").click()
        assert page.driver.execute_script(lines) == expected


def test_live_goes_on_behind_it(page, server):
    """On return to the present all vessels show at once, up to date, on the same connection."""
    connected = server.status()["clients"]["ws"]
    before = page.js("fairway.stream.at.seq")
    page.wait("fairway.stream.at.seq > arguments[0] + 2", before)
    page.find("replay-live").click()
    assert page.js("[fairway.vessels(), fairway.replay.active, fairway.state.get('at')]") == [50, False, None]
    assert (
        page.js("fairway.now() - Math.max(...fairway.mmsis().map((mmsi) => Date.parse(fairway.cell(mmsi, 'time'))))")
        < 5000
    )
    assert server.status()["clients"]["ws"] == connected
    assert not page.find("replay-mark").is_displayed()
    page.wait("!/[?&]at=/.test(location.search)")
    assert page.console() == []


def test_keys(page, begin):
    """R opens and closes the replay; Space plays; comma and full stop step a minute; brackets change the rate."""
    press = lambda key: ActionChains(page.driver).send_keys(key).perform()  # noqa: E731
    page.js("document.activeElement.blur()")
    press(".")
    page.wait("fairway.now() === arguments[0]", (begin + 660) * 1000)
    press(",")
    page.wait("fairway.now() === arguments[0] && !fairway.replay.clock.waiting", (begin + 600) * 1000)
    press("]")
    assert page.text("replay-rate") == "600×"
    press(" ")
    page.wait("fairway.replay.playing && fairway.now() > arguments[0]", (begin + 600) * 1000)
    press(" ")
    page.wait("!fairway.replay.playing")
    press("r")
    page.wait("!fairway.replay.active")
    press("r")
    page.wait("fairway.replay.active && fairway.replay.playing")
    press("r")
    page.wait("!fairway.replay.active")


@pytest.mark.node
@pytest.mark.parametrize("size", ["DESKTOP", "PHONE"])
def test_the_bar_is_within_reach(browser, server, begin, size):
    """At both sizes the bar is on the screen, uncovered and large enough for a finger; axe finds nothing serious."""
    at = str(np.datetime64(begin + 600, "s")) + "Z"
    page = browser.open(f"{server.url}/?at={at}", getattr(browser, size))
    page.wait("window.fairway?.replay?.active && fairway.vessels() === 2")
    page.wait("document.querySelectorAll('#notes p').length === 0")
    least = 44 if size == "PHONE" else 24
    for name in ("play", "back", "forward", "slower", "faster", "csv", "live", "at"):
        box = page.js("document.getElementById(arguments[0]).getBoundingClientRect().toJSON()", f"replay-{name}")
        assert (name, box["height"] >= least or name == "at") == (name, True)
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert page.js("document.elementFromPoint(arguments[0], arguments[1])?.closest('#replay') !== null", *middle)
    heights = "return [...document.querySelectorAll('#replay-spans button')].map((one) => one.offsetHeight)"
    assert min(page.driver.execute_script(heights)) >= least
    page.driver.execute_script((MODULES / "axe-core/axe.min.js").read_text())
    assert page.driver.execute_async_script(RUN, "main") == []


def test_without_a_history(browser, start_server):
    """A server without a history gives a note, and the present stays."""
    page = browser.open_with_vessels(start_server("--fleet-size", "20", vessels=20).url)
    page.find("tool-replay").click()
    page.wait_for_text("notes", "keeps no history")
    assert page.js("fairway.vessels()") == 20
