"""Browsing alarms and decoys, and the case that each line of the audit trail is about."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("audit", sa.Column("case_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_audit_case_id"), "audit", ["case_id"], unique=False)
    for statement in _OLD_LINES[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("dealt_with_by", sa.Uuid(), nullable=True),
        sa.Column("dealt_with_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("dealt_with_by <> account_id", name=op.f("ck_alarm_dealt_with_by_another")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alarm_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_alarm_area_id_area")),
        sa.ForeignKeyConstraint(
            ["dealt_with_by"], ["account.id"], name=op.f("fk_alarm_dealt_with_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        op.f("ix_alarm_account_id_kind_last_at"), "alarm", ["account_id", "kind", "last_at"], unique=False
    )
    op.create_index(
        op.f("ix_alarm_area_id_dealt_with_at"), "alarm", ["area_id", "dealt_with_at"], unique=False
    )
    op.create_table(
        "decoy",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_decoy_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decoy_case_id_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_decoy")),
    )


def downgrade() -> None:
    op.drop_table("decoy")
    op.drop_index(op.f("ix_alarm_area_id_dealt_with_at"), table_name="alarm")
    op.drop_index(op.f("ix_alarm_account_id_kind_last_at"), table_name="alarm")
    op.drop_table("alarm")
    op.drop_index(op.f("ix_audit_case_id"), table_name="audit")
    op.drop_column("audit", "case_id")


# The new column is no part of a line's hash, so the lines there are may have it filled in.
_OLD_LINES = {
    "sqlite": (
        "DROP TRIGGER audit_no_update",
        "UPDATE audit SET case_id = replace(substr(subject, 6), '-', '') "
        "WHERE subject LIKE 'case/%' AND length(subject) = 41",
        "UPDATE audit SET case_id = (SELECT item.case_id FROM item WHERE item.id = replace("
        "CASE WHEN subject LIKE 'item/%' THEN substr(subject, 6) ELSE json_extract(detail, '$.item') END, "
        "'-', '')) WHERE case_id IS NULL",
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "ALTER TABLE audit DISABLE TRIGGER audit_append_only",
        "UPDATE audit SET case_id = substr(subject, 6)::uuid WHERE subject ~ '^case/[0-9a-f-]{36}$'",
        "UPDATE audit SET case_id = item.case_id FROM item WHERE audit.case_id IS NULL AND item.id::text = "
        "CASE WHEN subject LIKE 'item/%' THEN substr(subject, 6) ELSE detail ->> 'item' END",
        "ALTER TABLE audit ENABLE TRIGGER audit_append_only",
    ),
}
