"""What an agenda has time for."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("item", sa.Column("slot", sa.Time(), nullable=True))
    op.add_column("item", sa.Column("put_off", sa.Text(), nullable=False, server_default=""))
    # without a foreign key: SQLite adds none to a table that others point at
    op.add_column("meeting", sa.Column("extra_of", sa.Uuid(), nullable=True))


def downgrade() -> None:
    for table, column in (("meeting", "extra_of"), ("item", "put_off"), ("item", "slot")):
        op.drop_column(table, column)
