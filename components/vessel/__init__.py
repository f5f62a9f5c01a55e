"""The panel of one vessel: `panel` answers selections with the `card`, the `track` and the `voyage`."""

from components.vessel.panel import TITLE, layout, register

__all__ = ["TITLE", "layout", "register"]
