"""Row-level security on PostgreSQL: need-to-know in the database itself, behind the scope and the fence.

A transaction says who acts in `meetingsvc.…` variables (`store/acting.py`); said nothing, it sees nothing.
The policies form a chain, so that none comes back to itself: meeting → item → case → person, item → entry →
incident. Where a policy must look behind what the person may see, as at the walls themselves, a function
does it that acts as the service and answers keys only.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

_NOMINALS = "ix_incident_area_id_perpetrator_nominal"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_AREA = "(SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
_MINE = f"area_id = {_AREA}"

_PLAIN = {
    # What a transaction was told; none where nothing was.
    "meetingsvc_told(name text) RETURNS text": """
        SELECT nullif(current_setting('meetingsvc.' || name, true), '')""",
    # Whether the agency of the person attends such a meeting (S3, V1).
    "meetingsvc_attends(kind text, state text, sits_on date) RETURNS boolean": """
        SELECT sits_on >= meetingsvc_told('signed')::date AND (
            (kind = 'DRAMM' AND meetingsvc_told('daily') = 'y') OR (
                kind = 'MARAC' AND meetingsvc_told('marac') = 'y'
                AND state IN ('published', 'heard', 'cancelled')))""",
}
_AS_SERVICE = {
    # The cases that a wall or a restriction keeps from the person (M6).
    "meetingsvc_kept() RETURNS SETOF uuid": """
        SELECT case_id FROM wall
        WHERE account_id = meetingsvc_told('account')::uuid AND state = 'stands'
        UNION
        SELECT meetingsvc_hidden_from(
            meetingsvc_told('account')::uuid, meetingsvc_told('runs') IS NOT NULL)""",
    # The cases that a restriction keeps from somebody: asked by the scope too, which may not read its reason.
    "meetingsvc_hidden_from(account uuid, runs boolean) RETURNS SETOF uuid": """
        SELECT r.case_id FROM restriction r
        WHERE (r.hides = 'unnamed' OR (r.hides = 'agencies' AND NOT $2))
        AND NOT EXISTS (SELECT 1 FROM named n WHERE n.case_id = r.case_id AND n.account_id = $1)""",
    # The incidents under those cases in every version, those of their people that no list has taken, and
    # those that name somebody like the person.
    "meetingsvc_kept_incidents() RETURNS SETOF bigint": """
        SELECT n.id FROM item i JOIN entry e ON e.item_id = i.id
        JOIN incident n ON n.area_id = i.area_id AND n.occurrence_number = e.occurrence_number
        WHERE i.case_id IN (SELECT meetingsvc_kept())
        UNION
        SELECT n.id FROM "case" c JOIN person_identity k ON k.person_id IN (c.victim_id, c.perpetrator_id)
        JOIN incident n ON n.area_id = k.area_id AND (n.victim_nominal = k.value OR n.victim_name = k.value
            OR n.perpetrator_nominal = k.value OR n.perpetrator_name = k.value)
        WHERE c.id IN (SELECT meetingsvc_kept())
        AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.incident_id = n.id)
        UNION
        SELECT incident_id FROM incident_wall WHERE account_id = meetingsvc_told('account')::uuid""",
    # The cases that break-glass or a ticket has opened to the person, for now.
    "meetingsvc_opened() RETURNS SETOF uuid": """
        SELECT case_id FROM opening WHERE account_id = meetingsvc_told('account')::uuid
        AND until > meetingsvc_told('now')::timestamptz""",
    # Whether a MARAC that the person may see took its case from this item of a daily list (M1): then itself.
    "meetingsvc_referred(item uuid) RETURNS SETOF uuid": """
        SELECT o.item_id FROM outcome o
        JOIN item l ON l.id = o.marac_item_id JOIN meeting m ON m.id = l.meeting_id
        WHERE o.item_id = $1 AND m.area_id = meetingsvc_told('area')::uuid
        AND l.supplement <= m.supplements AND meetingsvc_attends(m.kind, m.state, m.sits_on)""",
}


def _open(case_id: str) -> str:
    return f"{case_id} NOT IN (SELECT meetingsvc_kept())"


def _under(parent: str, key: str, column: str = "id") -> str:
    """The parent's own policy decides."""
    return f'EXISTS (SELECT 1 FROM "{parent}" parent WHERE parent.{column} = {key})'  # noqa: S608


def _by_case(table: str) -> str:
    return _under("case", f'"{table}".case_id')


def _by_item(table: str) -> str:
    return _under("item", f'"{table}".item_id')


