"""messages that a person lets be tried again, and lists of them by state

Follows 0006. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("retries", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_outbox_state_id", "outbox", ["state", "id"])


def downgrade() -> None:
    raise NotImplementedError("forward only")
