"""Composition of the fleet: how many vessels of which type, size and route, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.lanes import Lanes
from sim.world import identity
from sim.world.fleet import ALONGSIDE, COLUMNS, Fleet
from sim.world.vessel_types import (
    BULKER,
    CONTAINER,
    GENERAL_CARGO,
    SHIP_TYPES,
    SIZE_CLASSES,
    TANKER,
    TYPE_SHARES,
    VESSEL_TYPES,
)

ROUTE_SHARE: Final = 0.70
"""Share of each type that sails a route; the other vessels choose a free leg at each port."""
_ROUTE_PARTS: Final = ((True, ROUTE_SHARE), (False, 1 - ROUTE_SHARE))
_ASTERN_SHARE: Final = {CONTAINER: 0.32, BULKER: 0.14, GENERAL_CARGO: 0.18, TANKER: 0.15}
"""Distance from antenna to stern as a share of the length: the bridge of a container ship stands further ahead."""


def make_fleet(
    size: int, lanes: Lanes, rng: np.random.Generator, shares_of: Mapping[str, float] | None = None
) -> Fleet:
    """Return `size` vessels with identity, type, size and route; `sim.world.placement` says where they are.

    Args:
        size: number of vessels.
        lanes: the chart, which has the routes.
        rng: source of all random choices.
        shares_of: type of vessel -> share, for the first four VESSEL_TYPES, instead of TYPE_SHARES. The first vessel
            is a container vessel in any case: the documents' examples name it.

    """
    vessel_type, route = _types_and_routes(size, lanes, rng, _shares(shares_of))
    size_class = _size_classes(vessel_type, _needs_suez(route, lanes), rng)
    shares = np.array([flag.share for flag in identity.FLAGS])
    flag = rng.choice(len(shares), size, p=shares / shares.sum())
    zeros: dict[str, Any] = {name: np.zeros(size) for name, kind in COLUMNS.items() if kind is np.float64}
    return Fleet(
        mmsi=identity.mmsi_numbers(flag),
        imo=identity.imo_numbers(size),
        name=identity.names(size, rng),
        callsign=identity.callsigns(flag),
        flag=[identity.FLAGS[index].iso2 for index in flag.tolist()],
        vessel_type=vessel_type,
        ship_type=np.array(SHIP_TYPES, np.uint8)[vessel_type],
        size_class=size_class,
        route=route,
        nav_status=np.zeros(size, np.uint8),
        phase=np.zeros(size, np.uint8),
        stop_phase=np.full(size, ALONGSIDE, np.uint8),
        berth_port=np.full(size, -1, np.int16),
        berth=np.full(size, -1, np.int16),
        leg=np.zeros(size, np.int32),
        lane_point=np.zeros(size, np.int32),
        route_place=np.zeros(size, np.int32),
        destination=[""] * size,
        voyage_version=np.ones(size, np.uint32),
        **_dimensions(vessel_type, size_class),
        **zeros,
    )


def _shares(given: Mapping[str, float] | None) -> dict[int, float]:
    return {kind: given.get(VESSEL_TYPES[kind], 0.0) for kind in TYPE_SHARES} if given else TYPE_SHARES


def _types_and_routes(
    size: int, lanes: Lanes, rng: np.random.Generator, type_shares: Mapping[int, float]
) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """Return types in their shares, and routes for 70 % of each type; row 0 is a container vessel on a route."""
    cells = [(kind, on, share * part) for kind, share in type_shares.items() for on, part in _ROUTE_PARTS]
    counts = _apportion(size, np.array([cell[2] for cell in cells]))
    vessel_type = np.repeat(np.array([cell[0] for cell in cells], np.uint8), counts)
    on_route = np.repeat(np.array([cell[1] for cell in cells]), counts)
    shuffled = np.concatenate([[0], 1 + rng.permutation(size - 1)]).astype(np.intp)
    vessel_type, on_route = vessel_type[shuffled], on_route[shuffled]
    route = np.full(size, -1, np.int16)
    for kind in TYPE_SHARES:
        fitting = [at for at, item in enumerate(lanes.routes) if VESSEL_TYPES[kind] in item.vessel_types]
        rows = np.flatnonzero((vessel_type == kind) & on_route)
        if fitting:
            route[rows] = rng.permutation(np.resize(np.array(fitting, np.int16), len(rows)))
    return vessel_type, route


def _apportion(size: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return integers in proportion to `shares` that sum to `size` (largest remainder); the first is at least 1."""
    exact = shares / shares.sum() * size
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: size - int(counts.sum())]] += 1
    if size and not counts[0]:
        counts[[0, int(np.argmax(counts))]] += (1, -1)
    return np.asarray(counts)


def _needs_suez(route: NDArray[np.int16], lanes: Lanes) -> NDArray[np.bool_]:
    """Return whether a vessel may need the Suez canal: its route leads through it, or it has no route."""
    uses = [bool((lanes.passage[list(item.legs_out + item.legs_back)] == "suez").any()) for item in lanes.routes]
    return np.array([*uses, True])[route]


def _size_classes(
    vessel_type: NDArray[np.uint8], needs_suez: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int16]:
    result = np.zeros(len(vessel_type), np.int16)
    for kind in TYPE_SHARES:
        for suez in (True, False):
            rows = np.flatnonzero((vessel_type == kind) & (needs_suez == suez))
            fit = [at for at, c in enumerate(SIZE_CLASSES) if c.vessel_type == kind and (c.fits_suez or not suez)]
            shares = np.array([SIZE_CLASSES[at].share for at in fit])
            result[rows] = rng.choice(fit, len(rows), p=shares / shares.sum())
    return result


def _dimensions(vessel_type: NDArray[np.uint8], size_class: NDArray[np.int16]) -> dict[str, Any]:
    length = np.array([item.length_m for item in SIZE_CLASSES], np.uint16)[size_class]
    beam = np.array([item.beam_m for item in SIZE_CLASSES], np.uint16)[size_class]
    astern = np.array([_ASTERN_SHARE[kind] for kind in range(4)])[vessel_type]
    b, c = np.rint(length * astern).astype(np.uint16), (beam // 2).astype(np.uint16)
    return {"length_m": length, "beam_m": beam, "a": length - b, "b": b, "c": c, "d": beam - c}
