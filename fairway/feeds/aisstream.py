"""Feed of aisstream.io, or of another server with its protocol, such as Fairway.

Source: aisstream.io/documentation (subscription, MetaData, errors) and github.com/aisstream/ais-message-models,
type-definition.yaml 1.0.0 (fields), read in November 2026. Values that are not available have AIS's own codes there.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from fairway.ais import values
from fairway.ais.values import Report, batches
from fairway.runtime.backoff import Backoff
from fairway.runtime.clock import Clock
from fairway.settings import Settings
from fairway.settings.parsing import boxes
from fairway.traffic.batch import Publish, SourceReport

SOURCE: Final = "aisstream"
SIMULATED: Final = "aisstream simulated"
"""Source of vessels that another Fairway marks as simulated."""
FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 60.0
_ROUND_S: Final = 0.2
_CONNECT_S: Final = 10.0
_MAX_FRAMES: Final = 1000
_MAX_FRAME_BYTES: Final = 2**17
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{1,9})? \+0000 UTC")
_KINDS: Final = {
    "PositionReport": 1, "BaseStationReport": 4, "ShipStaticData": 5, "StandardSearchAndRescueAircraftReport": 9,
    "StandardClassBPositionReport": 18, "ExtendedClassBPositionReport": 19, "AidsToNavigationReport": 21,
    "StaticDataReport": 24, "LongRangeAisBroadcastMessage": 27,
}  # fmt: skip
log = logging.getLogger(__name__)
# at level DEBUG the library logs whole frames, and the first one contains the API key
log.setLevel(logging.WARNING)


class RefusalError(Exception):
    """The server has answered with an error."""


def run(publish: Publish, clock: Clock, settings: Settings, stop: threading.Event) -> None:
    """Read the stream at `aisstream_url`, until `stop`; reconnect after 1 s, doubling to 60 s."""
    backoff = Backoff(FIRST_WAIT_S, MAX_WAIT_S)
    publish(SourceReport(SOURCE, down="connecting"))
    while not stop.is_set():
        stream = AisstreamReader(publish, clock)
        try:
            _follow(stream, settings, stop)
            reason = "closed by the server"
        except RefusalError as refused:
            reason = str(refused)
        except (OSError, WebSocketException) as error:
            reason = f"{type(error).__name__}: {error}"
        if stop.is_set():
            return
        if settings.aisstream_key:
            reason = reason.replace(settings.aisstream_key, "***")
        publish(SourceReport(SOURCE, down=reason[:200]))
        # only data resets the back-off: a server that refuses the key must not get a request every second
        if stream.has_data:
            backoff.reset()
        clock.wait(stop, backoff.next())


def _follow(stream: AisstreamReader, settings: Settings, stop: threading.Event) -> None:
    """Subscribe and read, until the connection ends or `stop`.

    Raises:
        OSError, WebSocketException: If the server is unreachable, or the connection breaks.
        RefusalError: If the server refuses the subscription.

    """
    wanted = {"APIKey": settings.aisstream_key, "BoundingBoxes": boxes("aisstream_boxes", settings.aisstream_boxes)}
    with connect(
        settings.aisstream_url, open_timeout=_CONNECT_S, close_timeout=1, max_size=_MAX_FRAME_BYTES, logger=log
    ) as ws:
        ws.send(json.dumps(wanted))
        try:
            while not stop.is_set():
                stream.take(_frames(ws))
        except ConnectionClosed as closed:
            if closed.rcvd is None:
                raise
        finally:
            stream.hand_over()


def _frames(ws: ClientConnection) -> list[str | bytes]:
    """Return the frames that arrive within _ROUND_S, at most _MAX_FRAMES: together they make one Batch."""
    frames: list[str | bytes] = []
    try:
        frames.append(ws.recv(_ROUND_S))
        while len(frames) < _MAX_FRAMES:
            frames.append(ws.recv(0))
    except TimeoutError:
        return frames
    except ConnectionClosed:
        # frames before the end count; the next call raises again
        if not frames:
            raise
    return frames


class AisstreamReader:
    """Turns frames into Batches.

    Attributes:
        has_data: whether a frame other than an error has arrived.

    """

    def __init__(self, publish: Publish, clock: Clock) -> None:
        self.has_data = False
        self._publish, self._clock = publish, clock
        self._rejected: Counter[str] = Counter()
        self._reports: dict[str, list[Report]] = {SOURCE: [], SIMULATED: []}

    def take(self, frames: list[str | bytes]) -> None:
        """Read frames and publish their reports.

        Raises:
            RefusalError: If a frame is an error of the server.

        """
        now = round(self._clock.now() * 1000)
        for text in frames:
            try:
                self._read(json.loads(text, parse_constant=_no_number), now)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
                self._rejected["cannot be decoded"] += 1
        self.hand_over()

    def hand_over(self) -> None:
        """Publish the reports and rejections since the last call."""
        received = round(self._clock.now() * 1000)
        for source, reports in self._reports.items():
            for batch in batches(reports, source, received, simulated=source == SIMULATED):
                self._publish(batch)
            reports.clear()
        if self._rejected:
            self._publish(SourceReport(SOURCE, rejected=dict(self._rejected)))
            self._rejected.clear()

    def _read(self, frame: dict[str, Any], now: int) -> None:
        if "error" in frame:
            raise RefusalError(f"refused by the server: {values.plain(str(frame['error']), 120)}")
        if not self.has_data:
            self.has_data = True
            self._publish(SourceReport(SOURCE, down=""))
        kind, about = frame["MessageType"], frame["MetaData"]
        body = frame["Message"][kind]
        mmsi = int(_number(body, "UserID", 0, 999_999_999))
        refused = values.refusal(_KINDS[kind], mmsi) if kind in _KINDS else "another message"
        if refused is None and body["Valid"] is not True:
            refused = "not valid"
        if refused is not None:
            self._rejected[refused] += 1
            return
        t = _time(about.get("time_utc"), now)
        moving, static = _COLUMNS[kind](body, t)
        self._reports[SIMULATED if about.get("Simulated") is True else SOURCE].append(Report(mmsi, t, moving, static))


Columns = tuple[dict[str, int], dict[str, Any]]


def _no_number(word: str) -> float:
    raise ValueError(word)


def _number(body: dict[str, Any], name: str, low: float, high: float) -> float:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(name)
    return value


def _time(text: object, now: int) -> int:
    """Return ms UTC of Go's "2026-11-24 20:15:00.123456789 +0000 UTC"; `now` for other texts."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return now
    second = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return round((second.timestamp() + float(found[2] or 0)) * 1000)


