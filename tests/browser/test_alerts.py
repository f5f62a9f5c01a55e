"""Alerts on the page: toasts, the list, the jump; and zones drawn on the map."""

import json
import urllib.request

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser
OPEN = "document.querySelectorAll('#alert-list li:not(.done)').length"


@pytest.fixture(scope="module")
def busy(start_server):
    """A server with 200 vessels, of which every one under way raises an alert of its speed."""
    return start_server("--update-interval", "1", "--fleet-size", "60", "--speed-alert", "3", vessels=60)


@pytest.fixture
def alerts(browser, busy):
    """The alerts tab of the busy server, in a browser without stored values."""
    browser.open_with_vessels(busy.url)
    browser.js("localStorage.clear()")
    page = browser.open_with_vessels(busy.url)
    page.find("tab-alerts").click()
    page.wait(f"{OPEN} > 5")
    yield page
    page.js("localStorage.clear()")


def test_the_list_is_that_of_the_server(alerts, busy):
    """Every alert of REST is in the list, in words, and the tab shows their count."""
    raised = [event for event in busy.get("/api/realtime/alerts?limit=200")["alerts"] if event["state"] == "raised"]
    alerts.wait(f"{OPEN} >= arguments[0]", len(raised))
    words = alerts.text("alert-list")
    for event in raised:
        assert event["vessel"]["vessel_name"] in words
    assert alerts.js("document.getElementById('tab-alerts').dataset.count") == str(alerts.js(OPEN))


def test_next_jumps_to_the_vessel(alerts):
    """N selects the vessel of the newest alert and centres it; its panel lists its alerts."""
    name = alerts.js("document.querySelector('#alert-list li button').textContent.split(' at ')[0]")
    ActionChains(alerts.driver).send_keys("n").perform()
    alerts.wait_for_text("vessel-card", name)
    alerts.wait_for_text("vessel-alerts", name)
    middle = "Math.abs(fairway.point(fairway.state.get('selected')).x - arguments[0]) < 30"
    alerts.wait(middle, alerts.find("map").size["width"] / 2)


def test_a_new_alert_is_a_toast_and_is_read_out(alerts):
    """An event of the stream shows as a toast and in the live region; names stay text."""
    hostile = "<img src=x onerror=alert(1)>"
    alerts.js(
        """fairway.stream.onMessage({type: 'event', event_seq: 9e9, event_id: 'x', kind: 'entered_port',
        state: 'raised', timestamp: '2026-01-01T00:00:00.000Z', zone: 'Rotterdam', evidence: {},
        vessel: {mmsi: fairway.mmsis()[0], vessel_name: arguments[0]}})""",
        hostile,
    )
    alerts.wait_for_text("toasts", f"{hostile} entered Rotterdam")
    assert alerts.js("document.getElementById('alert-live').textContent") == f"{hostile} entered Rotterdam"
    assert alerts.js("document.querySelector('#toasts img, #alert-list img')") is None


def test_silence(alerts):
    """Silenced, the page shows no toast but lists the alert, and stays silenced when it is opened again."""
    alerts.find("alert-silence").click()
    event = """fairway.stream.onMessage({type: 'event', event_seq: 9e9, event_id: arguments[0], kind: 'left_port',
        state: 'raised', timestamp: '2026-01-01T00:00:00.000Z', evidence: {},
        vessel: {mmsi: fairway.mmsis()[0], vessel_name: 'QUIET'}})"""
    alerts.js(event, "y")
    alerts.wait_for_text("alert-list", "QUIET left port")
    assert alerts.js("document.getElementById('toasts').children.length") == 0
    assert alerts.js("localStorage.getItem('silent')") == "1"


def test_a_zone_is_drawn_named_kept_and_deleted(alerts, busy):
    """Corners clicked on the map become a named zone on the server, which can be deleted."""
    alerts.find("zone-draw").click()
    chart = alerts.find("map")
    alerts.wait("document.querySelector('.leaflet-draw-tooltip')")
    for x, y in ((300, 400), (500, 400), (500, 550), (300, 400)):
        ActionChains(alerts.driver).move_to_element_with_offset(chart, x, y).click().perform()
    alerts.wait("document.getElementById('zone-dialog').open")
    alerts.find("zone-dialog-text").send_keys("<b>Reef</b>" + Keys.ENTER)
    alerts.wait_for_text("zone-list", "<b>Reef</b>")
    (zone,) = busy.get("/api/realtime/zones")["zones"]
    assert (zone["name"], len(zone["corners"])) == ("<b>Reef</b>", 3)
    assert alerts.js("fairway.state.get('selected')") is None
    alerts.driver.find_element("css selector", "#zone-list [aria-label^=Delete]").click()
    alerts.wait_until(lambda: not busy.get("/api/realtime/zones")["zones"])


def test_acknowledged_by_somebody_else(alerts, busy):
    """An alert that another browser acknowledges is soon acknowledged here too."""
    before = alerts.js(OPEN)
    events = busy.get("/api/realtime/alerts?limit=200")["alerts"]
    body = json.dumps({"event_ids": [event["event_id"] for event in events[:2]]}).encode()
    request = urllib.request.Request(f"{busy.url}/api/realtime/alerts/acknowledged", body)
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=10).close()
    alerts.wait(f"{OPEN} < arguments[0]", before)


def test_acknowledge_one_and_all(alerts):
    """An acknowledged alert is no longer counted, in a browser that opens the page for the first time either."""
    before = alerts.js(OPEN)
    alerts.driver.find_element("css selector", "#alert-list [aria-label=Acknowledge]").click()
    alerts.wait(f"{OPEN} < arguments[0]", before)
    alerts.find("alert-all").click()
    alerts.wait(f"{OPEN} === 0")
    alerts.js("localStorage.clear()")
    alerts.driver.refresh()
    alerts.wait("document.querySelectorAll('#alert-list li.done').length > 5")
    assert alerts.js("document.getElementById('tab-alerts').dataset.count") == ""


def test_acknowledgement_without_the_token(browser, start_server):
    """Without the token the alerts are acknowledged in this browser only, with a note; the server keeps them open."""
    options = ("--update-interval", "1", "--fleet-size", "20", "--speed-alert", "3", "--token", "open sesame")
    server = start_server(*options, vessels=20)
    browser.open_with_vessels(server.url).wait(f"{OPEN} > 0")
    browser.find("tab-alerts").click()
    browser.find("alert-all").click()
    browser.wait("document.getElementById('token-dialog').open")
    browser.find("token-dialog-no").click()
    browser.wait_for_text("notes", "In this browser only")
    browser.wait(f"{OPEN} === 0")
    assert server.get("/api/realtime/alerts")["acknowledged"] == []
    browser.js("localStorage.clear()")
    browser.console()
