"""Who is told at once and who once a day, and what was told."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

_TOLD = "notice_told"


def upgrade() -> None:
    _choices()
    _lines()
    _told()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    policy = """CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN area_id = (SELECT meetingsvc_told('area')::uuid) ELSE false END"""
    op.execute(f"ALTER TABLE {_TOLD} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TOLD} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_TOLD} USING ({policy}) WITH CHECK ({policy})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _choices() -> None:
    table = "notice_choice"
    op.create_table(
        table,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.String(30), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        _key(table, "account_id", "account"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("account_id", "notice", name=op.f(f"pk_{table}")),
    )


def _lines() -> None:
    table = "digest_line"
    op.create_table(
        table,
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(table, "message_id", "outbox"),
        _key(table, "digest_id", "outbox"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("message_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_digest_id"), table, ["digest_id"])


def _told() -> None:
    op.create_table(
        _TOLD,
        sa.Column("notice", sa.String(30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        _key(_TOLD, "account_id", "account"),
        _key(_TOLD, "area_id", "area"),
        sa.PrimaryKeyConstraint("notice", "subject_id", "stage", "account_id", name=op.f(f"pk_{_TOLD}")),
    )


def downgrade() -> None:
    for table in (_TOLD, "digest_line", "notice_choice"):
        op.drop_table(table)
