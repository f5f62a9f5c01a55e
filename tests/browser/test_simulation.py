"""Routes and vessels drawn on the map, by mouse, keyboard and touch; faults and time in the simulation's panel."""

import contextlib
import json
import urllib.parse
import urllib.request

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser
ATLANTIC = "?tab=simulation&zoom=4&lat=45&lon=-35"
NEW_YORK, ROTTERDAM, CASPIAN = (40.6, -73.9), (51.95, 4.05), (42.0, 51.0)
POINT = """(({x, y}, {left, top}) => [x + left, y + top])(
  fairway.map().latLngToContainerPoint(arguments[0]), fairway.map().getContainer().getBoundingClientRect())"""
PAINTED = """(() => {
  let count = 0;
  const add = (line) => (count += line.getLatLngs().flat().length);
  fairway.map().eachLayer((layer) => layer.getLatLngs && layer.options.color === arguments[0] && add(layer));
  return count;
})()"""
SLIDE = """(() => {
  const slider = document.getElementById('ship-progress');
  slider.value = arguments[0];
  slider.dispatchEvent(new Event('input'));
})()"""
CATCH_SAVED = """(() => {
  window.saved = [];
  URL.createObjectURL = (blob) => { blob.text().then((text) => saved.push(text)); return 'blob:caught'; };
  HTMLAnchorElement.prototype.click = () => {};
})()"""
GOOD, BAD = "#8a5cc2", "#b3261e"


@pytest.fixture(scope="module")
def sea(start_server):
    return start_server("--update-interval", "1", "--fleet-size", "60", vessels=60)


@pytest.fixture
def panel(browser, sea):
    """The panel of a simulation without custom routes or vessels."""
    yield show(browser, sea)
    for vessel in sea.get("/api/simulation/vessels")["vessels"]:
        send(sea, "DELETE", f"vessels/{vessel['mmsi']}")
    for route in sea.get("/api/simulation/routes")["routes"]:
        send(sea, "DELETE", f"routes/{urllib.parse.quote(route['name'])}")


def show(browser, server, size=None):
    page = browser.open_with_vessels(f"{server.url}/{ATLANTIC}", size or browser.DESKTOP)
    page.wait("document.getElementById('route-draw')")
    page.wait("fairway.map().getZoom() === 4")
    browser.console()
    return page


def send(server, method: str, path: str, body: dict | None = None) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/simulation/{path}", json.dumps(body or {}).encode(), {"Content-Type": "application/json"},
        method=method,
    )  # fmt: skip
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=60):
        pass


def click(page, place, pointer: str = "mouse") -> None:
    """A real click, or a finger's tap, on the map."""
    x, y = page.js(POINT, list(place))
    actions = ActionBuilder(page.driver, mouse=PointerInput(pointer, pointer))
    actions.pointer_action.move_to_location(round(x), round(y)).pointer_down().pause(0.05).pointer_up()
    actions.perform()


def press(page, *keys: str) -> None:
    ActionChains(page.driver).send_keys(*keys).perform()


def said(page) -> str:
    return page.text("drawing-words")


