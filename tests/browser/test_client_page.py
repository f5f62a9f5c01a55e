"""The single-file dashboard: opened from a file and from `python -m http.server`, its settings, and its messages."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser
PAGE = Path(__file__).parents[2] / "clients/realtime_dashboard.html"
STATUS = "document.getElementById('status').textContent"
ENTRIES = "document.querySelectorAll('#log li').length"
DRAWN = """(() => {
    const canvas = document.getElementById('map');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let drawn = 0;
    for (let at = 3; at < pixels.length; at += 4) drawn += pixels[at] > 0;
    return drawn;
})()"""


@pytest.fixture(scope="module")
def file_server(tmp_path_factory, free_port):
    """The guide's `python -m http.server`, in a folder with the page."""
    folder, port = tmp_path_factory.mktemp("page"), free_port()
    for file in (PAGE, PAGE.with_name("ais_client.mjs"), PAGE.with_name("alerts.mjs")):
        (folder / file.name).write_text(file.read_text())
    command = [sys.executable, "-u", "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert "Serving" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}/{PAGE.name}"
    process.kill()
    process.communicate()


@pytest.fixture
def opened(browser, server, tmp_path):
    """Open a copy of the page from a file, with other settings, on the server or another address."""

    def opened(url: str = server.ws_url, **settings):
        text = PAGE.read_text()
        for name, value in settings.items():
            before = text
            text = (
                text.replace(f"{name}: ", f"{name}: {value} || ", 1)
                if value
                else text.replace(f"{name}: ", f"{name}: !", 1)
            )
            assert text != before
        (tmp_path / "page.html").write_text(text)
        browser.console()
        return browser.open(f"file://{tmp_path}/page.html?url={quote(url)}")

    return opened


@pytest.mark.parametrize("origin", ["file", "http.server"])
def test_the_page_follows_the_fleet(browser, server, file_server, origin):
    """From a file and from another port of this machine: the fleet on the map, totals, the log; a vessel by a click."""
    browser.console()
    address = f"file://{PAGE}" if origin == "file" else file_server
    page = browser.open(f"{address}?url={quote(server.ws_url)}")
    page.wait(f"{STATUS} === 'connected' && vessels.size === 200")
    page.wait(f"{DRAWN} > 200")
    page.wait("document.getElementById('fleet').textContent.includes('vessels200')")
    first = page.js(ENTRIES)
    page.wait(f"{ENTRIES} > arguments[0] + 1", first)
    page.js("""(() => {
        const [x, y] = project([...vessels.values()][0].position);
        const at = { clientX: canvas.offsetLeft + x, clientY: canvas.offsetTop + y };
        canvas.dispatchEvent(new MouseEvent('click', at));
    })()""")
    page.wait("document.getElementById('vessel').textContent.includes('MMSI')")
    # this test reads the canvas, which Chromium remarks upon
    assert [entry for entry in page.console() if "Canvas2D" not in entry] == []


def test_the_log_has_a_length(opened):
    """`maxLogEntries` limits the lines of the log."""
    page = opened(maxLogEntries="3")
    page.wait("vessels.size === 200")
    page.wait(f"{ENTRIES} === 3")
    newest = page.js("document.querySelector('#log li:last-child').textContent")
    page.wait("document.querySelector('#log li:last-child').textContent !== arguments[0]", newest)
    assert page.js(ENTRIES) == 3


def test_the_display_has_an_interval(opened):
    """`updateDisplayInterval` is the time between two drawings: a long one leaves the map empty at first."""
    page = opened(updateDisplayInterval="30000")
    page.wait("vessels.size === 200")
    assert page.js(DRAWN) == 0
    quick = opened(updateDisplayInterval="100")
    quick.wait(f"{DRAWN} > 200")


def test_wrong_port(opened, free_port):
    """A wrong port gives a message with advice; the page tries again only with `autoReconnect`."""
    address = f"ws://127.0.0.1:{free_port()}/ws"
    page = opened(address)
    page.wait(f"{STATUS}.includes('is the server running') && {STATUS}.includes('next try in 2 s')")
    page = opened(address, autoReconnect="")
    page.wait(f"{STATUS}.includes('is the server running')")
    assert "next try" not in page.js(STATUS)


def test_connected_but_no_data(opened):
    """The page reports a silent server, with the state of its feeds."""
    page = opened()
    page.wait("vessels.size === 200")
    page.js("heard -= 100_000, feeds = [{ name: 'receiver', state: 'silent' }], complainWhenQuiet()")
    assert "no vessel update for 10" in page.js(STATUS)
    assert "receiver is silent" in page.js(STATUS)


def test_it_goes_on_after_a_restart(start_server, opened):
    """The page reconnects when the server is back, and shows its vessels."""
    first = start_server("--fleet-size", "30", "--update-interval", "1", vessels=30)
    page = opened(first.ws_url)
    page.wait("vessels.size === 30")
    first.stop()
    page.wait("document.getElementById('log').textContent.includes('disconnected (1001')")
    start_server("--fleet-size", "40", "--update-interval", "1", port=first.port, vessels=40)
    page.wait(f"{STATUS} === 'connected' && vessels.size === 40")


def test_the_javascript_class_in_a_browser(browser, server, file_server):
    """The same file that node runs is a module for pages: it follows the fleet, and the alerts module works with it."""
    browser.console()
    page = browser.open(file_server + "?url=ws://127.0.0.1:9/none")
    page.js(
        """Promise.all([import('./ais_client.mjs'), import('./alerts.mjs')]).then(([ais, alerts]) => {
        window.client = new ais.FleetClient(arguments[0]);
        alerts.setupAlerts(window.client, (words) => console.info(words));
    })""",
        server.ws_url,
    )
    page.wait("window.client?.vessels.size === 200")
