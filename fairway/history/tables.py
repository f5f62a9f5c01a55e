"""Tables of the history, one set for SQLite and PostgreSQL, in the scaled integers of `fairway.traffic.fields`.

A value that was not reported, or is not available, is NULL.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, SmallInteger, Table, Text

METADATA: Final = MetaData()

RUN: Final = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("epoch", Text, nullable=False, unique=True),
    # one epoch of Traffic: a step back of the clock starts a new one
    Column("mode", Text),  # of the clock: live and mixed runs are in UTC, others have their own time
    Column("sources", Text),  # JSON: [name of a feed, whether its vessels are simulated] by number, for `frame`
)

POSITION: Final = Table(
    "position",
    METADATA,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("mmsi", Integer, primary_key=True, autoincrement=False),
    Column("t", BigInteger, primary_key=True, autoincrement=False),  # event time, ms UTC
    Column("lat", Integer),  # 1/600,000 degree
    Column("lon", Integer),  # 1/600,000 degree
    Column("sog", SmallInteger),  # 0.1 knot
    Column("cog", SmallInteger),  # 0.1 degree
    Column("heading", SmallInteger),  # degree
    Column("rot", SmallInteger),  # 0.1 degree per minute
    Column("nav_status", SmallInteger),  # code of ITU-R M.1371
    Column("source", Text, nullable=False),  # the feed
    # the key is the table: 39 MB for a million rows instead of 99
    sqlite_with_rowid=False,
)

STATIC: Final = Table(
    "static",
    METADATA,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("mmsi", Integer, primary_key=True, autoincrement=False),
    Column("t", BigInteger, primary_key=True, autoincrement=False),  # event time, ms UTC
    Column("name", Text),
    Column("imo", Integer),
    Column("callsign", Text),
    Column("vessel_type", SmallInteger),  # index in VESSEL_TYPES
    Column("ship_type", SmallInteger),  # code of ITU-R M.1371
    *(Column(side, SmallInteger) for side in "abcd"),  # m
    Column("draught", SmallInteger),  # 0.1 m
    Column("destination", Text),
    Column("eta", BigInteger),  # ms UTC
    Column("flag", Text),  # ISO 3166-1 alpha-2
    Column("route", SmallInteger),  # index of the simulator's route
    sqlite_with_rowid=False,
)

FRAME: Final = Table(
    "frame",
    METADATA,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("t", BigInteger, primary_key=True, autoincrement=False),  # ms UTC
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    # 0: each vessel's last report before t; otherwise a digest of the reports of one commit with event times in the
    # ten seconds from t on, so that writing them twice stores them once
    Column("data", LargeBinary, nullable=False),  # see fairway.history.frames
)
