"""Axe finds nothing serious, with every panel open, in both themes and at both sizes."""

import pytest

from tests.conftest import MODULES

pytestmark = [pytest.mark.browser, pytest.mark.node]
RUN = """const done = arguments[arguments.length - 1];
axe.run(arguments[0], { resultTypes: ['violations'] }).then(({ violations }) => done(
  violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.slice(0, 5).map(({ html, any }) => [html.slice(0, 160), any[0]?.message])])));"""


@pytest.fixture(scope="module")
def axe() -> str:
    return (MODULES / "axe-core/axe.min.js").read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["DESKTOP", "PHONE"])
def test_no_serious_violation(browser, server, axe, theme, size):
    """Each panel, the filter, the table and the list of keys pass, with a vessel selected."""
    page = browser.open_with_vessels(f"{server.url}/?theme={theme}", getattr(browser, size))
    page.driver.execute_script(axe)
    page.js("fairway.select(fairway.mmsis()[0])")
    page.wait("document.querySelector('#vessel-card h2')")
    page.wait("document.querySelector('#vessel-speed .scatterlayer')")
    look = page.driver.execute_async_script
    found = {"page": look(RUN, "body")}
    for tab in ("fleet", "alerts", "log"):
        page.js("fairway.state.set({tab: arguments[0]})", tab)
        found[tab] = look(RUN, "#panel")
    page.wait("!document.getElementById('tab-simulation').hidden")
    page.js("fairway.state.set({tab: 'simulation'})")
    page.wait("document.getElementById('route-draw')")
    page.js("document.getElementById('route-draw').click()")
    found["drawing"] = look(RUN, "#panel, main")
    page.js("document.getElementById('drawing-cancel').click()")
    page.js("document.getElementById('filter-toggle').click()")
    found["filter"] = look(RUN, "#filter-form")
    page.js("fairway.state.set({table: true, filter: {...fairway.state.get('filter'), types: ['tanker']}})")
    page.wait("document.querySelector('#vessel-table .ag-row')")
    found["table"] = look(RUN, "main, #drawer")
    page.js("document.getElementById('keys-toggle').click()")
    found["keys"] = look(RUN, "#keys")
    assert {state: violations for state, violations in found.items() if violations} == {}


def test_less_motion_where_it_is_asked_for(browser, server):
    """With reduced motion the page animates nothing."""
    feature = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    page = browser.open_with_vessels(server.url)
    page.js("fairway.select(fairway.mmsis()[20])")
    page.js("fairway.state.set({follow: true})")
    size = page.find("map").size
    middle = "Math.abs(fairway.point(fairway.state.get('selected')).x - arguments[0]) < 3"
    assert page.js(middle, size["width"] / 2)
    assert page.js("getComputedStyle(document.getElementById('toasts')).transitionDuration") == "0s"
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
