"""Filter, colours, keys, table, address and exports of the page."""

import json

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser
COUNT = "Number(document.getElementById('count-total').textContent)"
ROWS = "document.querySelectorAll('#vessel-table .ag-center-cols-container .ag-row').length"
PRESSED = "document.getElementById(arguments[0]).getAttribute('aria-pressed') === 'true'"
CANVAS_SUM = """(() => {
  const canvas = document.querySelector('.vessel-canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) sum += data[at] * 3 + data[at + 2];
  return sum;
})()"""
MIDDLE_OF_BAR = """(() => { const chart = document.getElementById('status-chart').getBoundingClientRect();
  const bar = document.querySelectorAll('#status-chart .bars .point')[arguments[0]].getBoundingClientRect();
  return [bar.left + bar.width / 2 - chart.left, bar.top + bar.height / 2 - chart.top].map(Math.round); })()"""
REDRAW = """(() => { const plot = document.querySelector('#status-chart .js-plotly-plot');
  window.redraw = setInterval(() => Plotly.newPlot(plot, plot.data, plot.layout), 20); })()"""
CATCH_SAVED = """(() => {
  window.saved = [];
  URL.createObjectURL = (blob) => { blob.text().then((text) => saved.push(text)); return 'blob:caught'; };
  HTMLAnchorElement.prototype.click = () => {};
})()"""


def press(page, key: str) -> None:
    ActionChains(page.driver).send_keys(key).perform()


def test_one_filter_for_all(page, server):
    """A type in the filter's form leaves the same vessels on the map, in the counters and in the table."""
    tankers = server.get("/api/realtime/summary")["type_distribution"]["tanker"]
    page.find("filter-toggle").click()
    page.driver.find_element("css selector", "#filter-form [data-name=tanker]").click()
    page.wait(f"{COUNT} === arguments[0]", tankers)
    assert f"{200 - tankers} hidden" in page.text("filter-chips")
    press(page, Keys.ESCAPE)
    press(page, "v")
    page.wait(f"{ROWS} > 0")
    page.wait("document.getElementById('table-count').textContent === arguments[0]", f"{tankers} of 200")
    kinds = "[...document.querySelectorAll('#vessel-table [col-id=type].ag-cell')].map((cell) => cell.textContent)"
    assert set(page.js(kinds)) == {"tanker"}
    assert "types=tanker" in page.wait("location.search.includes('types') && location.search")
    page.driver.find_element("css selector", "#filter-chips button").click()
    page.wait(f"{COUNT} === 200")


def test_a_click_on_a_bar_filters(page, server):
    """A click on a bar of the status chart filters by its status, even while the chart is redrawn under the pointer."""
    page.wait("document.querySelectorAll('#status-chart .bars .point').length === 3")
    place = page.js(MIDDLE_OF_BAR, 2)
    page.js(REDRAW)
    mouse = ActionChains(page.driver).move_to_element_with_offset(page.find("status-chart"), *place).pause(0.1)
    mouse.click_and_hold().pause(0.1).release().perform()
    page.js("clearInterval(window.redraw)")
    page.wait("fairway.state.get('filter').status[0] === 'anchored'")
    anchored = server.get("/api/realtime/summary")["status_distribution"]["anchored"]
    page.wait(f"{COUNT} === arguments[0]", anchored)


