"""Who was there for which case, what was read out, and when a meeting ended."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
#: What a person sees of each table: the policy of what it hangs on decides.
_PERSON = {
    "agency_attendance": "EXISTS (SELECT 1 FROM meeting m WHERE m.id = agency_attendance.meeting_id)",
    "attendee": "EXISTS (SELECT 1 FROM meeting m WHERE m.id = attendee.meeting_id)",
    "attendee_stay": "EXISTS (SELECT 1 FROM attendee a WHERE a.id = attendee_stay.attendee_id)",
    "statement_reading": "EXISTS (SELECT 1 FROM meeting m WHERE m.id = statement_reading.meeting_id)",
    "item_hearing": "EXISTS (SELECT 1 FROM item i WHERE i.id = item_hearing.item_id)",
    # who was out for a case tells whom a wall is about: for who runs the meetings, and may open the case
    "item_absence": f"{_RUNS} AND EXISTS (SELECT 1 FROM item i WHERE i.id = item_absence.item_id)",  # noqa: S608
}
_NOW = sa.text("ended_at IS NULL")
_TABLES = (
    "item_absence", "item_hearing", "statement_reading", "attendee_stay", "attendee", "agency_attendance",
)  # fmt: skip


def upgrade() -> None:
    for column in ("began_at", "ended_at"):
        op.add_column("meeting", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("item", sa.Column("not_reached", sa.Text(), nullable=False, server_default=""))
    op.add_column("item", sa.Column("came_back", sa.Integer(), nullable=False, server_default="0"))
    _agencies()
    _people()
    _statements()
    _cases()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({_AREA} AND {person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _agencies() -> None:
    table = "agency_attendance"
    op.create_table(
        table,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("apologies", sa.Boolean(), nullable=False),
        sa.Column("information_sent", sa.Boolean(), nullable=False),
        sa.Column("information_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "information_on IS NULL OR information_sent",
            name=op.f("ck_agency_attendance_information_sent_on_a_day"),
        ),
        _key(table, "meeting_id", "meeting"),
        _key(table, "agency_id", "agency"),
        _key(table, "area_id", "area"),
        _key(table, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("meeting_id", "agency_id", name=op.f("pk_agency_attendance")),
    )


def _people() -> None:
    table, stay = "attendee", "attendee_stay"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(100), nullable=False),
        sa.Column("observer", sa.Boolean(), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("confidential_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT observer OR NOT here OR confidential_at IS NOT NULL",
            name=op.f("ck_attendee_observer_signed_first"),
        ),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_attendee_name_given")),
        _key(table, "area_id", "area"),
        _key(table, "meeting_id", "meeting"),
        _key(table, "agency_id", "agency"),
        _key(table, "account_id", "account"),
        _key(table, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("meeting_id", "account_id", name=op.f("uq_attendee_meeting_id_account_id")),
    )
    op.create_index(op.f("ix_attendee_meeting_id"), table, ["meeting_id"])
    op.create_table(
        stay,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        _key(stay, "area_id", "area"),
        _key(stay, "attendee_id", "attendee"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee_stay")),
    )
    op.create_index(op.f("ix_attendee_stay_attendee_id"), stay, ["attendee_id"])


def _statements() -> None:
    table = "statement_reading"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        _key(table, "area_id", "area"),
        _key(table, "meeting_id", "meeting"),
        _key(table, "read_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_reading")),
    )
    op.create_index(op.f("ix_statement_reading_meeting_id"), table, ["meeting_id"])


def _cases() -> None:
    absence, hearing = "item_absence", "item_hearing"
    op.create_table(
        absence,
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _key(absence, "item_id", "item"),
        _key(absence, "attendee_id", "attendee"),
        _key(absence, "area_id", "area"),
        _key(absence, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("item_id", "attendee_id", name=op.f("pk_item_absence")),
    )
    op.create_table(
        hearing,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        _key(hearing, "area_id", "area"),
        _key(hearing, "meeting_id", "meeting"),
        _key(hearing, "item_id", "item"),
        _key(hearing, "started_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_hearing")),
    )
    for column in ("meeting_id", "item_id"):
        op.create_index(op.f(f"ix_item_hearing_{column}"), hearing, [column])
    op.create_index(
        "uq_item_hearing_now", hearing, ["meeting_id"], unique=True, sqlite_where=_NOW, postgresql_where=_NOW
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for table, column in (
        *(("item", "came_back"), ("item", "not_reached")),
        *(("meeting", "ended_at"), ("meeting", "began_at")),
    ):
        op.drop_column(table, column)
