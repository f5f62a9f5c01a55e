"""StateFile: the SQLite file with the state that outlives the process. A damaged file is set aside."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)
LAYOUT: Final = "2"
"""Version of the tables and their content: a release that changes either raises it, and ignores an older state."""
BROKEN: Final = ".broken"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS steps (number INTEGER PRIMARY KEY, step BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS latest (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
)


class StateFile:
    """Records in order, and the latest of some named values. For one thread at a time.

    Each `write` is a transaction: a process that is killed at any instant leaves the last complete one. A file that is
    damaged or not a database is moved aside, and a new one is created.

    Args:
        path: of the file.

    Attributes:
        name: the last part of its path.
        owned: whether this process may write; another server may own the file.
        other_layout: whether another release wrote the records, in a layout that this one cannot read.
        problem: damage of the file that was found; "" if there was none.

    Raises:
        sqlite3.Error: If the file cannot be opened or written.

    """

    def __init__(self, path: str) -> None:
        # the status is public: it shows no folder
        self.path, self.name, self.problem, self.owned = path, Path(path).name, "", False
        self.other_layout = False
        self._lock = Path(f"{path}-lock").open("a")  # noqa: SIM115 - held until `close` or the end of the process
        self._db: sqlite3.Connection
        self.claim()

    def claim(self) -> bool:
        """Become the owner if there is none; return whether that worked. Ownership ends with `close` or the process.

        Raises:
            sqlite3.Error: If the file cannot be opened or written.

        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        if Path(self.path).exists() and (damage := _damage(self.path)):
            self._set_aside(damage)
        self._db, self.owned = self._opened(), True
        return True

    def close(self) -> None:
        """Close the file and give up ownership; the object is of no further use."""
        if self.owned:
            self._db.close()
        self._lock.close()
        self.owned = False

    def _set_aside(self, damage: str) -> None:
        """Move the file and its journal out of the way."""
        self.problem = f"{self.name} was damaged ({damage}): set aside as {self.name}{BROKEN}, a new file was created"
        log.error("%s", self.problem)
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(self.path + ending).replace(self.path + BROKEN + ending)

    def latest(self) -> dict[str, bytes]:
        """The named values; none if another release wrote them, which sets `other_layout`.

        Raises:
            sqlite3.Error: If they cannot be read.

        """
        found = dict(self._db.execute("SELECT name, value FROM latest").fetchall())
        self.other_layout = bool(found) and found.get("layout") != LAYOUT.encode()
        return {} if self.other_layout else found

    def records(self) -> list[bytes]:
        """All records, oldest first.

        Raises:
            sqlite3.Error: If they cannot be read.

        """
        return [record for (record,) in self._db.execute("SELECT step FROM steps ORDER BY number")]

    def write(self, record: bytes, latest: Mapping[str, bytes], replace_all: bool) -> None:
        """Add a record, after deleting all others if `replace_all`, and replace the named values.

        Raises:
            sqlite3.Error: If nothing was written.

        """
        with self._db:
            if replace_all:
                self._db.execute("DELETE FROM steps")
                self._db.execute("DELETE FROM latest")
            if record:
                self._db.execute("INSERT INTO steps (step) VALUES (?)", (record,))
            values = {"layout": LAYOUT.encode()} | dict(latest)
            self._db.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?)", values.items())

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, check_same_thread=False)
        # a killed process loses nothing, a power failure loses the last seconds
        db.execute("PRAGMA synchronous = NORMAL")
        with contextlib.suppress(sqlite3.OperationalError):
            # another process reads the file at this moment: the rollback journal is as safe, and slower
            db.execute("PRAGMA journal_mode = WAL")
        with db:
            for table in _TABLES:
                db.execute(table)
        return db


def _damage(path: str) -> str:
    """The damage that SQLite finds in a file; "" if there is none.

    Raises:
        sqlite3.OperationalError: If the file cannot be opened.

    """
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)
