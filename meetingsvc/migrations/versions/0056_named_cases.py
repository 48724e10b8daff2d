"""Agencies that have not signed, in a named case: their part in it, and what was said both ways (V1)."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

_PART, _ENTRY = "named_case_part", "named_case_entry"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: The day it is for a person of an agency that has never signed; nothing for anybody else.
_GUEST = "(SELECT meetingsvc_told('guest')::date)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
#: What a person sees of each table.
_PERSON = {
    # Who may open the case; of an agency that has not signed, its own while its days run. Nobody from whom a
    # wall or a restriction keeps the case (M6).
    _PART: f"""{_AREA} AND case_id NOT IN (SELECT meetingsvc_kept()) AND (
        EXISTS (SELECT 1 FROM "case" c WHERE c.id = {_PART}.case_id)
        OR (agency_id = (SELECT meetingsvc_told('agency')::uuid)
            AND state IN ('allowed, with the terms not accepted yet', 'taking part')
            AND {_GUEST} BETWEEN since AND until))""",  # noqa: S608
    # Who runs meetings; that agency once it has accepted the terms.
    _ENTRY: f"""{_AREA} AND EXISTS (SELECT 1 FROM {_PART} p WHERE p.id = {_ENTRY}.part_id
        AND ({_RUNS} OR ({_GUEST} IS NOT NULL AND p.state = 'taking part')))""",  # noqa: S608
}


def upgrade() -> None:
    _parts()
    _entries()
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
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


def _step(name: str, nullable: bool = True) -> tuple[sa.Column[object], ...]:
    """Who did it, and when."""
    return (
        sa.Column(f"{name}_by", sa.Uuid(), nullable=nullable),
        sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=nullable),
    )


def _parts() -> None:
    op.create_table(
        _PART,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "area_id", "case_id", "agency_id")),
        sa.Column("state", sa.String(50), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        *_step("proposed", nullable=False),
        *_step("decided"),
        *_step("accepted"),
        *_step("ended"),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f(f"ck_{_PART}_decided_by_another")),
        sa.CheckConstraint("trim(why) <> ''", name=op.f(f"ck_{_PART}_with_its_reason")),
        *_keys(
            _PART, area_id="area", case_id="case", agency_id="agency", proposed_by="account",
            decided_by="account", accepted_by="account", ended_by="account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_PART}")),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{_PART}_case_id"), _PART, ["case_id"])
    op.create_index(op.f(f"ix_{_PART}_agency_id_state"), _PART, ["agency_id", "state"])


def _entries() -> None:
    op.create_table(
        _ENTRY,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "area_id", "part_id")),
        sa.Column("direction", sa.String(5), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(words) <> ''", name=op.f(f"ck_{_ENTRY}_with_words")),
        sa.CheckConstraint(
            "direction = 'told' OR (direction = 'said' AND kind <> '' AND trim(source) <> '')",
            name=op.f(f"ck_{_ENTRY}_said_with_its_source"),
        ),
        *_keys(_ENTRY, area_id="area", part_id=_PART, by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_ENTRY}")),
    )
    op.create_index(op.f(f"ix_{_ENTRY}_part_id_at"), _ENTRY, ["part_id", "at"])


def downgrade() -> None:
    op.drop_table(_ENTRY)
    op.drop_table(_PART)
