"""Where a person is signed in, and ending that from afar (ASVS 7.5.2)."""

from datetime import datetime, timedelta
from uuid import UUID

from meetingsvc.config import Settings
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import sessions as store
from meetingsvc.store.sessions import Place
from meetingsvc.usecases.transaction import saved_by


def places(principal: Principal, own_key: str, settings: Settings, now: datetime) -> list[Place]:
    """The sessions of a person that have not reached their absolute limit."""
    return store.places_of(principal.account_id, own_key, now - timedelta(hours=settings.session_hours))


def end_one(principal: Principal, session_id: UUID, now: datetime) -> bool:
    """Ends one of one's own sessions; False where one has no such session."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        ended = store.end_one_of(who.account_id, session_id)
        if ended:
            _note(who, 1, now)
    return ended


def end_others(principal: Principal, own_key: str, now: datetime) -> int:
    """Ends every one but that of the key; answers how many."""
    with saved_by(principal, Permission.HOME_READ, now) as who:
        ended = store.end_others_of(who.account_id, own_key)
        _note(who, ended, now)
    return ended


def _note(who: Principal, count: int, now: datetime) -> None:
    audit.record(who.account_id, who.area_id, "sessions.ended", f"account/{who.account_id}", now, count=count)
