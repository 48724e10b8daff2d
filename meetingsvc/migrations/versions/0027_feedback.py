"""Who tells the victim the outcome, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

REFUSAL = "a decision about telling the victim, and an attempt, stay as they were recorded"
_TABLES = ("feedback", "feedback_try")
#: All of a decision but the day by which something is to happen.
_STAYS = (
    *("id", "area_id", "item_id", "version", "agency_id", "name", "account_id", "due"),
    *("instead_of_idva", "unsafe", "decided_by", "decided_at"),
)
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"


def upgrade() -> None:
    _decisions()
    _tries()
    if op.get_bind().dialect.name != "postgresql":
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _STAYS)
        for table, when in (("feedback", f" WHEN NOT ({same})"), ("feedback_try", "")):
            op.execute(
                f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table}{when} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION feedback_stays_as_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF to_jsonb(NEW) - 'next_on' <> to_jsonb(OLD) - 'next_on' "
        f"THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION feedback_stays_as_told()"
        )
        _policy(table)


def _policy(table: str) -> None:
    """Whoever may read about the item: its own policy decides."""
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN (EXISTS (SELECT 1 FROM item parent WHERE parent.id = {table}.item_id))
        ELSE false END"""  # noqa: S608
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _decisions() -> None:
    table = "feedback"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("instead_of_idva", sa.Text(), nullable=False),
        sa.Column("unsafe", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(trim(unsafe) <> '' AND agency_id IS NULL AND due IS NULL)"
            " OR (unsafe = '' AND agency_id IS NOT NULL AND trim(name) <> '' AND due IS NOT NULL)",
            name=op.f("ck_feedback_told_or_unsafe"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "item_id", "item"),
        _key(table, "agency_id", "agency"),
        _key(table, "account_id", "account"),
        _key(table, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_feedback_item_id_version")),
    )
    op.create_index(op.f("ix_feedback_area_id_next_on"), table, ["area_id", "next_on"])
    op.create_index(op.f("ix_feedback_account_id"), table, ["account_id"])


def _tries() -> None:
    table = "feedback_try"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_whom", sa.String(200), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "result IN ('told', 'not reached', 'unsafe')", name=op.f("ck_feedback_try_result")
        ),
        sa.CheckConstraint(
            "trim(by_whom) <> '' AND trim(how) <> ''", name=op.f("ck_feedback_try_by_whom_and_how")
        ),
        sa.CheckConstraint(
            "result <> 'not reached' OR again_on IS NOT NULL", name=op.f("ck_feedback_try_tried_again")
        ),
        sa.CheckConstraint("result <> 'told' OR again_on IS NULL", name=op.f("ck_feedback_try_told_once")),
        _key(table, "area_id", "area"),
        _key(table, "item_id", "item"),
        _key(table, "feedback_id", "feedback"),
        _key(table, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_try")),
        sa.UniqueConstraint("feedback_id", "place", name=op.f("uq_feedback_try_feedback_id_place")),
    )
    op.create_index(op.f("ix_feedback_try_item_id"), table, ["item_id"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in reversed(_TABLES):
        op.execute(f"DROP TRIGGER {table}_stays_as_told" + (f" ON {table}" if postgresql else ""))
        op.drop_table(table)
    if postgresql:
        op.execute("DROP FUNCTION feedback_stays_as_told()")
