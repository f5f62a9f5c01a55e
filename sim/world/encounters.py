"""Collision avoidance at sea: a vessel that would pass another too closely alters course within its lane or slows.

After the International Regulations for Preventing Collisions at Sea, rules 13 to 17: an overtaking
vessel keeps clear; two vessels that meet head-on both alter to starboard; of two crossing vessels, the one with the
other on its starboard side gives way. Alterations stay within the width of the lane, which keeps vessels off land.
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
"""Distance at which an overtaking vessel passes the other."""
_NEAR_NM: Final = (0.35, 0.5)
_AHEAD_H: Final = (1.0, 0.4)
"""Distance and time of a closest approach below which a vessel gives way: on like courses, and on other courses."""
_SAME_WAY_DEG, _MEETING_DEG = 30.0, 160.0
_TO_STARBOARD_NM: Final = 0.4
_SLOWING: Final = 0.75
_MIN_KN: Final = 8.0
_FOLLOW_S: Final = 1800.0
_PASSING_S: Final = 300.0
"""A vessel that slowed for a crossing vessel resumes its speed this long after the closest approach."""
_ROWS, _COLUMNS = 20, 4800
"""Cells in a degree of latitude and around the Earth: vessels of neighbouring cells, 3 nm or more, are compared."""
MAX_VESSELS: Final = 100_000
"""In a larger fleet no vessel gives way: its lanes are denser than any real sea, and the search would take too long."""
_AROUND: Final = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))


class Encounters:
    """Writes `lane_position_wanted`, `give_way_kn` and `give_way_until` of `fleet`. Uses no random numbers."""

    def __init__(self, fleet: Fleet, lanes: Lanes) -> None:
        self._fleet, self._lanes = fleet, lanes

    def change(self, before: float, now: float) -> Rows:
        """Apply the rules once a minute; return the rows of vessels under way whose speed changes."""
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
        giver, avoided, hours, apart = self._givers(one, other, off, hours, apart)
        overtakes = apart < _SAME_WAY_DEG
        follow = self._overtake(giver[overtakes], avoided[overtakes])
        kn = np.maximum(fleet.sog[avoided[overtakes][follow]] - 0.3, _MIN_KN)
        followers = self._slow(giver[overtakes][follow], kn, now + _FOLLOW_S)
        crosses = giver[~overtakes]
        wide = np.maximum(self._width(crosses), 1e-9)
        fleet.lane_position_wanted[crosses] = np.minimum(fleet.lane_position[crosses] + _TO_STARBOARD_NM / wide, 1.0)
        slows = ~overtakes & (apart < _MEETING_DEG)
        kn = np.maximum(_SLOWING * fleet.sog[giver[slows]], _MIN_KN)
        return np.union1d(followers, self._slow(giver[slows], kn, now + hours[slows] * 3600 + _PASSING_S))

    def _at_sea(self) -> NDArray[np.bool_]:
        """Return the vessels under way outside the approaches of ports and canals, bool[n]."""
        fleet, lanes = self._fleet, self._lanes
        leg, along = fleet.leg, fleet.along_nm
        begins, ends = lanes.canal[leg].T
        free = (fleet.phase == SAILING) & (along > lanes.entrance_out_nm[leg] + APPROACH_NM)
        free &= along < np.minimum(lanes.entrance_in_nm[leg] - APPROACH_NM, fleet.stop_nm - APPROACH_NM)
        return np.asarray(free & ~((along > begins - ROADS_NM[1] - APPROACH_NM) & (along < ends + ROADS_NM[1])))

    def _off(self, one: Rows, other: Rows) -> Floats:
        """Return the offset of each `other` from its `one`: nautical miles to east and north, float64[2, k]."""
        fleet = self._fleet
        north, east = fleet.lat[other] - fleet.lat[one], fleet.lon[other] - fleet.lon[one]
        east = (east - np.rint(east * (1 / 360)) * 360) * np.cos(np.radians(fleet.lat[one]))
        return np.stack([east, north]) * DEGREE_NM

    def _givers(
        self, one: Rows, other: Rows, off: Floats, hours: Floats, apart: Floats
    ) -> tuple[Rows, Rows, Floats, Floats]:
        """Return give-way vessels, the vessels they avoid, hours to the closest approach and angles between courses.

        Each vessel that does not give way already has its most urgent encounter only.
        """
        fleet = self._fleet
        bearing = angle_diff(np.degrees(np.arctan2(off[0], off[1])), fleet.cog[one])
        # like courses: the vessel astern; crossing: the vessel with the other to starboard; head-on: both
        first = np.where(apart < _SAME_WAY_DEG, np.abs(bearing) < 90, bearing > 0) | (apart > _MEETING_DEG)
        second = ~first | (apart > _MEETING_DEG)
        giver = np.concatenate([one[first], other[second]])
        avoided = np.concatenate([other[first], one[second]])
        hours, apart = (np.concatenate([column[first], column[second]]) for column in (hours, apart))
        free = np.flatnonzero(
            (fleet.lane_position_wanted[giver] == fleet.lane_position[giver]) & np.isinf(fleet.give_way_kn[giver])
        )
        order = free[np.lexsort((avoided[free], hours[free], giver[free]))]
        order = order[np.unique(giver[order], return_index=True)[1]]
        return giver[order], avoided[order], hours[order], apart[order]

    def _overtake(self, rows: Rows, ahead: Rows) -> NDArray[np.bool_]:
        """Choose the side on which each vessel passes the one ahead; return which must follow, bool[k]."""
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
        """Return the width of the lane at the next point of each vessel, nautical miles."""
        point = self._fleet.lane_point[rows] + 1
        return np.asarray(self._lanes.to_port_nm[point] + self._lanes.to_starboard_nm[point])


def neighbours(lat: Floats, lon: Floats) -> Pairs:
    """Return the index pairs of positions that lie in the same cell or in adjacent cells."""
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
    """Return unit vectors to east and north, float64[2, k]."""
    return np.stack([np.sin(np.radians(course)), np.cos(np.radians(course))])
