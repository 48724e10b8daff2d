"""A search among very many people asks few things, and reads them from indexes alone.

What stands open of somebody is in one index: no row is fetched for it. PostgreSQL counts who is likeliest
where it finds them, and tells in the same answer what they are known by. What is told of people is seen where
they are: asked by a function, planned once a session (as migration 0011 says of cases), for the policies of
people, cases and associates came into every statement that reads it.
"""

import sqlalchemy as sa
from alembic import op

from agenda.matching_person import name

revision = "0034"
down_revision = "0033"

_INDEX = "ix_person_detail_open"
_BATCH = 10_000
_OPEN = sa.text("sealed IS NULL")
_KEPT_PLAN = "LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan"
#: Asked as the person: the policies of what it reads decide.
_SEES = """CREATE FUNCTION meetingsvc_sees_person(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM person p WHERE p.id = $1); END $$"""
_OF_PEOPLE = ("person_detail", "person_key")
#: It answers what whoever asks may see. A key that few share counts for more.
_LOOKED_FOR = """
    CREATE FUNCTION people_looked_for(area uuid, firsts text[], lasts text[], rare text[], most integer,
        compared integer, ways boolean)
    RETURNS TABLE (who uuid, forename text, surname text, dob date, detail uuid, kind text, value text,
        sealed bytea, last_on date)
    {} AS $$
    DECLARE them uuid[];
    BEGIN
        WITH filed AS MATERIALIZED (
            SELECT asked.place, found.person_id AS one
            FROM unnest($2, $3) WITH ORDINALITY AS asked(first, last, place)
            CROSS JOIN LATERAL (
                SELECT k.person_id FROM person_key k
                WHERE k.area_id = $1 AND k.key >= asked.first AND k.key <= asked.last LIMIT $5) AS found
            UNION ALL
            SELECT 0, few.person_id FROM (
                SELECT k.person_id FROM person_key k
                WHERE k.area_id = $1 AND k.key = ANY ($4) LIMIT 2 * $5) AS few
        ), worth AS (
            SELECT f.place, ln(4.0::float8 * $5 / least(count(*), 2 * $5)) AS bits FROM filed f
            GROUP BY f.place
        ), likeliest AS (
            SELECT f.one FROM filed f JOIN worth w USING (place)
            GROUP BY f.one ORDER BY sum(w.bits) DESC, f.one LIMIT $6
        )
        SELECT array_agg(l.one) INTO them FROM likeliest l;
        RETURN QUERY
            SELECT p.id, p.forename::text, p.surname::text, p.dob, NULL::uuid, NULL::text, NULL::text,
                NULL::bytea, NULL::date
            FROM person p WHERE p.id = ANY (them);
        IF $7 THEN
            RETURN QUERY
                SELECT d.person_id, NULL::text, NULL::text, NULL::date, d.id, d.kind::text, d.value::text,
                    d.sealed, d.last_on
                FROM person_detail d WHERE d.person_id = ANY (them);
        ELSE
            RETURN QUERY
                SELECT d.person_id, NULL::text, NULL::text, NULL::date, NULL::uuid, d.kind::text,
                    d.value::text, NULL::bytea, d.last_on
                FROM person_detail d WHERE d.person_id = ANY (them) AND d.sealed IS NULL;
        END IF;
    END $$"""
#: Of whoever runs the meetings: the scope's conditions, above the policies; and who is in a case that is kept
#: from them.
_CASES = """
    CREATE FUNCTION cases_looked_for(people uuid[], area uuid, account uuid)
    RETURNS TABLE (id uuid, number integer, victim uuid, perpetrator uuid, kept uuid)
    {} AS $$ BEGIN
        RETURN QUERY
            SELECT c.id, c.number, c.victim_id, c.perpetrator_id, NULL::uuid FROM "case" c
            WHERE (c.victim_id = ANY ($1) OR c.perpetrator_id = ANY ($1)) AND c.area_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM wall w WHERE w.case_id = c.id AND w.account_id = $3 AND w.state = 'stands')
            AND c.id NOT IN (SELECT meetingsvc_hidden_from($3, true));
        RETURN QUERY
            SELECT NULL::uuid, NULL::integer, NULL::uuid, NULL::uuid, k.one
            FROM meetingsvc_kept_people() AS k(one);
    END $$"""
