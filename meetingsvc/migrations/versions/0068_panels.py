"""The panels that an area has set up: settings, and no person among them (Rulebook E1, P3).

Nobody has any to begin with: an area hears what it heard before until two people set one up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"

_TABLE = "panel"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{_TABLE}_area_id_area")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f(f"fk_{_TABLE}_set_by_account")),
        sa.PrimaryKeyConstraint("area_id", "code", name=op.f(f"pk_{_TABLE}")),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
