"""A headless Chromium on a real server, and the questions of the tests to a page."""

import contextlib
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait


class Page:
    """The dashboard in a browser. `js` evaluates an expression; `wait` waits for a condition."""

    WAIT_S = 90
    """Bound of every wait: generous, because a busy machine is slow, and a condition that holds ends the wait."""
    DESKTOP = (1440, 900)
    PHONE = (390, 844)

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, url: str, size: tuple[int, int] = DESKTOP) -> "Page":
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == self.PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(url)
        return self

    def open_with_vessels(self, url: str, size: tuple[int, int] = DESKTOP) -> "Page":
        self.open(url, size).wait("window.fairway?.drawn?.() > 0")
        return self

    def js(self, expression: str, *arguments: object) -> Any:
        return self.driver.execute_script(f"return {expression}", *arguments)

    def wait(self, expression: str, *arguments: object) -> Any:
        """The first true value of `expression`."""
        return WebDriverWait(self.driver, self.WAIT_S, 0.05).until(
            lambda _: self.js(expression, *arguments), expression
        )

    def wait_until(self, happened: Callable[[], object]) -> None:
        """Wait until a function returns a true value."""
        WebDriverWait(self.driver, self.WAIT_S, 0.1).until(lambda _: happened())

    def find(self, name: str) -> WebElement:
        return self.driver.find_element(By.ID, name)

    def text(self, name: str) -> str:
        return self.find(name).text

    def wait_for_text(self, name: str, text: str) -> None:
        self.wait("document.getElementById(arguments[0]).textContent.includes(arguments[1])", name, text)

    def console(self) -> list[str]:
        """Messages of the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses of the requests since the last call."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return [
            event["params"]["request"]["url"] if "request" in event["params"] else event["params"]["url"]
            for event in events
            if event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
        ]


class Wire:
    """A proxy to a server that can stop passing bytes without closing a connection, like a lost network."""

    def __init__(self, port: int) -> None:
        self._target, self._whole = port, threading.Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                self._whole.wait()
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    """One Chromium for all tests of the session."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    driver.set_script_timeout(Page.WAIT_S)
    driver.set_page_load_timeout(Page.WAIT_S)
    yield Page(driver)
    driver.quit()


@pytest.fixture(scope="package")
def server(start_shared: Callable) -> Any:
    """One server for all tests that change nothing: 200 vessels that report every second."""
    return start_shared("--update-interval", "1", "--fleet-size", "200", vessels=200)


@pytest.fixture
def page(browser: Page, server: Any) -> Page:
    """The page on a desktop, with vessels; earlier messages of the console are dropped."""
    browser.driver.get("about:blank")  # the page of the test before must not write any more
    browser.console()
    return browser.open_with_vessels(server.url)
