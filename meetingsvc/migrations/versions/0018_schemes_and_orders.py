"""Disclosure scheme applications, and protection orders with their announcement without an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_AGENCY = "agency_id = (SELECT meetingsvc_told('agency')::uuid)"
_KEPT = "(SELECT meetingsvc_kept())"
_KEPT_INCIDENTS = "(SELECT meetingsvc_kept_incidents())"


def _under_application(table: str) -> str:
    """The application's own policy decides."""
    return f"EXISTS (SELECT 1 FROM disclosure_application a WHERE a.id = {table}.application_id)"  # noqa: S608


#: What a person sees of each table.
_PERSON = {
    # The police who deal with it, and who runs the meetings; nobody a wall or a restriction keeps from it.
    "disclosure_application": f"""{_AREA} AND incident_id NOT IN {_KEPT_INCIDENTS}
        AND ({_RUNS} OR {_AGENCY})""",
    "application_step": _under_application("application_step"),
    "disclosure_telling": _under_application("disclosure_telling"),
    "applicant_contact_shown": _under_application("applicant_contact_shown"),
    # With the case it was recorded on; or where any version of its incident is seen, and none is kept.
    "protection_order": f"""{_AREA} AND (
        EXISTS (SELECT 1 FROM "case" c WHERE c.id = protection_order.case_id)
        OR (incident_id IS NOT NULL AND incident_id NOT IN {_KEPT_INCIDENTS} AND EXISTS (
            SELECT 1 FROM incident i WHERE i.area_id = protection_order.area_id
            AND i.occurrence_number = protection_order.reference)))""",  # noqa: S608
    "order_reminder": "false",  # the service's own memory
}
_MEETING = "EXISTS (SELECT 1 FROM meeting parent WHERE parent.id = notice.meeting_id)"
_NOTICE_BEFORE = f"{_MEETING} AND incident_id NOT IN {_KEPT_INCIDENTS}"
_NOTICE = f"""{_MEETING} AND (incident_id IS NULL OR incident_id NOT IN {_KEPT_INCIDENTS})
    AND (case_id IS NULL OR case_id NOT IN {_KEPT})"""


def _capacity(person: str) -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""


def upgrade() -> None:
    _applications()
    _steps()
    _orders()
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("incident_id", existing_type=BIG_ID, nullable=True)
        notice.add_column(sa.Column("case_id", sa.Uuid(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_case_id_case"), "case", ["case_id"], ["id"])
        notice.create_check_constraint(op.f("ck_notice_one_source"), "case_id IS NULL OR incident_id IS NULL")
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        policy = _capacity(person)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")
    _say_notice(_NOTICE)


def _say_notice(person: str) -> None:
    policy = _capacity(person)
    op.execute(f"ALTER POLICY need_to_know ON notice USING ({policy}) WITH CHECK ({policy})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _applications() -> None:
    table = "disclosure_application"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(30), nullable=False),
        sa.Column("right_to", sa.String(20), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applicant", sa.String(200), nullable=False),
        sa.Column("applicant_is", sa.String(200), nullable=False),
        sa.Column("identity", sa.String(500), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_recorded_by", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "right_to = 'right to know' OR (applicant <> '' AND identity <> '')",
            name=op.f("ck_disclosure_application_who_asks_is_known"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "incident_id", "incident"),
        _key(table, "agency_id", "agency"),
        _key(table, "met_recorded_by", "account"),
        _key(table, "made_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_application")),
        sa.UniqueConstraint("area_id", "reference", name=op.f("uq_disclosure_application_area_id_reference")),
    )
    op.create_index(op.f("ix_disclosure_application_incident_id"), table, ["incident_id"])


def _steps() -> None:
    step, telling, shown = "application_step", "disclosure_telling", "applicant_contact_shown"
    op.create_table(
        step,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason <> '' OR step NOT IN ('withdrawn', 'withheld after all',"
            " 'disclosed without an undertaking')",
            name=op.f("ck_application_step_with_its_reason"),
        ),
        _key(step, "area_id", "area"),
        _key(step, "application_id", "disclosure_application"),
        _key(step, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_step")),
        sa.UniqueConstraint("application_id", "place", name=op.f("uq_application_step_application_id_place")),
    )
    op.create_table(
        telling,
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by", sa.String(200), nullable=False),
        sa.Column("told_where", sa.String(300), nullable=False),
        sa.Column("recipient", sa.String(40), nullable=False),
        sa.Column("whom", sa.String(200), nullable=False),
        sa.Column("safely", sa.Text(), nullable=False),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "in_person AND warned", name=op.f("ck_disclosure_telling_in_person_with_a_warning")
        ),
        _key(telling, "area_id", "area"),
        _key(telling, "application_id", "disclosure_application"),
        _key(telling, "step_id", "application_step"),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_disclosure_telling")),
    )
    op.create_table(
        shown,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_applicant_contact_shown_reason")),
        _key(shown, "area_id", "area"),
        _key(shown, "application_id", "disclosure_application"),
        _key(shown, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_contact_shown")),
    )
    for table in (telling, shown):
        op.create_index(op.f(f"ix_{table}_application_id"), table, ["application_id"])


def _orders() -> None:
    table, reminder = "protection_order", "order_reminder"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("incident_id", BIG_ID, nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "case_id IS NULL OR incident_id IS NULL", name=op.f("ck_protection_order_one_source")
        ),
        _key(table, "area_id", "area"),
        _key(table, "case_id", "case"),
        _key(table, "incident_id", "incident"),
        _key(table, "agency_id", "agency"),
        _key(table, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_order")),
        sa.UniqueConstraint(
            "area_id", "reference", "version", name=op.f("uq_protection_order_area_id_reference_version")
        ),
    )
    for columns in (["area_id", "current", "ends_at"], ["case_id"], ["incident_id"]):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    op.create_table(
        reminder,
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        _key(reminder, "area_id", "area"),
        sa.PrimaryKeyConstraint("area_id", "reference", "day", name=op.f("pk_order_reminder")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say_notice(_NOTICE_BEFORE)
    op.execute("DELETE FROM notice WHERE incident_id IS NULL")
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("ck_notice_one_source"), type_="check")
        notice.drop_constraint(op.f("fk_notice_case_id_case"), type_="foreignkey")
        notice.drop_column("case_id")
        notice.alter_column("incident_id", existing_type=BIG_ID, nullable=False)
    for table in (
        "order_reminder", "protection_order", "applicant_contact_shown", "disclosure_telling",
        "application_step", "disclosure_application",
    ):  # fmt: skip
        op.drop_table(table)
