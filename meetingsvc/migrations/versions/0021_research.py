"""What agencies are asked to find out for a meeting, and what they answered."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_AGENCY = "agency_id = (SELECT meetingsvc_told('agency')::uuid)"


def _under_item(table: str) -> str:
    """The item's own policy decides."""
    return f"EXISTS (SELECT 1 FROM item parent WHERE parent.id = {table}.item_id)"  # noqa: S608


#: What a person sees of each table.
_PERSON = {
    "research_request": f"""{_AREA} AND ({_RUNS} OR {_AGENCY})
        AND EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = research_request.meeting_id)""",  # noqa: S608
    "research_item": _under_item("research_item"),
    "research_named": _under_item("research_named"),
    "research_answer": _under_item("research_answer"),
    # What is typed and not sent is its agency's alone.
    "research_draft": f"{_AGENCY} AND {_under_item('research_draft')}",
    "research_notice": "false",  # the service's own memory
}


def upgrade() -> None:
    op.add_column("note", sa.Column("dated", sa.Date(), nullable=True))
    op.add_column("note", sa.Column("proportionate", sa.Boolean(), nullable=False, server_default=sa.false()))
    _asked()
    _answered()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def _asked() -> None:
    request, item, notice = "research_request", "research_item", "research_notice"
    op.create_table(
        request,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(request, area_id="area", meeting_id="meeting", agency_id="agency"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{request}")),
        sa.UniqueConstraint("meeting_id", "agency_id", name=op.f(f"uq_{request}_meeting_id_agency_id")),
    )
    op.create_index(op.f(f"ix_{request}_agency_id"), request, ["agency_id"])
    op.create_table(
        item,
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(item, item_id="item", area_id="area"),
        sa.PrimaryKeyConstraint("item_id", name=op.f(f"pk_{item}")),
    )
    op.create_table(
        notice,
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(notice, request_id=request, area_id="area"),
        sa.PrimaryKeyConstraint("request_id", "stage", name=op.f(f"pk_{notice}")),
    )


def _answered() -> None:
    named, answer, draft = "research_named", "research_answer", "research_draft"
    op.create_table(
        named,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(5), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("relation", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('adult', 'child')", name=op.f(f"ck_{named}_kind_known")),
        sa.CheckConstraint(
            "trim(name) <> '' AND trim(why) <> ''", name=op.f(f"ck_{named}_named_with_reason")
        ),
        *_keys(named, area_id="area", item_id="item", agency_id="agency", recorded_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{named}")),
    )
    op.create_table(
        answer,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.String(12), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("said IN ('nothing held', 'held')", name=op.f(f"ck_{answer}_said_known")),
        *_keys(answer, area_id="area", item_id="item", agency_id="agency", sent_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{answer}")),
    )
    op.create_table(
        draft,
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(draft, agency_id="agency", area_id="area", item_id="item", saved_by="account"),
        sa.PrimaryKeyConstraint("box_id", "agency_id", name=op.f(f"pk_{draft}")),
    )
    for table in (named, answer, draft):
        op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"])


def downgrade() -> None:
    for table in (
        "research_draft", "research_answer", "research_named", "research_notice", "research_item",
        "research_request",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_column("note", "proportionate")
    op.drop_column("note", "dated")
