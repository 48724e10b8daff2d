"""Why closed cases are read, and cases that an IDVA asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

#: One's own, and those of the cases that who runs the meetings may open (as migration 0009 says it).
_PERSON = """
    area_id = (SELECT meetingsvc_told('area')::uuid)
    AND case_id NOT IN (SELECT meetingsvc_kept())
    AND (account_id = (SELECT meetingsvc_told('account')::uuid)
         OR (SELECT meetingsvc_told('runs') = 'y'))"""
_POLICY = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
    WHEN 'area' THEN area_id = (SELECT meetingsvc_told('area')::uuid)
    WHEN 'person' THEN ({_PERSON}) ELSE false END"""
_TABLES = ("closed_reason", "allocation_ask")


def upgrade() -> None:
    op.create_table(
        "closed_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_closed_reason_account_id_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_closed_reason_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_closed_reason_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_reason")),
    )
    op.create_index(
        op.f("ix_closed_reason_account_id_case_id_until"), "closed_reason", ["account_id", "case_id", "until"]
    )
    op.create_table(
        "allocation_ask",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_allocation_ask_account_id_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_allocation_ask_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_allocation_ask_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_allocation_ask")),
    )
    op.create_index(op.f("ix_allocation_ask_account_id"), "allocation_ask", ["account_id"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({_POLICY}) WITH CHECK ({_POLICY})")


def downgrade() -> None:
    op.drop_index(op.f("ix_allocation_ask_account_id"), table_name="allocation_ask")
    op.drop_table("allocation_ask")
    op.drop_index(op.f("ix_closed_reason_account_id_case_id_until"), table_name="closed_reason")
    op.drop_table("closed_reason")
