"""what a stored answer rests on, numbers shown a person and day, and by which keys a database was sealed

Follows 0008. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("rests_on", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("forward only")
