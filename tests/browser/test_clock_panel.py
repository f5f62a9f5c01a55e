"""The simulation's clock in the top bar."""

import json
import urllib.request

import pytest
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["alone", pytest.param("web process", marks=pytest.mark.redis)])
def server(request, start_server):
    """A server with its own simulator, and a web process that serves an ingest process."""
    options = ("--update-interval", "1", "--fleet-size", "50", "--seed", "42")
    if request.param == "alone":
        return start_server(*options, vessels=50)
    url = request.getfixturevalue("private_redis").url
    start_server(*options, "--redis-url", url, "--ingest", "yes", vessels=50)
    return start_server("--redis-url", url, vessels=50)


def clock(server) -> dict:
    return server.get("/api/simulation/clock")


def test_pause_step_and_rate(page, server):
    """The buttons pause, step and speed up the server's clock; the bar shows rate and seed."""
    page.wait_for_text("clock-seed", "seed 42")
    page.find("clock-pause").click()
    page.wait_for_text("clock-speed", "paused")
    stood = clock(server)
    assert stood["paused"]
    page.find("clock-step").click()
    page.wait_until(lambda: clock(server)["time"] > stood["time"])
    page.find("clock-faster").click()
    page.wait_until(lambda: clock(server)["rate"] == 2.0)
    page.find("clock-pause").click()
    page.wait_for_text("clock-speed", "2×")
    assert not clock(server)["paused"]
    assert page.console() == []


def test_the_token_is_asked_for(browser, start_server):
    """The page asks once for a required token; a wrong token shows the server's message."""
    built = start_server("--token", "open sesame", "--fleet-size", "20", vessels=20)
    browser.open_with_vessels(built.url)
    browser.wait_for_text("clock-seed", "seed 1")
    for token, works in (("close sesame", False), ("open sesame", True)):
        browser.find("clock-pause").click()
        browser.wait("document.getElementById('token-dialog').open")
        browser.find("token-dialog-text").send_keys(token + Keys.ENTER)
        if not works:
            browser.wait("document.getElementById('notes').textContent.includes('token')")
            browser.wait("!document.getElementById('token-dialog').open")
    browser.wait_for_text("clock-speed", "paused")
    assert clock(built)["paused"]
    browser.find("clock-pause").click()
    browser.wait("document.getElementById('clock-speed').textContent !== 'paused'")
    browser.console()


def test_a_closed_canal_on_the_page(browser, start_server):
    """The Suez scenario is named beside the clock; its dialog lists vessels with the old and the new ETA."""
    built = start_server("--scenario", "suez_closed", "--fleet-size", "150", vessels=150)
    browser.open_with_vessels(built.url)
    browser.console()
    browser.wait_for_text("scenario-open", "suez closed")
    send(built, "PATCH", "clock", {"time": "2026-03-23T07:50:00Z"})
    browser.find("scenario-open").click()
    browser.wait_for_text("scenario", "close suez: running")
    row = browser.wait("document.querySelector('#scenario tbody tr')?.textContent")
    assert " d " in row
    browser.js("document.querySelector('#scenario tbody button').click()")
    browser.wait("document.getElementById('vessel-card').textContent.length > 40")
    assert browser.console() == []


def send(server, method: str, path: str, body: dict) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/simulation/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"},
        method=method,
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
