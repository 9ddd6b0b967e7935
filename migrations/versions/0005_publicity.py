"""publicity

Follows 0004. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("path", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("written_by", sa.String(length=26), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=26), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("reached_until", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'released', 'delivered', 'stopped')", name=op.f("ck_campaigns_state_known")
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> written_by", name=op.f("ck_campaigns_two_people")
        ),
        sa.CheckConstraint("reached >= 0", name=op.f("ck_campaigns_reached_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_area_code"), "campaigns", ["area_code"])
    op.create_index(op.f("ix_campaigns_state"), "campaigns", ["state"])


def downgrade() -> None:
    raise NotImplementedError("forward only")
