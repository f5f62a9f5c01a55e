"""The generated page of messages."""

from fairway.errors import CODES
from fairway.protocol import schema
from scripts import messages_reference


def test_the_page_is_fresh():
    """The page in the repository is what the script writes now."""
    assert messages_reference.PAGE.read_text() == messages_reference.page()


def test_the_page_has_every_message_and_code():
    """Each message of the schemas and each error code has its row."""
    page = messages_reference.page()
    for message in (*schema.from_server(), *schema.from_client()):
        assert f"| `{message.name}` |" in page
    assert all(f"| `{code}` |" in page for code in CODES)
