"""The log panel."""

from components import log


def test_layout(ids):
    """The panel has its list and buttons; one kind, everything, is on at first."""
    assert {"log-pause", "log-clear", "log-kinds", "log-list"} <= ids(*log.layout())
    kinds = next(part for part in log.layout() if getattr(part, "id", None) == "log-kinds").children
    assert [getattr(kind, "data-kind") for kind in kinds if getattr(kind, "aria-pressed") == "true"] == ["all"]
