"""What people are known by, who may be one person, and merges that can be undone.

What was told of a person stays as it was told, but whom it is told of may be found to be another: the
triggers that keep it let a merge move it. A daily list may wait for near matches to be decided before its
agencies see it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql")
_TABLES = (
    *("person_detail", "person_key", "name_count", "match_proposal"),
    *("person_merge", "person_merge_change", "match_weights"),
)

_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
_PERSON = "EXISTS (SELECT 1 FROM person parent WHERE parent.id = {}.person_id)"
#: Who is on a case that is kept from the person: of two who may be one, neither may be such.
_KEPT_PEOPLE = """
    CREATE FUNCTION meetingsvc_kept_people() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 6 AS $$
    DECLARE before text := current_setting('meetingsvc.capacity', true);
    BEGIN
        PERFORM set_config('meetingsvc.capacity', 'service', true);
        RETURN QUERY SELECT people.one FROM "case" c, unnest(ARRAY[c.victim_id, c.perpetrator_id]) people(one)
            WHERE c.id IN (SELECT meetingsvc_kept()) AND people.one IS NOT NULL;
        PERFORM set_config('meetingsvc.capacity', coalesce(before, ''), true);
    END $$"""
_BOTH = "{0} NOT IN (SELECT meetingsvc_kept_people()) AND {1} NOT IN (SELECT meetingsvc_kept_people())"
#: What a person may see of each; the service for one area sees that area's, the service itself all.
_SEEN = {
    "person_detail": _PERSON.format("person_detail"),
    "person_key": _PERSON.format("person_key"),
    "name_count": "false",
    "match_proposal": f"{_MINE} AND {_RUNS} AND {_BOTH.format('one_id', 'other_id')}",
    "person_merge": f"{_MINE} AND {_RUNS} AND {_BOTH.format('kept_id', 'gone_id')}",
    "person_merge_change": "false",
    "match_weights": "false",
}
#: A list that waits is for those alone who run the meetings.
_MEETING = f"{_MINE} AND ({_RUNS} OR ({{}}meetingsvc_attends(kind, state, sits_on)))"

#: What was told: all but whom it is told of, which a merge moves, stays.
_STAYS = {
    "contact": (
        *("id", "area_id", "case_id", "kind", "value", "key", "ended", "replaces_id", "agency_id", "author"),
        *("recorded_by", "recorded_at", "source"),
    ),
    "associate": (
        *("id", "area_id", "case_id", "relation", "agency_id", "author", "recorded_by", "recorded_at"),
        "source",
    ),
    "address": (
        *("id", "area_id", "case_id", "kind", "perpetrator_knows", "known_to", "not_confidential_why"),
        *("replaces_id", "agency_id", "author", "recorded_by", "recorded_at", "source"),
    ),
}
_OF_ADDRESS = ("confidential", "text", "sealed")
_REFUSAL = "what was told is never changed"


def upgrade() -> None:
    for name, kind in (("held", sa.Boolean()), ("sent_reason", sa.Text())):
        default = sa.false() if name == "held" else ""
        op.add_column("meeting", sa.Column(name, kind, nullable=False, server_default=default))
    _details()
    _matches()
    _merges()
    if op.get_bind().dialect.name == "postgresql":
        _policies()
        _let_postgresql_move()
    else:
        _let_sqlite_move()


def _details() -> None:
    op.create_table(
        "person_detail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_detail_area_id_area")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_detail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_detail")),
        sa.UniqueConstraint("person_id", "kind", "mark", name=op.f("uq_person_detail_person_id_kind_mark")),
    )
    op.create_table(
        "person_key",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_key_area_id_area")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person")),
        sa.PrimaryKeyConstraint("area_id", "key", "person_id", name=op.f("pk_person_key")),
    )
    op.create_index(op.f("ix_person_key_person_id"), "person_key", ["person_id"], unique=False)
    op.create_table(
        "name_count",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("half", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_name_count_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", "half", "name", name=op.f("pk_name_count")),
    )


def _matches() -> None:
    op.create_table(
        "match_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("radar", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'same', 'different', 'not sure', 'merged')",
            name=op.f("ck_match_proposal_state_known"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR trim(reason) <> ''", name=op.f("ck_match_proposal_decided_with_reason")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_match_proposal_area_id_area")),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_match_proposal_one_id_person")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_match_proposal_other_id_person")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_match_proposal_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_match_proposal_decided_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_proposal")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_match_proposal_one_id_other_id")),
    )
    op.create_index(op.f("ix_match_proposal_area_id_state"), "match_proposal", ["area_id", "state"])
    op.create_index(op.f("ix_match_proposal_other_id"), "match_proposal", ["other_id"])
    op.create_index(op.f("ix_match_proposal_meeting_id"), "match_proposal", ["meeting_id"])
    op.create_table(
        "match_weights",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_match_weights_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_match_weights")),
    )


def _merges() -> None:
    people = ("merged_by", "confirmed_by", "undone_by", "undo_confirmed_by")
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("then", sa.JSON(), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undo_confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by <> merged_by", name=op.f("ck_person_merge_confirmed_by_another")),
        sa.CheckConstraint(
            "undo_confirmed_by <> undone_by", name=op.f("ck_person_merge_undo_confirmed_by_another")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_merge_area_id_area")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match_proposal.id"], name=op.f("fk_person_merge_match_id_match_proposal")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id_person")),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id_person")),
        *(
            sa.ForeignKeyConstraint([one], ["account.id"], name=op.f(f"fk_person_merge_{one}_account"))
            for one in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index(op.f("ix_person_merge_kept_id"), "person_merge", ["kept_id"])
    op.create_index(op.f("ix_person_merge_gone_id"), "person_merge", ["gone_id"])
    op.create_table(
        "person_merge_change",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("of_table", sa.String(length=40), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_merge_change_area_id_area")),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["person_merge.id"], name=op.f("fk_person_merge_change_merge_id_person_merge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge_change")),
    )
    op.create_index(op.f("ix_person_merge_change_merge_id"), "person_merge_change", ["merge_id"])


def _policies() -> None:
    op.execute(_KEPT_PEOPLE)
    for table in _TABLES:
        seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
            WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({_SEEN[table]}) ELSE false END"""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")
    _say_meeting("NOT held AND ")


