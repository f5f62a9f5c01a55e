"""The status page in a browser: from the dashboard, and without a server."""

import pytest

from tests.browser.conftest import Wire
from tests.browser.test_axe import RUN
from tests.conftest import MODULES

pytestmark = pytest.mark.browser
CLOCK = "[...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Clock').nextSibling.textContent"


def test_from_the_dashboard(page):
    """The list of sources links to the page, which refreshes itself with an empty console."""
    page.find("connection").click()
    page.driver.find_element("css selector", "#sources a").click()
    page.wait("location.pathname === '/status' && document.querySelector('#health h2')")
    assert page.text("health").startswith("Ready")
    before = page.js(CLOCK)
    page.wait(f"{CLOCK} !== arguments[0]", before)
    assert page.js("document.querySelector('#threads tbody').children.length") > 3
    assert page.console() == []


def test_the_server_is_gone(browser, server):
    """Without an answer the page shows since when it is outdated, and continues when the server answers again."""
    wire = Wire(server.port)
    page = browser.open(f"{wire.url}/status")
    page.js("AbortSignal.timeout = () => { const abort = new AbortController(); "
            "setTimeout(() => abort.abort(new Error('no answer')), 500); return abort.signal; }")  # fmt: skip
    wire.cut()
    page.wait("!document.getElementById('lost').hidden")
    assert page.text("lost").startswith("No answer since")
    wire.mend()
    page.wait("document.getElementById('lost').hidden")


def test_many_counts_squeeze_nothing(browser, server):
    """Many reasons of rejection leave each name and state on one line."""
    page = browser.open(f"{server.url}/status", browser.DESKTOP)
    lines = page.driver.execute_script("""
        document.querySelector("td[data-name=Rejected]").textContent = "not a ship 1,000, ".repeat(40);
        const words = document.createRange();
        return [...document.querySelectorAll("#feeds th, #feeds td:not([data-name=Rejected])")].map((cell) => {
          words.selectNodeContents(cell);
          return new Set([...words.getClientRects()].map(({ top }) => Math.round(top / 10))).size;
        });""")
    assert max(lines) == 1


@pytest.mark.node
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["DESKTOP", "PHONE"])
def test_for_everyone(browser, server, theme, size):
    """Axe finds nothing serious, in both themes and at both sizes, and nothing is wider than the screen."""
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    page = browser.open(f"{server.url}/status", getattr(browser, size))
    page.driver.execute_script((MODULES / "axe-core/axe.min.js").read_text())
    found = page.driver.execute_async_script(RUN, "body")
    wide = page.js("document.documentElement.scrollWidth > innerWidth")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert (found, wide) == ([], False)
