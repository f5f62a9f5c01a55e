"""Servers that the outputs' tests start for themselves."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/nowhere"))


def postgres_user() -> list[str]:
    """PostgreSQL refuses to run as root: the words before a command that make it the user's own."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@dataclass
class Postgres:
    """A private PostgreSQL that can be stopped and started."""

    folder: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["-c", "listen_addresses=127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        command = [*postgres_user(), str(PROGRAMS / "postgres"), "-D", str(self.folder / "base"), *options]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(30)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Postgres]:
    """A server of our own, trusting everybody on 127.0.0.1."""
    folder = tmp_path_factory.mktemp("postgres")
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        for place in (folder, *[p for p in folder.parents if p.is_relative_to(folder.parents[2])]):
            os.chmod(place, 0o755)  # noqa: PTH101 - pytest's folders are the tester's alone
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    subprocess.run(
        [*postgres_user(), str(PROGRAMS / "initdb"), "-D", str(folder / "base"), "-U", "postgres", "-A", "trust", "-N"],
        check=True,
        capture_output=True,
    )
    server = Postgres(folder, free_port())
    server.start()
    yield server
    server.stop()
