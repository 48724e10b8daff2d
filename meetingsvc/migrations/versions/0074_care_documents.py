"""Social care documents: typed text of a child's case, for partner agencies to read on the screen (E4).

Its text is sealed. Who may open the child's case as one of the panel reads it; once it is withdrawn, its own
agency alone. The service's own work for an area counts and destroys it; the scope answers it no text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"

_TABLE = "care_document"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: Who runs panels of exploitation, or sits in one for a signatory: whoever is told a panel they attend.
_ON_THE_PANEL = """(SELECT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ','))
    AND (meetingsvc_told('runs') = 'y' OR meetingsvc_told('attends') IS NOT NULL))"""
_CHILD = """EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = care_document.case_id
    AND parent.kind = 'child' AND parent.family = 'exploitation')"""
_SHOWN = "(withdrawn_at IS NULL OR agency_id = (SELECT meetingsvc_told('agency')::uuid))"
_PERSON = f"{_MINE} AND {_ON_THE_PANEL} AND {_SHOWN} AND {_CHILD}"


def _key(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{_TABLE}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("trim(title) <> ''", name=op.f(f"ck_{_TABLE}_title_given")),
        sa.CheckConstraint("trim(author) <> ''", name=op.f(f"ck_{_TABLE}_author_given")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f(f"ck_{_TABLE}_withdrawn_by_somebody")
        ),
        *(_key(f"{other}_id", other) for other in ("area", "case", "agency")),
        *(_key(column, "account") for column in ("told_by", "withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_case_id"), _TABLE, ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({_PERSON}) ELSE false END"""
        op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {_TABLE} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    op.drop_table(_TABLE)
