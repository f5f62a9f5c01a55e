"""Every file of every seam has the seam's names, signatures and docstring."""

import importlib
import inspect
from pathlib import Path

import pytest

from fairway.settings.settings import FEEDS, OUTPUTS

ROOT = Path(__file__).parents[2]


def files(seam: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / seam).glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize("name", files("feeds"))
def test_feeds(name):
    """A feed is `run(publish, clock, settings, stop)`, explained, and can be chosen."""
    feed = importlib.import_module(f"feeds.{name}")
    assert list(inspect.signature(feed.run).parameters) == ["publish", "clock", "settings", "stop"]
    assert feed.__doc__
    assert feed.run.__doc__
    assert name in FEEDS


def test_every_feed_that_can_be_chosen_exists():
    """The setting lists the files of the seam."""
    assert sorted(FEEDS) == files("feeds")


@pytest.mark.parametrize("name", files("outputs"))
def test_outputs(name):
    """An output has one of the three verbs: mount, run, record."""
    output = importlib.import_module(f"outputs.{name}")
    assert output.__doc__
    verbs = [getattr(output, verb) for verb in ("mount", "run", "record") if hasattr(output, verb)]
    assert verbs
    assert all(verb.__doc__ for verb in verbs)


@pytest.mark.parametrize("name", files("alerts"))
def test_alerts(name):
    """An alert file makes rules, and its check is pure: (snapshot, active, ...) -> active."""
    alert = importlib.import_module(f"alerts.{name}")
    assert alert.__doc__
    assert alert.rules.__doc__
    assert alert.check.__doc__
    assert list(inspect.signature(alert.check).parameters)[:2] == ["snapshot", "active"]


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs_that_can_be_chosen(name):
    """An output with a queue of its own is `run(report_queue, clock, settings, stop)`."""
    output = importlib.import_module(f"outputs.{name}")
    assert list(inspect.signature(output.run).parameters) == ["report_queue", "clock", "settings", "stop"]


@pytest.mark.parametrize("name", [name for name in files("components") if name != "page"])
def test_components(name):
    """A panel has its title, its order, a layout and a registration."""
    panel = importlib.import_module(f"components.{name}")
    assert isinstance(panel.TITLE, str)
    assert isinstance(panel.ORDER, int)
    assert list(inspect.signature(panel.register).parameters) == ["app", "traffic", "control"]
    assert callable(panel.layout)
    assert panel.__doc__


@pytest.mark.parametrize("name", files("feeds") + files("outputs") + files("alerts"))
def test_docs(name):
    """Every feed, output and alert rule has its line in the docs."""
    assert f"- `{name}`: " in (ROOT / "docs/guide/commands.md").read_text()
