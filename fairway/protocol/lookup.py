"""Look up one vessel by its IMO number or MMSI, and correct the check digit of an IMO number."""

from __future__ import annotations

import re

from fairway.commands.validation import shown
from fairway.errors import RequestError
from fairway.traffic import fields
from fairway.traffic.snapshot import Snapshot


def find_vessel(snapshot: Snapshot, number: object, field: str = "id") -> tuple[int, str | None]:
    """Return the row of `IMO7000009`, `7000009` or an MMSI, and a warning if the IMO check digit was corrected.

    Args:
        snapshot: the vessels to search, with or without a position.
        number: an integer or a text; seven digits are an IMO number, nine an MMSI.
        field: key of the request that errors name.

    Raises:
        RequestError: `bad_request` if `number` is neither; `not_found` if no vessel has it.

    """
    text = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    match = re.fullmatch(r"(?:IMO\s?)?(\d{7})|(\d{9})", text, re.ASCII | re.IGNORECASE)
    if match is None:
        raise RequestError("bad_request", f"{field} {shown(number)} is neither an IMO number nor an MMSI", field)
    if match[2]:
        row, warning = snapshot.find(mmsi=int(match[2])), None
    else:
        row, warning = _find_by_imo(snapshot, int(match[1]))
    if row is None:
        raise RequestError("not_found", f"no vessel with {field} {text}", field)
    return row, warning


def corrected_imo(imo: int) -> int:
    """Return the IMO number with the check digit of its first six digits."""
    return imo // 10 * 10 + int(fields.imo_check_digit(imo // 10))


def check_digit_warning(imo: int) -> str:
    """Return the warning that `imo` has a wrong check digit, with the corrected number."""
    return f"IMO{imo} has a wrong check digit; this is IMO{corrected_imo(imo)}"


def _find_by_imo(snapshot: Snapshot, imo: int) -> tuple[int | None, str | None]:
    # vessels can report an invalid number: an exact match comes before a correction
    row = snapshot.find(imo=imo)
    if row is not None or imo < 1_000_000 or fields.imo_is_valid(imo):
        return row, None
    return snapshot.find(imo=corrected_imo(imo)), check_digit_warning(imo)
