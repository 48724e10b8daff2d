"""Who is told of on a case that is kept from somebody: known associates and related people too."""

from alembic import op

revision = "0046"
down_revision = "0045"

_PARTIES = """SELECT people.one FROM "case" c, unnest(ARRAY[c.victim_id, c.perpetrator_id]) people(one)
            WHERE c.id IN (SELECT meetingsvc_kept()) AND people.one IS NOT NULL"""
_BESIDE = """
            UNION SELECT a.person_id FROM associate a WHERE a.case_id IN (SELECT meetingsvc_kept())
            UNION SELECT r.person_id FROM relationship r WHERE r.case_id IN (SELECT meetingsvc_kept())
            UNION SELECT r.other_id FROM relationship r WHERE r.case_id IN (SELECT meetingsvc_kept())"""


def upgrade() -> None:
    _say(_PARTIES + _BESIDE)


def downgrade() -> None:
    _say(_PARTIES)


def _say(people: str) -> None:
    """Asked as the service: it answers keys only."""
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    op.execute(f"""
    CREATE OR REPLACE FUNCTION meetingsvc_kept_people() RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE ROWS 6 AS $$
    DECLARE before text := current_setting('meetingsvc.capacity', true);
    BEGIN
        PERFORM set_config('meetingsvc.capacity', 'service', true);
        RETURN QUERY {people};
        PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
    END $$""")
