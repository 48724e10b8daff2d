"""Cases that move between areas, and the police's notification clocks.

A transfer has two halves, each in its own area: the receiving one reads nothing of the sending one's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
_OPEN = sa.text("state IN ('confirmed', 'sent', 'received')")

_ME = "(SELECT meetingsvc_told('account')::uuid)"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_RUNS = "(SELECT meetingsvc_told('runs') = 'y')"
#: What a person sees. A transfer on its way in is for who runs the meetings and is not kept from it.
_PERSON = {
    "transfer": 'EXISTS (SELECT 1 FROM "case" c WHERE c.id = transfer.case_id)',
    "transfer_step": "EXISTS (SELECT 1 FROM transfer t WHERE t.id = transfer_step.transfer_id)",
    "transfer_wall": f"account_id = {_ME} OR ({_MINE} AND {_RUNS})",
    "transfer_in": f"""{_MINE} AND {_RUNS} AND NOT EXISTS (SELECT 1 FROM transfer_wall w
        WHERE w.transfer_in_id = transfer_in.id AND w.account_id = {_ME})
        AND (case_id IS NULL OR EXISTS (SELECT 1 FROM "case" c WHERE c.id = transfer_in.case_id))""",  # noqa: S608
    "transfer_record": 'EXISTS (SELECT 1 FROM "case" c WHERE c.id = transfer_record.case_id)',
    "notification": "EXISTS (SELECT 1 FROM incident i WHERE i.id = notification.incident_id)",
}


def upgrade() -> None:
    _transfer()
    _step()
    _arrival()
    _wall()
    _record()
    _notification()
    if op.get_bind().dialect.name == "postgresql":
        for table, person in _PERSON.items():
            seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
                WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY need_to_know ON {table} USING ({seen}) WITH CHECK ({seen})")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _transfer() -> None:
    name = "transfer"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("to_area_id", sa.Uuid(), nullable=True),
        sa.Column("to_area", sa.String(100), nullable=False),
        sa.Column("officer", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("asked_again_at", MOMENT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_transfer_confirmed_by_another")),
        sa.CheckConstraint("to_area_id <> area_id", name=op.f("ck_transfer_to_another_area")),
        _key(name, "area_id", "area"),
        _key(name, "case_id", "case"),
        _key(name, "to_area_id", "area"),
        _key(name, "proposed_by", "account"),
        _key(name, "confirmed_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_case_id"), name, ["case_id"])
    op.create_index(
        "uq_transfer_open", name, ["case_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def _step() -> None:
    name = "transfer_step"
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(20), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _key(name, "transfer_id", "transfer"),
        _key(name, "area_id", "area"),
        _key(name, "by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_step")),
    )
    op.create_index(op.f("ix_transfer_step_transfer_id"), name, ["transfer_id"])


def _arrival() -> None:
    name = "transfer_in"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("from_area", sa.String(100), nullable=False),
        sa.Column("their_reference", sa.String(60), nullable=False),
        sa.Column("victim", sa.String(200), nullable=False),
        sa.Column("victim_dob", sa.Date(), nullable=True),
        sa.Column("perpetrator", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _key(name, "area_id", "area"),
        _key(name, "transfer_id", "transfer"),
        _key(name, "case_id", "case"),
        _key(name, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_in")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_transfer_in_transfer_id")),
    )
    op.create_index(op.f("ix_transfer_in_area_id_state"), name, ["area_id", "state"])
    op.create_index(op.f("ix_transfer_in_case_id"), name, ["case_id"])


def _wall() -> None:
    name = "transfer_wall"
    op.create_table(
        name,
        sa.Column("transfer_in_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        _key(name, "transfer_in_id", "transfer_in"),
        _key(name, "account_id", "account"),
        _key(name, "area_id", "area"),
        sa.PrimaryKeyConstraint("transfer_in_id", "account_id", name=op.f("pk_transfer_wall")),
    )


def _record() -> None:
    name = "transfer_record"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_area", sa.String(100), nullable=False),
        sa.Column("to_area", sa.String(100), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        _key(name, "area_id", "area"),
        _key(name, "case_id", "case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_record")),
    )
    op.create_index(op.f("ix_transfer_record_case_id"), name, ["case_id"])


def _notification() -> None:
    name, rows = "notification", ["area_id", "occurrence_number", "agency", "task"]
    op.create_table(
        name,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", BIG_ID, nullable=False),
        sa.Column("occurrence_number", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(30), nullable=False),
        sa.Column("task", sa.String(10), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _key(name, "area_id", "area"),
        _key(name, "incident_id", "incident"),
        _key(name, "recorded_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(op.f("ix_notification_area_id_occurrence_number_agency_task"), name, rows, unique=True)
    op.create_index(op.f("ix_notification_incident_id"), name, ["incident_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _PERSON:  # some ask another of these tables
            op.execute(f"DROP POLICY need_to_know ON {table}")
    for table in ("notification", "transfer_record", "transfer_wall", "transfer_in", "transfer_step",
                  "transfer"):  # fmt: skip
        op.drop_table(table)
