"""The machine door: tokens, what was sent through it, and how often."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

#: Answers quote what a force wrote: the service alone reads them, within their area.
_SEEN = """CASE (SELECT meetingsvc_told('capacity')) WHEN 'service' THEN true
    WHEN 'area' THEN area_id = (SELECT meetingsvc_told('area')::uuid) ELSE false END"""


def upgrade() -> None:
    op.add_column(
        "feed_import", sa.Column("machine", sa.String(length=100), nullable=False, server_default="")
    )
    _tokens()
    _messages()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE feed_message ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE feed_message FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY need_to_know ON feed_message USING ({_SEEN}) WITH CHECK ({_SEEN})")


def _tokens() -> None:
    op.create_table(
        "feed_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("force", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_feed_token_area_id_area")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_feed_token_created_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["account.id"], name=op.f("fk_feed_token_revoked_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_token_digest")),
    )
    op.create_index(op.f("ix_feed_token_area_id"), "feed_token", ["area_id"], unique=False)


def _messages() -> None:
    op.create_table(
        "feed_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_feed_message_area_id_area")),
        sa.ForeignKeyConstraint(
            ["token_id"], ["feed_token.id"], name=op.f("fk_feed_message_token_id_feed_token")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["feed_import.id"], name=op.f("fk_feed_message_import_id_feed_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_message")),
        sa.UniqueConstraint("key", name=op.f("uq_feed_message_key")),
    )
    for column in ("area_id", "received_at", "token_id"):
        op.create_index(op.f(f"ix_feed_message_{column}"), "feed_message", [column], unique=False)


def downgrade() -> None:
    op.drop_table("feed_message")
    op.drop_table("feed_token")
    op.drop_column("feed_import", "machine")
