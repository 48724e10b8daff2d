"""Missing episodes of children, and the question of immediate risk before each (Rulebook E1, E3).

Every version stays; one of each reference is current. Read by who runs the panels of exploitation, and by the
agency that told of it, where the child's case is not kept from them. Files of episodes, and the rows of them
that were rejected, are kept from who runs no such panel.
"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"

_EPISODE, _ASKED, _IMPORT = "missing_episode", "immediate_asked", "feed_import"
_MINE = "area_id = (SELECT meetingsvc_told('area')::uuid)"
_PANELS = "(SELECT meetingsvc_told('runs') = 'y')"
_FAMILY = """(SELECT 'exploitation' = ANY (string_to_array(meetingsvc_told('families'), ',')))"""
_AGENCY = "agency_id = (SELECT nullif(meetingsvc_told('agency'), '')::uuid)"
_UNDER = "EXISTS (SELECT 1 FROM {0} parent WHERE parent.id = {1}.{2})"
_OF_REFERRAL = _UNDER.format("exploitation_referral", _ASKED, "referral_id")
_OF_EPISODE = _UNDER.format(_EPISODE, _ASKED, "episode_id")
_SEEN = f"""{_MINE} AND {_FAMILY} AND ({_PANELS} OR {_AGENCY})
    AND case_id NOT IN (SELECT meetingsvc_kept())"""
_NOW = {
    _ASKED: f"{_MINE} AND ({_OF_REFERRAL} OR {_OF_EPISODE})",
    _IMPORT: f"{_MINE} AND {_PANELS} AND (kind <> 'episodes' OR {_FAMILY})",
}
_BEFORE = {
    _ASKED: f"{_MINE} AND {_OF_REFERRAL}",
    _IMPORT: f"{_MINE} AND {_PANELS}",
}
_OF_ONE = "(referral_id IS NULL) <> (episode_id IS NULL)"


def _when() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    _episodes()
    _asked_of_either()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {_EPISODE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {_EPISODE} FORCE ROW LEVEL SECURITY")
        policy = _policy(_SEEN)
        op.execute(f"CREATE POLICY need_to_know ON {_EPISODE} USING ({policy}) WITH CHECK ({policy})")
        _say(_NOW)


def _policy(person: str) -> str:
    return f"""CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
        WHEN 'area' THEN {_MINE} WHEN 'person' THEN ({person}) ELSE false END"""


def _say(policies: dict[str, str]) -> None:
    for table, person in policies.items():
        policy = _policy(person)
        op.execute(f"ALTER POLICY need_to_know ON {table} USING ({policy}) WITH CHECK ({policy})")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _episodes() -> None:
    op.create_table(
        _EPISODE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("said_at", _when(), nullable=False),
        sa.Column("told_at", _when(), nullable=False),
        sa.Column("child", sa.String(201), nullable=False),
        sa.Column("missing_from", _when(), nullable=False),
        sa.Column("reported_at", _when(), nullable=False),
        sa.Column("returned_at", _when(), nullable=True),
        sa.Column("from_where", sa.String(400), nullable=False),
        sa.Column("found_where", sa.String(400), nullable=False),
        sa.Column("interviewed_at", _when(), nullable=True),
        sa.Column("refused", sa.String(400), nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "returned_at IS NULL OR returned_at >= missing_from", name=op.f(f"ck_{_EPISODE}_returned_after")
        ),
        *(_key(_EPISODE, f"{other}_id", other) for other in ("area", "case", "account", "agency")),
        _key(_EPISODE, "import_id", _IMPORT),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_EPISODE}")),
        sa.UniqueConstraint(
            "area_id", "reference", "version", name=op.f(f"uq_{_EPISODE}_area_id_reference_version")
        ),
    )
    op.create_index(op.f(f"ix_{_EPISODE}_area_id_current"), _EPISODE, ["area_id", "current"])
    op.create_index(op.f(f"ix_{_EPISODE}_case_id"), _EPISODE, ["case_id"])
    op.create_index(op.f(f"ix_{_EPISODE}_import_id"), _EPISODE, ["import_id"])


def _asked_of_either() -> None:
    with op.batch_alter_table(_ASKED) as table:
        table.alter_column("referral_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("episode_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f(f"fk_{_ASKED}_episode_id_{_EPISODE}"), _EPISODE, ["episode_id"], ["id"])
        table.create_check_constraint(op.f(f"ck_{_ASKED}_of_one"), sa.text(_OF_ONE))
    op.create_index(op.f(f"ix_{_ASKED}_episode_id"), _ASKED, ["episode_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _say(_BEFORE)
    op.execute("DELETE FROM immediate_asked WHERE referral_id IS NULL")
    op.drop_index(op.f(f"ix_{_ASKED}_episode_id"), table_name=_ASKED)
    with op.batch_alter_table(_ASKED) as table:
        table.drop_constraint(op.f(f"ck_{_ASKED}_of_one"), type_="check")
        table.drop_constraint(op.f(f"fk_{_ASKED}_episode_id_{_EPISODE}"), type_="foreignkey")
        table.drop_column("episode_id")
        table.alter_column("referral_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table(_EPISODE)
