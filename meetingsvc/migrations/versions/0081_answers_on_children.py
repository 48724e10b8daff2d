"""What agencies answered of a child goes where their notes go: who attended and contributed (Rulebook E4).

An agency reads its own answers as ever. Nothing changes for whoever is on no panel of exploitation.
"""

from alembic import op

revision = "0081"
down_revision = "0080"

_ANSWER = "research_answer"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_UNDER = "EXISTS (SELECT 1 FROM item parent WHERE parent.id = research_answer.item_id)"
#: As of a note (migration 0075).
_THEIRS = """(agency_id = (SELECT meetingsvc_told('agency')::uuid)
    OR (SELECT meetingsvc_told('runs') = 'y')
    OR (SELECT NOT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))
    OR item_id IN (SELECT meetingsvc_contributed(
        meetingsvc_told('account')::uuid, meetingsvc_told('agency')::uuid))
    OR EXISTS (SELECT 1 FROM item i JOIN "case" c ON c.id = i.case_id
        WHERE i.id = research_answer.item_id AND c.family <> 'exploitation'))"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no policies: the fence stands alone
        _say(f"{_UNDER} AND {_THEIRS}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say(_UNDER)


def _say(person: str) -> None:
    policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON {_ANSWER} USING ({policy}) WITH CHECK ({policy})")
