"""A search asks only what it shows: names of those alone whose case is open to the reader, and who is half
seen only where a case is kept from them.

Which cases are kept from a person is asked for every statement of theirs, by functions whose plans were made
anew each time: planning took four times as long as asking. Who acts is said in them as the value of a
variable, which is no statement of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"

#: What policies and searches ask of a person, as the service (migrations 0009, 0066 and 0069).
_ASKED = (
    *("meetingsvc_kept()", "meetingsvc_walled()", "meetingsvc_kept_people()", "meetingsvc_half_seen()"),
    *("meetingsvc_hidden_from(uuid, boolean)", "meetingsvc_of_families(text)"),
)
_PERFORMED = {"DECLARE before text := ": "DECLARE said text; before text := ",
              "PERFORM set_config(": "said := set_config("}  # fmt: skip
_KEPT_PLAN = "LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan"
_PEOPLE = """people_looked_for(area uuid, firsts text, lasts text, rare text, most integer,
        compared integer, ways boolean)"""
_CASES = "cases_looked_for(people text, area uuid, account uuid)"
_TOLD = "who uuid, detail uuid, kind text, value text, sealed bytea, last_on date"
_TOLD_BEFORE = """who uuid, forename text, surname text, dob date, detail uuid, kind text, value text,
        sealed bytea, last_on date"""
_FOUND = "id uuid, number integer, victim uuid, perpetrator uuid, kept uuid"
#: Who shares most of what is asked for: a key that few share counts for more (migration 0063).
_LIKELIEST = """
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
            LIMIT $6);"""
_OPEN = "person_detail d WHERE d.person_id = ANY (them) AND d.sealed IS NULL"
_ALL = "person_detail d WHERE d.person_id = ANY (them)"
_DETAILS = f"""
        IF $7 THEN RETURN QUERY
            SELECT d.person_id, {{0}}d.id, d.kind::text, d.value::text, d.sealed, d.last_on FROM {_ALL};
        ELSE RETURN QUERY
            SELECT d.person_id, {{0}}NULL::uuid, d.kind::text, d.value::text, NULL::bytea, d.last_on
            FROM {_OPEN};
        END IF;"""  # noqa: S608 of this file's own parts
_NAMED_BEFORE = """
        RETURN QUERY
            SELECT p.id, p.forename::text, p.surname::text, p.dob, NULL::uuid, NULL::text, NULL::text,
                NULL::bytea, NULL::date
            FROM person p WHERE p.id = ANY (them);"""
_FEW = "few text[] := string_to_array($4, E'\\n'); them uuid[];"
_NOW = {
    _PEOPLE: (
        _TOLD,
        _FEW,
        _LIKELIEST + _DETAILS.format(""),
    ),
    #: Which cases are open is asked as the person. Who is half seen is on a case that is shut to them or of
    #: another family: where there is none, nobody is; whoever asks for another, or runs no meetings, is told
    #: as before. The names are those of the parties of what is open, whom the policy of people would show.
    _CASES: (
        f"{_FOUND}, forename text, surname text, dob date",
        """them uuid[] := string_to_array($1, E'\\n'); shut uuid[]; ids uuid[]; numbers integer[];
        victims uuid[]; others uuid[]; said text; before text := current_setting('meetingsvc.capacity', true);
        """,
        """
        shut := ARRAY(
            SELECT w.case_id FROM wall w WHERE w.account_id = $3 AND w.state = 'stands'
            UNION ALL SELECT meetingsvc_hidden_from($3, true));
        SELECT array_agg(c.id), array_agg(c.number), array_agg(c.victim_id), array_agg(c.perpetrator_id)
            INTO ids, numbers, victims, others FROM "case" c
            WHERE (c.victim_id = ANY (them) OR c.perpetrator_id = ANY (them)) AND c.area_id = $2
            AND c.id <> ALL (shut);
        RETURN QUERY
            SELECT u.*, NULL::uuid, NULL::text, NULL::text, NULL::date
            FROM unnest(ids, numbers, victims, others) u;
        IF shut <> '{}' OR meetingsvc_told('runs') IS NULL
            OR $3 IS DISTINCT FROM meetingsvc_told('account')::uuid
            OR EXISTS (SELECT meetingsvc_of_families(meetingsvc_told('others')))
        THEN RETURN QUERY
            SELECT NULL::uuid, NULL::integer, NULL::uuid, NULL::uuid, k.one, NULL::text, NULL::text,
                NULL::date
            FROM meetingsvc_half_seen() AS k(one);
        END IF;
        said := set_config('meetingsvc.capacity', 'area', true);
        RETURN QUERY
            SELECT NULL::uuid, NULL::integer, p.id, NULL::uuid, NULL::uuid, p.forename::text, p.surname::text,
                p.dob
            FROM person p WHERE p.id = ANY (them) AND p.id = ANY (victims || others);
        said := set_config('meetingsvc.capacity', coalesce(before, ''), true);""",
    ),
}
#: As migrations 0063 and 0066 say it.
_BEFORE = {
    _PEOPLE: (
        _TOLD_BEFORE,
        _FEW,
        _LIKELIEST + _NAMED_BEFORE + _DETAILS.format("NULL::text, NULL::text, NULL::date, "),
    ),
    _CASES: (
        _FOUND,
        "them uuid[] := string_to_array($1, E'\\n');",
        """
        RETURN QUERY
            SELECT c.id, c.number, c.victim_id, c.perpetrator_id, NULL::uuid FROM "case" c
            WHERE (c.victim_id = ANY (them) OR c.perpetrator_id = ANY (them)) AND c.area_id = $2
            AND NOT EXISTS (
                SELECT 1 FROM wall w WHERE w.case_id = c.id AND w.account_id = $3 AND w.state = 'stands')
            AND c.id NOT IN (SELECT meetingsvc_hidden_from($3, true));
        RETURN QUERY
            SELECT NULL::uuid, NULL::integer, NULL::uuid, NULL::uuid, k.one
            FROM meetingsvc_half_seen() AS k(one);""",
    ),
}
_SIGNATURES = (
    "people_looked_for(uuid, text, text, text, integer, integer, boolean)",
    "cases_looked_for(text, uuid, uuid)",
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for function in _ASKED:
        _say(function, _PERFORMED)
        op.execute(f"ALTER FUNCTION {function} SET plan_cache_mode = force_generic_plan")
    _make(_NOW)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for function in _ASKED:
        op.execute(f"ALTER FUNCTION {function} RESET plan_cache_mode")
        _say(function, {after: before for before, after in _PERFORMED.items()})
    _make(_BEFORE)


def _make(functions: dict[str, tuple[str, str, str]]) -> None:
    for signature in _SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    for called, (told, declared, body) in functions.items():
        op.execute(
            f"CREATE FUNCTION {called} RETURNS TABLE ({told}) {_KEPT_PLAN} AS $$"
            f" DECLARE {declared} BEGIN {body} END $$"
        )


def _say(function: str, words: dict[str, str]) -> None:
    told = op.get_bind().scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:it AS regprocedure))"), {"it": function}
    )
    for before, after in words.items():
        if before not in told:
            raise RuntimeError(f"{function} does not say who acts as migration 0009 does")
        told = told.replace(before, after)
    op.execute(told)
