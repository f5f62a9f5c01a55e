"""Commands about zones and alerts, which web processes send to the ingest process."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from fairway.commands.base import Command
from fairway.commands.quantities import PRINTABLE, Latitude

MAX_RING: Final = 501
"""Corners of a zone and the first one once more, as GeoJSON closes a ring."""
MAX_ACKNOWLEDGED: Final = 1000
"""Alerts in one request; the event log remembers as many."""
# a zone across the antimeridian has corners beyond 180 degrees
ZoneLongitude = Annotated[float, Meta(ge=-540, le=540, description="degrees")]
ZoneName = Annotated[str, Meta(min_length=1, max_length=60, pattern=PRINTABLE, description="printable characters")]
AlertId = Annotated[str, Meta(min_length=1, max_length=100)]


class AddZone(Command, kw_only=True, tag="add_zone"):
    """An area that raises alerts; its corners are longitude, latitude. Reply: the zone with its `id`."""

    name: ZoneName
    corners: Annotated[list[tuple[ZoneLongitude, Latitude]], Meta(min_length=3, max_length=MAX_RING)]


class RemoveZone(Command, kw_only=True, tag="remove_zone"):
    """Remove a zone. Reply: whether there was one."""

    id: Annotated[int, Meta(ge=0, le=2**53)]


class AcknowledgeAlerts(Command, kw_only=True, tag="acknowledge"):
    """Mark alerts as seen, for every user. Reply: None."""

    event_ids: Annotated[list[AlertId], Meta(max_length=MAX_ACKNOWLEDGED)]
