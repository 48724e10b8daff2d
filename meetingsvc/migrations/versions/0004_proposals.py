"""What waits for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("account", sa.Column("disabled_as", sa.String(length=30), nullable=True))
    op.create_table(
        "agreement_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_agreement_review_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_agreement_review_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_review")),
    )
    op.create_index(op.f("ix_agreement_review_agency_id"), "agreement_review", ["agency_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("half", sa.LargeBinary(), nullable=True),
        sa.Column("half_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_by <> about_id", name=op.f("ck_proposal_decided_by_none_it_is_about")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_proposal_decided_by_another")),
        sa.CheckConstraint("proposed_by <> about_id", name=op.f("ck_proposal_proposed_by_another")),
        sa.ForeignKeyConstraint(["about_id"], ["account.id"], name=op.f("fk_proposal_about_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_proposal_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_proposal_case_id_case")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_proposal_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_proposal_proposed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_area_id_state"), "proposal", ["area_id", "state"], unique=False)
    op.create_index(op.f("ix_proposal_case_id"), "proposal", ["case_id"], unique=False)
    op.create_index(
        "uq_proposal_open",
        "proposal",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_how", sa.String(length=10), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("cleared_by", sa.String(length=100), nullable=False),
        sa.Column("cleared_recorded_by", sa.Uuid(), nullable=True),
        sa.Column("cleared_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_withdrawal_agency_id_agency")),
        sa.ForeignKeyConstraint(
            ["cleared_recorded_by"], ["account.id"], name=op.f("fk_withdrawal_cleared_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_withdrawal_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_index(op.f("ix_withdrawal_agency_id"), "withdrawal", ["agency_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_withdrawal_agency_id"), table_name="withdrawal")
    op.drop_table("withdrawal")
    op.drop_index(
        "uq_proposal_open",
        table_name="proposal",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_proposal_case_id"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_area_id_state"), table_name="proposal")
    op.drop_table("proposal")
    op.drop_index(op.f("ix_agreement_review_agency_id"), table_name="agreement_review")
    op.drop_table("agreement_review")
    op.drop_column("account", "disabled_as")
