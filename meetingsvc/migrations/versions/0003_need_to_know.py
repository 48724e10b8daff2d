"""Walls, restrictions and who is named, allocations, and openings out of the ordinary."""

import sqlalchemy as sa
from alembic import op

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "allocation",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("allocated_by", sa.Uuid(), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_allocation_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["allocated_by"], ["account.id"], name=op.f("fk_allocation_allocated_by_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_allocation_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_allocation_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_account_id"), "allocation", ["account_id"], unique=False)
    op.create_table(
        "named",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_named_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_named_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_named_case_id_case")),
        sa.ForeignKeyConstraint(["named_by"], ["account.id"], name=op.f("fk_named_named_by_account")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_named")),
    )
    op.create_index(op.f("ix_named_account_id"), "named", ["account_id"], unique=False)
    op.create_table(
        "opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.Column("in_order", sa.Boolean(), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.CheckConstraint("approved_by <> account_id", name=op.f("ck_opening_approved_by_another")),
        sa.CheckConstraint("refused_by <> account_id", name=op.f("ck_opening_refused_by_another")),
        sa.CheckConstraint("reviewed_by <> account_id", name=op.f("ck_opening_reviewed_by_another")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_opening_account_id_account")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_opening_approved_by_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_opening_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_opening_case_id_case")),
        sa.ForeignKeyConstraint(["refused_by"], ["account.id"], name=op.f("fk_opening_refused_by_account")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_opening_reviewed_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    op.create_index(op.f("ix_opening_account_id_until"), "opening", ["account_id", "until"], unique=False)
    op.create_index(
        op.f("ix_opening_area_id_reviewed_at"), "opening", ["area_id", "reviewed_at"], unique=False
    )
    op.create_table(
        "restriction",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("hides", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("managers_told", sa.Text(), nullable=False),
        sa.Column("managers_said_by", sa.String(length=200), nullable=False),
        sa.Column("managers_by", sa.Uuid(), nullable=True),
        sa.Column("managers_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("works_with_children", sa.Boolean(), nullable=True),
        sa.Column("lado", sa.Text(), nullable=False),
        sa.Column("lado_by", sa.Uuid(), nullable=True),
        sa.Column("lado_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_restriction_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_restriction_case_id_case")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_restriction_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["agency.id"], name=op.f("fk_restriction_employer_id_agency")
        ),
        sa.ForeignKeyConstraint(["lado_by"], ["account.id"], name=op.f("fk_restriction_lado_by_account")),
        sa.ForeignKeyConstraint(
            ["managers_by"], ["account.id"], name=op.f("fk_restriction_managers_by_account")
        ),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk_restriction_put_by_account")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_restriction")),
    )
    op.create_table(
        "restriction_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_restriction_step_area_id_area")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_restriction_step_by_account")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_restriction_step_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction_step")),
    )
    op.create_index(op.f("ix_restriction_step_case_id"), "restriction_step", ["case_id"], unique=False)
    op.create_table(
        "wall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("shared", sa.String(length=100), nullable=False),
        sa.Column("matched", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("decided_by <> account_id", name=op.f("ck_wall_decided_by_another")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wall_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_wall_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_wall_case_id_case")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_wall_decided_by_account")),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk_wall_put_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall")),
        sa.UniqueConstraint("case_id", "account_id", name=op.f("uq_wall_case_id_account_id")),
    )
    op.create_index(op.f("ix_wall_account_id_state"), "wall", ["account_id", "state"], unique=False)
    op.create_table(
        "incident_wall",
        sa.Column("incident_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=False),
        sa.Column("shared", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_incident_wall_account_id_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_incident_wall_area_id_area")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_wall_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("incident_id", "account_id", name=op.f("pk_incident_wall")),
    )
    op.create_index(op.f("ix_incident_wall_account_id"), "incident_wall", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_incident_wall_account_id"), table_name="incident_wall")
    op.drop_table("incident_wall")
    op.drop_index(op.f("ix_wall_account_id_state"), table_name="wall")
    op.drop_table("wall")
    op.drop_index(op.f("ix_restriction_step_case_id"), table_name="restriction_step")
    op.drop_table("restriction_step")
    op.drop_table("restriction")
    op.drop_index(op.f("ix_opening_area_id_reviewed_at"), table_name="opening")
    op.drop_index(op.f("ix_opening_account_id_until"), table_name="opening")
    op.drop_table("opening")
    op.drop_index(op.f("ix_named_account_id"), table_name="named")
    op.drop_table("named")
    op.drop_index(op.f("ix_allocation_account_id"), table_name="allocation")
    op.drop_table("allocation")
