"""Alembic's environment: runs every migration inside the application's own database connection."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine, text

OWNER = current_app.config["SETTINGS"].owner_url
ENGINE = create_engine(OWNER, poolclass=NullPool) if OWNER else current_app.extensions["migrate"].db.engine
METADATA = current_app.extensions["migrate"].db.metadata


def run() -> None:
    """One transaction for all; two processes that start together take turns."""
    with ENGINE.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(7308)"))
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(7308)"))


run()
