"""A group of selected vessels: with Shift, by a box, in the table, by touch, from an address."""

import csv
import io

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.test_controls import CATCH_SAVED, COUNT, PRESSED, ROWS, press
from tests.browser.test_dashboard import LONELY_VESSEL

pytestmark = pytest.mark.browser
GROUP = "fairway.state.get('group')"
INSIDE = """fairway.mmsis().filter((mmsi) => { const { x, y } = fairway.point(mmsi);
  return x >= arguments[0] && y >= arguments[1] && x <= arguments[2] && y <= arguments[3]; })"""
TITLE = "document.getElementById('group').hidden ? '' : document.getElementById('group-title').textContent"


def drag(page, start: tuple[int, int], end: tuple[int, int], shift: bool) -> None:
    hand = ActionChains(page.driver)
    hand = hand.key_down(Keys.SHIFT) if shift else hand
    chart = page.find("map")
    hand.move_to_element_with_offset(chart, *start).click_and_hold().move_to_element_with_offset(chart, *end)
    hand.release()
    (hand.key_up(Keys.SHIFT) if shift else hand).perform()


def test_a_box_drawn_with_shift(page):
    """The vessels in the box are selected and counted by type; the map stays; Esc ends the selection."""
    before = page.js("JSON.stringify(fairway.map().getBounds())")
    drag(page, (420, 200), (760, 620), shift=True)
    inside = page.js(INSIDE, 420, 200, 760, 620)
    assert len(inside) > 10
    assert abs(len(page.js(GROUP)) - len(inside)) <= 2
    assert page.js(TITLE) == f"{len(page.js(GROUP))} vessels chosen"
    kinds = page.js("[...document.querySelectorAll('#group-kinds > span')].map((span) => parseInt(span.textContent))")
    assert sum(kinds) == len(page.js(GROUP))
    assert page.js("JSON.stringify(fairway.map().getBounds())") == before
    press(page, Keys.ESCAPE)
    page.wait(f"{GROUP}.length === 0 && document.getElementById('group').hidden")


def test_shift_and_click(page):
    """A click with Shift adds a vessel to the selection, a second one removes it."""
    first = page.js("fairway.mmsis()[0]")
    page.js("fairway.select(arguments[0])", first)
    chosen = page.wait(LONELY_VESSEL)
    place = round(chosen["x"]), round(chosen["y"])
    hand = ActionChains(page.driver).key_down(Keys.SHIFT)
    hand.move_to_element_with_offset(page.find("map"), *place).click().key_up(Keys.SHIFT).perform()
    page.wait(f"JSON.stringify({GROUP}) === JSON.stringify([arguments[0], arguments[1]])", first, chosen["mmsi"])
    page.driver.find_elements("css selector", "#group-list button[aria-label^='Take out']")[1].click()
    page.wait(f"{GROUP}.length === 0 && fairway.state.get('selected') === arguments[0]", first)


def test_isolate_export_and_share(page):
    """The group can be isolated, saved and linked; the link opens the same group."""
    group = page.js("fairway.mmsis().slice(20, 25)")
    page.js("fairway.selection.add(arguments[0])", group)
    press(page, "i")
    page.wait(f"{COUNT} === 5")
    assert "only the 5 chosen vessels" in page.text("filter-chips")
    page.js(CATCH_SAVED)
    page.find("group-csv").click()
    (text,) = page.wait("window.saved.length === 1 && window.saved")
    assert sorted(int(row["mmsi"]) for row in csv.DictReader(io.StringIO(text))) == sorted(group)
    address = page.wait("location.search.includes('group=') && location.search.includes('isolate=1') && location.href")
    again = page.open_with_vessels(address)
    again.wait(f"{COUNT} === 5 && {GROUP}.length === 5")
    again.wait(f"({TITLE}) === '5 vessels chosen'")
    press(again, Keys.ESCAPE)
    again.wait(f"{COUNT} === 200")


def test_rows_of_the_table(page):
    """Rows selected with Shift are the group; a click on one shows its vessel and keeps the group."""
    press(page, "v")
    page.wait(f"{ROWS} > 4")
    rows = page.driver.find_elements("css selector", "#vessel-table .ag-row [col-id=name]")[:4]
    rows.sort(key=lambda row: row.location["y"])
    rows[0].click()
    ActionChains(page.driver).key_down(Keys.SHIFT).click(rows[3]).key_up(Keys.SHIFT).perform()
    page.wait(f"{GROUP}.length === 4")
    name = rows[1].text
    rows[1].click()
    page.wait_for_text("vessel-card", name)
    assert page.js(f"{GROUP}.length") == 4
    page.wait("document.querySelectorAll('#vessel-table .ag-center-cols-container .ag-row-selected').length === 4")
    page.find("group-close").click()
    page.wait("document.querySelectorAll('#vessel-table .ag-row-selected').length === 0")


def test_by_touch(browser, server):
    """On a phone a button lets a finger draw the box and tap vessels; the map does not move meanwhile."""
    page = browser.open_with_vessels(server.url, browser.PHONE)
    page.find("tool-choose").click()
    page.wait(PRESSED, "tool-choose")
    before = page.js("JSON.stringify(fairway.map().getBounds())")
    top = page.find("map").location["y"]
    touch = [("touchStart", 120, 150), ("touchMove", 180, 200), ("touchMove", 300, 270), ("touchEnd", 0, 0)]
    for kind, x, y in touch:
        points = [] if kind == "touchEnd" else [{"x": x, "y": top + y}]
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    inside = page.js(INSIDE, 120, 150, 300, 270)
    page.wait(f"Math.max(1, {GROUP}.length) >= arguments[0] - 1 && {GROUP}.length > 1", len(inside))
    assert page.js("JSON.stringify(fairway.map().getBounds())") == before
    page.find("tool-choose").click()
    page.wait(f"!({PRESSED})", "tool-choose")
    assert page.js("fairway.map().dragging.enabled()")
