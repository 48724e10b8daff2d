"""Corrections to what an agency shared, and triggers that keep it that agency's."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _own_notes()
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answer <> 'declined' OR trim(why) <> ''", name=op.f("ck_correction_request_declined_with_reason")
        ),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_correction_request_reason_given")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_correction_request_answered_by_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_correction_request_area_id_area")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_correction_request_asked_by_account")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_correction_request_case_id_case")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_correction_request_note_id_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    op.create_index(
        op.f("ix_correction_request_area_id_answered_at"),
        "correction_request",
        ["area_id", "answered_at"],
        unique=False,
    )
    op.create_index(op.f("ix_correction_request_case_id"), "correction_request", ["case_id"], unique=False)
    op.create_index(op.f("ix_correction_request_note_id"), "correction_request", ["note_id"], unique=False)
    op.create_table(
        "correction_told",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_correction_told_account_id_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_correction_told_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_correction_told_case_id_case")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_correction_told_note_id_note")),
        sa.PrimaryKeyConstraint("note_id", "account_id", name=op.f("pk_correction_told")),
    )
    op.create_index(op.f("ix_correction_told_account_id"), "correction_told", ["account_id"], unique=False)
    op.create_index(op.f("ix_correction_told_case_id"), "correction_told", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_correction_told_case_id"), table_name="correction_told")
    op.drop_index(op.f("ix_correction_told_account_id"), table_name="correction_told")
    op.drop_table("correction_told")
    op.drop_index(op.f("ix_correction_request_note_id"), table_name="correction_request")
    op.drop_index(op.f("ix_correction_request_case_id"), table_name="correction_request")
    op.drop_index(op.f("ix_correction_request_area_id_answered_at"), table_name="correction_request")
    op.drop_table("correction_request")
    for statement in _GUARDS_GONE[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("note") as note:
        for name in ("corrected_with_reason", "kind_known", "text_given", "source_given", "author_given"):
            note.drop_constraint(op.f(f"ck_note_{name}"), type_="check")
        note.drop_constraint(op.f("uq_note_corrects"), type_="unique")
        note.drop_constraint(op.f("fk_note_corrects_note"), type_="foreignkey")
        note.drop_column("why")
        note.drop_column("corrects")


def _own_notes() -> None:
    """What may not be empty, what a correction names, and that nothing is ever changed or deleted."""
    with op.batch_alter_table("note") as note:
        note.add_column(sa.Column("corrects", sa.Uuid(), nullable=True))
        note.add_column(sa.Column("why", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("note") as note:
        note.alter_column("why", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        note.create_foreign_key(op.f("fk_note_corrects_note"), "note", ["corrects"], ["id"])
        note.create_unique_constraint(op.f("uq_note_corrects"), ["corrects"])
        note.create_check_constraint(op.f("ck_note_author_given"), "trim(author) <> ''")
        note.create_check_constraint(op.f("ck_note_source_given"), "trim(source) <> ''")
        note.create_check_constraint(op.f("ck_note_text_given"), "trim(text) <> ''")
        note.create_check_constraint(op.f("ck_note_kind_known"), "kind IN ('fact', 'professional opinion')")
        note.create_check_constraint(
            op.f("ck_note_corrected_with_reason"), "corrects IS NULL OR trim(why) <> ''"
        )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


_KEPT = "what an agency shared is kept as it is: a correction is added beside it"
_NOT_YOURS = "only the agency that shared this corrects it"
#: Somebody of the agency that shared the note, or who typed it while its meeting is still open.
_MAY_CORRECT = """
    SELECT 1 FROM note held JOIN item ON item.id = held.item_id JOIN meeting ON meeting.id = item.meeting_id
    JOIN account ON account.id = NEW.recorded_by
    WHERE held.id = NEW.corrects AND held.id <> NEW.id AND held.item_id = NEW.item_id
    AND held.agency_id = NEW.agency_id AND held.area_id = NEW.area_id
    AND (account.agency_id = held.agency_id
         OR (held.recorded_by = NEW.recorded_by AND meeting.state = 'open'))
"""
_THERE = "SELECT 1 FROM note WHERE id = NEW.id OR corrects = NEW.corrects"
_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER note_no_update BEFORE UPDATE ON note BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
        f"CREATE TRIGGER note_no_delete BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
        # INSERT OR REPLACE would delete without asking the trigger above.
        f"CREATE TRIGGER note_no_replace BEFORE INSERT ON note WHEN EXISTS ({_THERE}) "
        f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
        "CREATE TRIGGER note_own_correction BEFORE INSERT ON note "
        f"WHEN NEW.corrects IS NOT NULL AND NOT EXISTS ({_MAY_CORRECT}) "
        f"BEGIN SELECT RAISE(ABORT, '{_NOT_YOURS}'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION note_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$",
        "CREATE TRIGGER note_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON note "
        "EXECUTE FUNCTION note_is_kept()",
        "CREATE FUNCTION note_own_correction() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NEW.corrects IS NOT NULL AND NOT EXISTS ({_MAY_CORRECT}) "
        f"THEN RAISE EXCEPTION '{_NOT_YOURS}'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER note_own_correction BEFORE INSERT ON note "
        "FOR EACH ROW EXECUTE FUNCTION note_own_correction()",
    ),
}
_GUARDS_GONE = {
    "sqlite": tuple(
        f"DROP TRIGGER note_{name}" for name in ("own_correction", "no_replace", "no_delete", "no_update")
    ),
    "postgresql": (
        "DROP TRIGGER note_own_correction ON note",
        "DROP FUNCTION note_own_correction()",
        "DROP TRIGGER note_kept ON note",
        "DROP FUNCTION note_is_kept()",
    ),
}
