"""Flags of states as words and pictures."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Final

from dash import html

from fairway.traffic.derived import flag_state

_WIDTH_PX, _HEIGHT_PX, _COLUMNS = 20, 15, 16
_FILE: Final = Path(__file__).parents[1] / "fairway/chart/data/countries.json"


@functools.cache
def countries() -> dict[str, str]:
    """English names by ISO 3166-1 alpha-2 code."""
    names: dict[str, str] = json.loads(_FILE.read_text())
    return names


def picture(code: str) -> html.Span:
    """The flag of one of `flag_state.CODES`, cut out of flags.png."""
    row, column = divmod(flag_state.CODES.index(code), _COLUMNS)
    place = {"backgroundPosition": f"-{column * _WIDTH_PX}px -{row * _HEIGHT_PX}px"}
    return html.Span(
        className="flag", style=place, title=countries()[code], role="img", **{"aria-label": countries()[code]}
    )
