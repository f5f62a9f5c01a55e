"""Decoder of AIVDM sentences to Batches: joins parts, drops duplicates, decodes many messages at once.

Source: ITU-R M.1371-5 (messages), IEC 61162-1 (sentences).
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Final

import numpy as np

from fairway.ais import decode_one, nmea, values
from fairway.ais.payloads import Columns, Ints, Payloads, Rows
from fairway.ais.values import Report
from fairway.traffic.batch import Batch

_SENTENCE: Final = re.compile(
    rb"[!$]([!-~]{2}VD[MO]),(\d,\d),(\d{0,9}),(([!-+\--~]*),([!-)+\--~]+)),([0-5])\*[0-9A-Fa-f]{2}"
)
"""Groups: talker; number of parts, part; sequence; (channel, payload) together, then each; fill bits."""
_MAX_TYPE: Final = 27
_HEAD_BITS: Final = 38
"""Type, repeat indicator and MMSI."""
_MAX_INCOMPLETE: Final = 64
_MAX_PARTS: Final = 5
"""The longest message of AIS fills five slots."""
_PARTS_MS: Final = 30_000
"""Parts of one message arrive within this time: a station reuses the ten sequence numbers."""
_MAX_PAYLOADS: Final = 32_768
"""Half a minute at 1,000 sentences per second."""
_ECHO_MS: Final = 30_000
"""The same payload within this time is the same transmission, received by another station."""
_Key = tuple[str, int, bytes, bytes, bytes]
"""Equal in all parts of a message: place, number of parts, talker, sequence, channel."""
_Heard = tuple[re.Match[bytes], int, int, str, str]
"""A sentence, its time of transmission and of arrival (ms UTC), its place and its station."""
Message = tuple[bytes, int, str, bytes, bytes]
"""A complete message: sentences separated by CR LF, the earliest of their times, station, payload, fill bits."""


@dataclass(slots=True)
class _Parts:
    """The parts of one message that have arrived.

    Attributes:
        t: earliest time of transmission, ms UTC.
        arrived: arrival of the first part, ms UTC.
        station: name of the receiver; often only one part has it.
        texts: (sentence, payload, fill bits) by part number.

    """

    t: int
    arrived: int
    station: str = ""
    texts: dict[int, tuple[bytes, bytes, bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class Decoder:
    """Turns sentences into Batches; remembers incomplete messages, and payloads to find duplicates.

    Attributes:
        rejected: number of sentences without a report of a vessel, by reason.
        waiting: sentences taken since the last `batches`.

    """

    rejected: Counter[str] = field(default_factory=Counter)
    waiting: list[_Heard] = field(default_factory=list)
    _parts: OrderedDict[_Key, _Parts] = field(default_factory=OrderedDict)
    _echoes: dict[bytes, int] = field(default_factory=dict)
    _older_echoes: dict[bytes, int] = field(default_factory=dict)

    def take(
        self,
        lines: list[bytes],
        t: int,
        arrived: int | None = None,
        place: str = "",
        station: str = "",
        otherwise: Callable[[bytes], None] | None = None,
    ) -> None:
        """Queue those `lines` that are bare `!..VDM` or `!..VDO` sentences with checksum, for `batches`.

        Args:
            lines: without line ends.
            t: time of transmission, ms UTC.
            arrived: time of arrival, ms UTC; None: `t`.
            place: origin of the lines; only parts of the same place form a message.
            station: name of the receiver, "" where unknown.
            otherwise: called with each other line, in order; None: count these as rejected.

        """
        when, otherwise = t if arrived is None else arrived, otherwise or self._refuse
        for line in lines:
            match = _SENTENCE.fullmatch(line)
            if match:
                self.waiting.append((match, t, when, place, station))
            else:
                otherwise(line)

    def _refuse(self, line: bytes) -> None:
        """Count a rejected line; valid sentences of other types, such as station status, have their own reason."""
        found = nmea.parse(line)
        if line[3:6] in (b"VDM", b"VDO") and line.count(b",") >= 6:
            reason = "cannot be decoded"
        elif found is None:
            reason = "not AIS"
        else:
            # of the sentence alone: other bytes may follow it
            reason = "other NMEA" if nmea.checksum_holds(found.sentence) else "checksum"
        self.rejected[reason] += 1

    def batches(self, source: str, received: int | None = None) -> list[Batch]:
        """Return the reports of the queued sentences: one Batch per set of columns.

        A message of several sentences is complete with the last of them and has the earliest of their times; all come
        from one place within half a minute. Stations that are not vessels are in a Batch without columns.
        """
        return self.decoded(self.messages(), source, received)

    def messages(self) -> list[Message]:
        """Return the complete messages of the queued sentences; count wrong checksums and duplicates."""
        heard, self.waiting = self.waiting, []
        sound = nmea.checksums_hold([match.string for match, *_ in heard]).tolist()
        self._count("checksum", len(sound) - sum(sound))
        found: list[Message] = []
        for match, t, arrived, place, station in compress(heard, sound):
            _, numbers, _, key, _, payload, fill = match.groups()
            if numbers == b"1,1":
                if self._is_new(key, t):
                    found.append((match.string, t, station, payload, fill))
                continue
            parts = self._whole(match, t, arrived, place, station)
            if parts is not None:
                texts, payloads, fills = zip(*(parts.texts[number] for number in sorted(parts.texts)), strict=True)
                payload = b"".join(payloads)
                if self._is_new(match[5] + b"," + payload, parts.t):
                    found.append((b"\r\n".join(texts), parts.t, parts.station, payload, fills[-1]))
        return found

    def _whole(self, match: re.Match[bytes], t: int, arrived: int, place: str, station: str) -> _Parts | None:
        """Add a part; return all parts of its message if it is complete, else None."""
        total, number = (int(digit) for digit in match[2].split(b","))
        if not 1 <= number <= total <= _MAX_PARTS:
            self.rejected["cannot be decoded"] += 1
            return None
        key = (place, total, match[1], match[3], match[5])
        parts = self._parts.pop(key, None)
        if parts is None or abs(arrived - parts.arrived) > _PARTS_MS:
            parts = _Parts(t, arrived)
        parts.texts[number] = (match.string, match[6], match[7])
        parts.t, parts.station = min(parts.t, t), parts.station or station
        if len(parts.texts) == total:
            return parts
        self._parts[key] = parts
        if len(self._parts) > _MAX_INCOMPLETE:
            self._parts.popitem(last=False)
            self.rejected["incomplete"] += 1
        return None

    def _is_new(self, key: bytes, t: int) -> bool:
        """Whether this payload is not a duplicate: several stations receive the same transmission."""
        before = self._echoes.get(key)
        if before is None:
            before = self._older_echoes.get(key)
        if before is not None and abs(t - before) < _ECHO_MS:
            self.rejected["duplicate"] += 1
            self._echoes[key] = t
            return False
        if len(self._echoes) >= _MAX_PAYLOADS:
            self._older_echoes, self._echoes = self._echoes, {}
        self._echoes[key] = t
        return True

    def decoded(self, messages: list[Message], source: str, received: int | None = None) -> list[Batch]:
        """Return the Batches of complete messages; `received` as in Batch."""
        if not messages:
            return []
        fills = np.frombuffer(b"".join([fill for *_, fill in messages]), np.uint8) - 48
        payloads = Payloads([payload for *_, payload, _ in messages], fills)
        table = _Table(messages, payloads.mmsi, source, received)
        known = payloads.legal & (payloads.kind >= 1) & (payloads.kind <= _MAX_TYPE) & (payloads.bits >= _HEAD_BITS)
        vessels = known & values.are_vessels(payloads.kind, payloads.mmsi)
        others, left = np.flatnonzero(known & ~vessels), vessels | ~known
        types = zip(payloads.kind[others].tolist(), payloads.mmsi[others].tolist(), strict=True)
        self.rejected.update(reason for kind, mmsi in types if (reason := values.refusal(kind, mmsi)))
        found = table.batches(others, {}, {}) if len(others) else []
        for rows, layout in payloads.layouts(vessels):
            left[rows] = False
            found += table.batches(rows, *payloads.columns(rows, layout, table.t[rows]))
        self._count("cannot be decoded", int(np.count_nonzero(~payloads.legal)))
        reports = self._one_by_one([messages[row] for row in np.flatnonzero(left & payloads.legal).tolist()])
        return found + values.batches(reports, source, received)

    def _count(self, reason: str, count: int) -> None:
        if count:
            self.rejected[reason] += count

    def _one_by_one(self, messages: list[Message]) -> list[Report]:
        """Decode messages of an unusual length."""
        decoded = [(station, decode_one.report(sentences, t)) for sentences, t, station, *_ in messages]
        self.rejected.update(report for _, report in decoded if isinstance(report, str))
        return [replace(report, station=station) for station, report in decoded if isinstance(report, Report)]


class _Table:
    """The columns that every Batch of some messages has.

    Attributes:
        t: int64[n], ms UTC.

    """

    def __init__(self, messages: list[Message], mmsi: Ints, source: str, received: int | None) -> None:
        self._sentences, times, self._stations, *_ = zip(*messages, strict=True)
        self.t = np.array(times, np.int64)
        self._mmsi, self._source, self._received = mmsi.astype(np.uint32), source, received
        self._named = any(self._stations)

    def batches(self, rows: Rows, moving: Columns, static: Columns) -> list[Batch]:
        """Return Batches of some rows; with moving and static columns there are two, the first with the sentences."""
        if moving and static:
            return [self._batch(rows, moving, {}, True), self._batch(rows, {}, static, False)]
        return [self._batch(rows, moving, static, True)]

    def _batch(self, rows: Rows, moving: Columns, static: Columns, first: bool) -> Batch:
        listed = rows.tolist()
        return Batch(
            self._mmsi[rows],
            self.t[rows],
            self._source,
            False,
            moving,
            static,
            sentences=[self._sentences[row] for row in listed] if first else [b""] * len(listed),
            stations=[self._stations[row] for row in listed] if self._named else (),
            received=self._received,
        )
