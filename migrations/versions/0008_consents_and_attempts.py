"""accepts of a template by who told of them, and when it was last emptied; attempts at a message before its last retry

Follows 0007. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("told_by_client", "told_by_platform"):
        op.add_column(
            "subscription_grants", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    op.add_column("subscription_grants", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("attempts_before", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("forward only")
