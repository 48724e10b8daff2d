"""The database's shape: brought up to date by whatever starts first."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import Migrate, upgrade
from sqlalchemy import create_engine, make_url

from meetingsvc.config import Settings
from meetingsvc.models import Base, db
from meetingsvc.store import acting, fence

__all__ = ["bring_up_to_date", "current", "differences", "fence", "head", "knows", "let_in", "migrate"]
MIGRATIONS = Path(__file__).parent.parent / "migrations"
migrate = Migrate(directory=str(MIGRATIONS))


def head() -> str:
    """The newest migration this program knows."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if newest is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}: the package was built without them")
    return newest


def knows(revision: str) -> bool:
    """Whether this program knows a migration of that name."""
    return revision in {known.revision for known in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def current() -> str | None:
    """The migration the database stands at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up_to_date() -> None:
    """Runs what is missing, and nothing where nothing is. Safe to run twice, and by two processes at once.

    Where a role of PostgreSQL owns the tables, it does this, and lets the service's role read and write rows.
    """
    if current() != head():
        with acting.service():
            upgrade(directory=str(MIGRATIONS))
            let_in(current_app.config["SETTINGS"])


def let_in(settings: Settings) -> None:
    """What the service's own role may do where another owns the tables: rows alone, and no line of the audit
    trail is changed or taken away."""
    role = make_url(settings.database_url).username
    if not settings.owner_url or role == make_url(settings.owner_url).username:
        return
    owner = create_engine(settings.owner_url)
    with owner.begin() as connection:
        name = connection.dialect.identifier_preparer.quote_identifier(role or "")
        for statement in _LET_IN:
            connection.exec_driver_sql(statement.format(name))
    owner.dispose()


_LET_IN = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {}",
    "REVOKE UPDATE, DELETE ON audit FROM {}",
)


def differences() -> list[object]:
    """Where the database is not as the models say."""
    with acting.service(), db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
