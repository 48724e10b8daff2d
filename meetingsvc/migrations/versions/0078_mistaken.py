"""What was told of a subject by mistake is said to be so; of a link, apart from one that holds no more."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"

_TRAIT, _LINK, _ENDED, _MISTAKEN = "subject_trait", "link", "ended", "mistaken"
_GUARD = f"{_TRAIT}_stays_as_told"
#: What may not be changed of a trait: all but that it was told by mistake.
_STAYS = ("id", "area_id", "case_id", "trait", "text", "key", '"on"', "standing", "agency_id", "author",
          "recorded_by", "recorded_at", "source")  # fmt: skip


def upgrade() -> None:
    op.add_column(_TRAIT, sa.Column(_ENDED, sa.Text(), nullable=False, server_default=""))
    op.add_column(_LINK, sa.Column(_MISTAKEN, sa.Boolean(), nullable=False, server_default=sa.false()))
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.alter_column(_TRAIT, _ENDED, server_default=None)
        op.alter_column(_LINK, _MISTAKEN, server_default=None)
    other = "DISTINCT FROM" if postgresql else "NOT"
    _guard(" OR ".join(f"OLD.{name} IS {other} NEW.{name}" for name in _STAYS))


def _guard(changed: str) -> None:
    """In place of the one there is; on PostgreSQL by the function of migration 0016."""
    if op.get_bind().dialect.name == "postgresql":
        when = f"WHEN ({changed}) " if changed else ""
        op.execute(f"DROP TRIGGER {_GUARD} ON {_TRAIT}")
        op.execute(
            f"CREATE TRIGGER {_GUARD} BEFORE UPDATE ON {_TRAIT} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION line_stays_as_told()"
        )
        return
    when = f"WHEN {changed} " if changed else ""
    op.execute(f"DROP TRIGGER {_GUARD}")
    op.execute(
        f"CREATE TRIGGER {_GUARD} BEFORE UPDATE ON {_TRAIT} {when}"
        "BEGIN SELECT RAISE(ABORT, 'what was told is never changed'); END"
    )


def downgrade() -> None:
    _guard("")
    op.drop_column(_LINK, _MISTAKEN)
    op.drop_column(_TRAIT, _ENDED)
