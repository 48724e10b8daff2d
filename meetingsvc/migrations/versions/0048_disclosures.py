"""Third parties' requests for what meetings heard, agencies' answers, and what was released."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

REFUSAL = "what was done with a request stays as it was"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
_AGENCY = "(SELECT meetingsvc_told('agency')::uuid)"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
#: Neither runs meetings nor governs.
_SITS = "(SELECT meetingsvc_told('runs') IS NULL AND meetingsvc_told('reviews') IS NULL)"
_OWN = f"({_RUNS} OR ({_SITS} AND agency_id = {_AGENCY}))"


def _of_request(table: str) -> str:
    """The request's own policy decides."""
    return f"EXISTS (SELECT 1 FROM disclosure_request r WHERE r.id = {table}.request_id)"  # noqa: S608


#: What a person sees of each table. The case's own policy decides who may open that.
_PERSON = {
    "disclosure_request": f"""EXISTS (SELECT 1 FROM "case" c WHERE c.id = disclosure_request.case_id)
        AND ((({_RUNS} OR {_REVIEWS})
              AND (NOT to_chair OR logged_by = {_ME} OR ({_RUNS} AND {_REVIEWS})))
             OR ({_SITS} AND meetingsvc_asked_to_disclose(disclosure_request.id, {_AGENCY})))""",  # noqa: S608
    "disclosure_step": _of_request("disclosure_step"),
    "disclosure_asked": f"{_OWN} AND {_of_request('disclosure_asked')}",
    "disclosure_answer": f"{_OWN} AND {_of_request('disclosure_answer')}",
    "disclosure_release": f"{_RUNS} AND {_of_request('disclosure_release')}",
}
TABLES = tuple(_PERSON)
_STAYS = ("disclosure_step", "disclosure_answer")


def upgrade() -> None:
    _requests()
    _steps()
    _asked()
    _answers()
    _releases()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _STAYS:
        (_guard_postgresql if postgresql else _guard_sqlite)(table)
    if postgresql:
        _policies()


def _guard_sqlite(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _guard_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
    )


def _policies() -> None:
    """Whether an agency was asked is answered as the service: the two policies would ask each other."""
    op.execute("""
    CREATE FUNCTION meetingsvc_asked_to_disclose(request uuid, agency uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
    DECLARE before text := current_setting('meetingsvc.capacity', true); was boolean;
    BEGIN
        PERFORM set_config('meetingsvc.capacity', 'service', true);
        SELECT EXISTS (SELECT 1 FROM disclosure_asked a
            WHERE a.request_id = request AND a.agency_id = agency) INTO was;
        PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        RETURN was;
    END $$""")
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
            WHEN 'person' THEN ({_AREA} AND {person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _requests() -> None:
    table = "disclosure_request"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("to_chair", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        _at("received_at"),
        _at("hearing_at", True),
        sa.Column("court", sa.String(200), nullable=False),
        sa.Column("accepts_protocol", sa.Boolean(), nullable=False),
        sa.Column("logged_by", sa.Uuid(), nullable=False),
        _at("logged_at"),
        _at("ended_at", True),
        sa.CheckConstraint(
            "trim(name) <> '' AND trim(purpose) <> ''", name=op.f(f"ck_{table}_who_asks_and_why")
        ),
        sa.CheckConstraint(
            "kind <> 'court' OR hearing_at IS NOT NULL", name=op.f(f"ck_{table}_court_with_its_hearing")
        ),
        _key(table, "area_id", "area"),
        _key(table, "case_id", "case"),
        _key(table, "logged_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("area_id", "reference", name=op.f(f"uq_{table}_area_id_reference")),
    )
    for column in ("case_id", "ended_at"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _steps() -> None:
    table = "disclosure_step"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        _at("at"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "signed OR step NOT IN ('approved', 'approved in part', 'refused',"
            " 'objection made to the court', 'no objection made to the court',"
            " 'to be disclosed to the court with concerns', 'to be disclosed as ordered',"
            " 'answered by the chair', 'released')",
            name=op.f(f"ck_{table}_signed"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "request_id", "disclosure_request"),
        _key(table, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("request_id", "place", name=op.f(f"uq_{table}_request_id_place")),
    )


def _asked() -> None:
    table = "disclosure_asked"
    op.create_table(
        table,
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _at("asked_at"),
        _at("due_at"),
        _at("advised_at", True),
        sa.Column("outcome", sa.String(50), nullable=False),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        _at("outcome_at", True),
        sa.Column("outcome_by", sa.Uuid(), nullable=True),
        _key(table, "request_id", "disclosure_request"),
        _key(table, "agency_id", "agency"),
        _key(table, "area_id", "area"),
        _key(table, "outcome_by", "account"),
        sa.PrimaryKeyConstraint("request_id", "agency_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_agency_id"), table, ["agency_id"])


def _answers() -> None:
    table = "disclosure_answer"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("held_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("says", sa.String(30), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("redactions", sa.JSON(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        _at("at"),
        _key(table, "area_id", "area"),
        _key(table, "request_id", "disclosure_request"),
        _key(table, "agency_id", "agency"),
        _key(table, "answered_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_request_id"), table, ["request_id"])


def _releases() -> None:
    table = "disclosure_release"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        _at("prepared_at"),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("redactions", sa.JSON(), nullable=False),
        _at("released_at", True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("departs", sa.JSON(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        _at("expires_at", True),
        sa.Column("fetches", sa.Integer(), nullable=False),
        _at("fetched_at", True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> prepared_by", name=op.f(f"ck_{table}_second_person")
        ),
        sa.CheckConstraint("released_at IS NULL OR decided_by IS NOT NULL", name=op.f(f"ck_{table}_decided")),
        sa.CheckConstraint(
            "trim(recipient) <> '' AND trim(purpose) <> ''", name=op.f(f"ck_{table}_to_whom_and_why")
        ),
        _key(table, "area_id", "area"),
        _key(table, "request_id", "disclosure_request"),
        _key(table, "prepared_by", "account"),
        _key(table, "released_by", "account"),
        _key(table, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_request_id"), table, ["request_id"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in _STAYS:
        op.execute(f"DROP TRIGGER {table}_stays" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {table}_stays()")
    for table in reversed(TABLES):
        op.drop_table(table)
    if postgresql:
        op.execute("DROP FUNCTION meetingsvc_asked_to_disclose(uuid, uuid)")
