"""Whoever brought a breach about, or was shown what they may not see, reads nothing of it but that they
raised it (Rulebook V3); why a meeting ended with its confidentiality statement unread (R3)."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
_ITS = "SELECT 1 FROM breach_case c WHERE c.breach_id = breach.id AND c.case_id IN"
_WALLS = f"SELECT w.case_id FROM wall w WHERE w.account_id = {_ME} AND w.state = 'stands'"  # noqa: S608
_WAS_WALLED = f"SELECT 1 FROM breach_walled k WHERE k.breach_id = breach.id AND k.account_id = {_ME}"  # noqa: S608
_NOT_INVOLVED = " AND id NOT IN (SELECT meetingsvc_involved())"


def upgrade() -> None:
    op.add_column("meeting", sa.Column("unread_reason", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    # As the service, and keys only: what is done about a breach asks the breach's own policy.
    op.execute("""
    CREATE FUNCTION meetingsvc_involved() RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE ROWS 3 AS $$
    DECLARE before text := current_setting('meetingsvc.capacity', true);
    BEGIN
        PERFORM set_config('meetingsvc.capacity', 'service', true);
        RETURN QUERY SELECT e.breach_id FROM breach_entry e
            WHERE e.kind = 'involved' AND e.told ->> 'account' = meetingsvc_told('account');
        PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
    END $$""")
    _alter(_NOT_INVOLVED)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _alter("")
        op.execute("DROP FUNCTION meetingsvc_involved()")
    op.drop_column("meeting", "unread_reason")


def _alter(governs: str) -> None:
    seen = _policy(governs)
    op.execute(f"ALTER POLICY need_to_know ON breach USING ({seen}) WITH CHECK ({seen})")


def _policy(governs: str) -> str:
    person = f"""{_AREA} AND NOT EXISTS ({_WAS_WALLED}) AND (
        (({_REVIEWS} AND NOT coalesce({_RUNS}, false)){governs} AND NOT EXISTS ({_ITS} ({_WALLS})))
        OR (raised_by = {_ME} AND NOT EXISTS ({_ITS} (SELECT meetingsvc_kept()))))"""
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
