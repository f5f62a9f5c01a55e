"""The wheel: built from a copy of the checkout, installed apart from it, and started from another folder."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
from websockets.sync.client import connect

from fairway import __version__
from tests.conftest import ROOT, Server, clean_environ

PACKAGES = ("fairway", "sim", "components")
SOURCES = (*PACKAGES, "assets", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel of this checkout."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in SOURCES:
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, source / name)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target))
    subprocess.run([*PIP, "wheel", *options, str(source)], check=True, capture_output=True, timeout=240)
    return next(target.glob("fairway_ais-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory, free_port):
    """A server from the installed wheel, without the checkout on its path."""
    target, folder = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("elsewhere")
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(target))
    subprocess.run([*PIP, "install", *options, str(wheel)], check=True, capture_output=True, timeout=240)
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-m", "fairway", "--fleet-size", "20", "--port", str(port)]
    with log.open("w") as out:
        environ = clean_environ(PYTHONPATH=str(target), PYTHONSAFEPATH="1")
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, env=environ, text=True)
    server = Server(port, process, log)
    server.wait_until(lambda status: status["total_vessels"] >= 20)
    yield server
    server.stop()


def test_the_wheel_holds_every_file(wheel):
    """Every file of the packages and of the page is in it, and nothing else is on its top level."""
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {str(path) for top in PACKAGES for path in files(top)} | {f"fairway/{path}" for path in files("assets")}
    assert expected - names == set()
    assert {name.split("/")[0] for name in names} == {*PACKAGES, f"fairway_ais-{__version__}.dist-info"}


def files(top: str) -> list[Path]:
    """Every file below a folder of the checkout, without Python's cache."""
    paths = (path for path in (ROOT / top).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [path.relative_to(ROOT) for path in paths]


def test_licences_and_dependencies(wheel):
    """The metadata names the pinned packages, the command, and the licences of code and data."""
    files = zipfile.ZipFile(wheel)
    info = f"fairway_ais-{__version__}.dist-info"
    metadata = files.read(f"{info}/METADATA").decode()
    pinned = re.findall(r"^[\w\[\]-]+==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert len(re.findall(r"^Requires-Dist: .+==", metadata, re.MULTILINE)) == len(pinned)
    assert "fairway = fairway.__main__:main" in files.read(f"{info}/entry_points.txt").decode()
    data = files.read(f"{info}/licenses/fairway/chart/data/LICENSES.md").decode()
    assert "Open Database License" in data
    assert "Lesser General Public License" in data
    assert "Apache License" in files.read(f"{info}/licenses/LICENSE").decode()


def test_it_serves_the_page(installed):
    """The page and one of its modules come from the installed files."""
    for path, words in (("/", "Fairway"), ("/assets/main.mjs", "import"), ("/assets/basemap/coarse.json.gz", None)):
        with urllib.request.urlopen(installed.url + path, timeout=30) as answer:
            assert words is None or words in answer.read().decode()


def test_it_sends_vessels(installed):
    """`/ws` greets, and sends the fleet."""
    with connect(installed.ws_url, max_size=None, open_timeout=30) as ws:
        greeting = json.loads(ws.recv(30))
        assert greeting["server"]["version"] == __version__
        ws.send(json.dumps({"type": "subscribe", "subscription_type": "all"}))
        messages = (json.loads(text) for text in ws)
        updates = next(message for message in messages if message["type"] == "vessel_updates")
    assert len(updates["updates"]) == 20
