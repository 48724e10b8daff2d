"""Families of panels: an account that runs one family's meetings is opened no case of another (D1, E4).

Every account there is has domestic abuse alone, and every case and meeting is of that. A person is told which
families are theirs; the policies of meetings, items and cases ask for it, and what hangs on these follows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"

_ABUSE = "domestic abuse"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_THEIRS = "family = ANY ((SELECT string_to_array(meetingsvc_told('families'), ','))::text[])"
_KEPT = "(SELECT meetingsvc_kept())"
_ATTENDED = "(NOT held AND meetingsvc_attends(kind, works, state, sits_on))"
_LISTED = "id IN (SELECT meetingsvc_opened()) OR meetingsvc_sees_item_of(id)"
_MAYBE = (
    "case_id IN (SELECT meetingsvc_opened()) OR id IN (SELECT meetingsvc_given())"
    " OR id IN (SELECT meetingsvc_referred(id))"
)
#: What a person sees: as migrations 0063, 0011 and 0055 say it, but of their own families. An item is of its
#: meeting's.
_NOW = {
    "meeting": f"""(case_id IS NULL OR case_id NOT IN {_KEPT}) AND {_AREA} AND {_THEIRS}
        AND ({_RUNS} OR {_ATTENDED})""",
    "case": f"{_AREA} AND {_THEIRS} AND id NOT IN {_KEPT} AND ({_RUNS} OR {_LISTED})",
    "item": f"""{_AREA} AND case_id NOT IN {_KEPT} AND (EXISTS (SELECT 1 FROM meeting m
        WHERE m.id = item.meeting_id AND ({_RUNS} OR item.supplement <= m.supplements)) OR {_MAYBE})""",  # noqa: S608
}
_BEFORE = {
    "meeting": f"(case_id IS NULL OR case_id NOT IN {_KEPT}) AND {_AREA} AND ({_RUNS} OR {_ATTENDED})",
    "case": f"{_AREA} AND id NOT IN {_KEPT} AND ({_RUNS} OR {_LISTED})",
    "item": f"""{_AREA} AND case_id NOT IN {_KEPT} AND ({_RUNS} OR EXISTS (SELECT 1 FROM meeting m
        WHERE m.id = item.meeting_id AND item.supplement <= m.supplements) OR {_MAYBE})""",  # noqa: S608
}
#: The cases that break-glass or a ticket has opened to the person, for now (migration 0009): no deny falls.
_OPENED = """
    SELECT o.case_id FROM opening o {theirs} WHERE o.account_id = meetingsvc_told('account')::uuid
    AND o.until > meetingsvc_told('now')::timestamptz"""
_OF_THEIRS = (
    'JOIN "case" c ON c.id = o.case_id'
    " AND c.family = ANY (string_to_array(meetingsvc_told('families'), ','))"
)
#: What was shared of the cases given to an IDVA (migration 0063): of domestic abuse, whose victims they tell.
_GIVEN_TO = """
    WITH kept (case_id) AS (
        SELECT w.case_id FROM wall w WHERE w.account_id = $1 AND w.state = 'stands'
        UNION SELECT h.case_id FROM meetingsvc_hidden_from($1, false) AS h (case_id))
    SELECT i.id FROM allocation a
    JOIN item i ON i.case_id = a.case_id JOIN meeting m ON m.id = i.meeting_id
    WHERE a.account_id = $1 AND m.sits_on >= $2 AND i.supplement <= m.supplements {of_abuse}
    AND ((m.works = 'list' AND NOT m.held)
        OR (m.works = 'agenda' AND m.state IN ('published', 'heard', 'cancelled')))
    AND i.case_id NOT IN (SELECT k.case_id FROM kept k)
    AND (m.case_id IS NULL OR m.case_id NOT IN (SELECT k.case_id FROM kept k))"""
#: The cases of these families. Asked by the scope, which may not read the cases of others.
_OF_FAMILIES = "meetingsvc_of_families(families text)"


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for column in ("kind", "family"):
        op.alter_column("case", column, server_default=None)  # said with each case, or it is refused
    asked = """SELECT c.id FROM "case" c WHERE c.family = ANY (string_to_array($1, ','))"""
    op.execute(_function(_OF_FAMILIES, asked, rows=10))
    _say(_NOW, _OF_THEIRS, f"AND m.family = '{_ABUSE}'")


def _tables() -> None:
    table = "account_family"
    op.create_table(
        table,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.String(16), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f(f"fk_{table}_granted_by_account")),
        sa.PrimaryKeyConstraint("account_id", "family", name=op.f(f"pk_{table}")),
    )
    op.execute(
        f"INSERT INTO {table} (account_id, family, granted_at) SELECT id, '{_ABUSE}', created_at FROM account"  # noqa: S608
    )
    for column, size, first in (("kind", 20, "abuse"), ("family", 16, _ABUSE)):
        op.add_column("case", sa.Column(column, sa.String(size), nullable=False, server_default=first))
    op.create_index(op.f("ix_case_family"), "case", ["family"])


def _say(policies: dict[str, str], theirs: str, of_abuse: str) -> None:
    op.execute(_function("meetingsvc_opened()", _OPENED.format(theirs=theirs), rows=1))
    given_to = _GIVEN_TO.format(of_abuse=of_abuse)
    op.execute(_function("meetingsvc_given_to(account uuid, signed date)", given_to, rows=3))
    for table, person in policies.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity'))
            WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f'ALTER POLICY need_to_know ON "{table}" USING ({policy}) WITH CHECK ({policy})')


def _function(signature: str, query: str, rows: int) -> str:
    """Answers the query as the service, and lets whoever acted before go on (migration 0009)."""
    return f"""CREATE OR REPLACE FUNCTION {signature} RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE ROWS {rows} AS $$
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {query};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END $$"""


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say(_BEFORE, "", "")
        op.execute(f"DROP FUNCTION {_OF_FAMILIES}")
    op.drop_index(op.f("ix_case_family"), table_name="case")
    for column in ("family", "kind"):
        op.drop_column("case", column)
    op.drop_table("account_family")
