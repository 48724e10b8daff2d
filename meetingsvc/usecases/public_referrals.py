"""The referrals of who has no account: their own alone, in the name of the address they confirmed (T7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.referral_fields import NOTHING, Answers
from meetingsvc.models import PublicReferralRow, ReferralCaseRow, db
from meetingsvc.store import acting, areas, audit, referral_texts, referrals
from meetingsvc.store import public_referrers as store
from meetingsvc.store.public_referrers import Own, Referrer
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import referral_drafts, referral_told
from meetingsvc.usecases.public_referrers import PUBLIC_FORM
from meetingsvc.usecases.referral_drafts import Work
from meetingsvc.usecases.referral_sending import Unfit
from meetingsvc.usecases.transaction import saved

_ANOTHER = "This must be the address you confirmed. To use another one, start again from that address"


def mine(referrer: Referrer) -> list[Own]:
    """This address's own referrals."""
    with acting.whole_area(referrer.area_id):
        return store.own(referrer)


def begin(referrer: Referrer, now: datetime) -> UUID:
    """A new draft, bound to the confirmed address; that they were told to act now is recorded (T7, E3)."""
    with saved(), acting.whole_area(referrer.area_id):
        row = referral_drafts.new_row(referrer.area_id, now, None)
        known = {"name": referrer.name, "agency": referrer.agency, "email": referrer.email}
        referral_texts.write(row, {"referrer": Answers(known)}, now)
        db.session.add(row)
        db.session.flush()
        db.session.add(PublicReferralRow(referral_id=row.id, area_id=row.area_id, referrer_id=referrer.id))
        audit.record(PUBLIC_FORM, row.area_id, "referral.begun", f"referral/{row.id}", now)
        return row.id


@contextmanager
def opened(referrer: Referrer, referral_id: UUID, now: datetime) -> Iterator[Work]:
    """One's own, to be changed. Raises NotFound for anybody else's, as for none."""
    with saved(), acting.whole_area(referrer.area_id):
        yield _own(referrer, referral_id)


@contextmanager
def sending(referrer: Referrer, referral_id: UUID, now: datetime) -> Iterator[Work]:
    """The same, to be sent in the name of the address that was confirmed. Raises Unfit for another."""
    with saved(), acting.whole_area(referrer.area_id):
        areas.hold(referrer.area_id)
        work = _own(referrer, referral_id)
        email = work.referral.draft.get("referrer", NOTHING).fields.get("email", "")
        if email.strip().lower() != referrer.email:
            raise Unfit({"referrer-email": _ANOTHER})
        yield work
        if work.row.reference:
            _keep_consent(work, f"referral {work.row.reference}", now)


def _own(referrer: Referrer, referral_id: UUID) -> Work:
    host = acting.Host(referrer.area_id)
    row = referrals.row_of(host, referral_id) if store.is_own(referrer, referral_id) else None
    if row is None:
        raise NotFound
    return Work(row, referrals.read(host, row), None)


def read(referrer: Referrer, referral_id: UUID) -> Referral | None:
    """One's own, to be shown."""
    with acting.whole_area(referrer.area_id):
        if not store.is_own(referrer, referral_id):
            return None
        return referrals.one(acting.Host(referrer.area_id), referral_id)


def note_opened(referrer: Referrer, referral_id: UUID, now: datetime) -> None:
    """Who opens one leaves a trace, with an account or without (Rulebook V5)."""
    with saved():
        audit.record(PUBLIC_FORM, referrer.area_id, "referral.own_read", f"referral/{referral_id}", now,
                     public_referrer=referrer.id)  # fmt: skip


def _keep_consent(work: Work, source: str, now: datetime) -> None:
    """A line of the history of each of its cases; it stands for nothing until it is accepted (K1, T7)."""
    rows = select(ReferralCaseRow.case_id).where(ReferralCaseRow.referral_id == work.row.id).distinct()
    host, sent = acting.Host(work.row.area_id), referral_told.as_sent(work.row, now)
    for case_id in db.session.scalars(rows).all():
        referral_told.keep_consent(host, case_id, sent, source, now)
