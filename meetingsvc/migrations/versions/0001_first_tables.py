"""The first tables, and the triggers that keep the audit trail append-only."""

import sqlalchemy as sa
from alembic import op

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("lists_from", sa.Date(), nullable=False),
        sa.Column("first_window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("last_case_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("name", name=op.f("uq_area_name")),
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_actor_at"), "audit", ["actor", "at"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_subject_at"), "sign_in_attempt", ["subject", "at"], unique=False)

    op.create_table(
        "agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("attends_daily", sa.Boolean(), nullable=False),
        sa.Column("attends_marac", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_agency_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_agency_area_id_name")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sits_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_domestic", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("not_sat_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_meeting_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("area_id", "kind", "sits_on", name=op.f("uq_meeting_area_id_kind_sits_on")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("forename", sa.String(length=200), nullable=False),
        sa.Column("surname", sa.String(length=200), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_area_id"), "person", ["area_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_account_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index(op.f("ix_account_agency_id"), "account", ["agency_id"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("perpetrator_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_case_area_id_area")),
        sa.ForeignKeyConstraint(
            ["perpetrator_id"], ["person.id"], name=op.f("fk_case_perpetrator_id_person")
        ),
        sa.ForeignKeyConstraint(["victim_id"], ["person.id"], name=op.f("fk_case_victim_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("area_id", "number", name=op.f("uq_case_area_id_number")),
    )
    op.create_index(
        op.f("ix_case_area_id_victim_id_perpetrator_id"),
        "case",
        ["area_id", "victim_id", "perpetrator_id"],
        unique=False,
    )
    op.create_index(op.f("ix_case_perpetrator_id"), "case", ["perpetrator_id"], unique=False)
    op.create_index(op.f("ix_case_victim_id"), "case", ["victim_id"], unique=False)

    op.create_table(
        "pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_pack_area_id_area")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_pack_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("meeting_id", "supplement", name=op.f("uq_pack_meeting_id_supplement")),
    )
    op.create_table(
        "person_identity",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_identity_area_id_area")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_identity_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_identity")),
        sa.UniqueConstraint(
            "person_id", "kind", "value", name=op.f("uq_person_identity_person_id_kind_value")
        ),
    )
    op.create_index(
        op.f("ix_person_identity_area_id_kind_value"),
        "person_identity",
        ["area_id", "kind", "value"],
        unique=False,
    )

    op.create_table(
        "feed_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("dealt_with_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealt_with_by", sa.Uuid(), nullable=True),
        sa.Column("dealt_with_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_feed_import_area_id_area")),
        sa.ForeignKeyConstraint(
            ["dealt_with_by"], ["account.id"], name=op.f("fk_feed_import_dealt_with_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["account.id"], name=op.f("fk_feed_import_received_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_import")),
    )
    op.create_index(
        op.f("ix_feed_import_area_id_received_at"), "feed_import", ["area_id", "received_at"], unique=False
    )
    op.create_index(op.f("ix_feed_import_state"), "feed_import", ["state"], unique=False)

    op.create_table(
        "hearing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("external_reference", sa.String(length=40), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_hearing_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hearing_case_id_case")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_hearing_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
        sa.UniqueConstraint(
            "area_id",
            "external_reference",
            "heard_on",
            "case_id",
            name=op.f("uq_hearing_area_id_external_reference_heard_on_case_id"),
        ),
    )
    op.create_index(op.f("ix_hearing_area_id_heard_on"), "hearing", ["area_id", "heard_on"], unique=False)
    op.create_index(op.f("ix_hearing_case_id"), "hearing", ["case_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("victim_known", sa.Boolean(), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("group", sa.Integer(), nullable=True),
        sa.Column("moved_reason", sa.Text(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("added_reason", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_item_added_by_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_item_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_item_case_id_case")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_item_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("meeting_id", "case_id", name=op.f("uq_item_meeting_id_case_id")),
    )
    op.create_index(op.f("ix_item_case_id_meeting_id"), "item", ["case_id", "meeting_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.String(length=30), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outbox_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_outbox_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state_created_at"), "outbox", ["state", "created_at"], unique=False)

    op.create_table(
        "pack_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_pack_copy_account_id_account")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_pack_copy_agency_id_agency")),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_copy_pack_id_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_copy")),
        sa.UniqueConstraint("pack_id", "copy_number", name=op.f("uq_pack_copy_pack_id_copy_number")),
    )
    op.create_index(op.f("ix_pack_copy_account_id"), "pack_copy", ["account_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_seen_at"), "session", ["seen_at"], unique=False)

    op.create_table(
        "action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_action_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_action_area_id_area")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_action_item_id_item")),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_action_set_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(op.f("ix_action_agency_id"), "action", ["agency_id"], unique=False)
    op.create_index(
        op.f("ix_action_area_id_status_due"), "action", ["area_id", "status", "due"], unique=False
    )
    op.create_index(op.f("ix_action_item_id"), "action", ["item_id"], unique=False)

    op.create_table(
        "clarification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_clarification_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clarification_case_id_case")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_clarification_item_id_item")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_clarification_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
    )
    op.create_index(op.f("ix_clarification_case_id"), "clarification", ["case_id"], unique=False)
    op.create_index(op.f("ix_clarification_item_id"), "clarification", ["item_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_number", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("considered", sa.Boolean(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("domestic", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_day", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("children", sa.Boolean(), nullable=False),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column("victim_nominal", sa.String(length=100), nullable=False),
        sa.Column("victim_name", sa.String(length=300), nullable=False),
        sa.Column("perpetrator_nominal", sa.String(length=100), nullable=False),
        sa.Column("perpetrator_name", sa.String(length=300), nullable=False),
        sa.Column("perpetrator_known", sa.Boolean(), nullable=False),
        sa.Column("has_order", sa.Boolean(), nullable=False),
        sa.Column("victim_surname", sa.String(length=150), nullable=False),
        sa.Column("perpetrator_surname", sa.String(length=150), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_incident_area_id_area")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["feed_import.id"], name=op.f("fk_incident_import_id_feed_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint(
            "area_id",
            "occurrence_number",
            "version",
            name=op.f("uq_incident_area_id_occurrence_number_version"),
        ),
    )
    op.create_index(
        op.f("ix_incident_area_id_considered_due_at"),
        "incident",
        ["area_id", "considered", "due_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_incident_area_id_perpetrator_name"),
        "incident",
        ["area_id", "perpetrator_name"],
        unique=False,
    )
    op.create_index(
        op.f("ix_incident_area_id_victim_name"), "incident", ["area_id", "victim_name"], unique=False
    )
    op.create_index(
        op.f("ix_incident_area_id_victim_nominal"), "incident", ["area_id", "victim_nominal"], unique=False
    )

    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_note_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_note_area_id_area")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_note_item_id_item")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_note_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_item_id"), "note", ["item_id"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("in_place", sa.Boolean(), nullable=True),
        sa.Column("disclose", sa.Boolean(), nullable=True),
        sa.Column("refer", sa.Boolean(), nullable=False),
        sa.Column("proposed_group", sa.Integer(), nullable=True),
        sa.Column("proposed_why", sa.Text(), nullable=False),
        sa.Column("group", sa.Integer(), nullable=True),
        sa.Column("group_reason", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marac_item_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_outcome_area_id_area")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_outcome_item_id_item")),
        sa.ForeignKeyConstraint(["marac_item_id"], ["item.id"], name=op.f("fk_outcome_marac_item_id_item")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_outcome_recorded_by_account")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_marac_item_id"), "outcome", ["marac_item_id"], unique=False)

    op.create_table(
        "rejected_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=100), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["feed_import.id"], name=op.f("fk_rejected_row_import_id_feed_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
    )
    op.create_index(op.f("ix_rejected_row_import_id"), "rejected_row", ["import_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("occurrence_number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.String(length=60), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("added_reason", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_entry_added_by_account")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_entry_incident_id_incident")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_entry_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("item_id", "incident_id", name=op.f("uq_entry_item_id_incident_id")),
    )
    op.create_index(op.f("ix_entry_incident_id"), "entry", ["incident_id"], unique=False)

    op.create_table(
        "incident_text",
        sa.Column("incident_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_text_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_text")),
    )
    op.create_table(
        "notice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("occurrence_number", sa.String(length=40), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_notice_area_id_area")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_notice_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_notice_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_incident_id"), "notice", ["incident_id"], unique=False)
    op.create_index(op.f("ix_notice_meeting_id"), "notice", ["meeting_id"], unique=False)

    op.create_table(
        "safeguard",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("safeguard", sa.String(length=30), nullable=False),
        sa.Column("in_place", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["outcome.item_id"], name=op.f("fk_safeguard_item_id_outcome")),
        sa.PrimaryKeyConstraint("item_id", "safeguard", name=op.f("pk_safeguard")),
    )
    op.create_table(
        "triage",
        sa.Column("incident_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_number", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.String(length=60), nullable=False),
        sa.Column("victim_known", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_triage_area_id_area")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_triage_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_triage_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_triage")),
    )
    op.create_index(
        op.f("ix_triage_area_id_occurrence_number"), "triage", ["area_id", "occurrence_number"], unique=False
    )
    op.create_index(op.f("ix_triage_meeting_id_outcome"), "triage", ["meeting_id", "outcome"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "EXECUTE FUNCTION audit_is_append_only()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            )


def downgrade() -> None:
    op.drop_index(op.f("ix_triage_meeting_id_outcome"), table_name="triage")
    op.drop_index(op.f("ix_triage_area_id_occurrence_number"), table_name="triage")

    op.drop_table("triage")
    op.drop_table("safeguard")
    op.drop_index(op.f("ix_notice_meeting_id"), table_name="notice")
    op.drop_index(op.f("ix_notice_incident_id"), table_name="notice")

    op.drop_table("notice")
    op.drop_table("incident_text")
    op.drop_index(op.f("ix_entry_incident_id"), table_name="entry")

    op.drop_table("entry")
    op.drop_index(op.f("ix_rejected_row_import_id"), table_name="rejected_row")

    op.drop_table("rejected_row")
    op.drop_index(op.f("ix_outcome_marac_item_id"), table_name="outcome")

    op.drop_table("outcome")
    op.drop_index(op.f("ix_note_item_id"), table_name="note")

    op.drop_table("note")
    op.drop_index(op.f("ix_incident_area_id_victim_nominal"), table_name="incident")
    op.drop_index(op.f("ix_incident_area_id_victim_name"), table_name="incident")
    op.drop_index(op.f("ix_incident_area_id_perpetrator_name"), table_name="incident")
    op.drop_index(op.f("ix_incident_area_id_considered_due_at"), table_name="incident")

    op.drop_table("incident")
    op.drop_index(op.f("ix_clarification_item_id"), table_name="clarification")
    op.drop_index(op.f("ix_clarification_case_id"), table_name="clarification")

    op.drop_table("clarification")
    op.drop_index(op.f("ix_action_item_id"), table_name="action")
    op.drop_index(op.f("ix_action_area_id_status_due"), table_name="action")
    op.drop_index(op.f("ix_action_agency_id"), table_name="action")

    op.drop_table("action")
    op.drop_index(op.f("ix_session_seen_at"), table_name="session")
    op.drop_index(op.f("ix_session_account_id"), table_name="session")

    op.drop_table("session")
    op.drop_index(op.f("ix_pack_copy_account_id"), table_name="pack_copy")

    op.drop_table("pack_copy")
    op.drop_index(op.f("ix_outbox_state_created_at"), table_name="outbox")

    op.drop_table("outbox")
    op.drop_index(op.f("ix_item_case_id_meeting_id"), table_name="item")

    op.drop_table("item")
    op.drop_index(op.f("ix_hearing_case_id"), table_name="hearing")
    op.drop_index(op.f("ix_hearing_area_id_heard_on"), table_name="hearing")

    op.drop_table("hearing")
    op.drop_index(op.f("ix_feed_import_state"), table_name="feed_import")
    op.drop_index(op.f("ix_feed_import_area_id_received_at"), table_name="feed_import")

    op.drop_table("feed_import")
    op.drop_index(op.f("ix_person_identity_area_id_kind_value"), table_name="person_identity")

    op.drop_table("person_identity")
    op.drop_table("pack")
    op.drop_index(op.f("ix_case_victim_id"), table_name="case")
    op.drop_index(op.f("ix_case_perpetrator_id"), table_name="case")
    op.drop_index(op.f("ix_case_area_id_victim_id_perpetrator_id"), table_name="case")

    op.drop_table("case")
    op.drop_index(op.f("ix_account_agency_id"), table_name="account")

    op.drop_table("account")
    op.drop_index(op.f("ix_person_area_id"), table_name="person")

    op.drop_table("person")
    op.drop_table("meeting")
    op.drop_table("agency")
    op.drop_index(op.f("ix_sign_in_attempt_subject_at"), table_name="sign_in_attempt")

    op.drop_table("sign_in_attempt")
    op.drop_index(op.f("ix_audit_subject"), table_name="audit")
    op.drop_index(op.f("ix_audit_actor_at"), table_name="audit")

    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_append_only ON audit")
        op.execute("DROP FUNCTION audit_is_append_only()")
    op.drop_table("audit")
    op.drop_table("area")
