"""The columns form: `vessel_updates` and `vessel_static` as one list for each column, in level-1 units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from traffic import wire
from traffic.snapshot import Picked


def encode(picked: Picked, places: NDArray[np.intp], names: tuple[str, ...]) -> bytes:
    """The JSON object of the columns `names`, of the rows at `places` of `picked`.

    Each value is made JSON once, for everybody who chooses from the same picked rows.
    """
    chosen = picked.keep(("texts", names), lambda: _texts(picked, names))[:, places].tolist()
    return b"{%b}" % b",".join(
        b'"%b":[%b]' % (name.encode(), b",".join(column)) for name, column in zip(names, chosen, strict=True)
    )


def _texts(picked: Picked, names: tuple[str, ...]) -> NDArray[Any]:
    """object[names, k] of bytes."""
    table = np.empty((len(names), len(picked.rows)), object)
    for at, name in enumerate(names):
        own = _OWN.get(name)
        table[at] = np.array(own(picked) if own else wire.texts(picked, name, ms=True), object)
    return table


def _counts(column: NDArray[Any], missing: int = 0) -> list[bytes]:
    return [b"null" if value == missing else b"%d" % value for value in column.tolist()]


def _ages(picked: Picked) -> list[bytes]:
    tenths = np.maximum(round(picked.snapshot.now * 1000) - picked["t"], 0) // 100
    return wire.numbers(tenths, -1, 10, 1)


_OWN: Final[dict[str, Callable[[Picked], list[bytes]]]] = {
    "age_s": _ages,
    "callsign": lambda picked: [wire.text(item) for item in picked["callsign"]],
    "ship_type": lambda picked: _counts(picked["ship_type"]),
    "a": lambda picked: _counts(picked["a"]),
    "b": lambda picked: _counts(picked["b"]),
    "c": lambda picked: _counts(picked["c"]),
    "d": lambda picked: _counts(picked["d"]),
    "draught": lambda picked: wire.numbers(picked["draught"], 0, 10, 1),
    "flag": lambda picked: [wire.text(item) for item in picked["flag"]],
    "route": lambda picked: _counts(picked["route"], missing=-1),
}
