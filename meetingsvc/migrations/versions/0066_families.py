"""Families of panels: an account that runs one family's meetings is opened no case of another (D1, E4).

Every account there is has domestic abuse alone, and every case and meeting is of that. A person is told which
families are theirs; the policies of meetings, items and cases ask for it, and what hangs on these follows.
What asks whether a case is kept from somebody, and not for the case itself, is told of other families' too.
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
#: What a person sees: as migrations 0065 and 0011 say it, but of their own families. Items of other families'
#: cases are kept (below).
_NOW = {
    "meeting": f"""(case_id IS NULL OR case_id NOT IN {_KEPT}) AND {_AREA} AND {_THEIRS}
        AND ({_RUNS} OR {_ATTENDED})""",
    "case": f"{_AREA} AND {_THEIRS} AND id NOT IN {_KEPT} AND ({_RUNS} OR {_LISTED})",
}
_BEFORE = {
    "meeting": f"(case_id IS NULL OR case_id NOT IN {_KEPT}) AND {_AREA} AND ({_RUNS} OR {_ATTENDED})",
    "case": f"{_AREA} AND id NOT IN {_KEPT} AND ({_RUNS} OR {_LISTED})",
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
#: The cases of no family of theirs; those that a wall or a restriction keeps from them (migration 0009).
_OTHERS = """
    SELECT c.id FROM "case" c WHERE c.family = ANY (string_to_array(meetingsvc_told('others'), ','))"""
_WALLED = """
    SELECT case_id FROM wall WHERE account_id = meetingsvc_told('account')::uuid AND state = 'stands'
    UNION SELECT meetingsvc_hidden_from(
        meetingsvc_told('account')::uuid, meetingsvc_told('runs') IS NOT NULL)"""
#: What lies under the latter is kept, as migrations 0009 and 0063 say it; not what lies under the
#: former: an incident that names a child whom another panel hears is on a daily list all the same (T2).
_KEPT_INCIDENTS = """
    SELECT n.id FROM item i JOIN entry e ON e.item_id = i.id
    JOIN incident n ON n.area_id = i.area_id AND n.occurrence_number = e.occurrence_number
    WHERE i.case_id IN (SELECT {kept}())
    UNION
    SELECT n.id FROM "case" c JOIN person_identity k ON k.person_id IN (c.victim_id, c.perpetrator_id)
    JOIN incident n ON n.area_id = k.area_id AND (n.victim_nominal = k.value OR n.victim_name = k.value
        OR n.perpetrator_nominal = k.value OR n.perpetrator_name = k.value)
    WHERE c.id IN (SELECT {kept}()) AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.incident_id = n.id)
    UNION
    SELECT incident_id FROM incident_wall WHERE account_id = meetingsvc_told('account')::uuid"""
_WHO = """
    SELECT people.one FROM "case" c, unnest(ARRAY[c.victim_id, c.perpetrator_id]) people(one)
    WHERE c.id = ANY ({0}) AND people.one IS NOT NULL
    UNION SELECT a.person_id FROM associate a WHERE a.case_id = ANY ({0})
    UNION SELECT r.person_id FROM relationship r WHERE r.case_id = ANY ({0})
    UNION SELECT r.other_id FROM relationship r WHERE r.case_id = ANY ({0})"""
#: Whoever is on none of their cases is not matched before them: that would tell of the other panel's.
_THEIRS = "c.family = ANY (string_to_array(meetingsvc_told('families'), ','))"
_ELSEWHERE = f"""
    SELECT o.one FROM ({_WHO.format("others")}) o
    WHERE NOT EXISTS (
        SELECT 1 FROM "case" c WHERE {_THEIRS} AND (c.victim_id = o.one OR c.perpetrator_id = o.one))
    AND NOT EXISTS (SELECT 1 FROM associate a JOIN "case" c ON c.id = a.case_id
        WHERE {_THEIRS} AND a.person_id = o.one)
    AND NOT EXISTS (SELECT 1 FROM relationship r JOIN "case" c ON c.id = r.case_id
        WHERE {_THEIRS} AND (r.person_id = o.one OR r.other_id = o.one))"""  # noqa: S608 of this file's own parts
#: Of whom what is known may be known from a case that they may not open: a search asks (migration 0063).
_SEARCHED = """CREATE OR REPLACE FUNCTION cases_looked_for(people text, area uuid, account uuid)
    RETURNS TABLE (id uuid, number integer, victim uuid, perpetrator uuid, kept uuid)
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
    DECLARE them uuid[] := string_to_array($1, E'\n');
    BEGIN
        RETURN QUERY
            SELECT c.id, c.number, c.victim_id, c.perpetrator_id, NULL::uuid FROM "case" c
            WHERE (c.victim_id = ANY (them) OR c.perpetrator_id = ANY (them)) AND c.area_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM wall w WHERE w.case_id = c.id AND w.account_id = $3 AND w.state = 'stands')
            AND c.id NOT IN (SELECT meetingsvc_hidden_from($3, true));
        RETURN QUERY
            SELECT NULL::uuid, NULL::integer, NULL::uuid, NULL::uuid, k.one FROM {half}() AS k(one);
    END $$"""
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
    op.execute(_function("meetingsvc_walled()", _WALLED, rows=3))
    op.execute(_function("meetingsvc_kept()", f"SELECT meetingsvc_walled() UNION {_OTHERS}", rows=3))
    _of_kept("meetingsvc_walled")
    op.execute(_people("meetingsvc_kept_people", "meetingsvc_walled", _ELSEWHERE))
    op.execute(_people("meetingsvc_half_seen", "meetingsvc_walled", _WHO.format("others")))
    op.execute(_SEARCHED.format(half="meetingsvc_half_seen"))


def _of_kept(kept: str) -> None:
    incidents = _KEPT_INCIDENTS.format(kept=kept)
    op.execute(_function("meetingsvc_kept_incidents()", incidents, rows=10, of="bigint"))


def _people(name: str, kept: str, of_others: str) -> str:
    """Who is told of on cases that are kept from the person, and, of those of other families, whoever
    `of_others` says. Asked as the service: it answers keys only."""
    other = f"IF others <> '{{}}' THEN RETURN QUERY {of_others}; END IF;" if of_others else ""
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 6 AS $$
        DECLARE before text := current_setting('meetingsvc.capacity', true); kept uuid[]; others uuid[];
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            kept := ARRAY(SELECT {kept}());
            others := ARRAY({_OTHERS});
            IF kept <> '{{}}' THEN RETURN QUERY {_WHO.format("kept")}; END IF;
            {other}
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END $$"""


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


def _function(signature: str, query: str, rows: int, of: str = "uuid") -> str:
    """Answers the query as the service, and lets whoever acted before go on (migration 0009)."""
    return f"""CREATE OR REPLACE FUNCTION {signature} RETURNS SETOF {of}
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
        op.execute(_function("meetingsvc_kept()", _WALLED, rows=3))
        _of_kept("meetingsvc_kept")
        op.execute(_SEARCHED.format(half="meetingsvc_kept_people"))
        op.execute(_people("meetingsvc_kept_people", "meetingsvc_kept", ""))
        op.execute("DROP FUNCTION meetingsvc_half_seen()")
        op.execute("DROP FUNCTION meetingsvc_walled()")
    op.drop_index(op.f("ix_case_family"), table_name="case")
    for column in ("family", "kind"):
        op.drop_column("case", column)
    op.drop_table("account_family")
