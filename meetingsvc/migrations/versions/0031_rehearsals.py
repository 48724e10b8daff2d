"""Rehearsals of a meeting, apart from all counts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """An area of its own for each, and as whom people act there. Neither holds anything of a case."""
    op.create_table(
        "rehearsal",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _key("rehearsal", "area_id", "area"),
        _key("rehearsal", "of_id", "area"),
        _key("rehearsal", "made_by", "account"),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_rehearsal")),
    )
    op.create_index(op.f("ix_rehearsal_of_id"), "rehearsal", ["of_id"])
    op.create_table(
        "rehearser",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("real_id", sa.Uuid(), nullable=False),
        _key("rehearser", "account_id", "account"),
        sa.ForeignKeyConstraint(
            ["area_id"], ["rehearsal.area_id"], name=op.f("fk_rehearser_area_id_rehearsal")
        ),
        _key("rehearser", "real_id", "account"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_rehearser")),
        sa.UniqueConstraint("area_id", "real_id", name=op.f("uq_rehearser_area_id_real_id")),
    )
    op.create_index(op.f("ix_rehearser_real_id"), "rehearser", ["real_id"])


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def downgrade() -> None:
    op.drop_table("rehearser")
    op.drop_table("rehearsal")
