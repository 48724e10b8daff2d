"""Which agencies were reminded to confirm update-only cases."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_NOTICE = "confirmation_notice"


def upgrade() -> None:
    op.create_table(
        _NOTICE,
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f(f"fk_{_NOTICE}_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{_NOTICE}_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{_NOTICE}_area_id_area")),
        sa.PrimaryKeyConstraint("meeting_id", "agency_id", "stage", name=op.f(f"pk_{_NOTICE}")),
    )
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    policy = """CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN area_id = (SELECT meetingsvc_told('area')::uuid) ELSE false END"""
    op.execute(f"ALTER TABLE {_NOTICE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_NOTICE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_NOTICE} USING ({policy}) WITH CHECK ({policy})")


def downgrade() -> None:
    op.drop_table(_NOTICE)
