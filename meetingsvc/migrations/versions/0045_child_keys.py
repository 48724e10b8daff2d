"""Keys by which the children are found whom incidents and referrals name."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql")
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"


def upgrade() -> None:
    op.create_table(
        "child_key",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("incident_id", _BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_child_key_area_id_area")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_child_key_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("area_id", "key", "incident_id", name=op.f("pk_child_key")),
    )
    op.create_index(op.f("ix_child_key_incident_id"), "child_key", ["incident_id"])
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    # No person reads them: an incident's own text tells whom it names, to who may see it.
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_AREA} ELSE false END"""
    op.execute("ALTER TABLE child_key ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE child_key FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON child_key USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    op.drop_table("child_key")
