"""An IDVA reads what was shared of a case that is given to them, though their agency sits in no meeting that
heard it (security.md B, "M + allocated"; Rulebook F1, F2)."""

from alembic import op

revision = "0055"
down_revision = "0054"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_GIVEN = "OR id IN (SELECT meetingsvc_given())"
_AS_SERVICE = {
    # What was shared of the cases given to an IDVA whose agency signed on that day: of none that a wall or a
    # restriction keeps from them, and of no emergency MARAC whose one case is kept (M6). Asked by the scope.
    "meetingsvc_given_to(account uuid, signed date) RETURNS SETOF uuid": """
        WITH kept (case_id) AS (
            SELECT w.case_id FROM wall w WHERE w.account_id = $1 AND w.state = 'stands'
            UNION SELECT h.case_id FROM meetingsvc_hidden_from($1, false) AS h (case_id))
        SELECT i.id FROM allocation a
        JOIN item i ON i.case_id = a.case_id JOIN meeting m ON m.id = i.meeting_id
        WHERE a.account_id = $1 AND m.sits_on >= $2 AND i.supplement <= m.supplements
        AND ((m.kind = 'DRAMM' AND NOT m.held)
            OR (m.kind = 'MARAC' AND m.state IN ('published', 'heard', 'cancelled')))
        AND i.case_id NOT IN (SELECT k.case_id FROM kept k)
        AND (m.case_id IS NULL OR m.case_id NOT IN (SELECT k.case_id FROM kept k))""",
    # Those of the person, with the daily items that referred a case to one of them (M1).
    "meetingsvc_given() RETURNS SETOF uuid": """
        WITH given (item_id) AS (
            SELECT g.item_id FROM meetingsvc_given_to(
                meetingsvc_told('account')::uuid, meetingsvc_told('signed')::date) AS g (item_id)
            WHERE meetingsvc_told('idva') = 'y')
        SELECT g.item_id FROM given g
        UNION SELECT o.item_id FROM outcome o JOIN given g ON g.item_id = o.marac_item_id""",
}


def _function(signature: str, query: str) -> str:
    """Answers the query as the service, and lets whoever acted before go on (migration 0009)."""
    return f"""CREATE FUNCTION {signature} LANGUAGE plpgsql STABLE ROWS 3 AS $$
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {query};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END $$"""


def _say_item(given: str) -> None:
    person = f"""{_AREA} AND case_id NOT IN (SELECT meetingsvc_kept()) AND ({_RUNS} OR EXISTS (
        SELECT 1 FROM meeting m WHERE m.id = item.meeting_id AND item.supplement <= m.supplements)
        OR case_id IN (SELECT meetingsvc_opened()) {given}
        OR id IN (SELECT meetingsvc_referred(id)))"""  # noqa: S608
    seen = f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON item USING ({seen}) WITH CHECK ({seen})")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no policies: the fence stands alone
        for signature, query in _AS_SERVICE.items():
            op.execute(_function(signature, query))
        _say_item(_GIVEN)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say_item("")
        for signature in reversed(_AS_SERVICE):
            op.execute(f"DROP FUNCTION {signature.partition(' RETURNS')[0]}")
