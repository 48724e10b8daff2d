"""What `doctor` asks of the database."""

from sqlalchemy import select, text

from meetingsvc.models import AccountRow, AgencyRow, AreaRow, db
from meetingsvc.permissions import Role


def areas_without(role: Role) -> list[str]:
    """The areas in which nobody with that role can sign in."""
    held = (
        select(AgencyRow.area_id)
        .join(AccountRow, AccountRow.agency_id == AgencyRow.id)
        .where(AccountRow.role == role, AccountRow.disabled_at.is_(None))
    )
    rows = select(AreaRow.name).where(AreaRow.id.not_in(held)).order_by(AreaRow.name)
    return list(db.session.scalars(rows))


def areas_without_marac() -> list[str]:
    """The areas for which no day of a MARAC has been set (Rulebook M1)."""
    rows = db.session.execute(select(AreaRow.name, AreaRow.settings).order_by(AreaRow.name))
    return [name for name, settings in rows if not settings.get("marac_anchor")]


def is_superuser() -> bool:
    """Whether the service's PostgreSQL role may do everything, whatever the tables and policies say."""
    return _asks("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def is_owner() -> bool:
    """Whether that role owns the audit trail, and so could take its triggers away."""
    return _asks("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'audit'")


def _asks(question: str) -> bool:
    if db.engine.dialect.name != "postgresql":
        return False
    return bool(db.session.scalar(text(question)))
