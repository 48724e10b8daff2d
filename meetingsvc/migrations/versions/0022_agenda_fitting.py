"""What agencies confirm about update-only cases before a MARAC, and emergency MARACs."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_AGENCY = "agency_id = (SELECT meetingsvc_told('agency')::uuid)"
_DAY = ("area_id", "kind", "sits_on")
#: What a person sees of each table: the policy of what it hangs on decides.
_PERSON = {
    "confirmation": "EXISTS (SELECT 1 FROM item parent WHERE parent.id = confirmation.item_id)",
    "emergency_ask": f"""({_RUNS} OR {_AGENCY})
        AND EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = emergency_ask.case_id)""",  # noqa: S608
}


def upgrade() -> None:
    op.add_column("meeting", sa.Column("emergency", sa.Integer(), nullable=False, server_default="0"))
    _allow(_DAY, (*_DAY, "emergency"))
    _confirmations()
    _emergencies()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({_AREA} AND {person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _allow(was: tuple[str, ...], now: tuple[str, ...]) -> None:
    """Of which columns a day has but one of a kind."""
    names = [op.f("uq_meeting_" + "_".join(columns)) for columns in (was, now)]
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(names[0], "meeting", type_="unique")
        op.create_unique_constraint(names[1], "meeting", list(now))
        return
    old, new = (
        f"CONSTRAINT {name} UNIQUE ({', '.join(columns)})"
        for name, columns in zip(names, (was, now), strict=True)
    )
    _made_anew(old, new)


def _made_anew(old: str, new: str) -> None:
    """SQLite makes the table anew. What points at its rows waits, and finds them there again: a table that
    takes its place by a new name would not count as that, nor be found by the triggers that speak of it."""
    made = op.get_bind().execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'meeting'")).scalar_one()
    if old not in made:
        raise LookupError(old)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE meeting_kept AS SELECT * FROM meeting")
    op.execute("DROP TABLE meeting")
    op.execute(made.replace(old, new))
    op.execute("INSERT INTO meeting SELECT * FROM meeting_kept")
    op.execute("DROP TABLE meeting_kept")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def _confirmations() -> None:
    table = "confirmation"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "confirmed OR trim(reason) <> ''", name=op.f(f"ck_{table}_not_confirmed_with_reason")
        ),
        *_keys(table, area_id="area", item_id="item", agency_id="agency", said_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"])


def _emergencies() -> None:
    table = "emergency_ask"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("soon", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{table}_reason_given")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f(f"ck_{table}_decided_by_another")
        ),
        sa.CheckConstraint(
            "accepted IS NULL OR accepted OR trim(why) <> ''", name=op.f(f"ck_{table}_refused_with_reason")
        ),
        *_keys(table, area_id="area", case_id="case", agency_id="agency", asked_by="account",
               decided_by="account", meeting_id="meeting"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"])


def downgrade() -> None:
    op.drop_table("emergency_ask")
    op.drop_table("confirmation")
    _allow((*_DAY, "emergency"), _DAY)
    op.drop_column("meeting", "emergency")
