"""AIVDM sentences -> Batches of reports: parts put together, echoes left out, many messages decoded at once.

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
"""Talker, number of parts and of this one, sequence, (channel, payload) together and apart, fill bits."""
_LAST_KIND: Final = 27
_HEAD_BITS: Final = 38
"""Type, repeat indicator and MMSI."""
_PARTS_KEPT: Final = 64
_MOST_PARTS: Final = 5
"""The longest message of AIS fills five slots."""
_TOGETHER_MS: Final = 30_000
"""Parts of one message come within this time: their numbers are used again after ten messages."""
_PAYLOADS_KEPT: Final = 32_768
"""What comes in half a minute at 1,000 sentences a second."""
_ECHO_MS: Final = 30_000
"""The same payload within this time is the same transmission, heard by another station."""
_Key = tuple[str, int, bytes, bytes, bytes]
"""What the parts of a message have in common: place, number of parts, talker, sequence, channel."""
_Heard = tuple[re.Match[bytes], int, int, str, str]
"""A sentence, when it was sent and came in (ms), its place and its station."""
Message = tuple[bytes, int, str, bytes, bytes]
"""The sentences of a whole message parted by CR LF, the earliest of their times, station, payload, fill bits."""


@dataclass(slots=True)
class _Parts:
    """The sentences of one message that came so far, by number: text, payload and fill bits; `t` is the earliest.

    Only one of them may name the station.
    """

    t: int
    arrived: int
    station: str = ""
    texts: dict[int, tuple[bytes, bytes, bytes]] = field(default_factory=dict)


@dataclass(slots=True)
class Decoder:
    """Takes sentences, gives Batches; remembers parts of messages, and what was heard already.

    Attributes:
        rejected: how many sentences gave no report of a vessel, by reason.
        waiting: sentences that were taken since the last `batches`.
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
        """Keep `lines` that are bare `!..VDM` or `!..VDO` sentences with checksum, until `batches`.

        Args:
            lines: without their ends.
            t: when they were sent, ms UTC.
            arrived: when they came in, ms; None: at `t`.
            place: parts of a message belong together only within one.
            station: name of the receiver, "" where unknown.
            otherwise: gets the other lines, in their turn; without it they are counted as rejected.

        """
        when, otherwise = t if arrived is None else arrived, otherwise or self._refuse
        for line in lines:
            match = _SENTENCE.fullmatch(line)
            if match:
                self.waiting.append((match, t, when, place, station))
            else:
                otherwise(line)

    def _refuse(self, line: bytes) -> None:
        """Count it; a station's sound sentences of other kinds (time, alarms, its own state) are told apart."""
        if line[3:6] in (b"VDM", b"VDO") and line.count(b",") >= 6:
            reason = "cannot be decoded"
        elif nmea.parse(line) is None:
            reason = "not a sentence"
        else:
            reason = "other NMEA" if nmea.checksum_holds(line) else "checksum"
        self.rejected[reason] += 1

    def batches(self, source: str, received: int | None = None) -> list[Batch]:
        """What the waiting sentences report: Batches of messages with the same columns.

        A message in several sentences is whole with its last one, has the earliest of their times, and comes from one
        place within half a minute. What is no vessel is in a Batch without columns.
        """
        return self.decoded(self.messages(), source, received)

    def messages(self) -> list[Message]:
        """The whole messages in the waiting sentences. Wrong checksums, and echoes of what was heard, are counted."""
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
        """All sentences of a message once its last part is there; else None."""
        total, number = (int(digit) for digit in match[2].split(b","))
        if not 1 <= number <= total <= _MOST_PARTS:
            self.rejected["cannot be decoded"] += 1
            return None
        key = (place, total, match[1], match[3], match[5])
        parts = self._parts.pop(key, None)
        if parts is None or abs(arrived - parts.arrived) > _TOGETHER_MS:
            parts = _Parts(t, arrived)
        parts.texts[number] = (match.string, match[6], match[7])
        parts.t, parts.station = min(parts.t, t), parts.station or station
        if len(parts.texts) == total:
            return parts
        self._parts[key] = parts
        if len(self._parts) > _PARTS_KEPT:
            self._parts.popitem(last=False)
            self.rejected["incomplete"] += 1
        return None

    def _is_new(self, key: bytes, t: int) -> bool:
        """Several stations hear the same transmission: it counts once."""
        before = self._echoes.get(key)
        if before is None:
            before = self._older_echoes.get(key)
        if before is not None and abs(t - before) < _ECHO_MS:
            self.rejected["duplicate"] += 1
            self._echoes[key] = t
            return False
        if len(self._echoes) >= _PAYLOADS_KEPT:
            self._older_echoes, self._echoes = self._echoes, {}
        self._echoes[key] = t
        return True

    def decoded(self, messages: list[Message], source: str, received: int | None = None) -> list[Batch]:
        """What whole messages report; `received` as in Batch."""
        if not messages:
            return []
        fills = np.frombuffer(b"".join([fill for *_, fill in messages]), np.uint8) - 48
        payloads = Payloads([payload for *_, payload, _ in messages], fills)
        table = _Table(messages, payloads.mmsi, source, received)
        known = payloads.legal & (payloads.kind >= 1) & (payloads.kind <= _LAST_KIND) & (payloads.bits >= _HEAD_BITS)
        vessels = known & values.are_vessels(payloads.kind, payloads.mmsi)
        others, left = np.flatnonzero(known & ~vessels), vessels | ~known
        told = zip(payloads.kind[others].tolist(), payloads.mmsi[others].tolist(), strict=True)
        self.rejected.update(reason for kind, mmsi in told if (reason := values.refusal(kind, mmsi)))
        made = table.batches(others, {}, {}) if len(others) else []
        for rows, form in payloads.forms(vessels):
            left[rows] = False
            made += table.batches(rows, *payloads.columns(rows, form, table.t[rows]))
        self._count("cannot be decoded", int(np.count_nonzero(~payloads.legal)))
        reports = self._one_by_one([messages[row] for row in np.flatnonzero(left & payloads.legal).tolist()])
        return made + values.batches(reports, source, received)

    def _count(self, reason: str, count: int) -> None:
        if count:
            self.rejected[reason] += count

    def _one_by_one(self, messages: list[Message]) -> list[Report]:
        """Messages of an unusual length."""
        told = [(station, decode_one.report(sentences, t)) for sentences, t, station, *_ in messages]
        self.rejected.update(report for _, report in told if isinstance(report, str))
        return [replace(report, station=station) for station, report in told if isinstance(report, Report)]


class _Table:
    """Columns that every Batch has, of messages.

    Attributes:
        t: int64[n], ms UTC.

    """

    def __init__(self, messages: list[Message], mmsi: Ints, source: str, received: int | None) -> None:
        self._sentences, times, self._stations, *_ = zip(*messages, strict=True)
        self.t = np.array(times, np.int64)
        self._mmsi, self._source, self._received = mmsi.astype(np.uint32), source, received
        self._named = any(self._stations)

    def batches(self, rows: Rows, moving: Columns, static: Columns) -> list[Batch]:
        """Batches of some rows; a message that tells both stands in two, its sentences in the first."""
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
