"""what a stored answer rests on, numbers shown a person and day, and by which keys a database was sealed

Follows 0009. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("rests_on", sa.Text(), nullable=True))
    op.create_table(
        "numbers_shown",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.CheckConstraint("shown >= 0", name=op.f("ck_numbers_shown_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_numbers_shown_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_numbers_shown")),
    )
    op.create_table(
        "key_checks",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("check_value", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('encryption', 'lookup')", name=op.f("ck_key_checks_kind_known")),
        sa.PrimaryKeyConstraint("kind", "key_id", name=op.f("pk_key_checks")),
    )


def downgrade() -> None:
    raise NotImplementedError("forward only")
