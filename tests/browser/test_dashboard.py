"""The dashboard in a real browser on a real server."""

import re

import orjson
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from websockets.sync.client import connect

pytestmark = pytest.mark.browser

LIT_PIXELS = """(() => {
  const canvas = document.querySelector('.vessel-canvas');
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let lit = 0;
  for (let at = 3; at < pixels.length; at += 4) lit += pixels[at] > 127;
  return lit;
})()"""
LONELY_VESSEL = """(() => {
  const { left, top, width, height } = document.getElementById('map').getBoundingClientRect();
  const all = fairway.mmsis().map((mmsi) => ({ mmsi, ...fairway.point(mmsi) }));
  const near = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) < 32;
  const free = ({ x, y }) => document.elementFromPoint(left + x, top + y)?.closest('#map')
    && !document.elementFromPoint(left + x, top + y).closest('.leaflet-control');
  return all.find((one) => one.x > 0 && one.y > 0 && one.x < width && one.y < height
    && free(one) && all.every((other) => other === one || !near(one, other)));
})()"""

WRITE_TO_LOG = """import('/assets/ui/log.mjs').then(({ Log }) => {
  const parts = ['log-list', 'log-pause', 'log-clear'].map((id) => document.getElementById(id));
  new Log(...parts).add('update', arguments[0]);
})"""


def test_the_first_vessels_are_marked(browser, server):
    """The page notes when it draws its first vessels, for `bench/browser/first_vessels.py`."""
    browser.open_with_vessels(server.url)
    assert browser.js("performance.getEntriesByName('vessels')[0].startTime") > 0


def test_every_vessel_is_known_and_drawn(page):
    """The page knows all vessels of the server, and each visible one leaves its pixels on the canvas."""
    assert page.js("fairway.vessels()") == 200
    assert page.js("fairway.drawn()") > 100
    assert page.js(LIT_PIXELS) > 30 * page.js("fairway.drawn()") / 2


def test_a_click_on_a_vessel_opens_its_panel(page, server):
    """The tooltip names the vessel under the pointer, and a click shows its particulars in the panel."""
    chosen = page.wait(LONELY_VESSEL)
    vessel = server.get(f"/api/realtime/vessels/{chosen['mmsi']}")
    place = round(chosen["x"]), round(chosen["y"])
    ActionChains(page.driver).move_to_element_with_offset(page.find("map"), *place).perform()
    assert vessel["vessel_name"] in page.wait("document.querySelector('.vessel-tip').textContent")
    ActionChains(page.driver).click().perform()
    page.wait_for_text("vessel-card", vessel["vessel_name"])
    for value in (str(vessel["mmsi"]), vessel["imo_number"], vessel["destination"]):
        assert value in page.text("vessel-card")
    assert page.find("tab-vessel").get_attribute("aria-selected") == "true"


def test_the_vessel_panel_follows_and_escape_closes_it(page, server):
    """The panel of a selected vessel is updated; Esc ends the selection."""
    mmsi = page.js("fairway.mmsis()[0]")
    name = server.get(f"/api/realtime/vessels/{mmsi}")["vessel_name"]
    page.js("fairway.select(arguments[0])", mmsi)
    page.wait_for_text("vessel-card", name)
    page.wait("document.querySelectorAll('#vessel-speed .scatterlayer .point').length > 0")
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    page.wait("!document.getElementById('vessel-card').textContent.includes(arguments[0])", name)


def test_figures_agree_with_rest_and_the_wire(page, server):
    """The counters of the panel equal REST and the summary of the stream."""
    with connect(server.ws_url) as ws:
        wire = orjson.loads(ws.recv())["fleet_summary"]
    listed = server.get("/api/realtime/vessels")["vessels"]
    assert wire["total_vessels"] == len(listed) == 200
    shown = "[...arguments[0]].every(([k, n]) => document.getElementById(`count-${k}`).textContent === String(n))"

    def agrees() -> bool:
        states = server.get("/api/realtime/summary")["status_distribution"]
        return page.js(shown, [["total", 200], *states.items()])

    page.wait_until(agrees)
    types = page.js("[...document.querySelectorAll('#type-chart .bartext')].map((text) => Number(text.textContent))")
    assert sorted(types) == sorted(wire["type_distribution"].values())


