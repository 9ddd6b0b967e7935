"""which audit entries wait for their seal: a table that triggers fill, whatever process writes the entry

Follows 0010. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_unsealed",
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_unsealed")),
    )
    # The trigger first: on PostgreSQL it waits for whoever is writing an entry, and from then on none is missed.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION await_seal() RETURNS trigger AS $$
            BEGIN
                INSERT INTO audit_unsealed (entry_id) SELECT id FROM added;
                RETURN NULL;
            END;
            $$ LANGUAGE plpgsql
            """
        )
        op.execute(
            """
            CREATE TRIGGER audit_entries_await_seal AFTER INSERT ON audit_entries
            REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION await_seal()
            """
        )
    else:
        op.execute(
            """
            CREATE TRIGGER audit_entries_await_seal AFTER INSERT ON audit_entries
            BEGIN
                INSERT INTO audit_unsealed (entry_id) VALUES (NEW.id);
            END
            """
        )
    op.execute(
        """
        INSERT INTO audit_unsealed (entry_id)
        SELECT id FROM audit_entries
        WHERE NOT EXISTS (SELECT 1 FROM audit_seals WHERE audit_seals.entry_id = audit_entries.id)
        """
    )


def downgrade() -> None:
    raise NotImplementedError("forward only")
