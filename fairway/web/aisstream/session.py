"""One client of aisstream.io's protocol: what it subscribes to, and what it gets. Sans I/O, for the hub.

Source: aisstream.io/documentation; github.com/aisstream/ais-message-models, `SubscriptionMessage` and `Error`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Final

import msgspec
import numpy as np
import orjson
from msgspec import Meta

from fairway.ais.aisstream_models import TYPES
from fairway.commands.validation import fault_of
from fairway.errors import RequestError
from fairway.protocol.encode_json import Binary
from fairway.protocol.requests import decode
from fairway.web.aisstream.frames import Page

PERIOD_S: Final = 0.25
SILENT_TICKS: Final = 12
"""Three seconds: after so long without a subscription aisstream.io hangs up; here the server says so."""
ALL_TYPES: Final = (
    *TYPES, "UnknownMessage", "AddressedSafetyMessage", "AddressedBinaryMessage", "AssignedModeCommand",
    "BinaryAcknowledge", "BinaryBroadcastMessage", "ChannelManagement", "CoordinatedUTCInquiry",
    "DataLinkManagementMessage", "DataLinkManagementMessageData", "GroupAssignmentCommand",
    "GnssBroadcastBinaryMessage", "Interrogation", "MultiSlotBinaryMessage", "SafetyBroadcastMessage",
    "SingleSlotBinaryMessage",
)  # fmt: skip
MALFORMED: Final = "Subscription Object Is Malformed"

Corner = tuple[float, float]
Mmsi = Annotated[str, Meta(pattern=r"^\d{9}$")]
Missed = tuple[int, Iterable[Page]]
"""The number of the next page, and the pages from a number on that are still there."""


class SubscriptionMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What a client sends; any key will do, since reading needs none here."""

    APIKey: str
    BoundingBoxes: Annotated[list[tuple[Corner, Corner]], Meta(min_length=1, max_length=1000)]
    FiltersShipMMSI: Annotated[list[Mmsi], Meta(max_length=10_000)] = []
    FilterMessageTypes: list[str] = []


class AisstreamSession:
    """The server's side of one connection, with the interface of `traffic.session.Session`.

    All goes out in binary frames, as there: clients are written for it.

    Args:
        missed: gives the pages from a number on.

    """

    period_s: Final = PERIOD_S
    subscription: Final = "aisstream"

    def __init__(self, missed: Callable[[int], Missed]) -> None:
        self._missed = missed
        self._wanted: SubscriptionMessage | None = None
        self._next, _ = missed(0)
        self._silent_ticks = 0

    def open(self) -> list[bytes]:
        """Nothing: aisstream.io waits for the subscription."""
        return []

    def receive(self, text: str | bytes) -> list[bytes]:
        """Take a subscription, which replaces the one before; a bad one gets an `error` that names its fault."""
        try:
            self._wanted = _subscription(text)
        except RequestError as error:
            return self.refuse("", f"{MALFORMED}: {error}")
        self._next, _ = self._missed(self._next)
        return []

    def refuse(self, code: str, text: str, retry_after_ms: int | None = None) -> list[bytes]:
        """An `error` of this protocol, which has just a text."""
        del code, retry_after_ms
        return [Binary(orjson.dumps({"error": text}))]

    def heartbeat(self) -> list[bytes]:
        """Nothing: this protocol has none."""
        return []

    def tick(self, skipped: int = 0) -> list[bytes]:
        """What was reported since the last tick and is subscribed; after skipped ticks the newest of each vessel."""
        if self._wanted is None:
            self._silent_ticks += 1
            late = self._silent_ticks == SILENT_TICKS
            return self.refuse("", "no subscription came within 3 seconds; nothing is sent without one") if late else []
        self._next, pages = self._missed(self._next)
        chosen = [(page, _rows(self._wanted, page)) for page in pages]
        if skipped:
            newest = {(page.kind, page.mmsi[row]): page.frames[row] for page, rows in chosen for row in rows}
            return list(newest.values())
        return [page.frames[row] for page, rows in chosen for row in rows]


def _rows(wanted: SubscriptionMessage, page: Page) -> list[int]:
    """The frames of a page that a subscription asks for."""
    if wanted.FilterMessageTypes and page.kind not in wanted.FilterMessageTypes:
        return []
    lat, lon = np.array(page.lat), np.array(page.lon)
    inside = np.zeros(len(page.frames), np.bool_)
    for first, second in wanted.BoundingBoxes:
        south, north = sorted((first[0], second[0]))
        west, east = sorted((first[1], second[1]))
        inside |= (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    if wanted.FiltersShipMMSI:
        inside &= np.isin(page.mmsi, np.array(wanted.FiltersShipMMSI, np.uint32))
    return np.flatnonzero(inside).tolist()


def _subscription(text: str | bytes) -> SubscriptionMessage:
    """A checked subscription. Keys may be in any case, as aisstream.io's own examples have them.

    Raises:
        RequestError: If it is not one, or nothing could ever match it.

    """
    names = {name.lower(): name for name in SubscriptionMessage.__struct_fields__}
    request = decode(text.decode(errors="replace") if isinstance(text, bytes) else text)
    given = {names.get(key.lower(), key): value for key, value in request.items()}
    try:
        wanted = msgspec.convert(given, SubscriptionMessage)
    except msgspec.ValidationError as error:
        fault = fault_of(error, given, SubscriptionMessage)
        raise RequestError("", f"{fault}; a box is [[lat, lon], [lat, lon]]") from error
    _check_boxes(wanted)
    unknown = [name for name in wanted.FilterMessageTypes if name not in ALL_TYPES]
    if unknown:
        raise RequestError("", f"FilterMessageTypes: {unknown[0]!r:.60} is not one of {', '.join(ALL_TYPES)}")
    if wanted.FilterMessageTypes and not set(wanted.FilterMessageTypes) & set(TYPES):
        raise RequestError("", f"FilterMessageTypes: none of these is sent here; sent are {', '.join(TYPES)}")
    return wanted


def _check_boxes(wanted: SubscriptionMessage) -> None:
    """A box must touch the Earth, but may reach beyond: aisstream.io's own examples do, to latitude 180."""
    for number, corners in enumerate(wanted.BoundingBoxes):
        for axis, name, most in ((0, "latitude", 90.0), (1, "longitude", 180.0)):
            low, high = sorted(corner[axis] for corner in corners)
            if not (low <= most and high >= -most):
                raise RequestError("", f"BoundingBoxes[{number}]: no place has a {name} from {low:g} to {high:g}")
