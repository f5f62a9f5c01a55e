"""Registry: an entry imports its function when the server needs it."""

import json
import subprocess
import sys

import pytest

from fairway import registry
from fairway.registry import Entry
from tests.conftest import ROOT


def test_an_entry_loads_its_function():
    """The target names a module and a function in it."""
    assert Entry("json:dumps", "writes JSON", "network").load() is json.dumps
    with pytest.raises(ModuleNotFoundError):
        Entry("fairway.feeds.radar:run", "a radar", "feeds").load()


def test_choices_follow_the_registry(monkeypatch):
    """A new entry is a choice of its setting at once."""
    monkeypatch.setitem(registry.OUTPUTS, "pigeon", Entry("pigeons:run", "reports by pigeon", "outputs"))
    assert registry.choices()["outputs"]["pigeon"] == "reports by pigeon"
    assert "pigeon" not in registry.choices()["feeds"]


def test_the_registry_imports_nothing():
    """The registry alone costs no memory for feeds and outputs that do not run."""
    code = "import sys, fairway.registry; print([name for name in sys.modules if name.startswith('fairway.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['fairway.registry']"
