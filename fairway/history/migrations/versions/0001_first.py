"""The first tables: runs, positions, static data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = (
    ("run", sa.Integer),
    ("mmsi", sa.Integer),
    ("t", sa.BigInteger),
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "run", sa.Column("id", sa.Integer, primary_key=True), sa.Column("epoch", sa.Text, nullable=False, unique=True)
    )
    key = [sa.Column(name, kind, primary_key=True, autoincrement=False) for name, kind in _KEY]
    small = [sa.Column(name, sa.SmallInteger) for name in ("sog", "cog", "heading", "rot", "nav_status")]
    op.create_table(
        "position",
        *key,
        sa.Column("lat", sa.Integer),
        sa.Column("lon", sa.Integer),
        *small,
        sa.Column("source", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    key = [sa.Column(name, kind, primary_key=True, autoincrement=False) for name, kind in _KEY]
    text = [sa.Column(name, sa.Text) for name in ("name", "callsign", "destination", "flag")]
    small = [sa.Column(name, sa.SmallInteger) for name in ("vessel_type", "ship_type", "a", "b", "c", "d", "draught")]
    op.create_table(
        "static",
        *key,
        *text,
        *small,
        sa.Column("imo", sa.Integer),
        sa.Column("eta", sa.BigInteger),
        sqlite_with_rowid=False,
    )
