"""Notes and minutes of exploitation meetings: for who attended and contributed, and who runs them (E4).

An agency reads its own notes as ever. Nothing changes for whoever is on no panel of exploitation.
"""

from alembic import op

revision = "0075"
down_revision = "0074"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_CONTRIBUTED = "meetingsvc_contributed(account uuid, agency uuid)"
#: The items that somebody was there for, and on which their agency brought something before the end.
_BROUGHT = """
    SELECT i.id FROM attendee t JOIN meeting m ON m.id = t.meeting_id JOIN item i ON i.meeting_id = m.id
    CROSS JOIN LATERAL (SELECT CASE m.works WHEN 'list' THEN m.closed_at ELSE m.ended_at END) e (ended)
    WHERE t.account_id = $1 AND t.agency_id = $2 AND t.here AND m.family = 'exploitation'
    AND NOT EXISTS (SELECT 1 FROM item_absence x WHERE x.item_id = i.id AND x.attendee_id = t.id)
    AND (EXISTS (SELECT 1 FROM note n WHERE n.item_id = i.id AND n.agency_id = $2
            AND (e.ended IS NULL OR n.recorded_at <= e.ended))
        OR EXISTS (SELECT 1 FROM research_answer r WHERE r.item_id = i.id AND r.agency_id = $2
            AND r.said = 'held' AND (e.ended IS NULL OR r.sent_at <= e.ended)))"""
_MINE = """(SELECT meetingsvc_contributed(
    meetingsvc_told('account')::uuid, meetingsvc_told('agency')::uuid))"""
#: Whom no panel of exploitation is open to is asked nothing more.
_ON_NONE = "(SELECT NOT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))"


_OF_OTHERS = """EXISTS (SELECT 1 FROM item i JOIN "case" c ON c.id = i.case_id
    WHERE i.id = {table}.item_id AND c.family <> 'exploitation')"""


def _open(table: str) -> str:
    others = _OF_OTHERS.format(table=table)
    return f"({_RUNS} OR {_ON_NONE} OR {table}.item_id IN {_MINE} OR {others})"


_NOTE = 'EXISTS (SELECT 1 FROM "item" parent WHERE parent.id = "note".item_id)'
_MINUTES = """({runs} OR approved_at IS NOT NULL) AND EXISTS (
    SELECT 1 FROM meeting m WHERE m.id = meeting_minutes.meeting_id{narrower})"""
_CASE = """{area} AND EXISTS (SELECT 1 FROM meeting_minutes v WHERE v.id = minutes_case.minutes_id)
    AND EXISTS (SELECT 1 FROM item i JOIN meeting m ON m.id = i.meeting_id
        WHERE i.id = minutes_case.item_id AND ({runs} OR i.supplement <= m.supplements)){narrower}"""
_ITS = """
    AND ({runs} OR {none} OR m.family <> 'exploitation' OR EXISTS (
        SELECT 1 FROM item i WHERE i.meeting_id = m.id AND i.id IN {mine}))"""
_MINE_OR_OPEN = f"(agency_id = (SELECT meetingsvc_told('agency')::uuid) OR {_open('note')})"


def _policies(note: str, meeting: str, case: str) -> dict[str, str]:
    return {
        "note": _NOTE + note,
        "meeting_minutes": _MINUTES.format(runs=_RUNS, narrower=meeting),
        "minutes_case": _CASE.format(area=_AREA, runs=_RUNS, narrower=case),
    }


_BEFORE = _policies("", "", "")
_NOW = _policies(
    f" AND {_MINE_OR_OPEN}",
    _ITS.format(runs=_RUNS, none=_ON_NONE, mine=_MINE),
    f" AND {_open('minutes_case')}",
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    op.execute(f"""CREATE FUNCTION {_CONTRIBUTED} RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 20 AS $$
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {_BROUGHT};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END $$""")
    _say(_NOW)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say(_BEFORE)
        op.execute("DROP FUNCTION meetingsvc_contributed(uuid, uuid)")


def _say(policies: dict[str, str]) -> None:
    for table, person in policies.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")
