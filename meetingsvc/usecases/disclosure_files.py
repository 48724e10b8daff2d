"""The file of a release: taken away by who runs the meetings to hand it over, and gone again (X6, S3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.meetings import MeetingKind
from meetingsvc import mail
from meetingsvc.models import DisclosureReleaseRow, DisclosureRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit
from meetingsvc.store import disclosures as requests
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope_disclosures import releases_of
from meetingsvc.usecases.area_by_area import WORKER
from meetingsvc.usecases.disclosure_recipients import refuse
from meetingsvc.usecases.disclosure_refusing import KIND, told_of
from meetingsvc.usecases.disclosures import noted
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.outgoing import Stage, What


def thing_for(who: Principal, kept: Kept) -> Outgoing:
    """A release as the door is asked about it."""
    about = frozenset({kept.case_id})
    return Outgoing(who.area_id, who.account_id, What.FILE, KIND, MeetingKind.MARAC, about)


@contextmanager
def asked_by(principal: Principal, now: datetime) -> Iterator[Principal]:
    """As `saved_by`; who may take nothing away any more is turned away, and that is kept."""
    try:
        with saved_by(principal, Permission.DISCLOSURE_RELEASE, now) as who:
            yield who
    except Forbidden:
        thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC)
        with saved(), acting.whole_area(principal.area_id):
            mail.dispatch(thing, Stage.DOWNLOAD, now)
        raise


def fetch(principal: Principal, release_id: UUID, now: datetime) -> bytes | None:
    """The bytes of what was released, to hand over, counted; None once its time is over.

    Whether the person may have the case is asked again here (Rulebook V1, F3, M6).
    """
    with told_of(principal, Stage.DOWNLOAD, now), asked_by(principal, now) as who:
        areas.hold(who.area_id)
        row = DisclosureReleaseRow
        mine = select(row, row.content).where(releases_of(who), row.id == release_id)
        found = db.session.execute(mine.where(row.released_at.is_not(None))).one_or_none()
        kept = requests.one(who, found[0].request_id) if found else None
        if found is None or kept is None:
            raise NotFound
        one, content = found
        if content is None or one.expires_at is None or one.expires_at <= now:
            return None
        refuse(who, kept, one.recipient, one.prepared_by)
        if mail.dispatch(thing_for(who, kept), Stage.DOWNLOAD, now) is None:
            return None
        with acting.whole_area(who.area_id):
            one.fetches, one.fetched_at = one.fetches + 1, one.fetched_at or now
            db.session.flush()
        noted(who, kept, "disclosure.fetched", now, release=one.id)
        return bytes(content)


def expire(now: datetime) -> int:
    """Deletes what was released past its last day; the register stays (S3, X6)."""
    row = DisclosureReleaseRow
    with saved(), acting.service():
        over = select(row.id, row.area_id, DisclosureRow.case_id)
        over = over.join(DisclosureRow, DisclosureRow.id == row.request_id)
        due = db.session.execute(over.where(row.expires_at <= now, row.content.is_not(None))).all()
        for key, area_id, case_id in due:
            db.session.execute(update(row).where(row.id == key).values(content=None))
            audit.record(WORKER, area_id, "disclosure.expired", f"disclosure_release/{key}", now,
                         case=case_id)  # fmt: skip
    return len(due)