def test_a_route_with_a_vessel(panel, sea):
    """Two clicks and a name make a route by water; a vessel on it shows on the map, and its panel names the route."""
    panel.find("route-draw").click()
    click(panel, NEW_YORK)
    panel.wait_for_text("drawing-words", "1 waypoint")
    click(panel, ROTTERDAM)
    panel.wait(f"{PAINTED} > 60", GOOD)
    assert "nm by water" in said(panel)
    assert panel.js("document.getElementById('drawing-name').value") == "New York – Rotterdam"
    panel.find("drawing-name").clear()
    panel.find("drawing-name").send_keys("<b>Ours</b>" + Keys.ENTER)
    panel.wait_for_text("custom-routes", "<b>Ours</b>")
    (route,) = sea.get("/api/simulation/routes")["routes"]
    assert [point["name"] for point in route["waypoints"]] == ["New York", "Rotterdam"]
    assert panel.js("fairway.state.get('selected')") is None
    panel.find("ship-name").send_keys("Test One")
    panel.js(SLIDE, 40)
    panel.find("ship-add").click()
    panel.wait_for_text("custom-vessels", "<b>Ours</b>, 40 % of the way out")
    (vessel,) = sea.get("/api/simulation/vessels")["vessels"]
    assert (vessel["vessel_name"], vessel["route"]) == ("Test One", "<b>Ours</b>")
    panel.wait("fairway.mmsis().includes(arguments[0])", vessel["mmsi"])
    panel.wait("fairway.state.get('selected') === arguments[0]", vessel["mmsi"])
    panel.wait("fairway.cell(arguments[0], 'route') === '<b>Ours</b>'", vessel["mmsi"])
    panel.js("fairway.state.set({tab: 'vessel', filter: {...fairway.state.get('filter'), to: '<b>ours'}})")
    panel.wait_for_text("vessel-card", "<b>Ours</b>")
    panel.wait_for_text("vessel-card", "40 %")
    panel.wait_for_text("filter-chips", "60 hidden")
    panel.js("fairway.state.set({tab: 'simulation'})")
    panel.driver.find_element("css selector", "#custom-routes [aria-label^=Remove]").click()
    panel.wait_for_text("custom-routes", "No route")
    panel.driver.find_element("css selector", "#custom-vessels [aria-label^=Remove]").click()
    panel.wait_for_text("custom-vessels", "No vessel")
    panel.wait("!fairway.mmsis().includes(arguments[0])", vessel["mmsi"])
    assert panel.console() == []


def test_a_leg_that_cant_be_sailed(panel, sea):
    """A leg over land is red with the server's reason; it can be undone; Esc ends the drawing and stores nothing."""
    panel.find("route-draw").click()
    click(panel, NEW_YORK)
    panel.wait_for_text("drawing-words", "1 waypoint")
    panel.find("drawing-place").send_keys("42, 51" + Keys.ENTER)
    panel.wait_for_text("drawing-words", "leg 'New York' - '42.00, 51.00': no route by water")
    assert panel.js(PAINTED, BAD) == 2
    assert not panel.find("drawing-save").is_enabled()
    panel.find("drawing-undo").click()
    panel.wait_for_text("drawing-words", "1 waypoint")
    assert panel.js(PAINTED, BAD) == 0
    click(panel, (46.0, 2.0))
    panel.wait_for_text("drawing-words", "is on land")
    press(panel, Keys.ESCAPE)
    panel.wait("document.getElementById('drawing-bar').hidden")
    assert sea.get("/api/simulation/routes")["routes"] == []


def test_by_keyboard_alone(panel, sea):
    """Enter sets the middle of the map, a name sets a port, Backspace undoes; a name and Enter save."""
    panel.find("route-draw").send_keys(Keys.ENTER)
    press(panel, Keys.ENTER)
    panel.wait_for_text("drawing-words", "1 waypoint")
    press(panel, Keys.BACKSPACE)
    panel.wait_for_text("drawing-words", "Click the first waypoint")
    press(panel, Keys.ENTER)
    panel.find("drawing-place").send_keys("halifax" + Keys.ENTER)
    panel.wait_for_text("drawing-words", "nm by water")
    panel.find("drawing-place").send_keys("Atlantis" + Keys.ENTER)
    panel.wait_for_text("drawing-words", "Atlantis")
    panel.find("drawing-name").send_keys(" 2" + Keys.ENTER)
    panel.wait_until(lambda: sea.get("/api/simulation/routes")["routes"])
    (route,) = sea.get("/api/simulation/routes")["routes"]
    assert [point["name"] for point in route["waypoints"]][1] == "Halifax"


