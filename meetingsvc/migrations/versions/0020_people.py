"""Who somebody is to somebody else; a person told of so is seen where the case is."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

REFUSAL = "what an agency told of two people is taken away, never changed"
#: What an agency told.
STAYS = (
    *("id", "area_id", "case_id", "kind", "standing"),
    *("agency_id", "author", "recorded_by", "recorded_at", "source"),
)
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_CASE = 'EXISTS (SELECT 1 FROM "case" parent WHERE parent.id = relationship.case_id)'
#: Asked as the person: the policy of what it reads decides.
_SEES = """CREATE FUNCTION meetingsvc_sees_relationship_of(person uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN EXISTS (
        SELECT 1 FROM relationship r WHERE r.person_id = $1 OR r.other_id = $1); END $$"""
_KEPT_PLAN = "LANGUAGE plpgsql STABLE SET jit = off SET plan_cache_mode = force_generic_plan"
#: What a search asks, as functions: planned each time, with the policies of what they read, they would take
#: longer than they run. They answer what whoever asks may see. First: a few people of each range of keys.
_SEARCHES = {
    "people_filed_under(area uuid, firsts text[], lasts text[], most integer)": """
        RETURNS TABLE (place bigint, who uuid) {} AS $$ BEGIN RETURN QUERY
            SELECT asked.place, found.person_id
            FROM unnest($2, $3) WITH ORDINALITY AS asked(first, last, place)
            CROSS JOIN LATERAL (
                SELECT k.person_id FROM person_key k
                WHERE k.area_id = $1 AND k.key >= asked.first AND k.key <= asked.last LIMIT $4) AS found;
        END $$""",
    "people_told_of(people uuid[], kinds text[])": """
        RETURNS TABLE (who uuid, forename text, surname text, dob date, detail uuid, kind text, value text,
            sealed bytea, last_on date)
        {} AS $$ BEGIN RETURN QUERY
            SELECT p.id, p.forename::text, p.surname::text, p.dob, d.id, d.kind::text, d.value::text,
                d.sealed, d.last_on
            FROM person p LEFT JOIN person_detail d ON d.person_id = p.id AND d.kind = ANY ($2)
            WHERE p.id = ANY ($1);
        END $$""",
}


def upgrade() -> None:
    _table()
    if op.get_bind().dialect.name == "postgresql":
        for signature, told in _SEARCHES.items():
            op.execute(f"CREATE FUNCTION {signature} {told.format(_KEPT_PLAN)}")
        _keep_on_postgresql()
        _policies()
        return
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in STAYS)
    op.execute(
        "CREATE TRIGGER relationship_stays_as_told BEFORE UPDATE ON relationship "
        f"WHEN NOT ({same}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _table() -> None:
    op.create_table(
        "relationship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_why", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("trim(author) <> '' AND trim(source) <> ''", name=op.f("ck_relationship_told_by")),
        sa.CheckConstraint(
            "standing IN ('fact', 'professional opinion')", name=op.f("ck_relationship_standing")
        ),
        sa.CheckConstraint(
            "removed_at IS NULL OR trim(removed_why) <> ''", name=op.f("ck_relationship_removed_with_reason")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_relationship_{column}_{table}"))
            for column, table in (
                *(("area_id", "area"), ("case_id", "case"), ("person_id", "person"), ("other_id", "person")),
                *(("agency_id", "agency"), ("recorded_by", "account"), ("removed_by", "account")),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
    )
    for column in ("case_id", "person_id", "other_id"):
        op.create_index(op.f(f"ix_relationship_{column}"), "relationship", [column])


def _keep_on_postgresql() -> None:
    may = "ARRAY['person_id', 'other_id', 'removed_by', 'removed_at', 'removed_why']"
    op.execute(
        "CREATE FUNCTION relationship_stays_as_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF to_jsonb(NEW) - {may} <> to_jsonb(OLD) - {may} "
        f"THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER relationship_stays_as_told BEFORE UPDATE ON relationship "
        "FOR EACH ROW EXECUTE FUNCTION relationship_stays_as_told()"
    )


def _policies() -> None:
    """Seen where its case is. Whoever is told of so is a person that the reader sees: asked by a function,
    planned once, as migration 0011 says."""
    seen = _capacity(_AREA, _CASE)
    op.execute("ALTER TABLE relationship ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE relationship FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON relationship USING ({seen}) WITH CHECK ({seen})")
    op.execute(_SEES)
    # a policy of its own: either lets a person be seen, and the first one stays what it was
    told = _capacity("false", "meetingsvc_sees_relationship_of(id)", service="false")
    op.execute(f"CREATE POLICY told_of ON person FOR SELECT USING ({told})")


def _capacity(in_area: str, person: str, service: str = "true") -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity'))
        WHEN 'service' THEN {service} WHEN 'area' THEN {in_area} WHEN 'person' THEN ({person})
        ELSE false END"""


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("DROP FUNCTION people_filed_under(uuid, text[], text[], integer)")
        op.execute("DROP FUNCTION people_told_of(uuid[], text[])")
        op.execute("DROP POLICY told_of ON person")
        op.execute("DROP FUNCTION meetingsvc_sees_relationship_of(uuid)")
    op.execute("DROP TRIGGER relationship_stays_as_told" + (" ON relationship" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION relationship_stays_as_told()")
    op.drop_table("relationship")