#: What they were (migrations 0019 and 0020).
_PERSON = "EXISTS (SELECT 1 FROM person parent WHERE parent.id = {}.person_id)"
_BEFORE = {
    "people_filed_under(area uuid, firsts text[], lasts text[], most integer)": """
        RETURNS TABLE (place bigint, who uuid) {} AS $$ BEGIN RETURN QUERY
            SELECT asked.place, found.person_id
            FROM unnest($2, $3) WITH ORDINALITY AS asked(first, last, place)
            CROSS JOIN LATERAL (
                SELECT k.person_id FROM person_key k
                WHERE k.area_id = $1 AND k.key >= asked.first AND k.key <= asked.last LIMIT $4) AS found;
        END $$""",
    "people_told_of(people uuid[], kinds text[])": """
        RETURNS TABLE (who uuid, forename text, surname text, dob date, detail uuid, kind text, value text,
            sealed bytea, last_on date)
        {} AS $$ BEGIN RETURN QUERY
            SELECT p.id, p.forename::text, p.surname::text, p.dob, d.id, d.kind::text, d.value::text,
                d.sealed, d.last_on
            FROM person p LEFT JOIN person_detail d ON d.person_id = p.id AND d.kind = ANY ($2)
            WHERE p.id = ANY ($1);
        END $$""",
}


def upgrade() -> None:
    columns = ["person_id", "kind", "value", "last_on", "sealed", "area_id"]
    _file_letters()
    op.create_index(op.f(_INDEX), "person_detail", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_SEES)
    for table in _OF_PEOPLE:
        _say(table, "meetingsvc_sees_person(person_id)")
    for signature in _BEFORE:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute(_LOOKED_FOR.format(_KEPT_PLAN))
    op.execute(_CASES.format(_KEPT_PLAN))


def _file_letters() -> None:
    """Everybody by their surname as it is written, whose beginning is typed: all people were read for it."""
    told = sa.table("person_detail", *map(sa.column, ("area_id", "person_id", "kind", "value")))
    key = sa.table("person_key", *map(sa.column, ("area_id", "key", "person_id")))
    rows = sa.select(told.c.area_id, told.c.person_id, told.c.value).where(told.c.kind == "name")
    filed = {
        (area, f"l:{surname[:40]}", who)
        for area, who, value in op.get_bind().execute(rows)
        if (surname := name("", value.partition("|")[2]).surname)
    }
    new = [dict(zip(("area_id", "key", "person_id"), one, strict=True)) for one in filed]
    for at in range(0, len(new), _BATCH):
        op.get_bind().execute(sa.insert(key), new[at : at + _BATCH])


def _say(table: str, person: str) -> None:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN area_id = (SELECT meetingsvc_told('area')::uuid) WHEN 'person' THEN ({person})
        ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    op.execute("DELETE FROM person_key WHERE key LIKE 'l:%'")
    op.drop_index(op.f(_INDEX), table_name="person_detail")
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION cases_looked_for(uuid[], uuid, uuid)")
    op.execute("DROP FUNCTION people_looked_for(uuid, text[], text[], text[], integer, integer, boolean)")
    for signature, told in _BEFORE.items():
        op.execute(f"CREATE FUNCTION {signature} {told.format(_KEPT_PLAN + ' SET jit = off')}")
    for table in _OF_PEOPLE:
        _say(table, _PERSON.format(table))
    op.execute("DROP FUNCTION meetingsvc_sees_person(uuid)")
