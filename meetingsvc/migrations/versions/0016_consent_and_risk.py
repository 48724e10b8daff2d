"""Consent as a dated history, risk assessments, and the public form."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

#: What was told stays as it was told: another answer is another row (Rulebook R2).
KEPT = ("consent", "risk_assessment")
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"


def _by_case(table: str) -> str:
    """Seen where its case is."""
    return f'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = {table}.case_id)'  # noqa: S608


#: What a person sees. Of who has no account, and of what they write, nobody: the service itself works there.
_PERSON = {
    "consent": _by_case("consent"),
    "risk_assessment": _by_case("risk_assessment"),
    "consent_incident": "EXISTS (SELECT 1 FROM consent parent WHERE parent.id = consent_incident.consent_id)",
    "public_referrer": "false",
    "public_letter": "false",
    "public_session": "false",
    "public_referral": "false",
}


def upgrade() -> None:
    _consent()
    _risk()
    _public()
    if op.get_bind().dialect.name != "postgresql":
        for table in KEPT:
            op.execute(
                f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION line_stays_as_told() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what was told is never changed'; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION line_stays_as_told()"
        )
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _supplied(table: str, *, by_an_account: bool = True) -> tuple[sa.schema.SchemaItem, ...]:
    """Whose it is, and of which case."""
    return (
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=not by_an_account),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=not by_an_account),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("author <> '' AND source <> ''", name=op.f(f"ck_{table}_told_by")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{table}_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{table}_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f(f"fk_{table}_case_id_case")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f(f"fk_{table}_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("grounds", sa.String(length=60), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("authorised_by", sa.String(length=200), nullable=False),
        sa.Column("receives", sa.Text(), nullable=False),
        *_supplied("consent", by_an_account=False),
        sa.CheckConstraint(
            "answer IN ('given', 'limited', 'withheld', 'withdrawn', 'not sought')",
            name=op.f("ck_consent_answer"),
        ),
        sa.CheckConstraint("answer <> 'limited' OR limits <> ''", name=op.f("ck_consent_limits_told")),
        sa.CheckConstraint(
            "(answer = 'not sought') = (grounds <> '')", name=op.f("ck_consent_grounds_where_not_sought")
        ),
        sa.CheckConstraint(
            "answer IN ('given', 'limited')"
            " OR (what <> '' AND why <> '' AND authorised_by <> '' AND receives <> '')",
            name=op.f("ck_consent_without_consent_recorded"),
        ),
    )
    op.create_index(op.f("ix_consent_case_id_said_on"), "consent", ["case_id", "said_on"])
    op.create_table(
        "consent_incident",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_number", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_consent_incident_area_id_area")),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name=op.f("fk_consent_incident_consent_id_consent"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consent_id", "occurrence_number", name=op.f("pk_consent_incident")),
    )
    op.create_index(
        op.f("ix_consent_incident_area_id_occurrence_number"),
        "consent_incident",
        ["area_id", "occurrence_number"],
    )


def _risk() -> None:
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tool", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("counted", sa.String(length=8), nullable=True),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        *_supplied("risk_assessment"),
        sa.CheckConstraint("level IN ('standard', 'medium', 'high')", name=op.f("ck_risk_assessment_level")),
        sa.CheckConstraint(
            "counted IS NULL OR counted = level OR counted = 'standard' OR level = 'high'",
            name=op.f("ck_risk_assessment_never_lower"),
        ),
        sa.CheckConstraint(
            "(counted IS NOT NULL AND counted = level) OR reason <> ''",
            name=op.f("ck_risk_assessment_judged_with_reason"),
        ),
    )
    op.create_index(op.f("ix_risk_assessment_case_id_done_on"), "risk_assessment", ["case_id", "done_on"])


def _public() -> None:
    op.create_table(
        "public_referrer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_public_referrer_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_referrer")),
        sa.UniqueConstraint("area_id", "email", name=op.f("uq_public_referrer_area_id_email")),
    )
    op.create_table(
        "public_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("agency", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_public_letter_area_id_area")),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["public_referrer.id"], name=op.f("fk_public_letter_referrer_id_public_referrer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_letter")),
        sa.UniqueConstraint("digest", name=op.f("uq_public_letter_digest")),
    )
    op.create_index(op.f("ix_public_letter_referrer_id"), "public_letter", ["referrer_id"])
    op.create_index(op.f("ix_public_letter_state_created_at"), "public_letter", ["state", "created_at"])
    op.create_table(
        "public_session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_public_session_area_id_area")),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["public_referrer.id"],
            name=op.f("fk_public_session_referrer_id_public_referrer"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_public_session")),
    )
    op.create_index(op.f("ix_public_session_referrer_id"), "public_session", ["referrer_id"])
    op.create_table(
        "public_referral",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_public_referral_area_id_area")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_public_referral_referral_id_referral")
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["public_referrer.id"],
            name=op.f("fk_public_referral_referrer_id_public_referrer"),
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_public_referral")),
    )
    op.create_index(op.f("ix_public_referral_referrer_id"), "public_referral", ["referrer_id"])


def downgrade() -> None:
    for table in reversed(_PERSON):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION line_stays_as_told()")
