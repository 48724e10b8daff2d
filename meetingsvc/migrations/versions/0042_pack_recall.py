"""Corrected and recalled packs, and who has destroyed what they fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

_ME = "(SELECT meetingsvc_told('account')::uuid)"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"


def _of_pack(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM pack parent WHERE parent.id = {table}.pack_id)"  # noqa: S608


#: Who runs the meetings sees what became of a pack; who was asked to destroy a copy, their own answer.
_PERSON = {
    "pack_edition": f"{_AREA} AND {_RUNS} AND {_of_pack('pack_edition')}",
    "pack_recall": f"{_AREA} AND {_RUNS} AND {_of_pack('pack_recall')}",
    "pack_destruction": f"{_AREA} AND (account_id = {_ME} OR ({_RUNS} AND {_of_pack('pack_destruction')}))",
}


def upgrade() -> None:
    op.add_column("pack", sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pack_copy", sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
    _editions()
    _recalls()
    _destructions()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _editions() -> None:
    table = "pack_edition"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cases", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("open", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_pack_edition_reason_given")),
        _key(table, "area_id", "area"),
        _key(table, "pack_id", "pack"),
        _key(table, "issued_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_edition")),
        sa.UniqueConstraint("pack_id", "number", name=op.f("uq_pack_edition_pack_id_number")),
    )


def _recalls() -> None:
    table = "pack_recall"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalled_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_pack_recall_reason_given")),
        _key(table, "area_id", "area"),
        _key(table, "pack_id", "pack"),
        _key(table, "recalled_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_recall")),
    )
    op.create_index(op.f("ix_pack_recall_pack_id"), table, ["pack_id"])


def _destructions() -> None:
    table = "pack_destruction"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("offline_number", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed", sa.Boolean(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (destroyed IS NULL)", name=op.f("ck_pack_destruction_answered")
        ),
        sa.CheckConstraint(
            "destroyed IS NULL OR destroyed OR trim(because) <> ''",
            name=op.f("ck_pack_destruction_because_given"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "pack_id", "pack"),
        _key(table, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_destruction")),
        sa.UniqueConstraint("copy_id", name=op.f("uq_pack_destruction_copy_id")),
    )
    op.create_index(op.f("ix_pack_destruction_account_id"), table, ["account_id"])
    op.create_index(op.f("ix_pack_destruction_pack_id"), table, ["pack_id"])


def downgrade() -> None:
    for table in ("pack_destruction", "pack_recall", "pack_edition"):
        op.drop_table(table)
    op.drop_column("pack_copy", "mailed_at")
    op.drop_column("pack", "recalled_at")
