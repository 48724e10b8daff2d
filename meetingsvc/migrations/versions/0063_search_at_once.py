"""A search tells the database what it looks for in one text a list, and has it counted in one pass.

An array of a hundred keys takes the driver longer to write than the server to split; and joining whoever was
found to what each key is worth took as long as finding them. Who is told of on a case that is kept from
somebody is asked of the few such cases once, and of nobody where there are none.
"""

from alembic import op

revision = "0063"
down_revision = "0062"

_KEPT_PLAN = "LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan"
_TOLD = """who uuid, forename text, surname text, dob date, detail uuid, kind text, value text, sealed bytea,
        last_on date"""
#: What is told of those who were found, `them`.
_ANSWER = """
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
        END IF;"""
#: It answers what whoever asks may see. A key that few share counts for more. A key stands on a line each.
_LOOKED_FOR = f"""
    CREATE FUNCTION people_looked_for(area uuid, firsts text, lasts text, rare text, most integer,
        compared integer, ways boolean)
    RETURNS TABLE ({_TOLD})
    {_KEPT_PLAN} AS $$
    DECLARE few text[] := string_to_array($4, E'\\n'); them uuid[];
    BEGIN
        them := ARRAY(
            SELECT those.one
            FROM (
                SELECT found.people FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'))
                    AS asked(first, last)
                CROSS JOIN LATERAL (SELECT ARRAY(
                    SELECT k.person_id FROM person_key k
                    WHERE k.area_id = $1 AND k.key >= asked.first AND k.key <= asked.last LIMIT $5
                ) AS people OFFSET 0) AS found
                UNION ALL
                SELECT ARRAY(
                    SELECT k.person_id FROM person_key k
                    WHERE k.area_id = $1 AND k.key = ANY (few) LIMIT 2 * $5) AS people
            ) AS filed, unnest(filed.people) AS those(one)
            GROUP BY those.one
            ORDER BY sum(ln(4.0::float8 * $5 / least(cardinality(filed.people), 2 * $5))) DESC, those.one
            LIMIT $6);{_ANSWER}
    END $$"""  # noqa: S608 of this file's own parts
#: What it was (migration 0034).
_BEFORE = f"""
    CREATE FUNCTION people_looked_for(area uuid, firsts text[], lasts text[], rare text[], most integer,
        compared integer, ways boolean)
    RETURNS TABLE ({_TOLD})
    {_KEPT_PLAN} AS $$
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
        SELECT array_agg(l.one) INTO them FROM likeliest l;{_ANSWER}
    END $$"""  # noqa: S608 the same
#: Of whoever runs the meetings, as migration 0034 says it.
_CASES = """
    CREATE FUNCTION cases_looked_for(people {}, area uuid, account uuid)
    RETURNS TABLE (id uuid, number integer, victim uuid, perpetrator uuid, kept uuid)
    {} AS $$
    DECLARE them uuid[] := {};
    BEGIN
        RETURN QUERY
            SELECT c.id, c.number, c.victim_id, c.perpetrator_id, NULL::uuid FROM "case" c
            WHERE (c.victim_id = ANY (them) OR c.perpetrator_id = ANY (them)) AND c.area_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM wall w WHERE w.case_id = c.id AND w.account_id = $3 AND w.state = 'stands')
            AND c.id NOT IN (SELECT meetingsvc_hidden_from($3, true));
        RETURN QUERY
            SELECT NULL::uuid, NULL::integer, NULL::uuid, NULL::uuid, k.one
            FROM meetingsvc_kept_people() AS k(one);
    END $$"""
#: Asked as the service: it answers keys only.
_KEPT_PEOPLE = """
    CREATE OR REPLACE FUNCTION meetingsvc_kept_people() RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE ROWS 6 AS $$
    DECLARE before text := current_setting('meetingsvc.capacity', true); kept uuid[];
    BEGIN
        PERFORM set_config('meetingsvc.capacity', 'service', true);
        {}
        PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
    END $$"""
_WHO = """RETURN QUERY SELECT people.one
            FROM "case" c, unnest(ARRAY[c.victim_id, c.perpetrator_id]) people(one)
            WHERE c.id {0} AND people.one IS NOT NULL
            UNION SELECT a.person_id FROM associate a WHERE a.case_id {0}
            UNION SELECT r.person_id FROM relationship r WHERE r.case_id {0}
            UNION SELECT r.other_id FROM relationship r WHERE r.case_id {0};"""
_NOW = f"""kept := ARRAY(SELECT meetingsvc_kept());
        IF kept <> '{{}}' THEN
            {_WHO.format("= ANY (kept)")}
        END IF;"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION people_looked_for(uuid, text[], text[], text[], integer, integer, boolean)")
    op.execute("DROP FUNCTION cases_looked_for(uuid[], uuid, uuid)")
    op.execute(_LOOKED_FOR)
    op.execute(_CASES.format("text", _KEPT_PLAN, "string_to_array($1, E'\\n')"))
    op.execute(_KEPT_PEOPLE.format(_NOW))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(_KEPT_PEOPLE.format(_WHO.format("IN (SELECT meetingsvc_kept())")))
    op.execute("DROP FUNCTION cases_looked_for(text, uuid, uuid)")
    op.execute("DROP FUNCTION people_looked_for(uuid, text, text, text, integer, integer, boolean)")
    op.execute(_BEFORE)
    op.execute(_CASES.format("uuid[]", _KEPT_PLAN, "$1"))