#: What a person may see of each table. The service for one area sees that area's, the service itself all.
_PERSON = {
    "meeting": f"{_MINE} AND ({_RUNS} OR meetingsvc_attends(kind, state, sits_on))",
    "item": f"""{_MINE} AND {_open("case_id")} AND ({_RUNS} OR EXISTS (
        SELECT 1 FROM meeting m WHERE m.id = item.meeting_id AND item.supplement <= m.supplements)
        OR case_id IN (SELECT meetingsvc_opened()) OR id IN (SELECT meetingsvc_referred(id)))""",  # noqa: S608
    "case": f"""{_MINE} AND {_open("id")} AND ({_RUNS} OR id IN (SELECT meetingsvc_opened())
        OR {_under("item", '"case".id', "case_id")})""",
    "person": " OR ".join(
        (
            _under("case", "person.id", "victim_id"),
            _under("case", "person.id", "perpetrator_id"),
            _under("associate", "person.id", "person_id"),
        )
    ),
    "person_identity": _under("person", "person_identity.person_id"),
    **{
        table: _by_case(table)
        for table in (
            *("hearing", "address", "contact", "associate", "address_share", "reveal", "allocation"),
            *("correction_request", "correction_told", "restriction_step"),
        )
    },
    **{
        table: _by_item(table)
        for table in ("entry", "outcome", "safeguard", "note", "action", "clarification")
    },
    "incident": f"""{_MINE} AND id NOT IN (SELECT meetingsvc_kept_incidents())
        AND ({_RUNS} OR {_under("entry", "incident.id", "incident_id")})""",
    "incident_text": _under("incident", "incident_text.incident_id"),
    "triage": _under("incident", "triage.incident_id"),
    "notice": f"""{_under("meeting", "notice.meeting_id")}
        AND incident_id NOT IN (SELECT meetingsvc_kept_incidents())""",
    "pack": _under("meeting", "pack.meeting_id"),
    "pack_copy": f"account_id = {_ME} OR ({_RUNS} AND {_under('pack', 'pack_copy.pack_id')})",
    "feed_import": f"{_MINE} AND {_RUNS}",
    "rejected_row": _under("feed_import", "rejected_row.import_id"),
    # Who is kept from which case: the scope asks it for each reader, so one's own rows answer.
    "wall": f"account_id = {_ME} OR ({_MINE} AND {_RUNS} AND {_open('case_id')})",
    "incident_wall": f"""account_id = {_ME} OR ({_MINE} AND {_RUNS}
        AND incident_id NOT IN (SELECT meetingsvc_kept_incidents()))""",
    "restriction": _by_case("restriction"),
    "named": f"account_id = {_ME} OR ({_MINE} AND {_RUNS} AND {_open('case_id')})",
    "opening": f"""{_MINE} AND (account_id = {_ME} OR ({_RUNS} AND {_open("case_id")})
        OR ({_REVIEWS} AND NOT coalesce({_RUNS}, false)))""",
    # What waits for a second person or did not reach somebody: to nobody it is about, nor of a kept case.
    "proposal": f"""{_MINE} AND (about_id IS NULL OR about_id <> {_ME})
        AND (case_id IS NULL OR {_by_case("proposal")})""",
    "refusal": f"""{_MINE} AND account_id <> {_ME} AND (case_id IS NULL OR {_by_case("refusal")})""",
    "alarm": f"{_MINE} AND account_id <> {_ME} AND {_REVIEWS}",
    "staff_detail": f"account_id = {_ME}",
    "decoy": "false",  # nobody is told which case is one
}
#: Where a row is written before what makes it visible.
_WRITTEN = {"person": _MINE}
#: Tables that know their area by their parent alone.
_AREA_OF = {
    "entry": _by_item("entry"),
    "safeguard": _by_item("safeguard"),
    "incident_text": _PERSON["incident_text"],
    "rejected_row": _PERSON["rejected_row"],
    "pack_copy": _under("pack", "pack_copy.pack_id"),
}


def upgrade() -> None:
    # Whoever is kept from a case is asked for its people's incidents in every query.
    op.create_index(op.f(_NOMINALS), "incident", ["area_id", "perpetrator_nominal"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has none: the fence stands alone
    for signature, query in _PLAIN.items():
        op.execute(f"CREATE FUNCTION {signature} LANGUAGE sql STABLE AS $$ {query} $$")
    for signature, query in _AS_SERVICE.items():
        op.execute(f"CREATE FUNCTION {signature} LANGUAGE plpgsql STABLE AS $$ {_as_service(query)} $$")
    for table, person in _PERSON.items():
        in_area = _AREA_OF.get(table, _MINE)
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY need_to_know ON "{table}" USING ({_capacity(in_area, person)}) '
            f"WITH CHECK ({_capacity(in_area, _WRITTEN.get(table, person))})"
        )


def _as_service(query: str) -> str:
    """Answers the query as the service, and lets whoever acted before go on."""
    return f"""
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {query};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END"""


def _capacity(in_area: str, person: str) -> str:
    """No branch that allows: whoever has not said who acts sees nothing."""
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {in_area} WHEN 'person' THEN ({person}) ELSE false END"""


def downgrade() -> None:
    op.drop_index(op.f(_NOMINALS), table_name="incident")
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _PERSON:
        op.execute(f'DROP POLICY need_to_know ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for signature in reversed(_PLAIN | _AS_SERVICE):
        name, _, _ = signature.partition(" RETURNS")
        op.execute(f"DROP FUNCTION {name}")
