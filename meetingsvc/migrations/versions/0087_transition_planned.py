"""To whom a young person who grows out of the panels goes on, and from when, stands with their place (E1)."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"

_PLACE, _WHOLE = "ladder_place", "ck_ladder_place_whole_transition"
_BOTH = "(transition_to IS NULL) = (transition_on IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table(_PLACE) as table:
        table.add_column(sa.Column("transition_to", sa.Text(), nullable=True))
        table.add_column(sa.Column("transition_on", sa.Date(), nullable=True))
        table.create_check_constraint(op.f(_WHOLE), _BOTH)


def downgrade() -> None:
    with op.batch_alter_table(_PLACE) as table:
        table.drop_constraint(op.f(_WHOLE), type_="check")
        table.drop_column("transition_on")
        table.drop_column("transition_to")
