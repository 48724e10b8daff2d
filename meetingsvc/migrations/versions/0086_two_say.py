"""Two say that a link, or what is told of somebody, was a mistake (F3). Who told of a missing episode reads
on what they typed (M6). What is brought after the day of a meeting opens none of its notes (E4)."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"

#: Who said it and when, and who confirmed it and when. A link has the first two already.
_NEW = {"link": ("confirmed",), "subject_trait": ("ended", "confirmed")}
_CHECKS = {
    "link": "confirmed_by IS NULL OR (mistaken AND confirmed_by <> ended_by)",
    "subject_trait": "confirmed_by IS NULL OR (ended <> '' AND confirmed_by <> ended_by)",
}
_CONTRIBUTED = "meetingsvc_contributed(account uuid, agency uuid)"
_CLOSED = "CASE m.works WHEN 'list' THEN m.closed_at ELSE m.ended_at END"
#: As revision 0075 has it, but for when it ended.
_BROUGHT = """
    SELECT i.id FROM attendee t JOIN meeting m ON m.id = t.meeting_id JOIN item i ON i.meeting_id = m.id
    CROSS JOIN LATERAL (SELECT {closed}, {day}) e (ended, day_end)
    WHERE t.account_id = $1 AND t.agency_id = $2 AND t.here AND m.family = 'exploitation'
    AND NOT EXISTS (SELECT 1 FROM item_absence x WHERE x.item_id = i.id AND x.attendee_id = t.id)
    AND (EXISTS (SELECT 1 FROM note n WHERE n.item_id = i.id AND n.agency_id = $2
            AND n.recorded_at < e.day_end AND (e.ended IS NULL OR n.recorded_at <= e.ended))
        OR EXISTS (SELECT 1 FROM research_answer r WHERE r.item_id = i.id AND r.agency_id = $2
            AND r.said = 'held' AND r.sent_at < e.day_end AND (e.ended IS NULL OR r.sent_at <= e.ended)))"""
_DAY_OVER = "(m.sits_on + 1)::timestamp AT TIME ZONE 'Europe/London'"
_NEVER = "'infinity'::timestamptz"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_TOLD_BY = "{}.account_id = (SELECT nullif(meetingsvc_told('account'), '')::uuid)"
_OPEN = "missing_episode.case_id NOT IN (SELECT meetingsvc_kept())"
#: As revision 0072 has it, but for the last condition.
_EPISODE = f"""{_MINE} AND (SELECT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))
    AND ((SELECT meetingsvc_told('runs') = 'y')
        OR agency_id = (SELECT nullif(meetingsvc_told('agency'), '')::uuid)) AND """
_ASKED = f"""{_MINE} AND (EXISTS (
    SELECT 1 FROM exploitation_referral parent WHERE parent.id = immediate_asked.referral_id)
    OR EXISTS (SELECT 1 FROM missing_episode WHERE missing_episode.id = immediate_asked.episode_id"""  # noqa: S608
_BEFORE = {"missing_episode": f"{_EPISODE}{_OPEN}", "immediate_asked": f"{_ASKED}))"}
_NOW = {
    "missing_episode": f"{_EPISODE}({_OPEN} OR {_TOLD_BY.format('missing_episode')})",
    "immediate_asked": f"{_ASKED} AND ({_OPEN} OR {_TOLD_BY.format('immediate_asked')})))",
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, said in _NEW.items():
        for one in said:
            (_add_postgresql if postgresql else _add_sqlite)(table, one)
        if postgresql:
            op.create_check_constraint(op.f(f"ck_{table}_confirmed_by_another"), table, _CHECKS[table])
    if postgresql:
        _say(_DAY_OVER)
        _narrow(_NOW)


def _add_postgresql(table: str, said: str) -> None:
    op.add_column(table, sa.Column(f"{said}_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{said}_by_account"), table, "account", [f"{said}_by"], ["id"])
    op.add_column(table, sa.Column(f"{said}_at", sa.DateTime(timezone=True), nullable=True))


def _add_sqlite(table: str, said: str) -> None:
    """In its own words: made anew, the table would lose its trigger, and what points at its rows."""
    check = f" CONSTRAINT ck_{table}_confirmed_by_another CHECK ({_CHECKS[table]})"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {said}_by CHAR(32) "
        f"CONSTRAINT fk_{table}_{said}_by_account REFERENCES account (id)"
        f"{check if said == 'confirmed' else ''}"
    )
    op.add_column(table, sa.Column(f"{said}_at", sa.DateTime(timezone=True), nullable=True))


def _say(day: str) -> None:
    brought = _BROUGHT.format(closed=_CLOSED, day=day)
    op.execute(f"""CREATE OR REPLACE FUNCTION {_CONTRIBUTED} RETURNS SETOF uuid LANGUAGE plpgsql STABLE
        ROWS 20 AS $$
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {brought};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END $$""")


def _narrow(policies: dict[str, str]) -> None:
    for table, person in policies.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say(_NEVER)
        _narrow(_BEFORE)
    for table, said in _NEW.items():
        for one in reversed(said):
            op.drop_column(table, f"{one}_at")
            op.drop_column(table, f"{one}_by")
