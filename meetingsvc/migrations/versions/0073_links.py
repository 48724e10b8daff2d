"""Links between subjects, what is told of each, and levels of risk over time (Rulebook E1, E2).

Whoever may open both ends reads a link; what hangs on one subject, who may open that. None of it is ever
changed, but that a link ends.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LINK, _TRAIT, _LEVEL = "link", "subject_trait", "level_said"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_OPEN = 'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = {})'
_PERSON = {
    _LINK: f"{_MINE} AND {_OPEN.format('link.one_id')} AND {_OPEN.format('link.other_id')}",
    _TRAIT: f"{_MINE} AND {_OPEN.format('subject_trait.case_id')}",
    _LEVEL: f"{_MINE} AND {_OPEN.format('level_said.case_id')}",
}
#: What may not be changed: of a link all but its end; of the others anything.
_STAYS = {
    _LINK: ("id", "area_id", "one_id", "other_id", "tie", "strength", "standing", "first_on", "last_on",
            "agency_id", "author", "recorded_by", "recorded_at", "source"),
    _TRAIT: (),
    _LEVEL: (),
}  # fmt: skip
_OTHER = {True: "DISTINCT FROM", False: "NOT"}  # by whether it is PostgreSQL
_RANKS = {"standard": 0, "medium": 1, "high": 2}


def upgrade() -> None:
    _links()
    _traits()
    _levels()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, columns in _STAYS.items():
        changed = " OR ".join(f"OLD.{name} IS {_OTHER[postgresql]} NEW.{name}" for name in columns)
        (_guard_postgresql if postgresql else _guard_sqlite)(table, changed)
    if postgresql:
        _policies()


def _guard_sqlite(table: str, changed: str) -> None:
    when = f"WHEN {changed} " if changed else ""
    op.execute(
        f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} {when}"
        "BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END"
    )


def _guard_postgresql(table: str, changed: str) -> None:
    """By the function of migration 0016."""
    when = f"WHEN ({changed}) " if changed else ""
    op.execute(
        f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION line_stays_as_told()"
    )


def _when() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _supplied(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Whose it is (R2), and whether it is a fact (E4)."""
    return (
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _when(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        _key(table, "area_id", "area"),
        _key(table, "agency_id", "agency"),
        _key(table, "recorded_by", "account"),
        _check(table, "told_by", "trim(author) <> '' AND trim(source) <> ''"),
        _check(table, "standing", "standing IN ('fact', 'professional opinion')"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _links() -> None:
    op.create_table(
        _LINK,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("tie", sa.String(30), nullable=False),
        sa.Column("strength", sa.String(10), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", _when(), nullable=True),
        *_supplied(_LINK),
        _key(_LINK, "one_id", "case"),
        _key(_LINK, "other_id", "case"),
        _key(_LINK, "ended_by", "account"),
        _check(_LINK, "two_ends", "one_id <> other_id"),
        _check(_LINK, "confirmed_is_fact", "strength <> 'confirmed' OR standing = 'fact'"),
        _check(_LINK, "ended_with_reason", "ended_at IS NULL OR trim(ended) <> ''"),
    )
    for column in ("one_id", "other_id"):
        op.create_index(op.f(f"ix_{_LINK}_{column}"), _LINK, [column])


def _traits() -> None:
    op.create_table(
        _TRAIT,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("trait", sa.String(20), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *_supplied(_TRAIT),
        _key(_TRAIT, "case_id", "case"),
        _check(_TRAIT, "text_given", "trim(text) <> ''"),
    )
    op.create_index(op.f(f"ix_{_TRAIT}_case_id"), _TRAIT, ["case_id"])
    op.create_index(op.f(f"ix_{_TRAIT}_area_id_trait_key"), _TRAIT, ["area_id", "trait", "key"])


def _levels() -> None:
    table = op.create_table(
        _LEVEL,
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("basis", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("panel", sa.String(10), nullable=False),
        sa.Column("at", _when(), nullable=False),
        sa.Column("by", sa.String(300), nullable=False),
        _key(_LEVEL, "area_id", "area"),
        _key(_LEVEL, "case_id", "case"),
        _check(_LEVEL, "reason", "trim(reason) <> ''"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_LEVEL}")),
    )
    op.create_index(op.f(f"ix_{_LEVEL}_case_id_at"), _LEVEL, ["case_id", "at"])
    _screened(table)


def _screened(table: sa.Table) -> None:
    """The levels that screenings have said so far: one that came out lower changed none."""
    names = ("area_id", "case_id", "referral_id", "level", "reason", "author", "at")
    kept: dict[str, Any] = {
        "area_id": sa.Uuid(), "case_id": sa.Uuid(), "referral_id": sa.Uuid(), "at": _when(),
    }  # fmt: skip
    told = [name for name in ("id", *names) if name not in kept]
    columns: list[Any] = [sa.column(name) for name in told]
    columns += [sa.column(name, kind) for name, kind in kept.items()]
    screening = sa.table("screening", *columns)
    rows = sa.select(*(screening.c[name] for name in names)).order_by(screening.c.at, screening.c.id)
    stands: dict[object, int] = {}
    for area_id, case_id, referral_id, level, reason, author, at in op.get_bind().execute(rows).all():
        rank = _RANKS.get(level, 0)
        if rank < stands.get(case_id, 0):
            continue
        stands[case_id] = rank
        basis = "referral" if referral_id else "screening"
        op.get_bind().execute(sa.insert(table).values(
            area_id=area_id, case_id=case_id, level=level, basis=basis, reason=reason, panel="", at=at,
            by=author,
        ))  # fmt: skip


def _policies() -> None:
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    for table in (_LEVEL, _TRAIT, _LINK):
        op.drop_table(table)
