"""Who chaired a meeting, of who was there (Rulebook R3)."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.add_column("attendee", sa.Column("chaired", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("attendee", "chaired")
