"""Which question a referral's line answers, and why an agency was answered for (Rulebook X2, L2, L3)."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.add_column("referral_told", sa.Column("question", sa.String(60), nullable=True))
    op.add_column("retention_ask", sa.Column("answered_why", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("retention_ask", "answered_why")
    op.drop_column("referral_told", "question")
