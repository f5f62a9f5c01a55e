"""Command line: subcommands, and errors in one plain line."""

import socket
import subprocess
import sys

import pytest

from tests.conftest import ROOT, clean_environ


def run(*argv: str, program: tuple[str, ...] = ("-m", "fairway"), **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *program, *argv]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environ(**environ), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("program", [("-m", "fairway"), ("app.py",)])
@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--fleetsize", "5"], "fairway: --fleetsize: no such option; did you mean --fleet-size?"),
        (["serve", "--fleetsize", "5"], "fairway: --fleetsize: no such option; did you mean --fleet-size?"),
        (["srve"], "fairway: srve: no such command; did you mean serve?"),
        (["xyzzy"], "fairway: xyzzy: no such command; see --help"),
        (["--host", "nohost.invalid"], "fairway: --host: 'nohost.invalid' cannot be resolved: "),
    ],
)
def test_errors(program, argv, message):
    """An error is one line on standard error and ends with 1, before anything else is printed."""
    done = run(*argv, program=program)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_an_unknown_variable():
    """A variable with our prefix that is not a setting is an error."""
    done = run(FAIRWAY_FLEETSIZE="5")
    assert done.stderr == "fairway: FAIRWAY_FLEETSIZE: no such variable; did you mean FAIRWAY_FLEET_SIZE?\n"


def test_a_taken_port():
    """A port in use is one line that names --port, and nothing says that the server serves."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("--port", str(port))
    assert (done.returncode, done.stderr) == (1, f"fairway: --port: {port} is in use by another program\n")


def test_help():
    """--help lists the options of `serve` and ends with 0."""
    done = run("serve", "--help")
    assert done.returncode == 0
    assert "--fleet-size VALUE" in done.stdout


def test_serve_is_the_default(start_server):
    """The log says where state and history lie, whether there is a token, and where it serves."""
    server = start_server("--fleet-size", "3", vessels=3)
    log = server.log.read_text()
    assert "state: not saved; history: none; token: not set, only this machine may write" in log
    assert f"http://127.0.0.1:{server.port}" in log