def test_the_fleet_panel_follows(page):
    """The counter of updates per second shows a rate."""
    page.wait("Number(document.getElementById('count-rate').textContent) > 0")


def test_the_log_fills_pauses_and_clears(page):
    """The log grows to at most 100 entries; pause stops it; clear empties it."""
    page.find("tab-log").click()
    page.wait("document.querySelectorAll('#log-list li').length > 2")
    page.find("log-pause").click()
    page.find("log-clear").click()
    age = page.js("document.getElementById('server-time').textContent.slice(17, 19)")
    later = "(Number(document.getElementById('server-time').textContent.slice(17, 19)) - arguments[0] + 60) % 60 >= 3"
    page.wait(later, int(age))
    assert page.js("document.querySelectorAll('#log-list li').length") == 0


def test_times_are_ages_with_the_exact_time_on_hover(page):
    """An entry of the log shows its age, which grows, and its exact time in UTC on hover."""
    page.find("tab-log").click()
    first = "document.querySelector('#log-list time')"
    assert re.fullmatch(r"\d+ s", page.wait(f"{first}?.textContent"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", page.js(f"{first}.title"))
    page.js("window.entry = document.querySelector('#log-list time')")
    page.wait("parseInt(window.entry.textContent) >= 2")


def test_text_off_the_air_stays_text(page):
    """Markup in a name is shown as text, in the log and in the search results."""
    hostile = "<img src=x onerror=alert(1)>"
    page.js(WRITE_TO_LOG, hostile)
    page.wait_for_text("log-list", hostile)
    assert page.js("document.querySelector('#log-list img')") is None


def test_search_finds_flies_and_selects(page, server):
    """`/` focuses the search box, and Enter centres and selects the found vessel."""
    ActionChains(page.driver).send_keys("/").perform()
    assert page.js("document.activeElement.id") == "search-box"
    page.driver.switch_to.active_element.send_keys("atlantic pio")
    page.wait_for_text("search-results", "MV Atlantic Pioneer")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.wait_for_text("vessel-card", "MV Atlantic Pioneer")
    mmsi = server.get("/api/realtime/vessels/IMO7000009")["mmsi"]
    size = page.find("map").size
    middle = "Math.abs(fairway.point(arguments[0]).x - arguments[1]) < 30"
    page.wait(middle, mmsi, size["width"] / 2)


def test_search_finds_numbers_and_ports(page):
    """The search box finds IMO numbers, MMSIs and ports."""
    assert page.js("fairway.search('7000009')[0].label") == "MV Atlantic Pioneer"
    mmsi = page.js("fairway.mmsis()[5]")
    assert page.js("fairway.search(String(arguments[0]))[0].mmsi", mmsi) == mmsi
    assert page.js("fairway.search('rotter')[0].label") == "Rotterdam"


def test_light_and_dark(page):
    """The switch changes the theme, which stays when the page is opened again."""
    before = page.js("getComputedStyle(document.body).backgroundColor")
    page.find("theme-toggle").click()
    after = page.js("getComputedStyle(document.body).backgroundColor")
    assert after != before
    page.driver.refresh()
    page.wait("document.documentElement.dataset.theme && window.fairway?.drawn?.() > 0")
    assert page.js("getComputedStyle(document.body).backgroundColor") == after
    page.js("localStorage.clear()")


def test_simulated_vessels_are_marked(page):
    """The map is marked as simulated data."""
    page.wait("!document.getElementById('simulated-mark').hidden")
    assert "simulated" in page.text("simulated-mark").lower()
