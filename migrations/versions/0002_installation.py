"""installation

Follows 0001: companies, and everything from a household's contract to its warmth. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("registered_by", sa.String(length=26), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    op.create_table(
        "network_stages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("path", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=48), nullable=False),
        sa.Column("owner", sa.String(length=48), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("planned_by", sa.String(length=26), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(length=26), nullable=True),
        sa.Column("done_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_stages")),
        sa.UniqueConstraint("area_code", "path", "stage", name="uq_network_stages_stage"),
    )
    op.create_table(
        "company_kinds",
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('contractor', 'fuel_supplier')", name=op.f("ck_company_kinds_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_kinds_company_id_companies")
        ),
        sa.PrimaryKeyConstraint("company_id", "kind", name=op.f("pk_company_kinds")),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("contractor_id", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half_day", sa.String(length=16), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=26), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("half_day IN ('morning', 'afternoon')", name=op.f("ck_slots_half_day_known")),
        sa.CheckConstraint("booked >= 0 AND booked <= capacity", name=op.f("ck_slots_never_oversold")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_slots_capacity_not_negative")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["companies.id"], name=op.f("fk_slots_contractor_id_companies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("contractor_id", "area_code", "day", "half_day", name="uq_slots_half_day"),
    )
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.create_index("ix_slots_area_code_day", ["area_code", "day"], unique=False)

    op.create_table(
        "acceptances",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("acceptor_id", sa.String(length=26), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("rework", sa.String(length=500), nullable=True),
        sa.Column("old_heating_removed", sa.Boolean(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('passed', 'rework')", name=op.f("ck_acceptances_outcome_known")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_acceptances_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
    )
    with op.batch_alter_table("acceptances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptances_household_id"), ["household_id"], unique=False)

    op.create_table(
        "briefings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("given_to", sa.String(length=40), nullable=False),
        sa.Column("given_by", sa.String(length=26), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_briefings_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefings")),
    )
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_briefings_household_id"), ["household_id"], unique=False)

    op.create_table(
        "contracts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("contractor_id", sa.String(length=64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("own_share_fen", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("financing", sa.String(length=8), nullable=False),
        sa.Column("confirmable_from", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_confirmed_by", sa.String(length=26), nullable=True),
        sa.Column("owner_confirmed_on_behalf", sa.Boolean(), nullable=False),
        sa.Column("witness", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "financing IN ('none', 'loan', 'lease')", name=op.f("ck_contracts_financing_known")
        ),
        sa.CheckConstraint("own_share_fen >= 0", name=op.f("ck_contracts_own_share_not_negative")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["companies.id"], name=op.f("fk_contracts_contractor_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_contracts_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_contractor_id"), ["contractor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contracts_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "uq_contracts_standing",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "heat_words",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("warm", sa.Boolean(), nullable=False),
        sa.Column("indoor_temperature_c", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("said_by", sa.String(length=26), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_heat_words_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heat_words")),
    )
    with op.batch_alter_table("heat_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heat_words_household_id"), ["household_id"], unique=False)

    op.create_table(
        "installations",
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("co_alarm_tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("briefing_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("energised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rework_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vacant_accepted", sa.Boolean(), nullable=False),
        sa.Column("heat_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("still_cold_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rooms_lived_in", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_installations_household_id_households")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_installations")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("contract_id", sa.String(length=26), nullable=False),
        sa.Column("slot_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("booked_by", sa.String(length=26), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("cancel_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(state = 'standing') = (ended_at IS NULL)", name=op.f("ck_bookings_ended_or_standing")
        ),
        sa.CheckConstraint(
            "state IN ('standing', 'done', 'cancelled')", name=op.f("ck_bookings_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_bookings_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_bookings_household_id_households")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_bookings_slot_id_slots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(
            "uq_bookings_standing",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "visits",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("contractor_id", sa.String(length=64), nullable=False),
        sa.Column("installer_id", sa.String(length=26), nullable=False),
        sa.Column("scan_id", sa.String(length=26), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.String(length=26), nullable=True),
        sa.Column("finish_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('complete', 'partial')", name=op.f("ck_visits_outcome_known")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_visits_booking_id_bookings")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["companies.id"], name=op.f("fk_visits_contractor_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_visits_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visits_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "uq_visits_open",
            ["booking_id"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "installed_items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=True),
        sa.Column("serial_key", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=26), nullable=True),
        sa.Column("remove_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_installed_items_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_installed_items_household_id_households")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_installed_items_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installed_items")),
    )
    with op.batch_alter_table("installed_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_installed_items_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "uq_installed_items_serial",
            ["serial_key"],
            unique=True,
            sqlite_where=sa.text("serial_key IS NOT NULL AND removed_at IS NULL"),
            postgresql_where=sa.text("serial_key IS NOT NULL AND removed_at IS NULL"),
        )

    op.create_table(
        "co_alarm_tests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=False),
        sa.Column("tested_by", sa.String(length=26), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_co_alarm_tests_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["installed_items.id"], name=op.f("fk_co_alarm_tests_item_id_installed_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_alarm_tests")),
    )
    with op.batch_alter_table("co_alarm_tests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_co_alarm_tests_household_id"), ["household_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("forward only")
