"""Whose an action is, what was recorded of it, and of what its owner was reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_PERSON = {
    # With the action, which is seen with its item.
    "action_owner": "EXISTS (SELECT 1 FROM action parent WHERE parent.id = action_owner.action_id)",
    "action_step": "EXISTS (SELECT 1 FROM action parent WHERE parent.id = action_step.action_id)",
    "action_reminder": "false",  # the service's own memory
}


def upgrade() -> None:
    op.create_table(
        "action_owner",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _key("action_owner", "action_id", "action", "CASCADE"),
        _key("action_owner", "area_id", "area"),
        _key("action_owner", "account_id", "account"),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_action_owner")),
    )
    op.create_index(op.f("ix_action_owner_account_id"), "action_owner", ["account_id"])
    op.create_table(
        "action_step",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(length=15), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _key("action_step", "area_id", "area"),
        _key("action_step", "action_id", "action", "CASCADE"),
        _key("action_step", "by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_step")),
    )
    op.create_index(op.f("ix_action_step_action_id"), "action_step", ["action_id"])
    op.create_table(
        "action_reminder",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        _key("action_reminder", "action_id", "action", "CASCADE"),
        _key("action_reminder", "area_id", "area"),
        sa.PrimaryKeyConstraint("action_id", "day", name=op.f("pk_action_reminder")),
    )
    op.create_index(op.f("ix_action_reminder_area_id_told_at"), "action_reminder", ["area_id", "told_at"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity'))
            WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str, gone: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=gone)


def downgrade() -> None:
    op.drop_table("action_reminder")
    op.drop_table("action_step")
    op.drop_table("action_owner")
