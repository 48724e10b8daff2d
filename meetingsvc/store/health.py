"""What `doctor` asks of the database."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, text

from meetingsvc.models import AccountRow, AgencyRow, AreaRow, OutboxRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, children_keys, public_letters
from meetingsvc.store.outbox import LEFT_TO_A_PERSON
from meetingsvc.store.rehearsals import REAL
from notifications.messages import Notice

#: What is older has been found out in other ways.
_GIVEN_UP = timedelta(days=14)


def areas_without(role: Role) -> list[str]:
    """The areas in which nobody with that role can sign in."""
    held = (
        select(AgencyRow.area_id)
        .join(AccountRow, AccountRow.agency_id == AgencyRow.id)
        .where(AccountRow.role == role, AccountRow.disabled_at.is_(None))
    )
    rows = select(AreaRow.name).where(AreaRow.id.not_in(held), REAL).order_by(AreaRow.name)
    return list(db.session.scalars(rows))


def areas_without_marac() -> list[str]:
    """The areas for which no day of a MARAC has been set (Rulebook M1)."""
    rows = db.session.execute(select(AreaRow.name, AreaRow.settings).where(REAL).order_by(AreaRow.name))
    return [name for name, settings in rows if not settings.get("marac_anchor")]


def children_not_filed() -> list[tuple[str, int]]:
    """By area, of how many incidents no search finds the children: taken in before children had keys."""
    with acting.service():
        areas = db.session.execute(select(AreaRow.name, AreaRow.id).order_by(AreaRow.name)).all()
        found = [(name, children_keys.count_not_filed(area_id)) for name, area_id in areas]
    return [(name, number) for name, number in found if number]


def urgent_given_up(now: datetime) -> list[tuple[str, int]]:
    """By area, how many urgent messages of the last days were given up, or those that say so: perhaps nobody
    who could mend it was told."""
    row = OutboxRow
    rows = (
        select(AreaRow.name, func.count())
        .join(row, row.area_id == AreaRow.id)
        .where(row.state.in_(LEFT_TO_A_PERSON), row.created_at > now - _GIVEN_UP)
        .where(or_(row.urgent, row.notice == Notice.NOT_SENT))
        .group_by(AreaRow.name)
        .order_by(AreaRow.name)
    )
    return [(name, number) for name, number in db.session.execute(rows)]


def links_given_up(now: datetime) -> list[tuple[str, int]]:
    """The same of links to who refers without an account."""
    return public_letters.given_up(now - _GIVEN_UP)


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
