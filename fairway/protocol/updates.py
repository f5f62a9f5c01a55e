"""Messages of level 2 about vessels: the changes from one seq to another, in the encoding of the client."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from fairway.protocol import encode_binary, encode_columns, encode_json
from fairway.protocol.encode_json import MAX_TEXT_BYTES, ObjectForm
from fairway.traffic import fields
from fairway.traffic.removals import REASONS
from fairway.traffic.snapshot import RowView, Snapshot

Indices = NDArray[np.intp]
"""Indices into the rows of a RowView."""
Body = tuple[int, list[bytes]]
"""Number of vessels, and the key `updates` or `columns` with them, in pieces to join with commas."""
_REASONS: Final = [reason.encode() for reason in REASONS]
_HEAD: Final = (
    b'{"type":"vessel_updates","timestamp":"%b","update_count":%d,"seq":%d,"prev":%d,"conflated":%d,"removed":[%b]%b%b,'
)
MAX_PART_REMOVED: Final = 2000
MAX_PART_ROWS: Final = 2000
MAX_HEAD_BYTES: Final = 512
"""Room for the keys of a message besides its vessels and removals."""
MAX_PART_UPDATES_BYTES: Final = MAX_TEXT_BYTES - 50 * MAX_PART_REMOVED - MAX_HEAD_BYTES
"""A removal takes at most 50 bytes."""
SHARED_ENCODES: Final = 4
"""After this many requests for rows of one view, all its rows are encoded."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Form of the vessels in the messages to a client.

    Attributes:
        encoding: objects, columns or binary.
        keys: keys of an update, or names of the columns of `vessel_updates`.
        static: names of the columns of `vessel_static`; empty if the client gets none.

    """

    encoding: str
    keys: tuple[str, ...]
    static: tuple[str, ...]

    @staticmethod
    def of(encoding: str, names: list[str] | None) -> Encoding:
        """Return the form of an encoding with the `fields` of a subscription; None selects all."""
        if encoding == "objects":
            return Encoding(encoding, fields.chosen(fields.UPDATE, names), ())
        static = fields.chosen(fields.STATIC_COLUMNS, names)
        # `mmsi` is always in it: alone it would be static data without data
        return Encoding(encoding, fields.chosen(fields.COLUMNS, names), static if len(static) > 1 else ())


# not frozen: each tick creates one for every filtered client, and a frozen one takes longer to create
@dataclass(slots=True, eq=False)
class VesselChanges:
    """The vessels to send and to remove, so that a client at `prev` gets to the seq of a Snapshot.

    Attributes:
        view: rows of the Snapshot to choose from; shared by all clients that go from the same seq.
        updated: indices in `view` of the vessels to send.
        static_due: indices in `view` of the vessels whose static data the client lacks.
        removed: MMSIs to remove, each with an index in REASONS; none of them is in `updated`.
        prev: seq that the client has; 0 in a snapshot, which replaces everything.
        snapshot: whether it is a snapshot.
        conflated: number of skipped ticks that the changes include.

    """

    view: RowView
    updated: Indices
    static_due: Indices
    removed: list[tuple[int, int]]
    prev: int
    snapshot: bool = False
    conflated: int = 0

    @staticmethod
    def full(view: RowView) -> VesselChanges:
        """Return a snapshot of all vessels of `view`, with their static data."""
        indices = np.arange(len(view.rows))
        return VesselChanges(view, indices, indices, [], prev=0, snapshot=True)

    def encode(self, form: Encoding) -> tuple[bytes, ...]:
        """Return the messages, none if nothing changed; static data first: a client at the new seq has them too."""
        if not (self.snapshot or len(self.updated) or self.removed):
            return ()
        static = _static(self.view, self.static_due, form.static) if form.static else []
        if form.encoding == "binary":
            flags = encode_binary.SNAPSHOT if self.snapshot else 0
            flags |= encode_binary.CONFLATED if self.conflated else 0
            removed = [mmsi for mmsi, _ in self.removed]
            return (*static, encode_binary.message(self.view, self.updated, removed, self.prev, flags))
        bodies = _columns if form.encoding == "columns" else _objects
        return (*static, *_parts(self, bodies(self, form.keys)))


def full(snapshot: Snapshot, form: Encoding) -> tuple[bytes, ...]:
    """Return the messages with all vessels, shared by all clients of the same form."""
    return snapshot.keep(("full", form), lambda: VesselChanges.full(snapshot.changes(0)).encode(form))


def delta(snapshot: Snapshot, prev: int, form: Encoding, conflated: int) -> tuple[bytes, ...]:
    """Return the messages with the changes of all vessels since `prev`, shared by the clients at `prev`."""

    def encode() -> tuple[bytes, ...]:
        view = snapshot.changes(prev)
        updated = np.arange(len(view.rows))
        static_due = np.flatnonzero(view["static_seq"] > prev)
        removed = _removed_since(snapshot, prev)
        return VesselChanges(view, updated, static_due, removed, prev, conflated=conflated).encode(form)

    return snapshot.keep(("delta", prev, form, conflated), encode)


def _removed_since(snapshot: Snapshot, since: int) -> list[tuple[int, int]]:
    """Return MMSI and reason of the vessels that left after `since` and have not reappeared."""
    removals = snapshot.removals.since(since)
    if not len(removals):
        return []
    back = np.isin(removals["mmsi"], snapshot.columns["mmsi"][snapshot.positioned])
    # a dict: a vessel that left twice counts once, with its last reason
    return list(dict(zip(removals["mmsi"][~back].tolist(), removals["reason"][~back].tolist(), strict=True)).items())


def _parts(changes: VesselChanges, bodies: list[Body]) -> list[bytes]:
    """Return a message for each body and its share of the removals; the last body is empty, for further removals."""
    removed = [b'{"mmsi":%d,"reason":"%b"}' % (mmsi, _REASONS[reason]) for mmsi, reason in changes.removed]
    *filled, empty = bodies
    time = encode_json.rfc3339(changes.view.snapshot.now, ms=True).encode()
    if len(filled) <= 1 and len(removed) <= MAX_PART_REMOVED:
        return [_message(changes, time, filled[0] if filled else empty, removed, b"")]
    chunks = [removed[start : start + MAX_PART_REMOVED] for start in range(0, len(removed), MAX_PART_REMOVED)]
    parts = list(zip_longest(filled, chunks))
    numbers = [b',"part":%d,"parts":%d' % (part, len(parts)) for part in range(1, len(parts) + 1)]
    return [
        _message(changes, time, body or empty, chunk or [], number)
        for (body, chunk), number in zip(parts, numbers, strict=True)
    ]


def _message(changes: VesselChanges, time: bytes, body: Body, removed: list[bytes], part: bytes) -> bytes:
    # formatted by hand: orjson would take as long for the head as the selection of the vessels takes
    count, pieces = body[0], [*body[1]]
    snapshot = b',"snapshot":true' if changes.snapshot else b""
    chain = (changes.view.snapshot.seq, changes.prev, changes.conflated)
    pieces[0] = _HEAD % (time, count, *chain, b",".join(removed), snapshot, part) + pieces[0]
    pieces[-1] += b"}"
    # one join: the vessels are most of the bytes that a tick copies
    return b",".join(pieces)


def _objects(changes: VesselChanges, keys: tuple[str, ...]) -> list[Body]:
    view, form = changes.view, ObjectForm(keys, ms=True)
    if next(view.keep(("objects", keys), itertools.count)) == SHARED_ENCODES:
        # many clients use this view: a few long encodes of all rows cost less than many short ones of missing rows
        encode_json.rows(view.snapshot, view.rows, form)
    texts = encode_json.rows(view.snapshot, view.rows[changes.updated], form)
    bodies: list[Body] = []
    for part in encode_json.parts_of(texts, MAX_PART_UPDATES_BYTES) if texts else ():
        bodies.append((len(part), part))
        part[0] = b'"updates":[' + part[0]
        part[-1] += b"]"
    return [*bodies, (0, [b'"updates":[]'])]


def _columns(changes: VesselChanges, names: tuple[str, ...]) -> list[Body]:
    starts = range(0, len(changes.updated), MAX_PART_ROWS)
    chunks = [changes.updated[start : start + MAX_PART_ROWS] for start in starts]
    bodies = [(len(chunk), [b'"columns":' + encode_columns.encode(changes.view, chunk, names)]) for chunk in chunks]
    return [*bodies, (0, [b'"columns":' + encode_columns.empty(names)])]


def _static(view: RowView, indices: Indices, names: tuple[str, ...]) -> list[bytes]:
    if not len(indices):
        return []
    texts = _split_columns(view, indices, names)
    head = {
        "type": "vessel_static",
        "timestamp": encode_json.rfc3339(view.snapshot.now, ms=True),
        "static_seq": view.snapshot.static_seq,
    }
    messages = []
    for part, text in enumerate(texts, 1):
        numbered = head | ({"part": part, "parts": len(texts)} if len(texts) > 1 else {})
        messages.append(orjson.dumps(numbered)[:-1] + b',"columns":' + text + b"}")
    return messages


def _split_columns(view: RowView, indices: Indices, names: tuple[str, ...]) -> list[bytes]:
    """Return the columns of `indices`, halved until each half fits a message: names can be long."""
    if len(indices) <= MAX_PART_ROWS:
        text = encode_columns.encode(view, indices, names)
        if len(text) < MAX_TEXT_BYTES - MAX_HEAD_BYTES or len(indices) == 1:
            return [text]
    first, second = np.array_split(indices, 2)
    return [*_split_columns(view, first, names), *_split_columns(view, second, names)]
