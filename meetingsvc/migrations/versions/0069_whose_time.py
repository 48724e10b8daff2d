"""Whose time it is at which a MARAC hears a case: one referral's, of all about the same people (T14, F3).

A time that was kept before is the referral's where the case has one; where it has more, nobody can say whose
it was: it is nobody's until whoever runs the meetings says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    op.add_column("item", sa.Column("slot_referral_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE item SET slot_referral_id ="
        " (SELECT DISTINCT r.referral_id FROM referral_case r WHERE r.case_id = item.case_id)"
        " WHERE slot IS NOT NULL AND 1 ="
        " (SELECT count(DISTINCT r.referral_id) FROM referral_case r WHERE r.case_id = item.case_id)"
    )


def downgrade() -> None:
    op.drop_column("item", "slot_referral_id")
