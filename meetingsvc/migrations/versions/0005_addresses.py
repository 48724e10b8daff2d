"""Staff details, contacts, addresses and known associates."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

#: What was told stays as it was told: a correction is another row (Rulebook R2).
KEPT = ("contact", "associate")
#: Of an address too, but that one may be sealed which should have been confidential from the start.
STAYS = (
    "id", "area_id", "case_id", "person_id", "kind", "perpetrator_knows", "known_to", "not_confidential_why",
    "replaces_id", "agency_id", "author", "recorded_by", "recorded_at", "source",
)  # fmt: skip
REFUSAL = "what was told is never changed"


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in KEPT:
        op.execute(f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} {refuse}")
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in STAYS)
    op.execute(
        "CREATE TRIGGER address_stays_as_told BEFORE UPDATE ON address "
        f"WHEN NOT (NOT OLD.confidential AND NEW.confidential AND {same}) {refuse}"
    )


def _on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION stays_as_told() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE FUNCTION address_is_only_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.confidential OR NOT NEW.confidential OR "
        "to_jsonb(NEW) - ARRAY['confidential', 'text', 'sealed'] <> "
        "to_jsonb(OLD) - ARRAY['confidential', 'text', 'sealed'] "
        f"THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    for table in (*KEPT, "address"):
        does = "address_is_only_sealed" if table == "address" else "stays_as_told"
        op.execute(
            f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {does}()"
        )


def _tables() -> None:
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("perpetrator_knows", sa.String(length=9), nullable=False),
        sa.Column("known_to", sa.String(length=300), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("not_confidential_why", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(confidential AND sealed IS NOT NULL AND text IS NULL)"
            " OR (NOT confidential AND sealed IS NULL AND text IS NOT NULL AND text <> '')",
            name=op.f("ck_address_sealed_or_text"),
        ),
        sa.CheckConstraint("author <> '' AND source <> ''", name=op.f("ck_address_told_by")),
        sa.CheckConstraint(
            "kind IN ('home', 'work', 'temporary', 'previous', 'correspondence')",
            name=op.f("ck_address_kind"),
        ),
        sa.CheckConstraint(
            "perpetrator_knows IN ('yes', 'no', 'not known')", name=op.f("ck_address_perpetrator_knows")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_address_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_address_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_address_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_person_id_person")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_address_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["replaces_id", "agency_id"],
            ["address.id", "address.agency_id"],
            name=op.f("fk_address_replaces_id_agency_id_address"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_address_id_agency_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_address_replaces_id")),
    )
    op.create_index(op.f("ix_address_case_id_person_id"), "address", ["case_id", "person_id"], unique=False)
    op.create_index(op.f("ix_address_person_id"), "address", ["person_id"], unique=False)
    op.create_table(
        "associate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=200), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("author <> '' AND source <> ''", name=op.f("ck_associate_told_by")),
        sa.CheckConstraint("relation <> ''", name=op.f("ck_associate_relation")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_associate_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_associate_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_associate_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_associate_person_id_person")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_associate_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_associate")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_associate_case_id_person_id")),
    )
    op.create_index(op.f("ix_associate_person_id"), "associate", ["person_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("author <> '' AND source <> ''", name=op.f("ck_contact_told_by")),
        sa.CheckConstraint("ended OR (value <> '' AND key <> '')", name=op.f("ck_contact_value")),
        sa.CheckConstraint("kind IN ('phone', 'e-mail')", name=op.f("ck_contact_kind")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_contact_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_contact_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_contact_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id_person")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_contact_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["replaces_id", "agency_id"],
            ["contact.id", "contact.agency_id"],
            name=op.f("fk_contact_replaces_id_agency_id_contact"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_contact_id_agency_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_contact_replaces_id")),
    )
    op.create_index(op.f("ix_contact_case_id_person_id"), "contact", ["case_id", "person_id"], unique=False)
    op.create_index(op.f("ix_contact_person_id"), "contact", ["person_id"], unique=False)
    op.create_table(
        "staff_detail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("of_whom", sa.String(length=5), nullable=False),
        sa.Column("forename", sa.String(length=100), nullable=False),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("of_whom IN ('self', 'knows')", name=op.f("ck_staff_detail_of_whom")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_detail_account_id_account")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_staff_detail_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_detail")),
    )
    op.create_index(op.f("ix_staff_detail_account_id"), "staff_detail", ["account_id"], unique=False)
    op.create_index(op.f("ix_staff_detail_area_id"), "staff_detail", ["area_id"], unique=False)
    op.create_table(
        "address_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shared_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_address_share_reason")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_address_share_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_address_share_address_id_address")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_address_share_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_address_share_case_id_case")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_address_share_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["shared_by"], ["account.id"], name=op.f("fk_address_share_shared_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_address_share_withdrawn_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_share")),
    )
    op.create_index(op.f("ix_address_share_address_id"), "address_share", ["address_id"], unique=False)
    op.create_index(op.f("ix_address_share_case_id"), "address_share", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_address_share_meeting_id_account_id"),
        "address_share",
        ["meeting_id", "account_id"],
        unique=False,
    )
    op.create_table(
        "reveal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reveal_reason")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reveal_account_id_account")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_reveal_address_id_address")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_reveal_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reveal_case_id_case")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_reveal_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index(op.f("ix_reveal_address_id"), "reveal", ["address_id"], unique=False)
    op.create_index(op.f("ix_reveal_case_id_at"), "reveal", ["case_id", "at"], unique=False)
    op.create_index(op.f("ix_reveal_contact_id"), "reveal", ["contact_id"], unique=False)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in (*KEPT, "address"):
        op.execute(f"DROP TRIGGER {table}_stays_as_told" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION stays_as_told()")
        op.execute("DROP FUNCTION address_is_only_sealed()")
    op.drop_index(op.f("ix_reveal_contact_id"), table_name="reveal")
    op.drop_index(op.f("ix_reveal_case_id_at"), table_name="reveal")
    op.drop_index(op.f("ix_reveal_address_id"), table_name="reveal")
    op.drop_table("reveal")
    op.drop_index(op.f("ix_address_share_meeting_id_account_id"), table_name="address_share")
    op.drop_index(op.f("ix_address_share_case_id"), table_name="address_share")
    op.drop_index(op.f("ix_address_share_address_id"), table_name="address_share")
    op.drop_table("address_share")
    op.drop_index(op.f("ix_staff_detail_area_id"), table_name="staff_detail")
    op.drop_index(op.f("ix_staff_detail_account_id"), table_name="staff_detail")
    op.drop_table("staff_detail")
    op.drop_index(op.f("ix_contact_person_id"), table_name="contact")
    op.drop_index(op.f("ix_contact_case_id_person_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_associate_person_id"), table_name="associate")
    op.drop_table("associate")
    op.drop_index(op.f("ix_address_person_id"), table_name="address")
    op.drop_index(op.f("ix_address_case_id_person_id"), table_name="address")
    op.drop_table("address")
