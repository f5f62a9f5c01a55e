"""Outputs in a thread of their own, and the brokers and databases that tests start."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
import trustme

from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.traffic.report_queue import ReportQueue
from tests.support.raw import Raw
from tests.support.reports import NOW

RABBITMQ_PORT = 5672
PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/nowhere"))


def postgres_user() -> list[str]:
    """Return the command prefix for PostgreSQL's own user: it refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def folder_of(user: str) -> Iterator[Path]:
    """Yield a folder in which a server that runs as `user` may write; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix=f"fairway-{user}-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            shutil.chown(name, user)
        yield Path(name)


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
        deadline = time.monotonic() + 60
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
def postgres(free_port: Callable[[], int]) -> Iterator[Postgres]:
    """A private server that trusts every local connection."""
    with folder_of("postgres") as folder:
        make = [str(PROGRAMS / "initdb"), "-D", str(folder / "base"), "-U", "postgres", "-A", "trust", "-N"]
        subprocess.run([*postgres_user(), *make], check=True, capture_output=True)
        server = Postgres(folder, free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    admin = sqlalchemy.create_engine(server.url.replace("postgres://", "postgresql+psycopg://"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.url.removesuffix("postgres") + name


def wait_for(seen: Callable[[], object], within_s: float = 60) -> None:
    """Wait until `seen` is true."""
    deadline = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_open(port: int) -> bool:
    """Return whether the port has a listener."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.fixture
def run() -> Iterator[Callable]:
    """Run an output in a thread with some settings; return its report queue."""
    stop, threads = threading.Event(), []

    def start(output, limit: int = 250_000, **settings) -> ReportQueue:
        report_queue = ReportQueue(output.__name__.removeprefix("outputs."), time.monotonic, limit)
        clock = Clock(NOW, time.monotonic, "simulation")
        threads.append(threading.Thread(target=output.run, args=(report_queue, clock, Settings(**settings), stop)))
        threads[-1].start()
        return report_queue

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


class Impatience(threading.Event):
    """A stop event that records the timeout of each wait, returns at once, and sets itself after `patience` waits."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.asked: list[float | None] = []
        self._patience = patience

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout)
        if len(self.asked) > self._patience:
            self.set()
        return self.is_set()


class Mosquitto:
    """A broker of the test's own, which it may stop and start again on the same port."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self._process: subprocess.Popen | None = None

    def start(self, *settings: str) -> None:
        config = self.folder / "mosquitto.conf"
        access = settings if "allow_anonymous false" in settings else ("allow_anonymous true", *settings)
        config.write_text("\n".join([f"listener {self.port} 127.0.0.1", *access, "user root", ""]))
        self._process = subprocess.Popen(["mosquitto", "-c", config], stderr=subprocess.DEVNULL)
        wait_for(lambda: is_open(self.port))

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)


@pytest.fixture
def mosquitto(tmp_path, free_port) -> Iterator[Mosquitto]:
    """A Mosquitto that is not yet started."""
    broker = Mosquitto(free_port(), tmp_path)
    yield broker
    broker.stop()


@dataclass
class Authority:
    """A certificate authority of the tests' own, and files with what it issued for 127.0.0.1."""

    root: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    """Files that every user may read: RabbitMQ runs as a user of its own."""
    with tempfile.TemporaryDirectory(prefix="fairway-authority-") as name:
        folder, issuer = Path(name), trustme.CA()
        issued = issuer.issue_cert("127.0.0.1")
        files = Authority(folder / "root.pem", folder / "certificate.pem", folder / "key.pem")
        issuer.cert_pem.write_to_path(files.root)
        files.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(files.key)
        folder.chmod(0o755)
        for path in (files.root, files.certificate, files.key):
            path.chmod(0o644)
        yield files


@pytest.fixture(scope="session")
def rabbitmq(request: pytest.FixtureRequest) -> int:
    """The port of a RabbitMQ with guest:guest: a running one, or one of the tests' own."""
    return RABBITMQ_PORT if is_open(RABBITMQ_PORT) else request.getfixturevalue("own_rabbitmq")[0]


@pytest.fixture(scope="session")
def own_rabbitmq(free_port: Callable[[], int], authority: Authority) -> Iterator[tuple[int, int]]:
    """The ports of a RabbitMQ of the tests' own: without and with TLS."""
    with folder_of("rabbitmq") as folder:
        ports = free_port(), free_port()
        files = {"cacertfile": authority.root, "certfile": authority.certificate, "keyfile": authority.key}
        lines = [f"listeners.tcp.local = 127.0.0.1:{ports[0]}", f"listeners.ssl.local = 127.0.0.1:{ports[1]}"]
        lines += [f"ssl_options.{name} = {path}" for name, path in files.items()]
        (folder / "rabbitmq.conf").write_text("\n".join([*lines, ""]))
        with started_rabbitmq(folder, ports[0], free_port()):
            yield ports


@contextlib.contextmanager
def started_rabbitmq(folder: Path, port: int, distribution_port: int) -> Iterator[None]:
    """A RabbitMQ with the `rabbitmq.conf` in `folder`, while it listens on `port`."""
    settings = {
        "NODENAME": f"fairway{port}@localhost", "DIST_PORT": distribution_port, "CONFIG_FILE": folder / "rabbitmq.conf",
        "CONF_ENV_FILE": "/dev/null", "ENABLED_PLUGINS_FILE": "/dev/null", "MNESIA_BASE": folder, "LOG_BASE": folder,
        "PID_FILE": folder / "pid",
    }  # fmt: skip
    environ = {f"RABBITMQ_{name}": str(value) for name, value in settings.items()}
    environ |= {"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    with (folder / "log").open("w") as log:
        subprocess.Popen(["rabbitmq-server"], env=environ, stdout=log, stderr=log)
    try:
        wait_for(lambda: is_open(port), 120)
        yield
    finally:
        # Debian's script changes the user, so that only this finds the server itself
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    """Open sockets to a port; they are closed when the test ends."""
    with contextlib.ExitStack() as opened:

        def connect(port: int, receive_buffer: int | None = None) -> Raw:
            sock = opened.enter_context(socket.socket())
            if receive_buffer:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            sock.settimeout(20)
            sock.connect(("127.0.0.1", port))
            return Raw(sock)

        yield connect
