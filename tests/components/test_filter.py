"""The filter in the top bar."""

from components import filter as filter_form


def test_layout():
    """The button names the form that it opens, which is closed at first."""
    button, form = filter_form.layout()
    assert getattr(button, "aria-controls") == form.id == "filter-form"
    assert form.hidden