def _say_meeting(narrower: str) -> None:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({_MEETING.format(narrower)}) ELSE false END"""
    op.execute(f"ALTER POLICY need_to_know ON meeting USING ({seen}) WITH CHECK ({seen})")


def _let_sqlite_move() -> None:
    for table, columns in _STAYS.items():
        told = "NEW.person_id IS NOT OLD.person_id AND " if table != "address" else ""
        unsealed = "NOT OLD.confidential AND NEW.confidential"
        kept = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
        moved = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _OF_ADDRESS)
        person = "NEW.person_id IS OLD.person_id"
        may = (
            f"{kept} AND (({unsealed} AND {person}) OR ({moved} AND NOT {person}))"
            if table == "address"
            else f"{told}{kept}"
        )
        op.execute(f"DROP TRIGGER {table}_stays_as_told")
        op.execute(
            f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table} WHEN NOT ({may}) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def _let_postgresql_move() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION stays_as_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.person_id = OLD.person_id OR "
        "to_jsonb(NEW) - 'person_id' <> to_jsonb(OLD) - 'person_id' "
        f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION address_is_only_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.person_id <> OLD.person_id AND "
        "to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' THEN RETURN NEW; END IF; "
        "IF OLD.confidential OR NOT NEW.confidential OR "
        "to_jsonb(NEW) - ARRAY['confidential', 'text', 'sealed'] <> "
        "to_jsonb(OLD) - ARRAY['confidential', 'text', 'sealed'] "
        f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$"
    )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        _say_meeting("")
        for table in _TABLES:
            op.execute(f"DROP POLICY need_to_know ON {table}")
        op.execute("DROP FUNCTION meetingsvc_kept_people()")
        _hold_postgresql()
    else:
        _hold_sqlite()
    for index, table in (
        ("ix_person_merge_change_merge_id", "person_merge_change"),
        ("ix_person_merge_gone_id", "person_merge"),
        ("ix_person_merge_kept_id", "person_merge"),
    ):
        op.drop_index(op.f(index), table_name=table)
    for table in ("person_merge_change", "person_merge", "match_weights"):
        op.drop_table(table)
    op.drop_index(op.f("ix_match_proposal_meeting_id"), table_name="match_proposal")
    op.drop_index(op.f("ix_match_proposal_other_id"), table_name="match_proposal")
    op.drop_index(op.f("ix_match_proposal_area_id_state"), table_name="match_proposal")
    op.drop_index(op.f("ix_person_key_person_id"), table_name="person_key")
    for table in ("match_proposal", "name_count", "person_key", "person_detail"):
        op.drop_table(table)
    op.drop_column("meeting", "sent_reason")
    op.drop_column("meeting", "held")


def _hold_sqlite() -> None:
    """As migration 0005 made them."""
    for table in _STAYS:
        op.execute(f"DROP TRIGGER {table}_stays_as_told")
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in ("person_id", *_STAYS[table]))
        only = f" WHEN NOT (NOT OLD.confidential AND NEW.confidential AND {same})"
        op.execute(
            f"CREATE TRIGGER {table}_stays_as_told BEFORE UPDATE ON {table}"
            f"{only if table == 'address' else ''} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def _hold_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION stays_as_told() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION address_is_only_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.confidential OR NOT NEW.confidential OR "
        "to_jsonb(NEW) - ARRAY['confidential', 'text', 'sealed'] <> "
        "to_jsonb(OLD) - ARRAY['confidential', 'text', 'sealed'] "
        f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$"
    )
