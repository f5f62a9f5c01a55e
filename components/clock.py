"""The simulation's clock in the top bar: pause, slower, faster, step, rate and seed. Hidden without a simulator."""

from __future__ import annotations

from dash import html

_BUTTONS = (
    ("clock-slower", "−", "Slower", "["),
    ("clock-pause", "", "Pause", "Space"),
    ("clock-faster", "+", "Faster", "]"),
    ("clock-step", "", "Pause, and step by a second", "."),
)


def layout() -> html.Div:
    """The buttons; clock.mjs sends their commands to /api/simulation, where the access rules are checked."""
    slower, pause, faster, step = (
        html.Button(
            sign,
            id=name,
            type="button",
            title=f"{words} ({key})",
            **{"aria-label": words, "aria-keyshortcuts": key},
            **({} if sign else {"data-icon": name.removeprefix("clock-")}),
        )
        for name, sign, words, key in _BUTTONS
    )
    rate = html.Output("", id="clock-speed", title="Simulated seconds per second", **{"aria-label": "Rate"})
    seed = html.Small("", id="clock-seed", title="Same seed, same world")
    return html.Div(
        [slower, pause, rate, faster, step, seed, *_scenario()],
        id="clock-panel",
        role="group",
        hidden=True,
        **{"aria-label": "Clock of the simulation"},
    )


def _scenario() -> tuple[html.Button, html.Dialog]:
    """A button and a dialog of the running scenario, with its events and changed ETAs; scenario.mjs fills them."""
    heads = html.Tr([html.Th(words) for words in ("Vessel", "ETA was", "ETA is", "Later")])
    parts = [html.H2(), html.P(), html.Ul(), html.Table([html.Thead(heads), html.Tbody()])]
    close = html.Button("Close", id="scenario-close", type="button")
    dialog = html.Dialog([*parts, close], id="scenario", **{"aria-label": "Scenario"})
    return html.Button(
        "", id="scenario-open", type="button", hidden=True, title="What happens in this scenario"
    ), dialog
