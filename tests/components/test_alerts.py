"""The alerts panel, the zone editor and the dialogs."""

from dash import Dash

from components import alerts


def test_layout(ids):
    """The panel holds its list, its buttons and the zones."""
    assert {"alert-list", "alert-next", "alert-all", "zone-list", "zone-draw"} <= ids(*alerts.layout())


def test_dialogs(ids):
    """Each dialog has a text field and two buttons, whose ids begin with its own."""
    for dialog in alerts.dialogs():
        assert {f"{dialog.id}-{part}" for part in ("text", "no", "yes")} <= ids(dialog)


def test_toasts_are_read_out(ids):
    """A live region repeats the toasts for screen readers."""
    live = next(part for part in alerts.toasts() if part.id == "alert-live")
    assert getattr(live, "aria-live") == "polite"


def test_a_drawn_zone_goes_to_the_browser():
    """A change of the editor calls a clientside function, and no callback of the server."""
    app = Dash("test", assets_folder="none")
    alerts.register(app, None, None)
    assert alerts.editor().children[0].id == "zone-editor"
    (callback,) = app._callback_list
    assert callback["clientside_function"] == {"namespace": "fairway", "function_name": "zoneDrawn"}
