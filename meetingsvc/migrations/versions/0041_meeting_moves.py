"""Meetings that were moved or cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_TABLE = "meeting_move"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: Of a meeting that is hidden nobody reads that it moved: its own policy decides.
_PERSON = f"""{_AREA} AND (meeting_id IS NULL
    OR EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = {_TABLE}.meeting_id))"""  # noqa: S608


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        _TABLE,
        sa.Column("id", number, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("was_on", sa.Date(), nullable=False),
        sa.Column("sits_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{_TABLE}_reason_given")),
        sa.CheckConstraint(
            "(sits_on IS NULL) = (starts_at IS NULL)", name=op.f(f"ck_{_TABLE}_day_with_its_hour")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_TABLE}_{column}_{to}"))
            for column, to in (("area_id", "area"), ("meeting_id", "meeting"), ("moved_by", "account"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_area_id_kind"), _TABLE, ["area_id", "kind"])
    op.create_index(op.f(f"ix_{_TABLE}_meeting_id"), _TABLE, ["meeting_id"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_TABLE} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    op.drop_table(_TABLE)
