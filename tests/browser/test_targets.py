"""The controls of the page do not overlap, are large enough for a finger, and have names."""

import itertools

import pytest

pytestmark = pytest.mark.browser

BOXES = """['h1', '.search', '#connection', '#theme-toggle', '.leaflet-control-zoom', '.leaflet-control-layers',
  '#simulated-mark', '.legend', '.leaflet-control-scale', '.leaflet-control-attribution', '.tabs']
  .map((name) => ({ name, ...document.querySelector(name).getBoundingClientRect().toJSON() }))"""
TARGETS = """[...document.querySelectorAll('button, input, .leaflet-bar a, .leaflet-control-layers-toggle, summary')]
  .filter((one) => one.offsetParent)
  .map((one) => [one.id || one.className, one.offsetHeight])"""
NAMES = ("button", "textbox", "searchbox", "tab", "checkbox", "listbox", "link")


def overlap(a: dict, b: dict) -> bool:
    return (
        min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    )


@pytest.mark.parametrize("size", ["DESKTOP", "PHONE"])
def test_no_control_covers_another(browser, server, size):
    """No control in the bar or on the map overlaps another one, on a desktop and on a phone."""
    browser.open_with_vessels(server.url, getattr(browser, size))
    browser.wait("!document.getElementById('simulated-mark').hidden")
    boxes = browser.js(BOXES)
    clashes = [(a["name"], b["name"]) for a, b in itertools.combinations(boxes, 2) if overlap(a, b)]
    assert clashes == []


def test_targets_on_a_phone_can_be_hit(browser, server):
    """Buttons, tabs, the search box and the map's controls are at least 44 px high."""
    browser.open_with_vessels(server.url, browser.PHONE)
    sizes = browser.js(TARGETS)
    assert len(sizes) >= 7
    assert [size for size in sizes if size[1] < 44] == []


def test_everything_that_can_be_used_has_a_name(browser, server):
    """Each control has a name for assistive technology."""
    browser.open_with_vessels(server.url)
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = [n for n in nodes if not n.get("ignored") and n.get("role", {}).get("value") in NAMES]
    assert len(controls) >= 8
    assert [n["role"]["value"] for n in controls if not n.get("name", {}).get("value")] == []
