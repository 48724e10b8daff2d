"""Whose a calendar entry is stays as it was first mailed: calendars take a change from the same one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"

_TABLE, _COLUMN = "calendar_entry", "organiser"
_ENTRIES = sa.table(_TABLE, sa.column("area_id", sa.Uuid()), sa.column(_COLUMN, sa.String()))
_AREAS = sa.table("area", sa.column("id", sa.Uuid()), sa.column("settings", sa.JSON()))


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column(_COLUMN, sa.String(254), nullable=False, server_default=""))
    _carry()
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(_TABLE, _COLUMN, server_default=None)


def _carry() -> None:
    """What was mailed so far came from who the area says it does."""
    bind = op.get_bind()
    for area_id, own in bind.execute(sa.select(_AREAS.c.id, _AREAS.c.settings)).all():
        if organiser := own.get("mail_reply_to") or own.get("mail_sender"):
            its = sa.update(_ENTRIES).where(_ENTRIES.c.area_id == area_id)
            bind.execute(its.values(organiser=organiser))


def downgrade() -> None:
    op.drop_column(_TABLE, _COLUMN)
