"""who stands behind a fault, whether it is one of a flood, and reports that were only counted

Follows 0011. Forward only; never edited once landed. Additive: a process of the release before writes no such column.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("faults", sa.Column("vouched", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("faults", sa.Column("origin", sa.String(length=64), nullable=True))
    op.add_column("faults", sa.Column("flood", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("faults", sa.Column("only_counted", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_faults_reported_at", "faults", ["reported_at"])
    op.execute(
        "UPDATE faults SET vouched = 3 WHERE EXISTS"
        " (SELECT 1 FROM fault_reports r WHERE r.fault_id = faults.id AND r.via <> 'passer_by')"
    )


def downgrade() -> None:
    raise NotImplementedError("forward only")
