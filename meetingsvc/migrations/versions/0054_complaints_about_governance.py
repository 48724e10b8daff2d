"""A complaint about information governance as such is read by none of them, but for who recorded it (V2)."""

from alembic import op

revision = "0054"
down_revision = "0052"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
_WALLS = f"SELECT w.case_id FROM wall w WHERE w.account_id = {_ME} AND w.state = 'stands'"  # noqa: S608
_NOT_THEIRS = f" AND (about <> 'governance' OR raised_by = {_ME})"


def _policy(governs: str) -> str:
    person = f"""{_AREA} AND NOT EXISTS (SELECT 1 FROM complained_of o
            WHERE o.complaint_id = complaint.id AND o.account_id = {_ME}) AND (
        (({_REVIEWS} AND NOT coalesce({_RUNS}, false)){governs}
            AND (case_id IS NULL OR case_id NOT IN ({_WALLS})))
        OR ((raised_by = {_ME} OR ({_REVIEWS} AND {_RUNS} AND about <> 'chair'))
            AND (case_id IS NULL OR case_id NOT IN (SELECT meetingsvc_kept()))))"""  # noqa: S608
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""


def _alter(governs: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no policies: the fence stands alone
        seen = _policy(governs)
        op.execute(f"ALTER POLICY need_to_know ON complaint USING ({seen}) WITH CHECK ({seen})")


def upgrade() -> None:
    _alter(_NOT_THEIRS)


def downgrade() -> None:
    _alter("")
