"""What was refused a recipient, and which cases a message, a pack and a copy are about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("about", sa.JSON(none_as_null=True), nullable=True))
        outbox.add_column(sa.Column("meeting_id", sa.Uuid(), nullable=True))
        outbox.create_foreign_key(op.f("fk_outbox_meeting_id_meeting"), "meeting", ["meeting_id"], ["id"])
    op.add_column("pack", sa.Column("drawn", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("pack", sa.Column("held", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("pack_copy", sa.Column("cases", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.String(length=30), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("outbox_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("seen_by <> account_id", name=op.f("ck_refusal_seen_by_another")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_refusal_account_id_account")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_refusal_area_id_area")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_refusal_case_id_case")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_refusal_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_refusal_outbox_id_outbox")),
        sa.ForeignKeyConstraint(["seen_by"], ["account.id"], name=op.f("fk_refusal_seen_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_account_id"), "refusal", ["account_id"], unique=False)
    op.create_index(op.f("ix_refusal_area_id_at"), "refusal", ["area_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_refusal_area_id_at"), table_name="refusal")
    op.drop_index(op.f("ix_refusal_account_id"), table_name="refusal")
    op.drop_table("refusal")
    op.drop_column("pack_copy", "cases")
    op.drop_column("pack", "held")
    op.drop_column("pack", "drawn")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint(op.f("fk_outbox_meeting_id_meeting"), type_="foreignkey")
        outbox.drop_column("meeting_id")
        outbox.drop_column("about")
