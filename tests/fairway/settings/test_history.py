"""History settings: the database's address, with and without its password."""

import pytest

from fairway.errors import SettingsError
from fairway.settings import Settings
from tests.support.settings import load


def test_another_kind_of_database():
    """An address of another database is an error that does not quote its password."""
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: must be sqlite:///FILE or postgres://") as caught:
        load({"DATABASE_URL": "mysql://user:secret@host/base"}, [])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgres://user:p@ss@host:5432/base?password=word", "postgres://host:5432/base"),
        ("sqlite:///fairway-history.db", "sqlite:///fairway-history.db"),
        ("", ""),
    ],
)
def test_the_place_without_its_password(url, place):
    """Logs name the database without user and password."""
    assert Settings(database_url=url).history_place == place