def _position(body: dict[str, Any], sog_limit: float = 102.25) -> dict[str, int]:
    where = values.position(_number(body, "Latitude", -112, 112), _number(body, "Longitude", -224, 224))
    cog = _number(body, "Cog", 0, 511)
    return where | values.motion(_number(body, "Sog", 0, 102.3), 360 if cog == 511 else cog, sog_limit)


def _class_a(body: dict[str, Any], _: int) -> Columns:
    turn = _number(body, "RateOfTurn", -128, 127)
    return _position(body) | {
        "nav_status": int(_number(body, "NavigationalStatus", 0, 15)),
        "heading": values.heading(int(_number(body, "TrueHeading", 0, 511))),
        "rot": values.turn(int(turn)),
    }, {}


def _class_b(body: dict[str, Any], _: int) -> Columns:
    return _position(body) | {"heading": values.heading(int(_number(body, "TrueHeading", 0, 511)))}, {}


def _class_b_extended(body: dict[str, Any], t: int) -> Columns:
    static = values.texts(name=body["Name"]) | values.ship(int(_number(body, "Type", 0, 255))) | _sides(body)
    return _class_b(body, t)[0], static


def _long_range(body: dict[str, Any], _: int) -> Columns:
    status = {"nav_status": int(_number(body, "NavigationalStatus", 0, 15))}
    return _position(body, sog_limit=63) | status, {}


def _voyage(body: dict[str, Any], t: int) -> Columns:
    month, day, hour, minute = (int(_number(body["Eta"], part, 0, 63)) for part in ("Month", "Day", "Hour", "Minute"))
    static: dict[str, Any] = values.texts(name=body["Name"], callsign=body["CallSign"], destination=body["Destination"])
    static |= values.ship(int(_number(body, "Type", 0, 255))) | _sides(body)
    draught = _number(body, "MaximumStaticDraught", 0, 25.5)
    imo = int(_number(body, "ImoNumber", 0, 2**30))
    return {}, static | values.voyage(imo, draught, values.arrival(month, day, hour, minute, t))


def _class_b_static(body: dict[str, Any], _: int) -> Columns:
    """Return the columns of message 24: the name in part A or the other fields in part B; only one is valid."""
    if not body["PartNumber"]:
        return {}, values.texts(name=body["ReportA"]["Name"])
    report = body["ReportB"]
    kind = values.ship(int(_number(report, "ShipType", 0, 255)))
    return {}, values.texts(callsign=report["CallSign"]) | kind | _sides(report)


def _sides(body: dict[str, Any]) -> dict[str, int]:
    return {side.lower(): int(_number(body["Dimension"], side, 0, 511)) for side in "ABCD"}


_COLUMNS: Final[dict[str, Callable[[dict[str, Any], int], Columns]]] = {
    "PositionReport": _class_a,
    "StandardClassBPositionReport": _class_b,
    "ExtendedClassBPositionReport": _class_b_extended,
    "LongRangeAisBroadcastMessage": _long_range,
    "ShipStaticData": _voyage,
    "StaticDataReport": _class_b_static,
}
