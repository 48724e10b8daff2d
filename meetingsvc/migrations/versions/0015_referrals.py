"""Referrals by professionals of any agency, from draft to list.

A referral is its referrer's own; once sent, also of those who run the meetings. A wall or a
restriction on one of its cases keeps it from the latter: both are asked by a function that acts as the
service and answers keys alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ME = "(SELECT meetingsvc_told('account')::uuid)"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_FUNCTIONS = {
    # The referrals of cases that a wall or a restriction keeps from the person (M6).
    "meetingsvc_kept_referrals() RETURNS SETOF uuid": """
        SELECT c.referral_id FROM referral_case c WHERE c.case_id IN (SELECT meetingsvc_kept())""",
}
_UNDER = "EXISTS (SELECT 1 FROM {} parent WHERE parent.id = {})"
_PERSON = {
    "referral": f"""{_MINE} AND (
        account_id = {_ME}
        OR ({_RUNS} AND state <> 'a draft' AND id NOT IN (SELECT meetingsvc_kept_referrals())))""",
    "referral_move": f"{_MINE} AND " + _UNDER.format("referral", "referral_move.referral_id"),
    "referral_case": _MINE,  # keys alone
    "referral_told": f"{_MINE} AND " + _UNDER.format('"case"', "referral_told.case_id"),
}


def _when() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(20), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("risk", sa.JSON(), nullable=False),
        sa.Column("warned", sa.String(300), nullable=False),
        sa.Column("begun_at", _when(), nullable=False),
        sa.Column("saved_at", _when(), nullable=False),
        sa.Column("first_sent_at", _when(), nullable=True),
        sa.CheckConstraint(
            "state IN ('a draft', 'withdrawn') OR (reference IS NOT NULL AND first_sent_at IS NOT NULL)",
            name=op.f("ck_referral_sent_with_reference"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_referral_area_id_area")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_referral_account_id_account")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_referral_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("area_id", "reference", name=op.f("uq_referral_area_id_reference")),
    )
    op.create_index(op.f("ix_referral_account_id"), "referral", ["account_id"])
    op.create_index(op.f("ix_referral_area_id_state"), "referral", ["area_id", "state"])
    _moves()
    _cases()
    _told()
    if op.get_bind().dialect.name == "postgresql":
        _policies()


def _moves() -> None:
    op.create_table(
        "referral_move",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(24), nullable=False),
        sa.Column("who", sa.String(20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", _when(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.CheckConstraint("step IN ('send', 'list') OR reason <> ''", name=op.f("ck_referral_move_reason")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_referral_move_area_id_area")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_move_referral_id_referral")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_referral_move_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_move")),
    )
    op.create_index(op.f("ix_referral_move_referral_id"), "referral_move", ["referral_id"])


def _cases() -> None:
    op.create_table(
        "referral_case",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_number", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_case_referral_id_referral")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_referral_case_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_referral_case_case_id_case")),
        sa.PrimaryKeyConstraint("referral_id", "occurrence_number", name=op.f("pk_referral_case")),
    )
    op.create_index(op.f("ix_referral_case_case_id"), "referral_case", ["case_id"])


def _told() -> None:
    op.create_table(
        "referral_told",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("sight", sa.String(10), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(300), nullable=False),
        sa.Column("at", _when(), nullable=False),
        sa.CheckConstraint(
            "sight IN ('case', 'everywhere', 'contact', 'actions', 'panel')",
            name=op.f("ck_referral_told_sight"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_referral_told_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_referral_told_case_id_case")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_told_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_told")),
    )
    op.create_index(op.f("ix_referral_told_case_id_sight"), "referral_told", ["case_id", "sight"])
    op.create_index(op.f("ix_referral_told_referral_id"), "referral_told", ["referral_id"])


def _policies() -> None:
    for signature, query in _FUNCTIONS.items():
        body = _as_service(query)
        op.execute(f"CREATE FUNCTION {signature} LANGUAGE plpgsql STABLE ROWS 3 AS $$ {body} $$")
    for table, person in _PERSON.items():
        policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _as_service(query: str) -> str:
    """Answers the query as the service, and lets whoever acted before go on (as migration 0009)."""
    return f"""
        DECLARE before text := current_setting('meetingsvc.capacity', true);
        BEGIN
            PERFORM set_config('meetingsvc.capacity', 'service', true);
            RETURN QUERY {query};
            PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
        END"""


def downgrade() -> None:
    for table in ("referral_told", "referral_case", "referral_move", "referral"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for signature in _FUNCTIONS:
            name, _, _ = signature.partition(" RETURNS")
            op.execute(f"DROP FUNCTION {name}")
