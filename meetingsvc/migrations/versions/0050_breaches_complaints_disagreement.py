"""Breaches, complaints and disagreements with everything that was done about them."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
#: Information governance: who reviews and runs no meetings.
_GOVERNS = f"({_REVIEWS} AND NOT coalesce({_RUNS}, false))"
_ITS = "SELECT 1 FROM breach_case c WHERE c.breach_id = breach.id AND c.case_id IN"
_AGENCY = "(SELECT meetingsvc_told('agency')::uuid)"
_WALLS = f"SELECT w.case_id FROM wall w WHERE w.account_id = {_ME} AND w.state = 'stands'"  # noqa: S608
_WALLED = f"{_ITS} ({_WALLS})"
#: The same of a case that was destroyed since.
_WAS_WALLED = f"SELECT 1 FROM breach_walled k WHERE k.breach_id = breach.id AND k.account_id = {_ME}"  # noqa: S608

#: What a person sees of each table.
_PERSON = {
    # Information governance, which a wall alone keeps from one; whoever raised it, by walls and restrictions.
    "breach": f"""{_AREA} AND NOT EXISTS ({_WAS_WALLED}) AND (({_GOVERNS} AND NOT EXISTS ({_WALLED}))
        OR (raised_by = {_ME} AND NOT EXISTS ({_ITS} (SELECT meetingsvc_kept()))))""",
    "breach_case": _AREA,  # keys alone: the breach's own policy asks it
    "breach_walled": _AREA,  # likewise
    "breach_entry": "EXISTS (SELECT 1 FROM breach b WHERE b.id = breach_entry.breach_id)",
    # Chairs and information governance, and whoever recorded it; nobody complained of, and no chair one that
    # is about the chair.
    "complaint": f"""{_AREA} AND NOT EXISTS (SELECT 1 FROM complained_of o
            WHERE o.complaint_id = complaint.id AND o.account_id = {_ME}) AND (
        ({_GOVERNS} AND (case_id IS NULL OR case_id NOT IN ({_WALLS})))
        OR ((raised_by = {_ME} OR ({_REVIEWS} AND {_RUNS} AND about <> 'chair'))
            AND (case_id IS NULL OR case_id NOT IN (SELECT meetingsvc_kept()))))""",  # noqa: S608
    "complained_of": _AREA,  # keys alone: the complaint's own policy asks it
    # Who runs the meetings, and the agencies on both sides.
    "disagreement": f"""{_AREA} AND (case_id IS NULL OR case_id NOT IN (SELECT meetingsvc_kept()))
        AND ({_RUNS} OR agency_id = {_AGENCY} OR EXISTS (SELECT 1 FROM disagreement_agency o
            WHERE o.disagreement_id = disagreement.id AND o.agency_id = {_AGENCY}))""",  # noqa: S608
    "disagreement_agency": _AREA,  # keys alone: the disagreement's own policy asks it
    "disagreement_entry": """EXISTS (
        SELECT 1 FROM disagreement d WHERE d.id = disagreement_entry.disagreement_id)""",
    "complaint_entry": "EXISTS (SELECT 1 FROM complaint c WHERE c.id = complaint_entry.complaint_id)",
}


def _capacity(person: str) -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN true WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""


def upgrade() -> None:
    _breaches()
    _complaints()
    _disagreements()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        policy = _capacity(person)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _breaches() -> None:
    table, case, walled = "breach", "breach_case", "breach_walled"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("unsafe_now", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        _moment("detected_at"),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        _moment("raised_at"),
        sa.CheckConstraint("detected_at <= raised_at", name=op.f("ck_breach_detected_before")),
        _key(table, "area_id", "area"),
        _key(table, "raised_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("area_id", "reference", name=op.f("uq_breach_area_id_reference")),
    )
    op.create_index(op.f("ix_breach_raised_by"), table, ["raised_by"])
    op.create_table(
        case,
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(case, "breach_id", "breach"),
        _key(case, "case_id", "case"),
        _key(case, "area_id", "area"),
        sa.PrimaryKeyConstraint("breach_id", "case_id", name=op.f("pk_breach_case")),
    )
    op.create_table(
        walled,
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(walled, "breach_id", "breach"),
        _key(walled, "account_id", "account"),
        _key(walled, "area_id", "area"),
        sa.PrimaryKeyConstraint("breach_id", "account_id", name=op.f("pk_breach_walled")),
    )
    _entries("breach")


def _complaints() -> None:
    table, of = "complaint", "complained_of"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("complainant", sa.String(20), nullable=False),
        sa.Column("about", sa.String(20), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        _moment("received_at"),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        _moment("raised_at"),
        _key(table, "area_id", "area"),
        _key(table, "case_id", "case"),
        _key(table, "raised_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("area_id", "reference", name=op.f("uq_complaint_area_id_reference")),
    )
    op.create_index(op.f("ix_complaint_raised_by"), table, ["raised_by"])
    op.create_table(
        of,
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(of, "complaint_id", "complaint"),
        _key(of, "account_id", "account"),
        _key(of, "area_id", "area"),
        sa.PrimaryKeyConstraint("complaint_id", "account_id", name=op.f("pk_complained_of")),
    )
    _entries("complaint")


def _disagreements() -> None:
    table, against = "disagreement", "disagreement_agency"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("ladder", sa.String(30), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("unsafe_now", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        _moment("raised_at"),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        _key(table, "area_id", "area"),
        _key(table, "case_id", "case"),
        _key(table, "agency_id", "agency"),
        _key(table, "raised_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
        sa.UniqueConstraint("area_id", "reference", name=op.f("uq_disagreement_area_id_reference")),
    )
    op.create_index(op.f("ix_disagreement_agency_id"), table, ["agency_id"])
    op.create_table(
        against,
        sa.Column("disagreement_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(against, "disagreement_id", "disagreement"),
        _key(against, "agency_id", "agency"),
        _key(against, "area_id", "area"),
        sa.PrimaryKeyConstraint("disagreement_id", "agency_id", name=op.f("pk_disagreement_agency")),
    )
    _entries("disagreement")


def _entries(of: str) -> None:
    """What was done about one, in its order."""
    table = f"{of}_entry"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column(f"{of}_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        _moment("at"),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _moment("recorded_at"),
        _key(table, "area_id", "area"),
        _key(table, f"{of}_id", of),
        _key(table, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(f"{of}_id", "place", name=op.f(f"uq_{table}_{of}_id_place")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _PERSON:  # one asks another's table
            op.execute(f"DROP POLICY need_to_know ON {table}")
    for table in (
        "disagreement_entry", "disagreement_agency", "disagreement", "complaint_entry", "complained_of",
        "complaint", "breach_entry", "breach_walled", "breach_case", "breach",
    ):  # fmt: skip
        op.drop_table(table)
