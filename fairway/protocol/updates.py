"""Updates of level 2: what changed from one seq to another, in the form that a client asked for."""

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

Places = NDArray[np.intp]
Body = tuple[int, list[bytes]]
"""How many vessels, and the key `updates` or `columns` with them, in pieces that commas will join."""
_REASONS: Final = [reason.encode() for reason in REASONS]
_HEAD: Final = (
    b'{"type":"vessel_updates","timestamp":"%b","update_count":%d,"seq":%d,"prev":%d,"conflated":%d,"removed":[%b]%b%b,'
)
REMOVED_OF_A_PART: Final = 2000
ROWS_OF_A_PART: Final = 2000
ASKED_BY_MANY: Final = 4
UPDATES_BYTES_OF_A_PART: Final = MAX_TEXT_BYTES - 50 * REMOVED_OF_A_PART - 512


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a client wants its vessels.

    Attributes:
        encoding: objects, columns or binary.
        keys: of an update, or the names of the columns.
        static: names of the columns of `vessel_static`; empty where it isn't sent.

    """

    encoding: str
    keys: tuple[str, ...]
    static: tuple[str, ...]

    @staticmethod
    def of(encoding: str, names: list[str] | None) -> Encoding:
        """The form of an encoding and the `fields` that were chosen of it; None: all."""
        if encoding == "objects":
            return Encoding(encoding, fields.chosen(fields.UPDATE, names), ())
        static = fields.chosen(fields.STATIC_COLUMNS, names)
        return Encoding(encoding, fields.chosen(fields.COLUMNS, names), static if len(static) > 1 else ())


@dataclass(slots=True, eq=False)
class Span:
    """What a client is told to get from `prev` to the Snapshot. Not frozen: a filtered client makes one a tick.

    Attributes:
        picked: the rows to choose from; shared by all who take the same step.
        updated: places in `picked` of the vessels to send.
        renewed: places in `picked` of those whose static data the client lacks.
        removed: MMSIs to take out, with the index in REASONS; none of them is in `updated`.
        prev: the seq the client has; 0 for a snapshot, which replaces everything.
        whole: whether it is a snapshot.
        conflated: ticks that this step makes up for.

    """

    picked: RowView
    updated: Places
    renewed: Places
    removed: list[tuple[int, int]]
    prev: int
    whole: bool = False
    conflated: int = 0

    def encode(self, form: Encoding) -> tuple[bytes, ...]:
        """The messages: static data first, so that who has the seq has them too. None where nothing changed."""
        if not (self.whole or len(self.updated) or self.removed):
            return ()
        static = _static(self.picked, self.renewed, form.static) if form.static else []
        if form.encoding == "binary":
            flags = (encode_binary.SNAPSHOT if self.whole else 0) | (encode_binary.CONFLATED if self.conflated else 0)
            gone = [mmsi for mmsi, _ in self.removed]
            return (*static, encode_binary.message(self.picked, self.updated, gone, self.prev, flags))
        bodies = _columns if form.encoding == "columns" else _objects
        return (*static, *_parts(self, bodies(self, form.keys)))


def whole(snapshot: Snapshot, form: Encoding) -> tuple[bytes, ...]:
    """The snapshot of all vessels, shared by those who want the same form."""

    def make() -> tuple[bytes, ...]:
        picked = snapshot.changes(0)
        everybody = np.arange(len(picked.rows))
        return Span(picked, everybody, everybody, [], prev=0, whole=True).encode(form)

    return snapshot.keep(("whole", form), make)


def since(snapshot: Snapshot, prev: int, form: Encoding, conflated: int) -> tuple[bytes, ...]:
    """What changed for all vessels since `prev`, shared by those in step."""

    def make() -> tuple[bytes, ...]:
        picked = snapshot.changes(prev)
        everybody = np.arange(len(picked.rows))
        renewed = np.flatnonzero(picked["static_seq"] > prev)
        return Span(picked, everybody, renewed, _gone(snapshot, prev), prev, conflated=conflated).encode(form)

    return snapshot.keep(("since", prev, form, conflated), make)


def _gone(snapshot: Snapshot, since: int) -> list[tuple[int, int]]:
    """MMSI and reason of who left after `since` and is not back."""
    graves = snapshot.removals.since(since)
    if not len(graves):
        return []
    back = np.isin(graves["mmsi"], snapshot.columns["mmsi"][snapshot.positioned])
    return list(dict(zip(graves["mmsi"][~back].tolist(), graves["reason"][~back].tolist(), strict=True)).items())


def _parts(step: Span, bodies: list[Body]) -> list[bytes]:
    """A message for each body, and for the removals that go with it; the last body is empty, for further removals."""
    removed = [b'{"mmsi":%d,"reason":"%b"}' % (mmsi, _REASONS[reason]) for mmsi, reason in step.removed]
    *full, empty = bodies
    time = encode_json.rfc3339(step.picked.snapshot.now, ms=True).encode()
    if len(full) <= 1 and len(removed) <= REMOVED_OF_A_PART:
        return [_message(step, time, full[0] if full else empty, removed, b"")]
    chunks = [removed[at : at + REMOVED_OF_A_PART] for at in range(0, len(removed), REMOVED_OF_A_PART)]
    parts = list(zip_longest(full, chunks))
    numbers = [b',"part":%d,"parts":%d' % (at, len(parts)) for at in range(1, len(parts) + 1)]
    return [
        _message(step, time, body or empty, gone or [], number)
        for (body, gone), number in zip(parts, numbers, strict=True)
    ]


def _message(step: Span, time: bytes, body: Body, removed: list[bytes], part: bytes) -> bytes:
    # by hand: with orjson the head would cost as much as choosing the vessels
    count, pieces = body[0], [*body[1]]
    snapshot = b',"snapshot":true' if step.whole else b""
    chain = (step.picked.snapshot.seq, step.prev, step.conflated)
    pieces[0] = _HEAD % (time, count, *chain, b",".join(removed), snapshot, part) + pieces[0]
    pieces[-1] += b"}"
    # joined in one go: the vessels are most of what a tick copies
    return b",".join(pieces)


def _objects(step: Span, keys: tuple[str, ...]) -> list[Body]:
    picked, form = step.picked, ObjectForm(keys, ms=True)
    if next(picked.keep(("objects", keys), itertools.count)) == ASKED_BY_MANY:
        # each made what it lacked; from now on nobody lacks any: a few long encodes cost less than many short ones
        encode_json.rows(picked.snapshot, picked.rows, form)
    texts = encode_json.rows(picked.snapshot, picked.rows[step.updated], form)
    bodies: list[Body] = []
    for part in encode_json.parts_of(texts, UPDATES_BYTES_OF_A_PART) if texts else ():
        bodies.append((len(part), part))
        part[0] = b'"updates":[' + part[0]
        part[-1] += b"]"
    return [*bodies, (0, [b'"updates":[]'])]


def _columns(step: Span, names: tuple[str, ...]) -> list[Body]:
    starts = range(0, len(step.updated), ROWS_OF_A_PART)
    chunks = [step.updated[at : at + ROWS_OF_A_PART] for at in starts]
    bodies = [(len(chunk), [b'"columns":' + encode_columns.encode(step.picked, chunk, names)]) for chunk in chunks]
    return [*bodies, (0, [b'"columns":' + encode_columns.empty(names)])]


def _static(picked: RowView, places: Places, names: tuple[str, ...]) -> list[bytes]:
    if not len(places):
        return []
    texts = _fitting(picked, places, names)
    head = {
        "type": "vessel_static",
        "timestamp": encode_json.rfc3339(picked.snapshot.now, ms=True),
        "static_seq": picked.snapshot.static_seq,
    }
    messages = []
    for part, text in enumerate(texts, 1):
        numbered = head | ({"part": part, "parts": len(texts)} if len(texts) > 1 else {})
        messages.append(orjson.dumps(numbered)[:-1] + b',"columns":' + text + b"}")
    return messages


def _fitting(picked: RowView, places: Places, names: tuple[str, ...]) -> list[bytes]:
    """The columns of `places` in as many halves of halves as fit a message: names can be long."""
    if len(places) <= ROWS_OF_A_PART:
        text = encode_columns.encode(picked, places, names)
        if len(text) < MAX_TEXT_BYTES - 512 or len(places) == 1:
            return [text]
    first, second = np.array_split(places, 2)
    return [*_fitting(picked, first, names), *_fitting(picked, second, names)]
