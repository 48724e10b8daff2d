"""The database's shape: brought up to date by whatever starts first."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import Migrate, upgrade

from meetingsvc.models import Base, db

MIGRATIONS = Path(__file__).parent.parent / "migrations"
migrate = Migrate(directory=str(MIGRATIONS))


def head() -> str:
    """The newest migration this program knows."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if newest is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}: the package was built without them")
    return newest


def current() -> str | None:
    """The migration the database stands at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def bring_up_to_date() -> None:
    """Runs what is missing, and nothing where nothing is. Safe to run twice, and by two processes at once."""
    if current() != head():
        upgrade(directory=str(MIGRATIONS))


def differences() -> list[object]:
    """Where the database is not as the models say."""
    with db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
