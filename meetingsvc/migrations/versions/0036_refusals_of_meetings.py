"""Of an emergency MARAC nobody reads what was refused, but who may open its one case."""

from alembic import op

revision = "0036"
down_revision = "0035"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_BEFORE = f"""{_AREA} AND account_id <> {_ME}
    AND (case_id IS NULL OR EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = refusal.case_id))"""  # noqa: S608
#: The meeting's own policy decides, as the case's does.
_NOW = f"""{_BEFORE}
    AND (meeting_id IS NULL OR EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = refusal.meeting_id))"""  # noqa: S608


def upgrade() -> None:
    _say(_NOW)


def downgrade() -> None:
    _say(_BEFORE)


def _say(person: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    policy = f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON refusal USING ({policy}) WITH CHECK ({policy})")
