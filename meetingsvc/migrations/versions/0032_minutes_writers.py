"""Everybody who wrote minutes, each reader's own copies of them, and who reads what tells a victim."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_ME = "(SELECT meetingsvc_told('account')::uuid)"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"


def _of_minutes(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM meeting_minutes v WHERE v.id = {table}.minutes_id)"  # noqa: S608


#: What a person sees of the new tables: who wrote, whoever runs meetings; a copy, whose it is, and they too.
_PERSON = {
    "minutes_writer": f"{_AREA} AND {_RUNS} AND {_of_minutes('minutes_writer')}",
    "minutes_copy": f"{_AREA} AND (account_id = {_ME} OR ({_RUNS} AND {_of_minutes('minutes_copy')}))",
}
_TELLS = "meetingsvc_tells(item uuid)"
#: Whose it is to tell the victim of this item: the decision that counts names them, their agency, or the IDVA
#: the case is given to (security.md B). Whoever told her of a meeting before reads what came of it there.
_WHOSE = """
    SELECT f.item_id FROM feedback f WHERE f.item_id = $1
    AND NOT EXISTS (SELECT 1 FROM feedback l WHERE l.item_id = f.item_id AND l.version > f.version)
    AND (f.account_id = meetingsvc_told('account')::uuid
        OR (f.account_id IS NULL AND f.agency_id = meetingsvc_told('agency')::uuid)
        OR ((SELECT role FROM account WHERE id = meetingsvc_told('account')::uuid) = 'idva'
            AND (f.agency_id = meetingsvc_told('agency')::uuid OR EXISTS (
                SELECT 1 FROM item i JOIN allocation a ON a.case_id = i.case_id
                WHERE i.id = f.item_id AND a.account_id = meetingsvc_told('account')::uuid))))"""


def _item(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM item parent WHERE parent.id = {table}.item_id)"  # noqa: S608


def _told_by(table: str) -> str:
    whose = f"({_RUNS} OR item_id IN (SELECT meetingsvc_tells(item_id)))"
    return f"{_AREA} AND {_item(table)} AND {whose}"


#: As the application itself narrows them; before, whoever read about the item read these.
_NARROWER = {
    # Of its own meeting alone: what opens an item otherwise opens no minutes.
    "minutes_case": f"""{_AREA} AND {_of_minutes("minutes_case")} AND EXISTS (
        SELECT 1 FROM item i JOIN meeting m ON m.id = i.meeting_id
        WHERE i.id = minutes_case.item_id AND ({_RUNS} OR i.supplement <= m.supplements))""",  # noqa: S608
    "feedback": _told_by("feedback"),
    "feedback_try": _told_by("feedback_try"),
}
_BEFORE = {
    "minutes_case": f"{_AREA} AND {_of_minutes('minutes_case')} AND {_item('minutes_case')}",
    "feedback": _item("feedback"),
    "feedback_try": _item("feedback_try"),
}


def upgrade() -> None:
    _writers()
    _copies()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} {_policy(person)}")
    op.execute(
        f"CREATE FUNCTION {_TELLS} RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 1 "
        f"AS $$ {_as_service(_WHOSE)} $$"
    )
    for table, person in _NARROWER.items():
        op.execute(f"ALTER POLICY need_to_know ON {table} {_policy(person)}")


def _as_service(query: str) -> str:
    """Answers the query as the service, and lets whoever acted before go on."""
    return f"""
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {query};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END"""


def _policy(person: str) -> str:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN ({person}) ELSE false END"""
    return f"USING ({seen}) WITH CHECK ({seen})"


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _writers() -> None:
    """Those there were: who drafted, who sent, who wrote last of each case."""
    table = "minutes_writer"
    op.create_table(
        table,
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(table, "minutes_id", "meeting_minutes"),
        _key(table, "account_id", "account"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("minutes_id", "account_id", name=op.f("pk_minutes_writer")),
    )
    op.execute(
        "INSERT INTO minutes_writer (minutes_id, account_id, area_id) "
        "SELECT id, drafted_by, area_id FROM meeting_minutes "
        "UNION SELECT id, sent_by, area_id FROM meeting_minutes WHERE sent_by IS NOT NULL "
        "UNION SELECT minutes_id, said_by, area_id FROM minutes_case WHERE said_by IS NOT NULL"
    )


def _copies() -> None:
    table = "minutes_copy"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        _key(table, "area_id", "area"),
        _key(table, "minutes_id", "meeting_minutes"),
        _key(table, "account_id", "account"),
        _key(table, "agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_copy")),
        sa.UniqueConstraint("minutes_id", "copy_number", name=op.f("uq_minutes_copy_minutes_id_copy_number")),
    )
    op.create_index(op.f("ix_minutes_copy_account_id"), table, ["account_id"])
    op.create_index(op.f("ix_minutes_copy_expires_at"), table, ["expires_at"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, person in _BEFORE.items():
            op.execute(f"ALTER POLICY need_to_know ON {table} {_policy(person)}")
        op.execute("DROP FUNCTION meetingsvc_tells(uuid)")
    op.drop_table("minutes_copy")
    op.drop_table("minutes_writer")
