"""The browser's pure modules, tested by node's own runner."""

import subprocess
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.node
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_module(path):
    """`node --test` passes."""
    run = subprocess.run(["node", "--test", str(path)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout
