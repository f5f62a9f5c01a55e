"""State file: one owner at a time."""

from fairway.checkpoint.state_file import StateFile


def test_a_closed_file_has_no_owner(tmp_path):
    """While one object owns the file another one waits; after `close` the next one reads what was written."""
    path = str(tmp_path / "state.db")
    first, second = StateFile(path), StateFile(path)
    assert (first.owned, second.owned, second.claim()) == (True, False, False)
    first.write(b"record", {"header": b"1"}, True)
    first.close()
    assert second.claim()
    assert second.records() == [b"record"]
    second.close()
