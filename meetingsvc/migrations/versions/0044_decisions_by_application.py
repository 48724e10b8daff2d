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
    _refuse_where_answers_differ()
    op.add_column("outcome", sa.Column("disclose", sa.Boolean(), nullable=True))
    for answer in ("true", "false"):
        op.execute(
            f"UPDATE outcome SET disclose = {answer} WHERE item_id IN "  # noqa: S608
            f"(SELECT item_id FROM entry WHERE disclose IS {answer})"
        )
    _give_reasons_in_the_notes()
    op.execute(
        "UPDATE live_field SET field = 'disclose' "
        "WHERE field LIKE 'disclose-%-decision' AND NOT EXISTS (SELECT 1 FROM live_field other "
        "WHERE other.item_id = live_field.item_id AND other.field LIKE 'disclose-%-decision' "
        "AND other.field < live_field.field)"
    )
    for column in ("withdrawn_at", "disclose_why", "disclose"):
        op.drop_column("entry", column)


def _refuse_where_answers_differ() -> None:
    """One answer for all applications of a case would disclose what was refused, or what nobody decided."""
    differ = op.get_bind().scalar(
        sa.text(
            "SELECT count(*) FROM (SELECT item_id FROM entry "  # noqa: S608
            f"WHERE incident_id IN ({_APPLICATIONS}) AND (withdrawn_at IS NULL OR disclose IS NOT NULL) "
            "GROUP BY item_id HAVING count(CASE WHEN disclose THEN 1 END) NOT IN (0, count(*)) "
            "OR count(CASE WHEN NOT disclose THEN 1 END) NOT IN (0, count(*))) AS differing"
        )
    )
    if differ:
        raise RuntimeError(
            f"Revision 0043 keeps one answer for all disclosure scheme applications of a case. On {differ} "
            "listed cases they were not all answered alike: what was refused, or not decided, would count as "
            "disclosed. This step changed nothing. Restore a backup from before the upgrade in place of it."
        )


def _give_reasons_in_the_notes() -> None:
    """Before, a refusal gave its reason there."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT o.item_id, o.notes, e.disclose_why FROM outcome o JOIN entry e ON e.item_id = o.item_id "
            "WHERE e.disclose IS false AND e.disclose_why <> '' ORDER BY e.id"
        )
    )
    notes: dict[object, str] = {}
    for item_id, said, why in rows.all():
        told = notes.setdefault(item_id, said)
        notes[item_id] = told if why in told else "\n".join(filter(None, (told, why)))
    for item_id, told in notes.items():
        bind.execute(sa.text("UPDATE outcome SET notes = :told WHERE item_id = :item"),
                     {"told": told, "item": item_id})  # fmt: skip