def test_a_drag_over_a_chart_filters_nothing(page):
    """A press on a bar that is released elsewhere changes nothing; the name beside a bar is part of its target."""
    page.wait("document.querySelectorAll('#type-chart .bars .point').length === 4")
    chart = page.find("type-chart")
    ActionChains(page.driver).move_to_element(chart).click_and_hold().move_by_offset(0, 40).release().perform()
    assert page.js("fairway.state.get('filter').types") == []
    ActionChains(page.driver).move_to_element_with_offset(chart, 20, chart.size["height"] // 8).click().perform()
    page.wait("fairway.state.get('filter').types.join() === 'container'")


def test_charts_over_time(page):
    """The switch shows the charts over time and stands in the address; the charts are created when it is first used."""
    assert page.js("document.querySelectorAll('#panel-fleet .js-plotly-plot').length") == 4
    page.driver.find_element("css selector", "#charts-switch [data-charts=time]").click()
    page.wait("document.querySelectorAll('#status-time .scatterlayer .trace').length === 3")
    page.wait("document.querySelector('#mean-time .scatterlayer .js-line')?.getAttribute('d').length > 8")
    assert not page.find("charts-now").is_displayed()
    assert "charts=time" in page.wait("location.search.includes('charts') && location.search")
    page.driver.find_element("css selector", "#charts-switch [data-charts=now]").click()
    page.wait("document.getElementById('charts-now').offsetHeight > 200")


def test_colours_by_speed_and_for_colour_blind_people(page):
    """Another colour mode repaints the map and the legend."""
    before = page.js(CANVAS_SUM)
    page.driver.find_element("css selector", "#colour-modes [data-mode=speed]").click()
    page.wait(f"Math.abs({CANVAS_SUM} - arguments[0]) > 0.05 * arguments[0]", before)
    page.wait_for_text("legend-colours", "25 kn and more")
    page.driver.find_element("css selector", "#colour-modes [data-mode=type]").click()
    page.find("colour-safe").click()
    colour = "getComputedStyle(document.querySelector('#legend-colours .swatch')).backgroundColor"
    page.wait(f"{colour} === 'rgb(0, 114, 178)'")
    assert "safe=1" in page.wait("location.search.includes('safe') && location.search")


@pytest.mark.parametrize(("key", "button"), [("l", "tool-labels"), ("m", "tool-measure"), ("v", "tool-table")])
def test_keys_press_their_buttons(page, key, button):
    """A key does the same as its button, and a second press undoes it."""
    press(page, key)
    page.wait(PRESSED, button)
    press(page, key)
    page.wait(f"!({PRESSED})", button)


def test_the_list_of_keys(page):
    """`?` lists every key; Esc closes the list."""
    press(page, "?")
    page.wait("document.getElementById('keys').open")
    listed = page.js("[...document.querySelectorAll('#keys kbd')].map((key) => key.textContent)")
    assert {"/", "F", "I", "T", "L", "V", "M", "H", "P", "B", "?", "Esc"} <= set(listed)
    press(page, Keys.ESCAPE)
    page.wait("!document.getElementById('keys').open")


def test_follow_and_isolate(page):
    """I isolates the selected vessel, F centres it and keeps it there."""
    mmsi = page.js("fairway.mmsis()[7]")
    page.js("fairway.select(arguments[0])", mmsi)
    press(page, "i")
    page.wait(f"{COUNT} === 1")
    press(page, "f")
    middle = (
        "Math.hypot(fairway.point(arguments[0]).x - arguments[1], fairway.point(arguments[0]).y - arguments[2]) < 3"
    )
    size = page.find("map").size
    page.wait(middle, mmsi, size["width"] / 2, size["height"] / 2)
    press(page, Keys.ESCAPE)
    page.wait(f"{COUNT} === 200")


def test_the_address_gives_the_same_picture(browser, server):
    """Opening an address shows its place, vessel, filter, colours and theme."""
    mmsi = server.get("/api/realtime/vessels")["vessels"][3]["mmsi"]
    query = f"?lat=1.25&lon=103.75&zoom=7&mmsi={mmsi}&minSpeed=5&colour=speed&theme=dark&layers=Vessels,Routes&table=1"
    page = browser.open(server.url + "/" + query)
    page.wait("window.fairway?.vessels?.() === 200")
    page.wait("document.querySelectorAll('#vessel-card h2').length === 1")
    assert page.js("document.documentElement.dataset.theme") == "dark"
    switched = (
        "[...document.querySelectorAll('.leaflet-control-layers-overlays label')].filter((l) => l.control.checked)"
    )
    page.wait(f"{switched}.map((label) => label.textContent.trim()).join() === 'Vessels,Routes'")
    page.wait(f"{ROWS} > 0")
    assert page.wait("location.search.includes('zoom=7') && fairway.state.get('view').lat") == pytest.approx(
        1.25, abs=0.1
    )
    assert page.js("fairway.state.get('filter').minSpeed") == 5
    page.js("localStorage.clear()")


def test_the_table_goes_with_the_map(page):
    """A click on a row selects the vessel; a selection on the map shows in the table; columns can be hidden."""
    press(page, "v")
    page.wait(f"{ROWS} > 0")
    row = page.driver.find_element("css selector", "#vessel-table .ag-row [col-id=name]")
    name = row.text
    row.click()
    page.wait_for_text("vessel-card", name)
    page.js("fairway.select(fairway.mmsis()[150])")
    selected = "document.querySelector('#vessel-table .ag-row-selected')?.getAttribute('row-id')"
    page.wait(f"{selected} === String(fairway.mmsis()[150])")
    page.driver.find_element("css selector", "#drawer .menu summary").click()
    page.driver.find_elements("css selector", "#table-columns input")[1].click()
    page.wait("!document.querySelector('#vessel-table .ag-cell[col-id=mmsi]')")


def test_what_is_shown_can_be_taken_away(page):
    """CSV and GeoJSON hold exactly the visible vessels."""
    page.js(CATCH_SAVED)
    page.js("fairway.state.set({filter: {...fairway.state.get('filter'), types: ['tanker']}, table: true})")
    count = page.wait(f"{COUNT} < 200 && {COUNT}")
    page.find("export-csv").click()
    page.find("export-geojson").click()
    csv, geojson = page.wait("window.saved.length === 2 && window.saved")
    assert len(csv.splitlines()) == count + 1
    assert all(",tanker," in line for line in csv.splitlines()[1:])
    assert len(json.loads(geojson)["features"]) == count


def test_measuring(page):
    """Two clicks measure the distance between them, and select no vessel."""
    press(page, "m")
    chart = page.find("map")
    for x in (300, 500):
        ActionChains(page.driver).move_to_element_with_offset(chart, x, 500).click().perform()
    page.wait("/nm · 090°|nm · 09|nm · 08/.test(document.querySelector('.measure-tip')?.textContent ?? '')")
    assert page.js("fairway.state.get('selected')") is None
    press(page, "m")
    page.wait("!document.querySelector('.measure-tip')")


def test_the_scale_is_nautical_and_the_pointer_has_a_position(page):
    """The scale is in nautical miles, and the pointer's position shows on the map."""
    page.wait("/ nm$/.test(document.querySelector('.leaflet-control-scale').textContent)")
    page.js("void fairway.map().setView([10.5, 20], 6, {animate: false})")
    size = page.find("map").size
    middle = size["width"] // 2, size["height"] // 2
    ActionChains(page.driver).move_to_element_with_offset(page.find("map"), *middle).perform()
    page.wait(
        r"/^10° (29|30)\.\d′ N (019° 59|020° 00)\.\d′ E$/.test(document.querySelector('.pointer-place').textContent)"
    )


def test_search_by_destination(page):
    """The search box finds vessels by their destination."""
    assert page.js("fairway.search('rotterdam').some(({ note }) => note === 'to Rotterdam')")


def test_online_maps_are_a_choice(page):
    """B shows OpenStreetMap over the built-in map, and a second B removes it."""
    on = "fairway.state.get('layers')?.includes('OpenStreetMap (online)')"
    page.requests()
    press(page, "b")
    page.wait(on)
    page.wait_until(lambda: any("tile.openstreetmap.org" in address for address in page.requests()))
    assert page.js("document.querySelectorAll('.basemap canvas').length") > 0
    press(page, "b")
    page.wait(f"!{on}")


def test_density(page):
    """The density layer paints around the vessels, and disappears when it is switched off."""
    page.js("fairway.layers.flip('Density')")
    painted = """(() => { const canvas = document.querySelector('.heat-canvas');
      const pixels = canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value, at) => at % 4 === 3 && value > 150); })()"""
    page.wait(painted)
    page.js("fairway.layers.flip('Density')")
    page.wait("!document.querySelector('.heat-canvas')")


def test_ports(page):
    """A port's tooltip has its name, country and LOCODE; without the layer no port shows."""
    at = """((map) => { const port = JSON.parse(document.getElementById('constants').dataset.json).ports
      .find(({ name }) => name === arguments[0]);
      map.setView([port.lat, port.lon], 6, {animate: false});
      const { x, y } = map.latLngToContainerPoint([port.lat, port.lon]);
      return [Math.round(x), Math.round(y)]; })(fairway.map())"""
    place = page.js(at, "Durban")
    words = "document.querySelector('.leaflet-tooltip')?.textContent === 'Durban, South Africa (ZADUR)'"

    def tooltip_shows() -> bool:
        chart = page.find("map")
        hand = ActionChains(page.driver).move_to_element_with_offset(chart, place[0] + 60, place[1] + 60)
        hand.move_to_element_with_offset(chart, *place).perform()
        return page.js(words)

    page.wait_until(tooltip_shows)
    page.js("fairway.layers.flip('Ports')")
    page.wait("!document.querySelector('.leaflet-tooltip')")
    assert not tooltip_shows()


def test_an_address_with_a_vessel_alone(browser, server):
    """Without a place in the address the map opens at the selected vessel."""
    mmsi = server.get("/api/realtime/vessels?limit=1")["vessels"][0]["mmsi"]
    page = browser.open_with_vessels(f"{server.url}/?mmsi={mmsi}")
    page.wait("fairway.map().getZoom() === 8")
    x, y = page.js("(({ x, y }) => [x, y])(fairway.point(arguments[0]))", mmsi)
    width, height = page.js("(({ x, y }) => [x, y])(fairway.map().getSize())")
    assert max(abs(x - width / 2), abs(y - height / 2)) < 20


def test_vessels_lie_above_ports(page):
    """Leaflet draws ports on a canvas of the same pane; a vessel in port must not be hidden by its ring."""
    others = "[...document.querySelectorAll('.leaflet-overlay-pane :is(svg, canvas):not(.vessel-canvas)')]"
    page.wait(f"{others}.length")
    height = "Number(getComputedStyle({}).zIndex) || 0"
    vessels = page.js(height.format("document.querySelector('.vessel-canvas')"))
    assert vessels > page.js(f"Math.max(...{others}.map((one) => {height.format('one')}))")
