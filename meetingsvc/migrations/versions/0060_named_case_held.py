"""What became of what an agency that has not signed was told in a named case, once its part is over (V1)."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

_HELD = "named_case_held"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: Who runs meetings and may open the case; that agency while it has not signed. Nobody from whom a wall or a
#: restriction keeps the case (M6).
_PERSON = f"""{_AREA} AND case_id NOT IN (SELECT meetingsvc_kept()) AND (
    ((SELECT meetingsvc_told('runs') = 'y')
        AND EXISTS (SELECT 1 FROM "case" c WHERE c.id = {_HELD}.case_id))
    OR (agency_id = (SELECT meetingsvc_told('agency')::uuid)
        AND (SELECT meetingsvc_told('guest')::date) IS NOT NULL))"""  # noqa: S608


def upgrade() -> None:
    op.create_table(
        _HELD,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("part_id", "area_id", "case_id")),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("said_by", sa.String(100), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("how <> 'kept' OR trim(why) <> ''", name=op.f(f"ck_{_HELD}_kept_with_its_reason")),
        sa.CheckConstraint(
            "how = '' OR done_on IS NOT NULL AND answered_at IS NOT NULL",
            name=op.f(f"ck_{_HELD}_answered_at_some_time"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_HELD}_{column}_{to}"))
            for column, to in (("part_id", "named_case_part"), ("area_id", "area"), ("case_id", "case"),
                               ("agency_id", "agency"), ("answered_by", "account"))
        ),
        sa.PrimaryKeyConstraint("part_id", name=op.f(f"pk_{_HELD}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{_HELD}_case_id"), _HELD, ["case_id"])
    op.create_index(op.f(f"ix_{_HELD}_agency_id_how"), _HELD, ["agency_id", "how"])
    op.execute(  # those that are over already are asked too
        f"INSERT INTO {_HELD} (part_id, area_id, case_id, agency_id, since, how, said_by, why) "  # noqa: S608
        "SELECT id, area_id, case_id, agency_id, date(ended_at), '', '', '' FROM named_case_part "
        "WHERE state = 'over' AND accepted_at IS NOT NULL AND ended_at IS NOT NULL"
    )
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_HELD} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_HELD} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_HELD} USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    op.drop_table(_HELD)
