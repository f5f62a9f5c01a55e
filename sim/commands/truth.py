"""The truth for JSON: events with their times, and where vessels really are."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairway.protocol import encode_json
from fairway.traffic.fields import VESSEL_TYPES, imo_is_valid
from sim.custom.independent import IndependentVessels
from sim.scenario.events import ScenarioEvents
from sim.scenario.scenario import ScenarioEvent
from sim.simulation import Simulation
from sim.world.world import World


def begin(events: ScenarioEvents, event: ScenarioEvent) -> dict[str, Any]:
    """Begin an event, and return it as `all_events` lists it.

    Raises:
        LookupError: The event is impossible; the message gives the reason.

    """
    run = events.begin(event)
    if run.failed:
        raise LookupError(run.failed)
    return _with_times(events.truth_of(run))


def all_events(events: ScenarioEvents) -> list[dict[str, Any]]:
    """Return every event: over, running and ahead."""
    return [_with_times(event) for event in events.truth()]


def truth(simulation: Simulation, events: ScenarioEvents, everyone: bool) -> dict[str, Any]:
    """Return the events, and the true state of the vessels that they concern, or of all vessels."""
    listed = events.truth()
    labels: dict[int, list[str]] = {mmsi: [] for event in listed for mmsi in event["vessels"]}
    for event in listed:
        if event["state"] == "running":
            for mmsi in event["vessels"]:
                labels[mmsi].append(event["kind"])
    if everyone:
        for part in (simulation.world, simulation.independent):
            labels |= {mmsi: labels.get(mmsi, []) for mmsi in part.fleet.mmsi.tolist() if mmsi}
    vessels = [_vessel(simulation, mmsi, kinds, events) for mmsi, kinds in labels.items()]
    return {
        "time": encode_json.rfc3339(simulation.now),
        "closed": sorted(simulation.closed),
        "events": [_with_times(event) for event in listed],
        "vessels": [vessel for vessel in vessels if vessel],
    }


def identity_and_motion(part: World | IndependentVessels, row: int) -> dict[str, Any]:
    """Return who a vessel truly is, where, and how it moves."""
    fleet = part.fleet
    imo = int(fleet.imo[row])
    return {
        "mmsi": int(fleet.mmsi[row]),
        "vessel_name": fleet.name[row],
        "vessel_type": VESSEL_TYPES[int(fleet.vessel_type[row])],
        "imo_number": f"IMO{imo}" if imo else None,
        "imo_valid": bool(imo_is_valid(imo)),
        "position": {"latitude": round(float(fleet.lat[row]), 6), "longitude": round(float(fleet.lon[row]), 6)},
        "speed_over_ground": round(float(fleet.sog[row]), 2),
        "course_over_ground": round(float(fleet.cog[row]), 2),
        "nav_status": int(fleet.nav_status[row]),
        "destination": fleet.destination[row] or None,
    }


def rfc3339_or_none(seconds: float) -> str | None:
    """Return a time for JSON; None for NaN and infinity."""
    return encode_json.rfc3339(seconds) if np.isfinite(seconds) else None


def _vessel(simulation: Simulation, mmsi: int, labels: list[str], events: ScenarioEvents) -> dict[str, Any] | None:
    found = simulation.find(mmsi)
    if found is None:
        return None
    part, row = found
    reported = [item.values["mmsi"] for item in events.spoofing() if item.mmsi == mmsi and "mmsi" in item.values]
    return identity_and_motion(part, row) | {
        "reported_mmsi": reported[-1] if reported else mmsi,
        "on_a_lane": isinstance(part, World),
        "labels": sorted(set(labels)),
    }


def _with_times(event: dict[str, Any]) -> dict[str, Any]:
    changes = [
        change | {key: rfc3339_or_none(change[key]) for key in ("eta_before", "eta_after")}
        for change in event["changes"]
    ]
    return event | {key: rfc3339_or_none(event[key]) for key in ("began", "until")} | {"changes": changes}
