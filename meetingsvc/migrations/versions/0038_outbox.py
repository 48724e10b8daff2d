"""What waits to be sent: its kind, when it may leave, what is parked for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_COLUMNS = (
    ("what", sa.String(10), "notice"),
    # without a foreign key: SQLite adds none to a table that others point at
    ("copy_id", sa.Uuid(), None),
    ("method", sa.String(10), ""),
    ("sequence", sa.Integer(), "0"),
    ("urgent", sa.Boolean(), sa.false()),
    ("not_before", sa.DateTime(timezone=True), None),
    ("claims", sa.Integer(), "0"),
)


def upgrade() -> None:
    for name, kind, default in _COLUMNS:
        op.add_column("outbox", sa.Column(name, kind, nullable=default is None, server_default=default))
    op.execute("UPDATE outbox SET claims = attempts")
    op.create_index(op.f("ix_outbox_account_id_state"), "outbox", ["account_id", "state"])


def downgrade() -> None:
    """What the version before does not know is left to a person there: it would send it as a notice."""
    op.execute(
        "UPDATE outbox SET state = 'failed' "
        "WHERE state IN ('parked', 'gathered', 'withdrawn') OR (what <> 'notice' AND state = 'waiting')"
    )
    op.drop_index(op.f("ix_outbox_account_id_state"), table_name="outbox")
    for name, _, _ in reversed(_COLUMNS):
        op.drop_column("outbox", name)
