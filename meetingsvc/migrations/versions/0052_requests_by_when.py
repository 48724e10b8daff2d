"""By when a third party wants an answer, and what was agreed with an agency before it was agreed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.add_column("disclosure_request", sa.Column("wanted_on", sa.Date(), nullable=True))
    op.add_column("disclosure_asked", sa.Column("agreed_before", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("disclosure_asked", "agreed_before")
    op.drop_column("disclosure_request", "wanted_on")
