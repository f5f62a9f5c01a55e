"""The settings page of the docs: generated, complete and fresh."""

from dataclasses import fields

from fairway import registry
from fairway.registry import Entry
from fairway.settings import Settings
from scripts import settings_reference


def test_the_page_is_fresh():
    """docs/reference/settings.md is what the script writes."""
    assert settings_reference.PAGE.read_text() == settings_reference.page()


def test_every_setting_has_a_row():
    """Each field has one row with its option and its help text."""
    page = settings_reference.page()
    for item in fields(Settings):
        assert page.count(f"| `--{item.name.replace('_', '-')}` |") == 1
        assert f"| {item.metadata['help']} |" in page


def test_a_new_feed_is_on_the_page(monkeypatch):
    """One line of the registry is a row of the page."""
    monkeypatch.setitem(registry.FEEDS, "tender", Entry("harbour_office.tender:run", "a buoy tender", "feeds"))
    assert "| `tender` | a buoy tender | [feeds](#feeds) |" in settings_reference.page()
