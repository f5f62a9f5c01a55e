"""State file: the SQLite file of what outlives the process. One process owns it; what can't be read is set aside."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)
LAYOUT: Final = "1"
"""Of the tables and what is in them: a release that changes either counts on, and begins anew with an older file."""
BROKEN: Final = ".broken"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS steps (number INTEGER PRIMARY KEY, step BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS latest (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
)


class StateFile:
    """Steps in their order, and the latest of some named values. For one thread at a time.

    Killed at any instant, it holds what the last finished `write` left: that is a transaction. A file that is no
    database, or a damaged one, is moved aside and begun anew.

    Args:
        path: of the file.

    Attributes:
        name: the last part of its path.
        owned: whether this process may write steps; another server may have the file.
        problem: what was wrong with the file that was found; "" nothing.

    Raises:
        sqlite3.Error: It can't be opened or written.

    """

    def __init__(self, path: str) -> None:
        # the status is seen by everybody: it shows no folder
        self.path, self.name, self.problem, self.owned = path, Path(path).name, "", False
        self._lock = Path(f"{path}-lock").open("a")  # noqa: SIM115 - held until the process ends
        self._db: sqlite3.Connection
        self.claim()

    def claim(self) -> bool:
        """Become the owner, if nobody is: whether that worked. It ends with the process, however that ends.

        Raises:
            sqlite3.Error: The file can't be opened or written.

        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        if Path(self.path).exists() and (damage := _damage(self.path)):
            self._set_aside(damage)
        self._db, self.owned = self._opened(), True
        return True

    def _set_aside(self, damage: str) -> None:
        """Move the file out of the way, with what belongs to it."""
        self.problem = f"{self.name} was damaged ({damage}): set aside as {self.name}{BROKEN}, begun anew"
        log.error("%s", self.problem)
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(self.path + ending).replace(self.path + BROKEN + ending)

    def latest(self) -> dict[str, bytes]:
        """The named values; none where they are of another layout.

        Raises:
            sqlite3.Error: They can't be read.

        """
        found = dict(self._db.execute("SELECT name, value FROM latest").fetchall())
        return found if found.get("layout") == LAYOUT.encode() else {}

    def steps(self) -> list[bytes]:
        """Every step, oldest first.

        Raises:
            sqlite3.Error: They can't be read.

        """
        return [step for (step,) in self._db.execute("SELECT step FROM steps ORDER BY number")]

    def write(self, step: bytes, latest: Mapping[str, bytes], anew: bool) -> None:
        """Add a step, or with `anew` put it in the place of all others; and replace the named values.

        Raises:
            sqlite3.Error: Nothing of it was written.

        """
        with self._db:
            if anew:
                self._db.execute("DELETE FROM steps")
            if step:
                self._db.execute("INSERT INTO steps (step) VALUES (?)", (step,))
            values = {"layout": LAYOUT.encode()} | dict(latest)
            self._db.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?)", values.items())

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, check_same_thread=False)
        # a killed process loses nothing, a power failure the last seconds
        db.execute("PRAGMA synchronous = NORMAL")
        with contextlib.suppress(sqlite3.OperationalError):
            # somebody else reads just now: the older way of keeping a journal is as safe, and slower
            db.execute("PRAGMA journal_mode = WAL")
        with db:
            for table in _TABLES:
                db.execute(table)
        return db


def _damage(path: str) -> str:
    """What SQLite finds wrong with a file; "" nothing.

    Raises:
        sqlite3.OperationalError: It can't be opened.

    """
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)
