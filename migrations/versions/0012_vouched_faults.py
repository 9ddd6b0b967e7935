"""who stands behind a fault, whether it is one of a flood, and reports that were only counted

Follows 0011. Forward only; never edited once landed. Additive: a process of the release before writes no such column, so
that what it opens is taken for vouched, and a trigger tells where the household stands behind what was open already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("faults", sa.Column("vouched", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("faults", sa.Column("origin", sa.String(length=64), nullable=True))
    op.add_column("faults", sa.Column("flood", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("faults", sa.Column("only_counted", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_faults_reported_at", "faults", ["reported_at"])
    # The trigger first: on PostgreSQL it waits for whoever is writing a report, and from then on none is missed.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION vouch_for_fault() RETURNS trigger AS $$
            BEGIN
                UPDATE faults SET vouched = 3 WHERE id = NEW.fault_id AND vouched < 3;
                RETURN NULL;
            END;
            $$ LANGUAGE plpgsql
            """
        )
        op.execute(
            """
            CREATE TRIGGER fault_reports_vouch AFTER INSERT ON fault_reports
            FOR EACH ROW WHEN (NEW.via <> 'passer_by') EXECUTE FUNCTION vouch_for_fault()
            """
        )
    else:
        op.execute(
            """
            CREATE TRIGGER fault_reports_vouch AFTER INSERT ON fault_reports WHEN NEW.via <> 'passer_by'
            BEGIN
                UPDATE faults SET vouched = 3 WHERE id = NEW.fault_id AND vouched < 3;
            END
            """
        )
    op.execute(
        "UPDATE faults SET vouched = 0 WHERE NOT EXISTS"
        " (SELECT 1 FROM fault_reports r WHERE r.fault_id = faults.id AND r.via <> 'passer_by')"
    )


def downgrade() -> None:
    raise NotImplementedError("forward only")
