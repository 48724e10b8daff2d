"""Which panels an agency attends, or researches for: a row for each, by the panel's code (Rulebook S3).

The two columns of the agency stay beside it for now, and nothing reads them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"

_COLUMNS = {"DRAMM": "attends_daily", "MARAC": "attends_marac"}
#: Whether the agency of the person attends such a meeting, and it is shared with them (S3, V1).
_ATTENDS = """
    SELECT sits_on >= meetingsvc_told('signed')::date AND (
        (kind = 'DRAMM' AND {daily}) OR (
            kind = 'MARAC' AND {marac} AND state IN ('published', 'heard', 'cancelled')))"""
_BEFORE = {"daily": "meetingsvc_told('daily') = 'y'", "marac": "meetingsvc_told('marac') = 'y'"}
_NOW = dict.fromkeys(_BEFORE, "kind = ANY (string_to_array(meetingsvc_told('attends'), ' '))")


def upgrade() -> None:
    op.create_table(
        "agency_panel",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_panel_agency_id_agency")),
        sa.PrimaryKeyConstraint("agency_id", "code", name=op.f("pk_agency_panel")),
    )
    for code, column in _COLUMNS.items():
        op.execute(f"INSERT INTO agency_panel SELECT id, '{code}' FROM agency WHERE {column}")  # noqa: S608
    _say(_NOW)


def downgrade() -> None:
    for code, column in _COLUMNS.items():
        of = f"SELECT agency_id FROM agency_panel WHERE code = '{code}'"  # noqa: S608
        op.execute(f"UPDATE agency SET {column} = id IN ({of})")  # noqa: S608
    _say(_BEFORE)
    op.drop_table("agency_panel")


def _say(told: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no policies: the fence stands alone
        op.execute(
            "CREATE OR REPLACE FUNCTION meetingsvc_attends(kind text, state text, sits_on date) "
            f"RETURNS boolean LANGUAGE sql STABLE AS $$ {_ATTENDS.format(**told)} $$"
        )
