"""What a referrer told for one place alone may have come with a transfer, without its referral."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("referral_told") as told:
        told.alter_column("referral_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM referral_told WHERE referral_id IS NULL")
    with op.batch_alter_table("referral_told") as told:
        told.alter_column("referral_id", existing_type=sa.Uuid(), nullable=False)
