"""How a meeting's panel works, as a list or as an agenda, and to which family of panels it belongs, are kept
with each meeting: no policy looks them up in an area's settings."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
#: An emergency MARAC hears one case: to whom that is hidden, so is the meeting (migration 0033).
_OPEN = "(case_id IS NULL OR case_id NOT IN (SELECT meetingsvc_kept()))"
_SHARED = "state IN ('published', 'heard', 'cancelled')"
#: Whether the agency of the person attends such a meeting, and it is shared with them (S3, V1). What is held
#: back the policy of meetings says.
_HEAD = "RETURNS boolean LANGUAGE sql STABLE"
_ATTENDS = f"""
    SELECT sits_on >= meetingsvc_told('signed')::date
        AND kind = ANY (string_to_array(meetingsvc_told('attends'), ' '))
        AND (works = 'list' OR (works = 'agenda' AND {_SHARED}))"""
_ATTENDS_BEFORE = f"""
    SELECT sits_on >= meetingsvc_told('signed')::date
        AND kind = ANY (string_to_array(meetingsvc_told('attends'), ' '))
        AND (kind = 'DRAMM' OR (kind = 'MARAC' AND {_SHARED}))"""
_NOW = ("kind text, works text, state text, sits_on date", "kind, works, state, sits_on")
_BEFORE = ("kind text, state text, sits_on date", "kind, state, sits_on")
#: What migrations 0009 and 0055 say, but for how it asks whether a meeting is shared.
_REFERRED = """
    SELECT o.item_id FROM outcome o
    JOIN item l ON l.id = o.marac_item_id JOIN meeting m ON m.id = l.meeting_id
    WHERE o.item_id = $1 AND m.area_id = meetingsvc_told('area')::uuid
    AND l.supplement <= m.supplements AND meetingsvc_attends({told})"""
_GIVEN_TO = """
    WITH kept (case_id) AS (
        SELECT w.case_id FROM wall w WHERE w.account_id = $1 AND w.state = 'stands'
        UNION SELECT h.case_id FROM meetingsvc_hidden_from($1, false) AS h (case_id))
    SELECT i.id FROM allocation a
    JOIN item i ON i.case_id = a.case_id JOIN meeting m ON m.id = i.meeting_id
    WHERE a.account_id = $1 AND m.sits_on >= $2 AND i.supplement <= m.supplements
    AND (({list} AND NOT m.held) OR ({agenda} AND m.state IN ('published', 'heard', 'cancelled')))
    AND i.case_id NOT IN (SELECT k.case_id FROM kept k)
    AND (m.case_id IS NULL OR m.case_id NOT IN (SELECT k.case_id FROM kept k))"""


def upgrade() -> None:
    for column, size in (("works", 6), ("family", 16)):
        op.add_column("meeting", sa.Column(column, sa.String(size), nullable=False, server_default=""))
    op.execute(
        "UPDATE meeting SET family = 'domestic abuse', "
        "works = CASE kind WHEN 'DRAMM' THEN 'list' ELSE 'agenda' END"
    )
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for column in ("works", "family"):
        op.alter_column("meeting", column, server_default=None)  # said with each meeting, or it is refused
    _say(_NOW, _ATTENDS, _BEFORE, {"list": "m.works = 'list'", "agenda": "m.works = 'agenda'"})


def _say(told: tuple[str, str], attends: str, was: tuple[str, str], works: dict[str, str]) -> None:
    op.execute(f"CREATE FUNCTION meetingsvc_attends({told[0]}) {_HEAD} AS $$ {attends} $$")
    asked = ", ".join(f"m.{column}" for column in told[1].split(", "))
    op.execute(_function("meetingsvc_referred(item uuid)", _REFERRED.format(told=asked), rows=1))
    op.execute(_function("meetingsvc_given_to(account uuid, signed date)", _GIVEN_TO.format(**works), rows=3))
    person = f"{_OPEN} AND {_AREA} AND ({_RUNS} OR (NOT held AND meetingsvc_attends({told[1]})))"
    policy = f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON meeting USING ({policy}) WITH CHECK ({policy})")
    op.execute(f"DROP FUNCTION meetingsvc_attends({was[0]})")


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
        kinds = {"list": "m.kind = 'DRAMM'", "agenda": "m.kind = 'MARAC'"}
        _say(_BEFORE, _ATTENDS_BEFORE, _NOW, kinds)
    for column in ("family", "works"):
        op.drop_column("meeting", column)
