"""What a person said of something that is the same of several children (Rulebook E2).

Who runs panels of exploitation reads it, where every child it was said of is open to them: of a hidden child
it would else tell that there is one. The children say how many they are, as a policy sees no hidden one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0081"

_PATTERN, _CHILD = "pattern", "pattern_child"
_RUNS = """area_id = (SELECT meetingsvc_told('area')::uuid)
    AND (SELECT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ','))
        AND meetingsvc_told('runs') = 'y')"""
_SHOWN = "(SELECT count(*) FROM pattern_child said WHERE said.pattern_id = pattern.id)"
_OPEN = 'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = pattern_child.case_id)'
_PERSON = {_PATTERN: f"{_RUNS} AND children = {_SHOWN}", _CHILD: f"{_RUNS} AND {_OPEN}"}


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{_PATTERN}_{name}"))


def upgrade() -> None:
    op.create_table(
        _PATTERN,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _check("state", "state IN ('linked', 'set aside')"),
        _check("reason", "trim(reason) <> ''"),
        _check("children", "children > 1"),
        *(_key(_PATTERN, f"{other}_id", other) for other in ("area", "account")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_PATTERN}")),
    )
    op.create_index(op.f(f"ix_{_PATTERN}_area_id_about"), _PATTERN, ["area_id", "about"])
    op.create_table(
        _CHILD,
        sa.Column("pattern_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        *(_key(_CHILD, f"{other}_id", other) for other in ("pattern", "case", "area")),
        sa.PrimaryKeyConstraint("pattern_id", "case_id", name=op.f(f"pk_{_CHILD}")),
    )
    op.create_index(op.f(f"ix_{_CHILD}_case_id"), _CHILD, ["case_id"])
    if op.get_bind().dialect.name == "postgresql":
        _policies()


def _policies() -> None:
    mine = "area_id = (SELECT meetingsvc_told('area')::uuid)"
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {mine} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP POLICY need_to_know ON {_PATTERN}")  # it asks the other table
    for table in (_CHILD, _PATTERN):
        op.drop_table(table)
