"""Who sat in a meeting, compared with its cases; whose an emergency MARAC is; drafts that were set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_APART = "attendee_apart"
#: Who is not who a case is about may tell of the case: for who runs the meetings, and may open it.
_SEEN = f"{_RUNS} AND EXISTS (SELECT 1 FROM item i WHERE i.id = {_APART}.item_id)"  # noqa: S608
_MEETING = f"{_AREA} AND ({_RUNS} OR (NOT held AND meetingsvc_attends(kind, state, sits_on)))"
#: An emergency MARAC hears one case: to whom that is hidden, so is the meeting.
_OPEN = "(case_id IS NULL OR case_id NOT IN (SELECT meetingsvc_kept()))"


def upgrade() -> None:
    _meeting()
    with op.batch_alter_table("live_field") as live:
        live.add_column(sa.Column("aside_by", sa.Uuid(), nullable=True))
        live.add_column(sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True))
        live.create_foreign_key(op.f("fk_live_field_aside_by_account"), "account", ["aside_by"], ["id"])
    _apart()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    policy = _capacity(f"{_AREA} AND {_SEEN}")
    op.execute(f"ALTER TABLE {_APART} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_APART} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_APART} USING ({policy}) WITH CHECK ({policy})")
    _say_meeting(f"{_OPEN} AND {_MEETING}")


def _capacity(person: str) -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""


def _say_meeting(person: str) -> None:
    policy = _capacity(person)
    op.execute(f"ALTER POLICY need_to_know ON meeting USING ({policy}) WITH CHECK ({policy})")


def _meeting() -> None:
    """SQLite adds it in its own words: made anew, the table would lose what points at its rows."""
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("meeting", sa.Column("case_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f("fk_meeting_case_id_case"), "meeting", "case", ["case_id"], ["id"])
    else:
        op.execute(
            "ALTER TABLE meeting ADD COLUMN case_id CHAR(32) "
            'CONSTRAINT fk_meeting_case_id_case REFERENCES "case" (id)'
        )
    op.execute(
        "UPDATE meeting SET case_id = (SELECT i.case_id FROM item i WHERE i.meeting_id = meeting.id) "
        "WHERE emergency > 0 AND (SELECT count(*) FROM item i WHERE i.meeting_id = meeting.id) = 1"
    )


def _apart() -> None:
    op.create_table(
        _APART,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("attendee_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("part", sa.String(11), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{_APART}_reason_given")),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_APART}_{column}_{to}"))
            for column, to in (
                ("area_id", "area"), ("attendee_id", "attendee"), ("item_id", "item"), ("said_by", "account")
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_APART}")),
    )  # fmt: skip
    for column in ("attendee_id", "item_id"):
        op.create_index(op.f(f"ix_{_APART}_{column}"), _APART, [column])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say_meeting(_MEETING)
    op.drop_table(_APART)
    with op.batch_alter_table("live_field") as live:
        live.drop_constraint(op.f("fk_live_field_aside_by_account"), type_="foreignkey")
        live.drop_column("aside_at")
        live.drop_column("aside_by")
    op.drop_column("meeting", "case_id")
