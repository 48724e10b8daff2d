"""Children, persons of concern, places and groups as cases of exploitation panels (Rulebook E2).

A case may be without a victim, unless it is of domestic abuse; what is none is never of that family, so that
no look-up of the daily list takes a child's case for one whose perpetrator is not known (T6, T15). Their
numbers are drawn apart: those of domestic abuse tell nothing of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"

_TABLE = "subject"
_CHECKS = {
    "victim_of_abuse": "kind <> 'abuse' OR victim_id IS NOT NULL",
    "subject_of_no_abuse": "kind = 'abuse' OR family <> 'domestic abuse'",
}
_WAS, _IS = "victim_id CHAR(32) NOT NULL", "victim_id CHAR(32)"
_KEY = "CONSTRAINT pk_case PRIMARY KEY (id)"


def upgrade() -> None:
    op.add_column("area", sa.Column("last_subject_number", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("case", "victim_id", nullable=True)
        for name, rule in _CHECKS.items():
            op.create_check_constraint(op.f(f"ck_case_{name}"), "case", rule)
    else:
        _made_anew({_WAS: _IS, _KEY: _with_checks()})
    _table()


def _with_checks() -> str:
    rules = (f"CONSTRAINT ck_case_{name} CHECK ({rule})" for name, rule in _CHECKS.items())
    return ", ".join((_KEY, *rules))


def _made_anew(changes: dict[str, str]) -> None:
    """SQLite makes the table anew, as migration 0022 made another, with its indexes and triggers."""
    rows = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'case' AND sql IS NOT NULL")
    there = op.get_bind().execute(rows).all()
    (made,) = (sql for kind, sql in there if kind == "table")
    for old, new in changes.items():
        if old not in made:
            raise LookupError(old)
        made = made.replace(old, new)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute('CREATE TEMPORARY TABLE case_kept AS SELECT * FROM "case"')
    op.execute('DROP TABLE "case"')
    op.execute(made)
    op.execute('INSERT INTO "case" SELECT * FROM case_kept')
    op.execute("DROP TABLE case_kept")
    for kind, sql in there:
        if kind != "table":
            op.execute(sql)


def _table() -> None:
    op.create_table(
        _TABLE,
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("nominal", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f(f"fk_{_TABLE}_case_id_case")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{_TABLE}_area_id_area")),
        sa.CheckConstraint("trim(name) <> ''", name=op.f(f"ck_{_TABLE}_name_given")),
        sa.PrimaryKeyConstraint("case_id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_area_id_key"), _TABLE, ["area_id", "key"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    area = "area_id = (SELECT meetingsvc_told('area')::uuid)"
    person = f"""{area} AND EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = {_TABLE}.case_id)"""  # noqa: S608
    policy = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {area} WHEN 'person' THEN ({person}) ELSE false END"""
    op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_TABLE} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    """Refused while there is a case that the tables before this one cannot keep."""
    left = sa.text("""SELECT count(*) FROM "case" WHERE victim_id IS NULL OR kind <> 'abuse'""")
    if op.get_bind().execute(left).scalar_one():
        raise SystemExit("There are children, places or groups on record: going back would lose them.")
    op.drop_index(op.f(f"ix_{_TABLE}_area_id_key"), table_name=_TABLE)
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        for name in _CHECKS:
            op.drop_constraint(op.f(f"ck_case_{name}"), "case", type_="check")
        op.alter_column("case", "victim_id", nullable=False)
    else:
        _made_anew({_IS: _WAS, _with_checks(): _KEY})
    op.drop_column("area", "last_subject_number")
