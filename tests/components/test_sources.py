"""The connection state and the dialog of sources and outputs."""

from components import sources


def test_layout(ids):
    """The button with the connection state names the dialog that it opens."""
    button, dialog = sources.layout()
    assert getattr(button, "aria-controls") == dialog.id
    assert {"connection", "connection-words", "sources-in", "sources-out", "sources-close"} <= ids(button, dialog)
