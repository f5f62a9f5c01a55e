"""The simulation's clock in the hands of a person at the page."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--update-interval", "1", "--fleet-size", "50", "--seed", "42", vessels=50)


def clock(server) -> dict:
    return server.get("/api/simulation/clock")


def test_pause_step_and_rate(page, server):
    """The bar pauses, steps and races the server's clock, and shows its rate and seed."""
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
