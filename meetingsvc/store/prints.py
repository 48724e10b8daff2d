"""What a person may print: what they may read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda import panels
from agenda.panels import Works
from meetingsvc.models import MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import case_page, packs
from meetingsvc.store.scope import meetings_of


def page_of(who: Principal, what: str, key: UUID, now: datetime) -> tuple[str, str, str] | None:
    """The action and subject for the access log, and the page's address; None where it is not theirs."""
    if what == "case" and case_page.case(who, key):
        return "case.printed", f"case/{key}", f"/cases/{key}"
    if what == "pack" and (pack := packs.one(who, key, now)) and not pack.expired:
        return "pack.printed", f"pack/{key}", f"/packs/{key}/read"
    if what == "meeting":
        row = select(MeetingRow.works, MeetingRow.kind, MeetingRow.sits_on).where(
            meetings_of(who), MeetingRow.id == key
        )
        if found := db.session.execute(row).one_or_none():
            daily = found.works == Works.LIST
            page = panels.page_of(found.kind, Works(found.works), found.sits_on, key)
            of_marac = not daily and page.startswith("/marac/")
            return "marac.printed" if of_marac else "list.printed", f"meeting/{key}", page
    return None
