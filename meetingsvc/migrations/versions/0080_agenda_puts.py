"""What was put on an agenda of exploitation panels, and why; why it was taken off again (Rulebook E1, E2).

What was said is never changed: only that it was taken off is added, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0078"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PUT = "agenda_put"
_GUARD = f"{_PUT}_stays_as_told"
_STAYS = ("id", "area_id", "case_id", "panel", "reason", "put_by", "put_at")
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = """(SELECT meetingsvc_told('runs') = 'y'
    AND 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))"""
_UNDER = 'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = {}.case_id)'
_PERSON = f"{_MINE} AND {_RUNS} AND " + _UNDER.format(_PUT)


def _key(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{_PUT}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        _PUT,
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("panel", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_reason", sa.Text(), nullable=False),
        sa.Column("off_by", sa.Uuid(), nullable=True),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{_PUT}_reason")),
        sa.CheckConstraint(
            "(off_at IS NULL) = (off_by IS NULL) AND (off_at IS NULL) = (trim(off_reason) = '')",
            name=op.f(f"ck_{_PUT}_off_with_reason"),
        ),
        _key("area_id", "area"),
        _key("case_id", "case"),
        _key("put_by", "account"),
        _key("off_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_PUT}")),
    )
    op.create_index(op.f(f"ix_{_PUT}_case_id_id"), _PUT, ["case_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _STAYS)
        op.execute(
            f"CREATE TRIGGER {_GUARD} BEFORE UPDATE ON {_PUT} WHEN {changed} OR OLD.off_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END"
        )


def _postgresql() -> None:
    """The function of the guard is migration 0016's."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _STAYS)
    op.execute(
        f"CREATE TRIGGER {_GUARD} BEFORE UPDATE ON {_PUT} "
        f"FOR EACH ROW WHEN ({changed} OR OLD.off_at IS NOT NULL) EXECUTE FUNCTION line_stays_as_told()"
    )
    policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_PUT} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_PUT} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_PUT} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    op.drop_table(_PUT)
