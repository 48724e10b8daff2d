"""Yearly reviews of what is kept, holds, what agencies say, and certificates of destruction."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_REVIEWS = "(SELECT meetingsvc_told('reviews') = 'y')"
_MINE = "agency_id = (SELECT meetingsvc_told('agency')::uuid)"


def _of_case(table: str) -> str:
    return f'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = {table}.case_id)'  # noqa: S608


#: Who runs the meetings sees the reviews of cases open to them; an agency what it is asked about such a case;
#: certificates are also for who looks after access. Information governance sets holds by a case's number
#: alone: the service reads for it.
_PERSON = {
    "retention_review": f"{_AREA} AND {_RUNS} AND {_of_case('retention_review')}",
    "retention_step": f"""{_AREA} AND {_RUNS} AND
        EXISTS (SELECT 1 FROM retention_review parent WHERE parent.id = retention_step.review_id)""",  # noqa: S608
    "case_hold": f"{_AREA} AND {_RUNS} AND {_of_case('case_hold')}",
    "retention_ask": f"{_AREA} AND ({_RUNS} OR {_MINE}) AND {_of_case('retention_ask')}",
    "destruction": f"{_AREA} AND ({_RUNS} OR {_REVIEWS})",
}
_KEPT = "what an agency shared is kept as it is: a correction is added beside it"
#: A note goes only while its case is being destroyed, which two people decided (Rulebook L1).
_GOES = """SELECT 1 FROM destruction d JOIN item i ON i.case_id = d.case_id
    WHERE i.id = OLD.item_id AND d.under_way"""


def upgrade() -> None:
    _reviews()
    _holds()
    _asks()
    _certificates()
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER note_no_delete")
        op.execute(
            f"CREATE TRIGGER note_no_delete BEFORE DELETE ON note WHEN NOT EXISTS ({_GOES}) "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
        return  # SQLite has no policies: the fence stands alone
    op.execute("DROP TRIGGER note_kept ON note")
    op.execute("CREATE TRIGGER note_kept BEFORE UPDATE OR TRUNCATE ON note EXECUTE FUNCTION note_is_kept()")
    op.execute(
        "CREATE FUNCTION note_goes_with_its_case() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NOT EXISTS ({_GOES}) THEN RAISE EXCEPTION '{_KEPT}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER note_no_delete BEFORE DELETE ON note "
        "FOR EACH ROW EXECUTE FUNCTION note_goes_with_its_case()"
    )
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _keys(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}_{parent}"))
        for column, parent in to.items()
    ]


def _reviews() -> None:
    table = "retention_review"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        *_keys(table, area_id="area", case_id="case"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("case_id", "due_on", name=op.f(f"uq_{table}_case_id_due_on")),
    )
    op.create_index(op.f(f"ix_{table}_area_id_state"), table, ["area_id", "state"])
    table = "retention_step"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=True),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (told IS NULL)", name=op.f(f"ck_{table}_told_with_outcome")),
        *_keys(table, area_id="area", review_id="retention_review", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("review_id", "place", name=op.f(f"uq_{table}_review_id_place")),
    )


def _holds() -> None:
    table = "case_hold"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("hold", sa.String(40), nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("sets", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{table}_reason_given")),
        *_keys(table, area_id="area", case_id="case", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_case_id_at"), table, ["case_id", "at"])


def _asks() -> None:
    table = "retention_ask"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("holds", sa.String(20), nullable=True),
        sa.Column("may_go", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (holds IS NULL)", name=op.f(f"ck_{table}_answered")),
        sa.CheckConstraint("(holds IS NULL) = (may_go IS NULL)", name=op.f(f"ck_{table}_both_answered")),
        *_keys(table, area_id="area", case_id="case", agency_id="agency", answered_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "case_id", "agency_id", "due_on", name=op.f(f"uq_{table}_case_id_agency_id_due_on")
        ),
    )
    op.create_index(op.f(f"ix_{table}_agency_id_answered_at"), table, ["agency_id", "answered_at"])


def _certificates() -> None:
    table = "destruction"
    op.create_table(
        table,
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backups_gone_on", sa.Date(), nullable=False),
        sa.Column("under_way", sa.Boolean(), nullable=False),
        *_keys(table, area_id="area"),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("decision", name=op.f(f"uq_{table}_decision")),
    )
    op.create_index(op.f(f"ix_{table}_area_id"), table, ["area_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER note_no_delete ON note")
        op.execute("DROP FUNCTION note_goes_with_its_case()")
        op.execute("DROP TRIGGER note_kept ON note")
        op.execute(
            "CREATE TRIGGER note_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON note "
            "EXECUTE FUNCTION note_is_kept()"
        )
    else:
        op.execute("DROP TRIGGER note_no_delete")
        op.execute(
            f"CREATE TRIGGER note_no_delete BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
    for table in ("destruction", "retention_ask", "case_hold", "retention_step", "retention_review"):
        op.drop_table(table)
