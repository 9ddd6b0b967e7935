"""consents by who told of them and when they ended, attempts before a retry, and the code that brought a number

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
    op.add_column("people", sa.Column("phone_code_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("forward only")
