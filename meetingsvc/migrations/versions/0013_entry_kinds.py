"""What an incident came in as, and the numbers that the service itself gives to what came in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "incident", sa.Column("kind", sa.String(24), nullable=False, server_default="police_incident")
    )
    op.drop_column("entry", "kind")
    op.create_table(
        "reference",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(3), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_reference_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", "prefix", name=op.f("pk_reference")),
    )


def downgrade() -> None:
    op.drop_table("reference")
    op.add_column("entry", sa.Column("kind", sa.String(20), nullable=False, server_default="police_incident"))
    op.drop_column("incident", "kind")
