"""Encounters: who gives way at sea, and how. A vessel that would pass another too near alters within its lane or slows.

After the International Regulations for Preventing Collisions at Sea, rules 13 to 17: who overtakes keeps clear, two who
meet both go to starboard, and of two that cross the one that has the other on its starboard side gives way. Alterations
stay within the width of the lane, so that nobody comes near land.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fairway.chart.geodesy import DEGREE_NM, angle_diff
from fairway.chart.lanes import Lanes
from sim.world.fleet import SAILING, Fleet
from sim.world.passage import APPROACH_NM, ROADS_NM

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Pairs = tuple[Rows, Rows]

EVERY_S: Final = 60
PASS_NM: Final = 0.45
"""What who overtakes wants to leave between."""
_NEAR_NM: Final = (0.35, 0.5)
_AHEAD_H: Final = (1.0, 0.4)
"""A closest approach nearer than this and sooner than that is acted on: on like courses, and on others."""
_SAME_WAY_DEG, _MEETING_DEG = 30.0, 160.0
_TO_STARBOARD_NM: Final = 0.4
_SLACKENS: Final = 0.75
_LEAST_KN: Final = 8.0
_FOLLOWS_S: Final = 1800.0
_PASSES_S: Final = 300.0
"""Speed is gained again so long after the closest approach."""
_ROWS, _COLUMNS = 20, 4800
"""Cells in a degree of latitude and around the Earth: vessels of neighbouring cells see each other, 3 nm and more."""
MAX_VESSELS: Final = 100_000
"""In a larger fleet nobody gives way: its lanes are fuller than any sea, and looking out would take too long."""
_AROUND: Final = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))


class Encounters:
    """Writes `aside_wanted`, `way_kn` and `way_until` of `fleet`. Nothing here is random."""

    def __init__(self, fleet: Fleet, lanes: Lanes) -> None:
        self._fleet, self._lanes = fleet, lanes

    def change(self, before: float, now: float) -> Rows:
        """Look out, once a minute; returns the vessels under way whose speed that changes."""
        if int(now) // EVERY_S == int(before) // EVERY_S or len(self._fleet) > MAX_VESSELS:
            return np.zeros(0, np.intp)
        fleet = self._fleet
        over = np.flatnonzero((fleet.give_way_until <= now) & (fleet.give_way_kn < np.inf))
        fleet.give_way_kn[over] = np.inf
        slower = self._look_out(now)
        rows = np.union1d(over, slower)
        return np.asarray(rows[fleet.phase[rows] == SAILING])

    def _look_out(self, now: float) -> Rows:
        fleet = self._fleet
        rows = np.flatnonzero(self._at_sea())
        way = _direction(fleet.cog[rows])
        speed = way * fleet.sog[rows]
        a, b = neighbours(fleet.lat[rows], fleet.lon[rows])
        off, faster = self._off(rows[a], rows[b]), speed[:, b] - speed[:, a]
        hours = -(off * faster).sum(axis=0) / np.maximum((faster * faster).sum(axis=0), 1e-9)
        nearest = ((off + faster * np.maximum(hours, 0.0)) ** 2).sum(axis=0)
        same = (way[:, a] * way[:, b]).sum(axis=0) > np.cos(np.radians(_SAME_WAY_DEG))
        acts = (hours > 0) & (hours < np.where(same, *_AHEAD_H)) & (nearest < np.where(same, *_NEAR_NM) ** 2)
        one, other, off, hours = rows[a[acts]], rows[b[acts]], off[:, acts], hours[acts]
        apart = np.abs(angle_diff(fleet.cog[other], fleet.cog[one]))
        giver, stays, hours, apart = self._givers(one, other, off, hours, apart)
        overtakes = apart < _SAME_WAY_DEG
        follow = self._overtake(giver[overtakes], stays[overtakes])
        kn = np.maximum(fleet.sog[stays[overtakes][follow]] - 0.3, _LEAST_KN)
        followers = self._slow(giver[overtakes][follow], kn, now + _FOLLOWS_S)
        crosses = giver[~overtakes]
        wide = np.maximum(self._width(crosses), 1e-9)
        fleet.lane_position_wanted[crosses] = np.minimum(fleet.lane_position[crosses] + _TO_STARBOARD_NM / wide, 1.0)
        slackens = ~overtakes & (apart < _MEETING_DEG)
        kn = np.maximum(_SLACKENS * fleet.sog[giver[slackens]], _LEAST_KN)
        return np.union1d(followers, self._slow(giver[slackens], kn, now + hours[slackens] * 3600 + _PASSES_S))

    def _at_sea(self) -> NDArray[np.bool_]:
        """Under way, beyond the approaches of ports and canals, and done with what was begun."""
        fleet, lanes = self._fleet, self._lanes
        leg, along = fleet.leg, fleet.along_nm
        begins, ends = lanes.canal[leg].T
        free = (fleet.phase == SAILING) & (along > lanes.entrance_out_nm[leg] + APPROACH_NM)
        free &= along < np.minimum(lanes.entrance_in_nm[leg] - APPROACH_NM, fleet.stop_nm - APPROACH_NM)
        return np.asarray(free & ~((along > begins - ROADS_NM[1] - APPROACH_NM) & (along < ends + ROADS_NM[1])))

    def _off(self, one: Rows, other: Rows) -> Floats:
        """Where the others are from the first ones: miles to east and north, float64[2, k]."""
        fleet = self._fleet
        north, east = fleet.lat[other] - fleet.lat[one], fleet.lon[other] - fleet.lon[one]
        east = (east - np.rint(east * (1 / 360)) * 360) * np.cos(np.radians(fleet.lat[one]))
        return np.stack([east, north]) * DEGREE_NM

    def _givers(
        self, one: Rows, other: Rows, off: Floats, hours: Floats, apart: Floats
    ) -> tuple[Rows, Rows, Floats, Floats]:
        """Who gives way to whom, the most urgent for each that is not giving way already, with hours and angle."""
        fleet = self._fleet
        bearing = angle_diff(np.degrees(np.arctan2(off[0], off[1])), fleet.cog[one])
        # on like courses the one astern; crossing, the one with the other on its starboard side; meeting, both
        first = np.where(apart < _SAME_WAY_DEG, np.abs(bearing) < 90, bearing > 0) | (apart > _MEETING_DEG)
        second = ~first | (apart > _MEETING_DEG)
        giver = np.concatenate([one[first], other[second]])
        stays = np.concatenate([other[first], one[second]])
        hours, apart = (np.concatenate([column[first], column[second]]) for column in (hours, apart))
        free = np.flatnonzero(
            (fleet.lane_position_wanted[giver] == fleet.lane_position[giver]) & np.isinf(fleet.give_way_kn[giver])
        )
        order = free[np.lexsort((stays[free], hours[free], giver[free]))]
        order = order[np.unique(giver[order], return_index=True)[1]]
        return giver[order], stays[order], hours[order], apart[order]

    def _overtake(self, rows: Rows, ahead: Rows) -> NDArray[np.bool_]:
        """Choose the side on which each passes who is ahead; who has no room for it must follow."""
        fleet = self._fleet
        off = self._off(rows, ahead)
        way = _direction(fleet.cog[rows])
        aside_nm = off[0] * way[1] - off[1] * way[0]
        width = self._width(rows)
        left, right = fleet.lane_position[rows] * width, (1 - fleet.lane_position[rows]) * width
        to_port, to_starboard = np.minimum(aside_nm - PASS_NM, 0.0), np.maximum(aside_nm + PASS_NM, 0.0)
        may_port, may_starboard = -to_port <= left, to_starboard <= right
        port = may_port & (~may_starboard | (-to_port <= to_starboard))
        moves = np.where(port, to_port, np.where(may_starboard, to_starboard, 0.0))
        fleet.lane_position_wanted[rows] = np.clip(
            fleet.lane_position[rows] + moves / np.maximum(width, 1e-9), 0.0, 1.0
        )
        return np.asarray(~may_port & ~may_starboard)

    def _slow(self, rows: Rows, kn: Floats, until: float | Floats) -> Rows:
        self._fleet.give_way_kn[rows], self._fleet.give_way_until[rows] = kn, until
        return rows

    def _width(self, rows: Rows) -> Floats:
        """Width of the lane in miles where vessels come next."""
        point = self._fleet.lane_point[rows] + 1
        return np.asarray(self._lanes.to_port_nm[point] + self._lanes.to_starboard_nm[point])


def neighbours(lat: Floats, lon: Floats) -> Pairs:
    """Every pair of places, by index, of which one lies in the other's cell or in one of the eight around it."""
    row = np.floor((lat + 90) * _ROWS).astype(np.int64)
    column = np.floor((lon + 180) * (_COLUMNS / 360)).astype(np.int64) % _COLUMNS
    cell = row * _COLUMNS + column
    order = np.argsort(cell, kind="stable")
    ordered, ones, others = cell[order], [], []
    for down, right in _AROUND:
        wanted = (row[order] + down) * _COLUMNS + (column[order] + right) % _COLUMNS
        begin, end = np.searchsorted(ordered, wanted), np.searchsorted(ordered, wanted, side="right")
        if not (down or right):
            begin = np.arange(1, len(order) + 1)
        count = np.maximum(end - begin, 0)
        one = np.repeat(np.arange(len(order)), count)
        ones.append(order[one])
        others.append(order[begin[one] + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)])
    return np.concatenate(ones), np.concatenate(others)


def _direction(course: Floats) -> Floats:
    """To east and north, of length 1."""
    return np.stack([np.sin(np.radians(course)), np.cos(np.radians(course))])
