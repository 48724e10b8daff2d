"""Rejected rows that were kept from whoever dealt with their import, and so wait for somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("feed_import", "rejected_row"):
        op.add_column(table, sa.Column("left_over", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("rejected_row", "feed_import"):
        op.drop_column(table, "left_over")
