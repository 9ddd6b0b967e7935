"""fuel

Follows 0002: entitlements with their ledger, orders, deliveries, batches. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fuel_batches",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("produced_on", sa.Date(), nullable=False),
        sa.Column("quantity_kg", sa.Integer(), nullable=False),
        sa.Column("delivered_kg", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("passed_grade", sa.String(length=32), nullable=True),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quarantined_because", sa.String(length=300), nullable=True),
        sa.Column("registered_by", sa.String(length=26), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'quarantined') = (quarantined_at IS NOT NULL)",
            name=op.f("ck_fuel_batches_quarantined_since"),
        ),
        sa.CheckConstraint(
            "state <> 'passed' OR passed_grade IS NOT NULL", name=op.f("ck_fuel_batches_passed_at_grade")
        ),
        sa.CheckConstraint(
            "state IN ('untested', 'passed', 'quarantined')", name=op.f("ck_fuel_batches_state_known")
        ),
        sa.CheckConstraint(
            "delivered_kg >= 0 AND delivered_kg <= quantity_kg", name=op.f("ck_fuel_batches_within_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_fuel_batches_company_id_companies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_batches")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_fuel_batches_company_id_number")),
    )
    with op.batch_alter_table("fuel_batches", schema=None) as batch_op:
        batch_op.create_index("ix_fuel_batches_area_code_id", ["area_code", "id"], unique=False)

    op.create_table(
        "fuel_supply_areas",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_fuel_supply_areas_company_id_companies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_supply_areas")),
    )
    with op.batch_alter_table("fuel_supply_areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fuel_supply_areas_company_id"), ["company_id"], unique=False)
        batch_op.create_index(
            "uq_fuel_supply_areas_standing",
            ["area_code"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "fuel_entitlements",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("fuel_year", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("limit_kg", sa.Integer(), nullable=False),
        sa.Column("limit_clause", sa.String(length=16), nullable=False),
        sa.Column("reserved_kg", sa.Integer(), nullable=False),
        sa.Column("delivered_kg", sa.Integer(), nullable=False),
        sa.Column("owed_kg", sa.Integer(), nullable=False),
        sa.Column("excess_kg", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.String(length=16), nullable=True),
        sa.Column("merged_into_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "closed_because IN ('path_changed', 'merged')",
            name=op.f("ck_fuel_entitlements_closed_because_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL)",
            name=op.f("ck_fuel_entitlements_closed_with_reason"),
        ),
        sa.CheckConstraint("excess_kg >= 0", name=op.f("ck_fuel_entitlements_excess_not_negative")),
        sa.CheckConstraint(
            "reserved_kg + delivered_kg + owed_kg <= limit_kg", name=op.f("ck_fuel_entitlements_within_limit")
        ),
        sa.CheckConstraint(
            "reserved_kg >= 0 AND delivered_kg >= 0 AND owed_kg >= 0",
            name=op.f("ck_fuel_entitlements_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_fuel_entitlements_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["fuel_entitlements.id"],
            name=op.f("fk_fuel_entitlements_merged_into_id_fuel_entitlements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_entitlements")),
        sa.UniqueConstraint(
            "household_id", "fuel_year", name=op.f("uq_fuel_entitlements_household_id_fuel_year")
        ),
    )
    op.create_table(
        "fuel_test_reports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("standard", sa.String(length=64), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint("decided_by <> recorded_by", name=op.f("ck_fuel_test_reports_two_hands")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["fuel_batches.id"], name=op.f("fk_fuel_test_reports_batch_id_fuel_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_test_reports")),
    )
    with op.batch_alter_table("fuel_test_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fuel_test_reports_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "uq_fuel_test_reports_undecided",
            ["batch_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "fuel_orders",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("entitlement_id", sa.String(length=26), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("company_id", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=32), nullable=False),
        sa.Column("kilograms", sa.Integer(), nullable=False),
        sa.Column("reserved_kg", sa.Integer(), nullable=False),
        sa.Column("owed_kg", sa.Integer(), nullable=False),
        sa.Column("wanted_from", sa.Date(), nullable=False),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("placed_by", sa.String(length=26), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=26), nullable=True),
        sa.Column("closed_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (reserved_kg > 0)", name=op.f("ck_fuel_orders_open_while_reserved")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'delivered', 'cancelled', 'failed', 'closed')",
            name=op.f("ck_fuel_orders_state_known"),
        ),
        sa.CheckConstraint(
            "kilograms > 0 AND reserved_kg >= 0 AND owed_kg >= 0", name=op.f("ck_fuel_orders_not_negative")
        ),
        sa.CheckConstraint("wanted_from <= wanted_until", name=op.f("ck_fuel_orders_window")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_fuel_orders_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["fuel_entitlements.id"],
            name=op.f("fk_fuel_orders_entitlement_id_fuel_entitlements"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_fuel_orders_household_id_households")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_orders")),
    )
    with op.batch_alter_table("fuel_orders", schema=None) as batch_op:
        batch_op.create_index("ix_fuel_orders_area_code_id", ["area_code", "id"], unique=False)
        batch_op.create_index("ix_fuel_orders_company_id_id", ["company_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fuel_orders_entitlement_id"), ["entitlement_id"], unique=False)
        batch_op.create_index("ix_fuel_orders_household_id_id", ["household_id", "id"], unique=False)

    op.create_table(
        "fuel_deliveries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.Column("scan_id", sa.String(length=26), nullable=False),
        sa.Column("bags", sa.Integer(), nullable=False),
        sa.Column("weighed_kg", sa.Integer(), nullable=False),
        sa.Column("kilograms", sa.Integer(), nullable=False),
        sa.Column("delivered_by", sa.String(length=26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("received_kg", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=26), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_name", sa.String(length=40), nullable=True),
        sa.Column("replacement_id", sa.String(length=26), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "state IN ('awaiting', 'agreed', 'disputed', 'recalled')",
            name=op.f("ck_fuel_deliveries_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'disputed') OR confirmed_by IS NOT NULL",
            name=op.f("ck_fuel_deliveries_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "bags >= 0 AND weighed_kg > 0 AND kilograms >= 0", name=op.f("ck_fuel_deliveries_not_negative")
        ),
        sa.CheckConstraint(
            "confirmed_by <> delivered_by", name=op.f("ck_fuel_deliveries_never_by_the_deliverer_alone")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["fuel_batches.id"], name=op.f("fk_fuel_deliveries_batch_id_fuel_batches")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_fuel_deliveries_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["fuel_orders.id"], name=op.f("fk_fuel_deliveries_order_id_fuel_orders")
        ),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["fuel_orders.id"], name=op.f("fk_fuel_deliveries_replacement_id_fuel_orders")
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name=op.f("fk_fuel_deliveries_scan_id_scans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_deliveries")),
    )
    with op.batch_alter_table("fuel_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fuel_deliveries_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_fuel_deliveries_household_id_id", ["household_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fuel_deliveries_order_id"), ["order_id"], unique=False)

    op.create_table(
        "fuel_ledger_entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entitlement_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reserved_kg", sa.Integer(), nullable=False),
        sa.Column("delivered_kg", sa.Integer(), nullable=False),
        sa.Column("owed_kg", sa.Integer(), nullable=False),
        sa.Column("excess_kg", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=True),
        sa.Column("delivery_id", sa.String(length=26), nullable=True),
        sa.Column("reverses_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("by", sa.String(length=26), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reserve', 'release', 'deliver', 'correct', 'recredit')",
            name=op.f("ck_fuel_ledger_entries_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["fuel_deliveries.id"],
            name=op.f("fk_fuel_ledger_entries_delivery_id_fuel_deliveries"),
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"],
            ["fuel_entitlements.id"],
            name=op.f("fk_fuel_ledger_entries_entitlement_id_fuel_entitlements"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["fuel_orders.id"], name=op.f("fk_fuel_ledger_entries_order_id_fuel_orders")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["fuel_ledger_entries.id"],
            name=op.f("fk_fuel_ledger_entries_reverses_id_fuel_ledger_entries"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fuel_ledger_entries")),
        sa.UniqueConstraint(
            "entitlement_id", "position", name=op.f("uq_fuel_ledger_entries_entitlement_id_position")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fuel_ledger_entries_reverses_id")),
    )
    with op.batch_alter_table("fuel_ledger_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fuel_ledger_entries_delivery_id"), ["delivery_id"], unique=False)

    refuse_changes("fuel_ledger_entries")


def downgrade() -> None:
    raise NotImplementedError("forward only")
