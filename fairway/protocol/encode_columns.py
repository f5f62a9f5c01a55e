"""The columns form: `vessel_updates` and `vessel_static` as one list for each column, in level-1 units."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.protocol import encode_json
from fairway.traffic.snapshot import RowView


def encode(picked: RowView, places: NDArray[np.intp], names: tuple[str, ...]) -> bytes:
    """The JSON object of the columns `names`, of the rows at `places` of `picked`.

    Each value is made JSON once, for everybody who chooses from the same picked rows. Who takes them all gets them
    packed; who chooses gets the values of a column in one width, with spaces behind: then to choose is but to copy.
    """
    texts = picked.keep(("texts", names), lambda: _texts(picked, names))
    if len(places) == len(picked.rows):
        lists = [b",".join(column) for column in texts]
    else:
        wide = picked.keep(("wide", names), lambda: [_widened(column) for column in texts])
        lists = [column.take(places).tobytes()[:-1] for column in wide]
    return _frame(names) % tuple(lists)


def empty(names: tuple[str, ...]) -> bytes:
    """The JSON object of the columns `names` with no vessel in them."""
    return _frame(names) % ((b"",) * len(names))


@lru_cache(maxsize=64)
def _frame(names: tuple[str, ...]) -> bytes:
    return b"{%b}" % b",".join(b'"%b":[%%b]' % name.encode() for name in names)


def _widened(texts: list[bytes]) -> NDArray[Any]:
    """S[k]: the texts filled up with spaces to one width, each with a comma at its end."""
    column = np.array(texts, np.bytes_)
    table = np.full((len(texts), column.itemsize + 1), ord(","), np.uint8)
    # numpy fills up with zeros, which JSON never holds
    raw = column.view(np.uint8).reshape(len(texts), -1)
    table[:, :-1] = np.where(raw == 0, ord(" "), raw)
    return table.view(f"S{table.shape[1]}").ravel()


def _texts(picked: RowView, names: tuple[str, ...]) -> list[list[bytes]]:
    """The values of each column as JSON."""
    makers = ((name, _OWN.get(name)) for name in names)
    return [make(picked) if make else encode_json.texts(picked, name, ms=True) for name, make in makers]


def _counts(column: NDArray[Any], missing: int = 0) -> list[bytes]:
    return [b"null" if value == missing else b"%d" % value for value in column.tolist()]


def _ages(picked: RowView) -> list[bytes]:
    tenths = np.maximum(round(picked.snapshot.now * 1000) - picked["t"], 0) // 100
    return encode_json.numbers(tenths, -1, 10, 1)


_OWN: Final[dict[str, Callable[[RowView], list[bytes]]]] = {
    "age_s": _ages,
    "callsign": lambda picked: [encode_json.text(item) for item in picked["callsign"]],
    "ship_type": lambda picked: _counts(picked["ship_type"]),
    "a": lambda picked: _counts(picked["a"]),
    "b": lambda picked: _counts(picked["b"]),
    "c": lambda picked: _counts(picked["c"]),
    "d": lambda picked: _counts(picked["d"]),
    "draught": lambda picked: encode_json.numbers(picked["draught"], 0, 10, 1),
    "flag": lambda picked: [encode_json.text(item) for item in picked["flag"]],
    "route": lambda picked: _counts(picked["route"], missing=-1),
}
