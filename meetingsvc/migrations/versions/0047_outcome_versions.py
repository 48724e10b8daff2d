"""Why a case is not referred, and what an outcome said before it was saved again."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

_TABLE = "outcome_version"
_REFUSAL = "what an outcome said before stays as it was"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: For who runs meetings, of an item they may read about: its own policy decides that.
_PERSON = """(SELECT meetingsvc_told('runs') = 'y')
    AND EXISTS (SELECT 1 FROM item parent WHERE parent.id = outcome_version.item_id)"""


def upgrade() -> None:
    op.add_column("outcome", sa.Column("not_referred", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        _TABLE,
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{_TABLE}_{column}_{to}"))
            for column, to in (("item_id", "item"), ("area_id", "area"), ("recorded_by", "account"))
        ),
        sa.PrimaryKeyConstraint("item_id", "version", name=op.f(f"pk_{_TABLE}")),
    )
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {_TABLE}_stays_as_told BEFORE UPDATE ON {_TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        return  # SQLite has no policies: the fence stands alone
    op.execute(
        f"CREATE FUNCTION {_TABLE}_stays_as_told() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {_TABLE}_stays_as_told BEFORE UPDATE ON {_TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {_TABLE}_stays_as_told()"
    )
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true WHEN 'area' THEN {_AREA}
        WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_TABLE} USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {_TABLE}_stays_as_told" + (f" ON {_TABLE}" if postgresql else ""))
    op.drop_table(_TABLE)
    if postgresql:
        op.execute(f"DROP FUNCTION {_TABLE}_stays_as_told()")
    op.drop_column("outcome", "not_referred")
