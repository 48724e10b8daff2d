"""A certificate of destruction says the case's number, to nobody whom the case was kept from; and keeps keyed
digests by which it is known when the old register or a feed sends again what was destroyed (L2, M6)."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

_TABLE = "destruction"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("case_number", sa.Integer(), nullable=True))
    op.add_column(_TABLE, sa.Column("digests", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(_TABLE, sa.Column("told_to", sa.String(16), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("walled", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for column in ("walled", "told_to", "digests", "case_number"):
        op.drop_column(_TABLE, column)
