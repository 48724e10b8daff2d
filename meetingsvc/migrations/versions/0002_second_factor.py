"""Second factors, until when a one-time password works, and what was typed when a session fell asleep."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("DELETE FROM session")  # nobody is signed in without a second factor
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("id", sa.Uuid(), nullable=False))
        session.add_column(sa.Column("browser", sa.String(length=60), nullable=False))
        session.add_column(sa.Column("challenge", sa.String(length=100), nullable=True))
        session.create_unique_constraint(op.f("uq_session_id"), ["id"])
    op.add_column("account", sa.Column("password_until", sa.DateTime(timezone=True), nullable=True))
    postgresql = op.get_bind().dialect.name == "postgresql"
    tomorrow = "CURRENT_TIMESTAMP + INTERVAL '24 hours'" if postgresql else "datetime('now', '+24 hours')"
    op.execute(f"UPDATE account SET password_until = {tomorrow} WHERE must_change_password")  # noqa: S608
    op.create_table(
        "totp",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_totp_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_totp")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"], unique=False)
    op.create_index(op.f("ix_draft_kept_at"), "draft", ["kept_at"], unique=False)


def downgrade() -> None:
    for table in ("draft", "passkey", "totp"):
        op.drop_table(table)
    op.drop_column("account", "password_until")
    op.execute("DELETE FROM session")
    with op.batch_alter_table("session") as session:
        session.drop_constraint(op.f("uq_session_id"), type_="unique")
        for column in ("challenge", "browser", "id"):
            session.drop_column(column)
