"""Minutes in versions, and who approved them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

REFUSAL = "minutes that are approved stay as they are: a correction is a further version"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_SEEN = "EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_minutes.meeting_id)"
#: What a person sees of each table: the policy of what it hangs on decides. A draft is for who runs meetings.
_PERSON = {
    "meeting_minutes": f"({_RUNS} OR approved_at IS NOT NULL) AND {_SEEN}",
    "minutes_case": "EXISTS (SELECT 1 FROM meeting_minutes v WHERE v.id = minutes_case.minutes_id)"
    " AND EXISTS (SELECT 1 FROM item i WHERE i.id = minutes_case.item_id)",
}
_APPROVED = {
    "meeting_minutes": "OLD.approved_at IS NOT NULL",
    "minutes_case": "EXISTS (SELECT 1 FROM meeting_minutes v"
    " WHERE v.id = OLD.minutes_id AND v.approved_at IS NOT NULL)",
}


def upgrade() -> None:
    _versions()
    _cases()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, approved in _APPROVED.items():
        (_guard_postgresql if postgresql else _guard_sqlite)(table, approved)
        if postgresql:
            _policy(table)


def _guard_sqlite(table: str, approved: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_stays_as_approved BEFORE UPDATE ON {table} WHEN {approved} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql(table: str, approved: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_stays_as_approved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {approved} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stays_as_approved BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_stays_as_approved()"
    )


def _policy(table: str) -> None:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN ({_AREA} AND {_PERSON[table]}) ELSE false END"""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _versions() -> None:
    table = "meeting_minutes"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sent_back", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> drafted_by",
            name=op.f("ck_meeting_minutes_approved_by_another"),
        ),
        sa.CheckConstraint(
            "version = 1 OR (trim(what) <> '' AND trim(why) <> '')",
            name=op.f("ck_meeting_minutes_corrected_with_reason"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "meeting_id", "meeting"),
        _key(table, "drafted_by", "account"),
        _key(table, "sent_by", "account"),
        _key(table, "approved_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_minutes")),
        sa.UniqueConstraint("meeting_id", "version", name=op.f("uq_meeting_minutes_meeting_id_version")),
    )
    op.create_index(op.f("ix_meeting_minutes_area_id_approved_at"), table, ["area_id", "approved_at"])


def _cases() -> None:
    table = "minutes_case"
    op.create_table(
        table,
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        _key(table, "minutes_id", "meeting_minutes"),
        _key(table, "item_id", "item"),
        _key(table, "area_id", "area"),
        _key(table, "said_by", "account"),
        sa.PrimaryKeyConstraint("minutes_id", "item_id", name=op.f("pk_minutes_case")),
    )
    op.create_index(op.f("ix_minutes_case_item_id"), table, ["item_id"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in ("minutes_case", "meeting_minutes"):
        op.execute(f"DROP TRIGGER {table}_stays_as_approved" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {table}_stays_as_approved()")
        op.drop_table(table)
