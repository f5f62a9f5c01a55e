"""Markup and formulas in names off the air are shown as text everywhere."""

import csv
import io
import json
import socket
import time

import pytest
from pyais import encode_dict
from selenium.webdriver.common.action_chains import ActionChains

from tests.browser.test_controls import CATCH_SAVED, ROWS

pytestmark = pytest.mark.browser
MARKUP, FORMULA, FILLED, TAG = 235000101, 235000102, 235000103, 235000104
SAID = {
    MARKUP: {"shipname": "<SVG/ONLOAD=P=1>", "destination": "<B ID=PWNED>X</B>", "callsign": "<B>'&"},
    FORMULA: {"shipname": "=CMD()", "destination": "+1+1", "callsign": "-2+3"},
    FILLED: {"shipname": "@" * 20, "destination": "@" * 20, "callsign": "@" * 7},
    TAG: {"shipname": '"><IMG SRC ONERROR=P', "destination": "&LT;B&GT; $X^2$", "callsign": "&#60;"},
}
RECORD_WRITING = """(() => { window.written = new Set();
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    written.add(text);
    fillText.call(this, text, ...rest);
  };
  fairway.state.set({labels: true}); })()"""
MADE_OF_IT = "document.querySelectorAll('#PWNED, #pwned, [onload], [onerror], #panel b').length"


@pytest.fixture(scope="module")
def air(start_server, free_port):
    """A server with a feed of AIVDM, and the connection of its receiver."""
    port = free_port()
    server = start_server(
        "--feeds", "aivdm_listen", "--aivdm-listen", f"127.0.0.1:{port}", "--speed-alert", "3", vessels=0
    )
    with socket.create_connection(("127.0.0.1", port)) as receiver:
        yield server, receiver


def sentences() -> bytes:
    """Static reports of four vessels, and then their positions."""
    now = int(time.time()) % 60
    parts = []
    for at, (mmsi, text) in enumerate(SAID.items()):
        static = {"type": 5, "mmsi": mmsi, "ship_type": 80, "to_bow": 100, "to_stern": 50, **text}
        move = {"type": 1, "mmsi": mmsi, "lat": 48 + at, "lon": -20.0, "speed": 12, "course": 90, "heading": 90}
        parts += [*encode_dict(static, sentence_type="VDM"), *encode_dict(move | {"second": now}, sentence_type="VDM")]
    return "".join(f"{part}\r\n" for part in parts).encode()


@pytest.fixture
def page_with_names(browser, air):
    """The page, opened before the first report, with names on the map."""
    server, receiver = air
    browser.open(server.url + "/?lat=49.5&lon=-20&zoom=6").wait("!!window.fairway?.map?.()")
    browser.console()
    browser.js(RECORD_WRITING)
    receiver.sendall(sentences())
    browser.wait("fairway.vessels() === 4")
    yield browser
    assert browser.js(MADE_OF_IT) == 0
    assert browser.js("typeof window.P") == "undefined"
    # the content security policy would have reported a handler that it blocked
    assert browser.console() == []


def test_hostile_names_are_text_everywhere(page_with_names):
    """Label, tooltip, toast, alerts, log, search, panel, group, table, chart and chips show the text as it was sent."""
    page, names = (
        page_with_names,
        [SAID[MARKUP]["shipname"], SAID[FORMULA]["shipname"], f"MMSI {FILLED}", SAID[TAG]["shipname"]],
    )
    for name in names:
        page.wait("written.has(arguments[0])", name)
        page.wait_for_text("alert-list", f"{name} at 12")
        page.wait_for_text("log-list", f"{name} at 12")
    assert page.js("document.querySelectorAll('#toasts .toast').length") == 3
    page.wait_for_text("toasts", names[0])
    hover(page, MARKUP)
    page.wait("document.querySelector('.vessel-tip').textContent === arguments[0]",
              f"{names[0]} · 12.0 kn → {SAID[MARKUP]['destination']}")  # fmt: skip
    page.find("search-box").send_keys("svg/on")
    page.wait_for_text("search-results", names[0])
    for mmsi in (MARKUP, TAG, FORMULA):
        page.js("fairway.select(arguments[0])", mmsi)
        for text in SAID[mmsi].values():
            page.wait_for_text("vessel-card", text)
    page.js("fairway.selection.add(arguments[0])", list(SAID))
    for name in names:
        page.wait_for_text("group-list", name)
    page.js(
        "fairway.state.set({table: true, tab: 'fleet', filter: {...fairway.state.get('filter'), q: '<svg/onload'}})"
    )
    page.wait_for_text("filter-chips", "“<svg/onload”")
    page.wait(f"{ROWS} === 1")
    page.wait_for_text("table-place", SAID[MARKUP]["destination"])
    chart = "document.querySelector('#where-chart .ytick text')?.textContent.trim() === arguments[0]"
    page.wait(chart, SAID[MARKUP]["destination"])
    page.js("fairway.state.set({filter: {...fairway.state.get('filter'), q: 'IMG SRC'}})")
    page.wait(chart, SAID[TAG]["destination"])


def hover(page, mmsi: int) -> None:
    at = page.js("(({x, y}) => [Math.round(x), Math.round(y)])(fairway.point(arguments[0]))", mmsi)
    ActionChains(page.driver).move_to_element_with_offset(page.find("map"), *at).perform()


def test_hostile_names_are_harmless_in_files(page_with_names):
    """The CSV holds no formula; GeoJSON has the text as it was sent."""
    page_with_names.js(CATCH_SAVED)
    page_with_names.js("fairway.selection.add(arguments[0])", list(SAID))
    page_with_names.find("group-csv").click()
    page_with_names.find("group-geojson").click()
    text, geojson = page_with_names.wait("window.saved.length === 2 && window.saved")
    rows = {int(row["mmsi"]): row for row in csv.DictReader(io.StringIO(text))}
    for row in rows.values():
        assert not [
            cell for name, cell in row.items() if name not in ("lon", "lat") and cell[:1] in ("=", "+", "-", "@")
        ]
    assert (rows[FORMULA]["name"], rows[FORMULA]["destination"]) == ("'=CMD()", "'+1+1")
    assert (rows[FILLED]["name"], rows[FILLED]["destination"]) == ("", "")
    sent = {one["properties"]["mmsi"]: one["properties"] for one in json.loads(geojson)["features"]}
    assert sent[MARKUP]["name"] == SAID[MARKUP]["shipname"]
    assert sent[FILLED]["name"] is None


def test_sources_and_rejections(page_with_names, air):
    """The page lists each source with its state, counts and rejected reports."""
    air[1].sendall(b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*00\r\nno sentence\r\n")
    page_with_names.find("connection").click()
    page_with_names.wait("/not used: .*1 checksum/.test(document.getElementById('sources-in').textContent)")
    row = page_with_names.js("[...document.querySelector('#sources-in tr').children].map((cell) => cell.textContent)")
    assert row[1] == "ok"
    assert int(row[3]) >= 8
    page_with_names.wait_for_text("sources-out", "aisstream")
    ActionChains(page_with_names.driver).send_keys("\ue00c").perform()
    page_with_names.wait("!document.getElementById('sources').open")
