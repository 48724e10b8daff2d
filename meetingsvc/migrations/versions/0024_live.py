"""What several people type into one record at once, what a MARAC decides, crimes disclosed in a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_AGENCY = "(SELECT meetingsvc_told('agency')::uuid)"


def _by_item(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM item parent WHERE parent.id = {table}.item_id)"  # noqa: S608


_PERSON = {
    "live_field": f"{_RUNS} AND {_by_item('live_field')}",  # a draft is for who runs the meeting
    "plan_review": _by_item("plan_review"),
    "crime_disclosed": (
        f"{_by_item('crime_disclosed')} AND ({_RUNS} OR shared OR {_AGENCY} IN (agency_id, told_id))"
    ),
}


def upgrade() -> None:
    op.add_column("outcome", sa.Column("plan_review", sa.Text(), nullable=False, server_default=""))
    _live_field()
    _plan_review()
    _crime_disclosed()
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity'))
            WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person})
            ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _keys(table: str, *columns: tuple[str, str]) -> tuple[sa.ForeignKeyConstraint, ...]:
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns
    )


def _live_field() -> None:
    op.create_table(
        "live_field",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=90), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard", sa.JSON(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *_keys(
            "live_field",
            *(("item_id", "item"), ("area_id", "area"), ("meeting_id", "meeting"), ("changed_by", "account")),
        ),
        sa.PrimaryKeyConstraint("item_id", "field", name=op.f("pk_live_field")),
    )
    op.create_index(op.f("ix_live_field_meeting_id_seq"), "live_field", ["meeting_id", "seq"])


def _plan_review() -> None:
    op.create_table(
        "plan_review",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('still right', 'done', 'change')", name=op.f("ck_plan_review_verdict_known")
        ),
        sa.CheckConstraint(
            "verdict <> 'change' OR trim(text) <> ''", name=op.f("ck_plan_review_change_said")
        ),
        *_keys(
            "plan_review",
            *(("item_id", "item"), ("action_id", "action"), ("area_id", "area"), ("reviewed_by", "account")),
        ),
        sa.PrimaryKeyConstraint("item_id", "action_id", name=op.f("pk_plan_review")),
    )
    op.create_index(op.f("ix_plan_review_action_id"), "plan_review", ["action_id"])


def _crime_disclosed() -> None:
    table = "crime_disclosed"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("told_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_crime_disclosed_text_given")),
        *_keys(
            table,
            *(("area_id", "area"), ("item_id", "item"), ("agency_id", "agency"), ("told_id", "agency")),
            *(("recorded_by", "account"), ("received_by", "account")),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crime_disclosed")),
    )
    op.create_index(op.f("ix_crime_disclosed_item_id"), table, ["item_id"])
    op.create_index(op.f("ix_crime_disclosed_told_id_received_at"), table, ["told_id", "received_at"])


def downgrade() -> None:
    for table in ("crime_disclosed", "plan_review", "live_field"):
        op.drop_table(table)
    op.drop_column("outcome", "plan_review")
