"""Database of the history, SQLite or PostgreSQL: engine, transactions, migrations."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from fairway.history.runs import StoreError
from fairway.history.tables import METADATA

MIGRATIONS: Final = Path(__file__).parent / "migrations"
HEAD: Final = "0002"
"""The newest migration."""


class Database:
    """One database. Any thread may call its methods; they raise StoreError.

    Args:
        url: as SQLAlchemy reads it; `postgres://` and `postgresql://` mean psycopg.

    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def missing(self) -> bool:
        """Whether the SQLite file does not exist; reading it would create an empty one."""
        name = self._engine.url.database
        return self.dialect == "sqlite" and bool(name) and name != ":memory:" and not Path(str(name)).exists()

    def prepare(self) -> None:
        """Migrate the tables to the newest revision, or create them."""
        with self.transaction() as connection:
            tables = inspect(connection).get_table_names()
            if "alembic_version" not in tables and "run" not in tables:
                # the result of all migrations, without loading Alembic (12 MB)
                METADATA.create_all(connection)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
                return
            if connection.execute(text("SELECT version_num FROM alembic_version")).scalar() != HEAD:
                migrate(connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a connection; commit its work at the end, or roll it back after an error."""
        driver: Any = self._engine.dialect.dbapi
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, driver.Error) as error:
            # the driver's message alone: the statement and its values do not belong in a status
            raise StoreError(str(getattr(error, "orig", error)).strip()) from error

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision by the migrations between."""
    from alembic import command  # 12 MB, needed only for tables of an older version
    from alembic.config import Config

    wanted = Config()
    wanted.set_main_option("script_location", str(MIGRATIONS))
    wanted.attributes["connection"] = connection
    command.upgrade(wanted, revision)


def _engine(url: str) -> Engine:
    engine = create_engine(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    """Write-ahead log: readers do not wait for the writer, and a commit survives a killed process."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