def test_a_free_vessel_by_touch(panel, browser, sea):
    """On a phone one tap places a vessel, a second one sets its destination, which can be changed later."""
    page = show(browser, sea, browser.PHONE)
    page.find("ship-name").send_keys("Finger")
    page.js("document.getElementById('ship-add').scrollIntoView()")
    page.find("ship-add").click()
    page.wait("!document.getElementById('drawing-bar').hidden")
    page.wait("document.getElementById('map').clientHeight > 500")
    click(page, (47.0, -36.0), "touch")
    page.wait_for_text("drawing-words", "1 waypoint")
    click(page, (50.0, -33.0), "touch")
    page.wait_for_text("drawing-words", "nm by water")
    page.find("drawing-save").click()
    page.wait_for_text("custom-vessels", "Finger")
    (vessel,) = sea.get("/api/simulation/vessels")["vessels"]
    assert abs(vessel["position"]["latitude"] - 47) < 0.2
    assert vessel["destination"].startswith(("49.", "50."))
    page.js("document.querySelector('#custom-vessels [aria-label^=Send]').click()")
    page.wait("!document.getElementById('drawing-bar').hidden")
    page.find("drawing-place").send_keys("Halifax" + Keys.ENTER)
    page.wait_for_text("drawing-words", "nm by water")
    page.find("drawing-save").click()
    page.wait_for_text("custom-vessels", "to Halifax")


def test_faults_and_time(panel, sea):
    """Faults are injected, shown and switched off; the clock jumps, steps and takes another interval."""
    panel.find("fault-drop").send_keys("50")
    panel.find("fault-set").click()
    panel.wait_for_text("fault-state", "Injected: drop 50 %")
    panel.wait("/So far .* dropped/.test(document.getElementById('fault-state').textContent)")
    panel.js(CATCH_SAVED)
    panel.find("sim-save").click()
    saved = panel.wait("window.saved[0]")
    assert 'kind = "set_faults"' in saved
    assert "drop = 0.5" in saved
    panel.find("fault-off").click()
    panel.wait_for_text("fault-state", "Nothing goes wrong on purpose")
    assert not sea.status()["simulation"]["faults"]["active"]
    before = sea.get("/api/simulation/clock")["time"]
    panel.find("step-go").click()
    panel.wait_for_text("clock-speed", "paused")
    assert sea.get("/api/simulation/clock")["time"] > before
    day = f"{before[:10]}T23:59:59"
    panel.js("document.getElementById('jump-time').value = arguments[0]", day)
    panel.find("jump-go").click()
    panel.wait_until(lambda: sea.get("/api/simulation/clock")["time"] == f"{day}Z")
    panel.find("interval-seconds").clear()
    panel.find("interval-seconds").send_keys("5")
    panel.find("interval-go").click()
    panel.wait_until(lambda: sea.get("/api/simulation/clock")["update_interval"] == 5)
    panel.js("document.getElementById('jump-time').value = '2050-01-01T00:00:00'")
    panel.find("jump-go").click()
    panel.wait_for_text("sim-alert", "31 days")
    send(sea, "PATCH", "clock", {"paused": False, "update_interval": 1})


def test_the_token_is_asked_for(browser, start_server):
    """With a required token the first waypoint asks for it, and the drawing continues."""
    built = start_server("--update-interval", "1", "--fleet-size", "20", "--token", "secret", vessels=20)
    page = show(browser, built)
    page.find("route-draw").click()
    click(page, NEW_YORK)
    page.wait("document.getElementById('token-dialog').open")
    page.find("token-dialog-text").send_keys("secret" + Keys.ENTER)
    page.wait_for_text("drawing-words", "1 waypoint")
    page.js("sessionStorage.clear()")


def test_no_simulation_no_panel(browser, start_server, recording):
    """The page of a server without a simulator has no such tab, and sends no request for it."""
    built = start_server("--feeds", "aivdm_file", "--aivdm-file", str(recording), "--speed-factor", "20", vessels=1)
    browser.requests()
    page = browser.open_with_vessels(f"{built.url}/?tab=simulation")
    page.wait("document.getElementById('server-time').textContent !== ''")
    assert page.js("document.getElementById('tab-simulation').hidden")
    assert "No simulator runs here" in page.text("panel-simulation")
    assert not [url for url in page.requests() if f"{built.port}/api/simulation" in url]
