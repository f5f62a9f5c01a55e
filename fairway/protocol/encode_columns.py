"""The columns encoding: `vessel_updates` and `vessel_static` with one list for each column, in units of level 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.protocol import encode_json
from fairway.traffic.snapshot import RowView


def encode(view: RowView, indices: NDArray[np.intp], names: tuple[str, ...]) -> bytes:
    """Return the JSON object of the columns `names` with the rows at `indices` of `view`.

    Each value is encoded once for all clients of the view. For all rows the values are joined. For some rows each
    column has values of one width, padded with spaces: numpy then selects rows with one copy.
    """
    texts = view.keep(("texts", names), lambda: _texts(view, names))
    if len(indices) == len(view.rows):
        lists = [b",".join(column) for column in texts]
    else:
        padded = view.keep(("padded", names), lambda: [_padded(column) for column in texts])
        lists = [column.take(indices).tobytes()[:-1] for column in padded]
    return _frame(names) % tuple(lists)


def empty(names: tuple[str, ...]) -> bytes:
    """Return the JSON object of the columns `names` without a vessel."""
    return _frame(names) % ((b"",) * len(names))


@lru_cache(maxsize=64)
def _frame(names: tuple[str, ...]) -> bytes:
    return b"{%b}" % b",".join(b'"%b":[%%b]' % name.encode() for name in names)


def _padded(texts: list[bytes]) -> NDArray[Any]:
    """Return the texts padded with spaces to one width, each with a comma at its end: S[k]."""
    column = np.array(texts, np.bytes_)
    table = np.full((len(texts), column.itemsize + 1), ord(","), np.uint8)
    # numpy pads with zeros, a byte that JSON never contains
    raw = column.view(np.uint8).reshape(len(texts), -1)
    table[:, :-1] = np.where(raw == 0, ord(" "), raw)
    return table.view(f"S{table.shape[1]}").ravel()


def _texts(view: RowView, names: tuple[str, ...]) -> list[list[bytes]]:
    """Return the values of each column as JSON."""
    encoders = ((name, _ENCODERS.get(name)) for name in names)
    return [encode(view) if encode else encode_json.texts(view, name, ms=True) for name, encode in encoders]


def _counts(column: NDArray[Any], missing: int = 0) -> list[bytes]:
    return [b"null" if value == missing else b"%d" % value for value in column.tolist()]


def _ages(view: RowView) -> list[bytes]:
    tenths = np.maximum(round(view.snapshot.now * 1000) - view["t"], 0) // 100
    return encode_json.numbers(tenths, -1, 10, 1)


_ENCODERS: Final[dict[str, Callable[[RowView], list[bytes]]]] = {
    "age_s": _ages,
    "callsign": lambda view: [encode_json.text(item) for item in view["callsign"]],
    "ship_type": lambda view: _counts(view["ship_type"]),
    "a": lambda view: _counts(view["a"]),
    "b": lambda view: _counts(view["b"]),
    "c": lambda view: _counts(view["c"]),
    "d": lambda view: _counts(view["d"]),
    "draught": lambda view: encode_json.numbers(view["draught"], 0, 10, 1),
    "flag": lambda view: [encode_json.text(item) for item in view["flag"]],
    "route": lambda view: _counts(view["route"], missing=-1),
}
"""Encoders of the columns that updates lack."""
