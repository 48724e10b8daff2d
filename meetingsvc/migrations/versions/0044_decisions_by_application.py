"""The daily meeting's decision on each disclosure scheme application, and when one was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_APPLICATIONS = "SELECT id FROM incident WHERE kind = 'disclosure_application'"


def upgrade() -> None:
    op.add_column("entry", sa.Column("disclose", sa.Boolean(), nullable=True))
    op.add_column("entry", sa.Column("disclose_why", sa.Text(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    of_entry = "FROM outcome o WHERE o.item_id = entry.item_id"
    op.execute(  # one answer stood for every application of a case; a refusal gave its reason in the notes
        f"UPDATE entry SET disclose = (SELECT o.disclose {of_entry}), disclose_why = coalesce("  # noqa: S608
        f"(SELECT CASE WHEN o.disclose THEN '' ELSE o.notes END {of_entry}), '') "
        f"WHERE incident_id IN ({_APPLICATIONS}) "
        "AND item_id IN (SELECT item_id FROM outcome WHERE disclose IS NOT NULL)"
    )
    op.execute(  # what was typed and not saved
        "UPDATE live_field SET field = 'disclose-' || (SELECT min(e.occurrence_number) FROM entry e "  # noqa: S608
        f"WHERE e.item_id = live_field.item_id AND e.incident_id IN ({_APPLICATIONS})) || '-decision' "
        "WHERE field = 'disclose' AND EXISTS (SELECT 1 FROM entry e "
        f"WHERE e.item_id = live_field.item_id AND e.incident_id IN ({_APPLICATIONS}))"
    )
    op.execute(  # those withdrawn already
        "UPDATE entry SET withdrawn_at = (SELECT min(s.at) FROM application_step s "
        "JOIN disclosure_application a ON a.id = s.application_id JOIN item i ON i.area_id = a.area_id "
        "WHERE i.id = entry.item_id AND a.reference = entry.occurrence_number AND s.step = 'withdrawn')"
    )
    op.drop_column("outcome", "disclose")


def downgrade() -> None:
    op.add_column("outcome", sa.Column("disclose", sa.Boolean(), nullable=True))
    op.execute(
        "UPDATE outcome SET disclose = (SELECT e.disclose FROM entry e WHERE e.item_id = outcome.item_id "
        "AND e.disclose IS NOT NULL ORDER BY e.id LIMIT 1)"
    )
    op.execute(
        "UPDATE live_field SET field = 'disclose' "
        "WHERE field LIKE 'disclose-%-decision' AND NOT EXISTS (SELECT 1 FROM live_field other "
        "WHERE other.item_id = live_field.item_id AND other.field LIKE 'disclose-%-decision' "
        "AND other.field < live_field.field)"
    )
    for column in ("withdrawn_at", "disclose_why", "disclose"):
        op.drop_column("entry", column)
