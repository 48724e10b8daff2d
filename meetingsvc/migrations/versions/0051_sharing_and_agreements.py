"""Decisions to share, the MARAC's update before a disclosure, and more of the register of agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

_STEP, _SHARING = "disclosure_update_step", "sharing_decision"
_SIGNATURE, _TOLD = "agreement_signature", "withdrawal_told"
_REFUSAL = "a decision to share or not stays as it was made"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_DECIDED = "state IN ('to be shared', 'not to be shared')"
_OF_ITS_CASE = f'EXISTS (SELECT 1 FROM "case" c WHERE c.id = {_SHARING}.case_id)'  # noqa: S608
#: What a person sees of each table.
_PERSON = {
    _STEP: f"EXISTS (SELECT 1 FROM disclosure_application a WHERE a.id = {_STEP}.application_id)",  # noqa: S608
    # One's own; those decided on a case, who runs meetings. Nobody where the case is kept from them.
    _SHARING: f"""{_AREA} AND (case_id IS NULL OR {_OF_ITS_CASE})
        AND (made_by = (SELECT meetingsvc_told('account')::uuid)
            OR (case_id IS NOT NULL AND {_DECIDED} AND (SELECT meetingsvc_told('runs') = 'y')))""",
}


def upgrade() -> None:
    _updates()
    _sharing()
    _agreements()
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {_SHARING}_stays_as_decided BEFORE UPDATE ON {_SHARING} "
            f"WHEN OLD.decided_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        return  # SQLite has no policies: the fence stands alone
    op.execute(
        f"CREATE FUNCTION {_SHARING}_stays_as_decided() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {_SHARING}_stays_as_decided BEFORE UPDATE ON {_SHARING} "
        f"FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL) EXECUTE FUNCTION {_SHARING}_stays_as_decided()"
    )
    for table, person in _PERSON.items():
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({person}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _keys(table: str, **columns: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    )


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _updates() -> None:
    access = sa.Column("access", sa.Text(), nullable=False, server_default="")
    op.add_column("disclosure_application", access)
    op.create_table(
        _STEP,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_texts("reason"),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f(f"ck_{_STEP}_with_its_reason")),
        *_keys(_STEP, area_id="area", application_id="disclosure_application", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_STEP}")),
    )
    op.create_index(op.f(f"ix_{_STEP}_application_id_at"), _STEP, ["application_id", "at"])


def _sharing() -> None:
    op.create_table(
        _SHARING,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(25), nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
        *_texts("asked_by", "about", "what", "with_whom", "purpose", "limits"),
        sa.Column("grounds", sa.String(60), nullable=False),
        sa.Column("lawful", sa.String(100), nullable=False),
        *_texts("other_law", "authorised_by"),
        sa.Column("informed", sa.String(15), nullable=False),
        *_texts("advice_asked", "advice", "why"),
        sa.Column("advice_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"({_DECIDED}) = (decided_at IS NOT NULL)", name=op.f(f"ck_{_SHARING}_decided_at_a_moment")
        ),
        sa.CheckConstraint(
            "decided_at IS NULL OR trim(why) <> ''", name=op.f(f"ck_{_SHARING}_decided_with_its_reason")
        ),
        *_keys(_SHARING, area_id="area", case_id="case", agency_id="agency", made_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_SHARING}")),
    )
    op.create_index(op.f(f"ix_{_SHARING}_made_by_made_at"), _SHARING, ["made_by", "made_at"])
    op.create_index(op.f(f"ix_{_SHARING}_case_id"), _SHARING, ["case_id"])


def _agreements() -> None:
    op.create_table(
        _SIGNATURE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(200), nullable=False) for name in ("signed_by", "post", "version")),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "trim(signed_by) <> '' AND trim(post) <> ''", name=op.f(f"ck_{_SIGNATURE}_signed_by_somebody")
        ),
        *_keys(_SIGNATURE, agency_id="agency", recorded_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_SIGNATURE}")),
    )
    op.create_index(op.f(f"ix_{_SIGNATURE}_agency_id"), _SIGNATURE, ["agency_id"])
    for name in ("why", "stayed_why"):
        op.add_column("withdrawal", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("withdrawal", sa.Column("stayed_on", sa.Date(), nullable=True))
    op.create_table(
        _TOLD,
        sa.Column("withdrawal_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.String(15), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(_TOLD, withdrawal_id="withdrawal", recorded_by="account"),
        sa.PrimaryKeyConstraint("withdrawal_id", "told", name=op.f(f"pk_{_TOLD}")),
    )


def downgrade() -> None:
    op.drop_table(_TOLD)
    op.execute("DELETE FROM withdrawal WHERE stayed_on IS NOT NULL")  # it would read as one that left
    for name in ("stayed_on", "why", "stayed_why"):
        op.drop_column("withdrawal", name)
    op.drop_table(_SIGNATURE)
    op.drop_table(_SHARING)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_SHARING}_stays_as_decided()")
    op.drop_table(_STEP)
    op.drop_column("disclosure_application", "access")
