"""The tables as the program declares them."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fairway.history.database import Database, migrate
from fairway.history.tables import METADATA


def differences(database) -> list:
    with database.transaction() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)


def test_a_new_database_has_these_tables(store):
    """A new database has exactly the declared tables."""
    assert differences(store) == []


def test_migrations_lead_to_these_tables(url):
    """All migrations together create exactly the declared tables."""
    database = Database(url)
    with database.transaction() as connection:
        migrate(connection)
    assert differences(database) == []
    database.close()
