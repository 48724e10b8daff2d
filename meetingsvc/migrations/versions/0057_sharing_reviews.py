"""Decisions to share on no case are reviewed each year; one may be put on a case, and changes in nothing else
(Rulebook K4, L1); and what the register of releases keeps of a case that is destroyed (X6, L2)."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

_SHARING = "sharing_decision"
_STAYS, _ON_CASE = f"{_SHARING}_stays_as_decided", f"{_SHARING}_stays_on_its_case"
_REFUSAL = "a decision to share or not stays as it was made"
_KEPT = (
    "id, area_id, agency_id, made_by, made_at, version, state, replies, asked_by, about, what, with_whom, "
    "purpose, limits, grounds, lawful, other_law, authorised_by, informed, advice_asked, advice_asked_at, "
    "advice, why, decided_at"
)


def upgrade() -> None:
    op.add_column(_SHARING, sa.Column("reviews", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("destruction", sa.Column("register", sa.JSON(), nullable=False, server_default="[]"))
    _drop(_STAYS)
    _refuse(_STAYS, f"UPDATE OF {_KEPT}", "OLD.decided_at IS NOT NULL")
    _refuse(_ON_CASE, "UPDATE OF case_id", "OLD.decided_at IS NOT NULL AND OLD.case_id IS NOT NULL")


def downgrade() -> None:
    _drop(_ON_CASE)
    _drop(_STAYS)
    op.drop_column("destruction", "register")
    op.drop_column(_SHARING, "reviews")
    _refuse(_STAYS, "UPDATE", "OLD.decided_at IS NOT NULL")


def _drop(name: str) -> None:
    on = f" ON {_SHARING}" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {name}{on}")


def _refuse(name: str, event: str, when: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {_SHARING} FOR EACH ROW WHEN ({when}) "
            f"EXECUTE FUNCTION {_STAYS}()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {_SHARING} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )
