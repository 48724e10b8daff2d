"""What each agency's own records are to say, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: With its case; the agency's own, or all for who runs the meetings.
_PERSON = {
    "flag": """EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = flag.case_id) AND (
        (SELECT meetingsvc_told('runs') = 'y') OR agency_id = (SELECT meetingsvc_told('agency')::uuid))""",
    "flag_step": "EXISTS (SELECT 1 FROM flag parent WHERE parent.id = flag_step.flag_id)",
}


def upgrade() -> None:
    _flags()
    _steps()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _flags() -> None:
    table = "flag"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("whose", sa.String(12), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("noted_heard_on", sa.Date(), nullable=True),
        sa.Column("noted_until", sa.Date(), nullable=True),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("necessary", sa.Text(), nullable=False),
        sa.Column("cannot_reach", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=True),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.CheckConstraint("whose IN ('victim', 'child', 'perpetrator')", name=op.f("ck_flag_whose")),
        sa.CheckConstraint(
            "whose <> 'perpetrator' OR"
            " (trim(necessary) <> '' AND trim(cannot_reach) <> '' AND stated_by IS NOT NULL)",
            name=op.f("ck_flag_perpetrator_with_two_statements"),
        ),
        _key(table, "area_id", "area"),
        _key(table, "case_id", "case"),
        _key(table, "agency_id", "agency"),
        _key(table, "stated_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint(
            "case_id", "agency_id", "whose", "key", name=op.f("uq_flag_case_id_agency_id_whose_key")
        ),
    )
    for columns in (["area_id", "state"], ["agency_id", "state"]):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _steps() -> None:
    table = "flag_step"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        _key(table, "area_id", "area"),
        _key(table, "flag_id", "flag"),
        _key(table, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_step")),
    )
    op.create_index(op.f("ix_flag_step_flag_id_at"), table, ["flag_id", "at"])


def downgrade() -> None:
    op.drop_table("flag_step")
    op.drop_table("flag")
