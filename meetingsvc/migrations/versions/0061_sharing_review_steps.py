"""Reviews of decisions to share on no case: a row for each step, which stays as it was (Rulebook L1, L2)."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

_TABLE, _SHARING = "sharing_review", "sharing_decision"
_KEPT = "what was said in a review of a decision to share stays as it was"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: Who sees the decision: its own policy decides that.
_PERSON = f"{_AREA} AND EXISTS (SELECT 1 FROM {_SHARING} s WHERE s.id = {_TABLE}.sharing_id)"  # noqa: S608
#: A step goes only while its decision is being destroyed, alone or with its case, as two people said (L2).
_GOES = f"""SELECT 1 FROM destruction d JOIN {_SHARING} s ON d.case_id = s.id OR d.case_id = s.case_id
    WHERE s.id = OLD.sharing_id AND d.under_way"""  # noqa: S608
_STEPS = sa.table(
    _TABLE,
    *(sa.column(name, sa.Uuid()) for name in ("id", "area_id", "sharing_id", "account_id")),
    *(sa.column(name) for name in ("place", "step", "who", "reason")),
    sa.column("at", sa.DateTime(timezone=True)),
)
_DECISIONS = sa.table(
    _SHARING,
    *(sa.column(name, sa.Uuid()) for name in ("id", "area_id")),
    sa.column("reviews", sa.JSON()),
)


def upgrade() -> None:
    _steps()
    _carry()
    op.drop_column(_SHARING, "reviews")
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
        _policy()
        return
    for name, event in (
        ("stays", f"UPDATE ON {_TABLE}"),
        ("no_delete", f"DELETE ON {_TABLE} WHEN NOT EXISTS ({_GOES})"),
    ):
        op.execute(f"CREATE TRIGGER {_TABLE}_{name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END")


def downgrade() -> None:
    op.add_column(_SHARING, sa.Column("reviews", sa.JSON(), nullable=False, server_default="[]"))
    _carry_back()
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_TABLE}_stays()")
        op.execute(f"DROP FUNCTION {_TABLE}_goes()")


def _steps() -> None:
    keys = (("area_id", "area"), ("sharing_id", _SHARING), ("account_id", "account"))
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("sharing_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_TABLE}_{column}_{to}"))
            for column, to in keys
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("sharing_id", "place", name=op.f(f"uq_{_TABLE}_sharing_id_place")),
    )


def _carry() -> None:
    bind = op.get_bind()
    for decision in bind.execute(sa.select(_DECISIONS)).all():
        for place, told in enumerate(decision.reviews, 1):
            bind.execute(
                _STEPS.insert().values(
                    id=uuid4(), area_id=decision.area_id, sharing_id=decision.id, place=place,
                    step=told["step"], at=datetime.fromisoformat(told["at"]).astimezone(UTC), who=told["who"],
                    account_id=UUID(told["by"]), reason=told["reason"],
                )
            )  # fmt: skip


def _carry_back() -> None:
    bind, found = op.get_bind(), dict[UUID, list[dict[str, str]]]()
    for one in bind.execute(sa.select(_STEPS).order_by(_STEPS.c.sharing_id, _STEPS.c.place)).all():
        kept = one.at if one.at.tzinfo else one.at.replace(tzinfo=UTC)  # SQLite does not say that it is UTC
        at = kept.astimezone(UTC)
        told = {"step": one.step, "at": at.isoformat(), "who": one.who, "by": str(one.account_id),
                "reason": one.reason}  # fmt: skip
        found.setdefault(one.sharing_id, []).append(told)
    for key, steps in found.items():
        bind.execute(_DECISIONS.update().where(_DECISIONS.c.id == key).values(reviews=steps))


def _guard_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {_TABLE}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {_TABLE}_stays BEFORE UPDATE OR TRUNCATE ON {_TABLE} "
        f"EXECUTE FUNCTION {_TABLE}_stays()"
    )
    op.execute(
        f"CREATE FUNCTION {_TABLE}_goes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({_GOES}) THEN RAISE EXCEPTION '{_KEPT}'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {_TABLE}_no_delete BEFORE DELETE ON {_TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {_TABLE}_goes()"
    )


def _policy() -> None:
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_TABLE} USING ({seen}) WITH CHECK ({seen})")
