"""Invitations, their answers, and the calendars people subscribe to."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

_ME = "(SELECT meetingsvc_told('account')::uuid)"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
#: What a person sees: an entry with its meeting; an invitation, whose it is, and who runs the meeting.
_PERSON = {
    "calendar_entry": "EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = calendar_entry.meeting_id)",
    "invitation": f"""{_AREA} AND (account_id = {_ME} OR ({_RUNS} AND
        EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = invitation.meeting_id)))""",  # noqa: S608
}


def upgrade() -> None:
    _entries()
    _invitations()
    _feeds()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _entries() -> None:
    table = "calendar_entry"
    op.create_table(
        table,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.String(80), nullable=False),
        sa.Column("replaces", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key(table, "meeting_id", "meeting"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("meeting_id", "sequence", name=op.f("pk_calendar_entry")),
    )
    for column in ("area_id", "uid"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _invitations() -> None:
    table = "invitation"
    op.create_table(
        table,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _key(table, "meeting_id", "meeting"),
        _key(table, "account_id", "account"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("meeting_id", "account_id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_account_id"), table, ["account_id"])


def _feeds() -> None:
    table = "calendar_feed"
    op.create_table(
        table,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        _key(table, "account_id", "account"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_calendar_feed")),
    )
    op.create_index(op.f("ix_calendar_feed_digest"), table, ["digest"])


def downgrade() -> None:
    for table in ("calendar_feed", "invitation", "calendar_entry"):
        op.drop_table(table)
