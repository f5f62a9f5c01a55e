"""Save a simulation and resume it in a later process, at the wall's time or where it stood."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from sim import saved
from sim.engine.loop import LONGEST_JUMP_S, SimulationLoop

CAUGHT_UP_S: Final = 600.0
"""After downtime, replay at most this many seconds report by report; skip the rest."""
_IS_UTC_WITHIN_S: Final = 5.0
_FROM_SETTINGS: Final = ("update_interval", "speed_factor", "paused")
"""Settings that a command may have changed; a new value of the setting overrules the command."""


def save(loop: SimulationLoop, wall: float) -> bytes:
    """Return all that `restore` needs to resume from this moment; `wall` is Unix seconds."""
    clock, settings = loop.clock, loop.settings
    return saved.packed({
        "layout": _layout(loop),
        "clock": {"time": clock.now(), "rate": clock.rate, "paused": clock.paused, "wall": wall},
        "settings": {name: getattr(settings, name) for name in _FROM_SETTINGS},
        "update_interval": loop.update_interval, "unreported": loop.unreported,
        "simulation": loop.simulation, "events": loop.events, "line": loop.line, "journal": loop.journal,
    })  # fmt: skip


def restore(loop: SimulationLoop, data: bytes, wall: float) -> None:
    """Resume where a loop of the same settings was when `save` returned `data`.

    A clock that showed the wall's time shows it again (`wall`, Unix seconds), and the vessels have sailed on; any
    other clock resumes where it stood.

    Raises:
        ValueError: Another release saved it, or it is older than the longest jump.

    """
    found = _read(data)
    changed = {name for name, value in found["settings"].items() if value != getattr(loop.settings, name)}
    if "update_interval" not in changed:
        loop.update_interval = found["update_interval"]
    simulation = loop.adopt(wall)
    if found["layout"] != _layout(loop):
        raise ValueError("another release saved the simulation")
    loop.unreported = found["unreported"]
    own = {"simulation": simulation, "events": loop.events, "line": loop.line, "journal": loop.journal}
    for name, thing in own.items():
        saved.restore(thing, found[name])
    if wall - simulation.now > LONGEST_JUMP_S and loop.is_utc:
        raise ValueError("it is too long ago")
    if "update_interval" in changed:
        simulation.set_interval(loop.update_interval)
    if not loop.is_utc:
        _restore_clock(loop, found["clock"], changed, wall)


def _read(data: bytes) -> dict[str, Any]:
    """Objects of another release lack attributes of this one, or have others: whichever fails first, say so."""
    try:
        found: dict[str, Any] = saved.unpacked(data)
        is_ours = found["layout"][0] == saved.LAYOUT
    except (ValueError, LookupError, TypeError, msgspec.MsgspecError) as error:
        raise ValueError("another release saved the simulation") from error
    if not is_ours:
        raise ValueError("another release saved the simulation")
    return found


def _layout(loop: SimulationLoop) -> list[int]:
    """Numbers that change with the saved attributes, and with the lanes that vessels are on."""
    return [saved.LAYOUT, zlib.crc32(loop.simulation.world.lanes.lat.tobytes())]


def _restore_clock(loop: SimulationLoop, then: Mapping[str, Any], changed: Collection[str], wall: float) -> None:
    clock = loop.clock
    clock.set_rate(clock.rate if "speed_factor" in changed else then["rate"])
    clock.pause(clock.paused if "paused" in changed else then["paused"])
    clock.set(then["time"])
    if then["rate"] == 1 and not then["paused"] and abs(then["time"] - then["wall"]) < _IS_UTC_WITHIN_S:
        _sail_through_downtime(loop, wall)
    loop.lead()


def _sail_through_downtime(loop: SimulationLoop, time: float) -> None:
    gap = time - loop.simulation.now
    if gap > LONGEST_JUMP_S:
        raise ValueError("it is too long ago")
    if gap > CAUGHT_UP_S:
        loop.sail(time, exact_s=CAUGHT_UP_S)
        loop.unreported = True
        if loop.traffic:
            loop.traffic.suspend_expiry()
        # a scenario file can't repeat a gap: the journal is incomplete from here on
        loop.journal.lost += 1
    loop.replay_to(time)
    loop.clock.set(max(time, loop.clock.now()))
