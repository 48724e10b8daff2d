"""Timed work: when each slot was done, and by whom it is held."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_SLOT = "job_slot"


def upgrade() -> None:
    op.create_table(
        _SLOT,
        sa.Column("job", sa.String(40), nullable=False),
        sa.Column("slot", sa.String(20), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f(f"pk_{_SLOT}")),
    )


def downgrade() -> None:
    op.drop_table(_SLOT)
