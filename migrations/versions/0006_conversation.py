"""conversation

Follows 0005. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import refuse_changes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation_cards",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('fault', 'fuel_order', 'booking')", name=op.f("ck_conversation_cards_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'dismissed')", name=op.f("ck_conversation_cards_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_conversation_cards_settled_with_instant")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_conversation_cards_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conversation_cards_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_cards")),
    )
    op.create_index(op.f("ix_conversation_cards_household_id"), "conversation_cards", ["household_id"])
    op.create_index(
        "uq_conversation_cards_open",
        "conversation_cards",
        ["person_id", "household_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "conversation_entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=True),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("asks", sa.String(length=16), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("memo", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "who IN ('household', 'service', 'cadre')", name=op.f("ck_conversation_entries_who_known")
        ),
        sa.CheckConstraint(
            "channel IN ('app', 'official_account')", name=op.f("ck_conversation_entries_channel_known")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["conversation_cards.id"],
            name=op.f("fk_conversation_entries_card_id_conversation_cards"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_conversation_entries_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conversation_entries_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_entries")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_conversation_entries_person_id_key")),
    )
    op.create_index("ix_conversation_entries_household_id_id", "conversation_entries", ["household_id", "id"])
    op.create_index("ix_conversation_entries_person_id_id", "conversation_entries", ["person_id", "id"])
    op.create_table(
        "callback_messages",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_callback_messages")),
    )
    op.create_index(op.f("ix_callback_messages_heard_at"), "callback_messages", ["heard_at"])
    refuse_changes("conversation_entries")


def downgrade() -> None:
    raise NotImplementedError("forward only")
