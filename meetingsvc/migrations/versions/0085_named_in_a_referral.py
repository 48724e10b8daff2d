"""Whom an exploitation referral is kept from before it is taken in, and what was kept out of it (M6, R2).

Until it is taken in for a child it is kept from who is named in it, and from whom the case of the child that
it may be about is kept. That a trait or a link came in by one is said beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"

_REFERRAL, _KEY = "exploitation_referral", "fk_exploitation_referral_about_id_case"
_CAME_BY = ("subject_trait", "link")
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = """(SELECT meetingsvc_told('runs') = 'y'
    AND 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))"""
_OPEN = 'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = exploitation_referral.{})'
_BEFORE = f"(case_id IS NULL OR {_OPEN.format('case_id')})"
_NOT_NAMED = "position((SELECT meetingsvc_told('account')) IN kept_from) = 0"
_NOW = f"""CASE WHEN case_id IS NOT NULL THEN {_OPEN.format("case_id")}
    ELSE {_NOT_NAMED} AND (about_id IS NULL OR {_OPEN.format("about_id")}) END"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(_REFERRAL, sa.Column("about_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(_KEY, _REFERRAL, "case", ["about_id"], ["id"])
    else:  # what points at the table would keep it from being made anew
        op.execute(
            f'ALTER TABLE {_REFERRAL} ADD COLUMN about_id CHAR(32) CONSTRAINT {_KEY} REFERENCES "case" (id)'
        )
    op.create_index(op.f(f"ix_{_REFERRAL}_about_id"), _REFERRAL, ["about_id"])
    op.add_column(_REFERRAL, sa.Column("kept_from", sa.Text(), nullable=False, server_default=""))
    for table in _CAME_BY:
        op.add_column(table, sa.Column("referral_id", sa.Uuid(), nullable=True))
        op.create_index(op.f(f"ix_{table}_referral_id"), table, ["referral_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(_REFERRAL, "kept_from", server_default=None)
        _policy(_NOW)


def _policy(whose: str) -> None:
    person = f"{_MINE} AND (account_id = {_ME} OR ({_RUNS} AND first_sent_at IS NOT NULL AND ({whose})))"
    policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"DROP POLICY need_to_know ON {_REFERRAL}")
    op.execute(f"CREATE POLICY need_to_know ON {_REFERRAL} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _policy(_BEFORE)
    for table in _CAME_BY:
        op.drop_index(op.f(f"ix_{table}_referral_id"), table_name=table)
        op.drop_column(table, "referral_id")
    op.drop_index(op.f(f"ix_{_REFERRAL}_about_id"), table_name=_REFERRAL)
    op.drop_column(_REFERRAL, "kept_from")
    op.drop_column(_REFERRAL, "about_id")
