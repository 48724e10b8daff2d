"""Offline packs for who runs the meetings, their passphrases, and where no pack could be made."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_MINE = f"{_AREA} AND account_id = (SELECT meetingsvc_told('account')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_OF_MEETING = "EXISTS (SELECT 1 FROM meeting m WHERE m.id = offline_alarm.meeting_id)"
#: What a person sees: their own passphrase and copies; whoever runs meetings, that none could be made.
_PERSON = {
    "offline_key": _MINE,
    "offline_pack": _MINE,
    "offline_alarm": f"{_AREA} AND {_RUNS} AND {_OF_MEETING}",
}


def upgrade() -> None:
    _keys()
    _packs()
    _alarms()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} {_policy(person)}")


def _policy(person: str) -> str:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN ({person}) ELSE false END"""
    return f"USING ({seen}) WITH CHECK ({seen})"


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _keys() -> None:
    table = "offline_key"
    op.create_table(
        table,
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        _key(table, "account_id", "account"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_offline_key")),
    )


def _packs() -> None:
    table = "offline_pack"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        _key(table, "area_id", "area"),
        _key(table, "meeting_id", "meeting"),
        _key(table, "account_id", "account"),
        _key(table, "agency_id", "agency"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_pack")),
        sa.UniqueConstraint("meeting_id", "copy_number", name=op.f("uq_offline_pack_meeting_id_copy_number")),
    )
    op.create_index(op.f("ix_offline_pack_account_id"), table, ["account_id"])
    op.create_index(op.f("ix_offline_pack_expires_at"), table, ["expires_at"])


def _alarms() -> None:
    table = "offline_alarm"
    op.create_table(
        table,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("failure", sa.String(60), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _key(table, "meeting_id", "meeting"),
        _key(table, "area_id", "area"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_offline_alarm")),
    )


def downgrade() -> None:
    for table in reversed(_PERSON):
        op.drop_table(table)
