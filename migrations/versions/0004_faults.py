"""faults

Follows 0003: faults with reports, history, parts, heaters lent, climbs; village outages. Forward only; never edited once landed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.append_only import refuse_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "village_outages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_outages")),
    )
    with op.batch_alter_table("village_outages", schema=None) as batch_op:
        batch_op.create_index(
            "uq_village_outages_standing",
            ["area_code", "category"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "faults",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("household_id", sa.String(length=26), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("contractor_id", sa.String(length=64), nullable=True),
        sa.Column("outage_id", sa.String(length=26), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_site_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restore_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spare_heat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repairer_id", sa.String(length=26), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_as", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_faults_closed_with_instant")
        ),
        sa.CheckConstraint(
            "severity IN ('critical', 'urgent', 'ordinary')", name=op.f("ck_faults_severity_known")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'reopened', 'dispatched', 'arrived', 'done', 'closed')",
            name=op.f("ck_faults_state_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_as IS NULL)", name=op.f("ck_faults_closed_somehow")
        ),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_faults_rating_1_to_5")),
        sa.CheckConstraint("reports >= 1", name=op.f("ck_faults_reported")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["companies.id"], name=op.f("fk_faults_contractor_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_faults_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["village_outages.id"], name=op.f("fk_faults_outage_id_village_outages")
        ),
        sa.ForeignKeyConstraint(["repairer_id"], ["people.id"], name=op.f("fk_faults_repairer_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faults")),
    )
    with op.batch_alter_table("faults", schema=None) as batch_op:
        batch_op.create_index("ix_faults_area_code_id", ["area_code", "id"], unique=False)
        batch_op.create_index("ix_faults_contractor_id_id", ["contractor_id", "id"], unique=False)
        batch_op.create_index("ix_faults_household_id_id", ["household_id", "id"], unique=False)
        batch_op.create_index(
            "ix_faults_open_due",
            ["answer_due_at"],
            unique=False,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index(batch_op.f("ix_faults_outage_id"), ["outage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_faults_repairer_id"), ["repairer_id"], unique=False)
        batch_op.create_index("ix_faults_village", ["area_code", "category", "reported_at"], unique=False)
        batch_op.create_index(
            "uq_faults_open",
            ["household_id", "category"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "fault_climbs",
        sa.Column("fault_id", sa.String(length=26), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_fault_climbs_fault_id_faults")),
        sa.PrimaryKeyConstraint("fault_id", "round", "stage", "role", name=op.f("pk_fault_climbs")),
    )
    op.create_table(
        "fault_parts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fault_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_fault_parts_fault_id_faults")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_parts")),
        sa.UniqueConstraint("kind", "serial", name=op.f("uq_fault_parts_kind_serial")),
    )
    with op.batch_alter_table("fault_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_parts_fault_id"), ["fault_id"], unique=False)

    op.create_table(
        "fault_reports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fault_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("indoor_temperature_c", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("photo_ids", sa.JSON(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("scan_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "via IN ('resident', 'household_proxy', 'officer', 'passer_by')",
            name=op.f("ck_fault_reports_via_known"),
        ),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_fault_reports_fault_id_faults")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_fault_reports_person_id_people")),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name=op.f("fk_fault_reports_scan_id_scans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_reports")),
    )
    with op.batch_alter_table("fault_reports", schema=None) as batch_op:
        batch_op.create_index("ix_fault_reports_fault_id_id", ["fault_id", "id"], unique=False)

    op.create_table(
        "fault_steps",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fault_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=26), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_fault_steps_fault_id_faults")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_steps")),
    )
    with op.batch_alter_table("fault_steps", schema=None) as batch_op:
        batch_op.create_index("ix_fault_steps_fault_id_position", ["fault_id", "position"], unique=False)

    op.create_table(
        "lent_heaters",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fault_id", sa.String(length=26), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("lent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lent_by", sa.String(length=26), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_to", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_lent_heaters_fault_id_faults")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lent_heaters")),
    )
    with op.batch_alter_table("lent_heaters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lent_heaters_fault_id"), ["fault_id"], unique=False)
        batch_op.create_index(
            "uq_lent_heaters_out",
            ["serial"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    refuse_changes("fault_steps")
    refuse_changes("fault_parts")


def downgrade() -> None:
    raise NotImplementedError("forward only")
