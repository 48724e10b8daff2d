"""A certificate of destruction says the case's number, to nobody whom the case was kept from; and keeps keyed
marks by which it is known when the old register or a feed sends again what was destroyed (L2, M6)."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"

_TABLE, _MARKS = "destruction", "destroyed_mark"
_AREA = "area_id = (SELECT meetingsvc_told('area')::uuid)"
#: As the certificates are seen, migration 0049.
_PERSON = f"{_AREA} AND ((SELECT meetingsvc_told('runs') = 'y') OR (SELECT meetingsvc_told('reviews') = 'y'))"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("case_number", sa.Integer(), nullable=True))
    op.add_column(_TABLE, sa.Column("known_by", sa.Text(), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("told_to", sa.String(16), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("walled", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        _MARKS,
        sa.Column("certificate", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], [f"{_TABLE}.number"], name=op.f(f"fk_{_MARKS}_certificate_{_TABLE}")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f(f"fk_{_MARKS}_area_id_area")),
        sa.PrimaryKeyConstraint("certificate", "mark", name=op.f(f"pk_{_MARKS}")),
    )
    op.create_index(op.f(f"ix_{_MARKS}_area_id_mark"), _MARKS, ["area_id", "mark"])
    if op.get_bind().dialect.name != "postgresql":
        return
    seen = f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_AREA} WHEN 'person' THEN ({_PERSON}) ELSE false END"""
    op.execute(f"ALTER TABLE {_MARKS} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_MARKS} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY need_to_know ON {_MARKS} USING ({seen}) WITH CHECK ({seen})")


def downgrade() -> None:
    op.drop_table(_MARKS)
    for column in ("walled", "told_to", "known_by", "case_number"):
        op.drop_column(_TABLE, column)
