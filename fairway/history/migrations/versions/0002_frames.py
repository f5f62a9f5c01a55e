"""Frames, for the fleet at a moment; mode and sources of each run; route of each vessel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table `frame` and three columns."""
    op.add_column("run", sa.Column("mode", sa.Text))
    op.add_column("run", sa.Column("sources", sa.Text))
    op.add_column("static", sa.Column("route", sa.SmallInteger))
    op.create_table(
        "frame",
        sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("t", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("part", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
