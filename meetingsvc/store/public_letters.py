"""Links to who refers without an account that did not leave, for who runs the meetings (Rulebook T7, M6)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from meetingsvc.models import AreaRow, PublicLetterRow, PublicReferralRow, ReferralRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.outbox import State
from meetingsvc.store.scope_referrals import sent_to


@dataclass(frozen=True, slots=True)
class NotSent:
    """One of them: by the references of its referrer's referrals, with neither an address nor a name."""

    references: tuple[str, ...]
    at: datetime
    refused: bool  # at the door, and not by a mail server


def not_sent(who: Principal) -> list[NotSent]:
    """Those that nothing after them made up for, the newest first.

    None of a referrer of whose referrals one is kept from the reader, or who has sent none: that would tell
    of a case, or of whoever typed an address (Rulebook M6, F3).
    """
    row, of, other, hidden = (
        PublicLetterRow,
        PublicReferralRow,
        aliased(PublicReferralRow),
        aliased(ReferralRow),
    )
    open_to = select(ReferralRow.id).where(sent_to(who)).correlate(None)
    kept = exists().where(
        other.referrer_id == row.referrer_id, hidden.id == other.referral_id,
        hidden.first_sent_at.is_not(None), hidden.id.not_in(open_to),
    )  # fmt: skip
    rows = (
        select(row.id, row.created_at, row.state, ReferralRow.reference)
        .join(of, of.referrer_id == row.referrer_id)
        .join(ReferralRow, ReferralRow.id == of.referral_id)
        .where(row.area_id == who.area_id, sent_to(who), ReferralRow.reference.is_not(None), ~kept, _lost())
        .order_by(row.created_at.desc(), row.id, ReferralRow.reference)
    )
    found: dict[tuple[UUID, datetime, str], list[str]] = defaultdict(list)
    for key, at, state, reference in db.session.execute(rows):
        found[key, at, state].append(reference or "")
    return [NotSent(tuple(told), at, state == State.REFUSED) for (_, at, state), told in found.items()]


def given_up(since: datetime) -> list[tuple[str, int]]:
    """By area, how many could not be sent, or were refused though the service itself had something to ask.
    What somebody typed and the door refused is as it should be."""
    row = PublicLetterRow
    ours = or_(row.state == State.FAILED, row.name.is_(None))
    rows = (
        select(AreaRow.name, func.count())
        .join(row, row.area_id == AreaRow.id)
        .where(_lost(), ours, row.created_at > since)
        .group_by(AreaRow.name)
        .order_by(AreaRow.name)
    )
    return [(name, number) for name, number in db.session.execute(rows)]


def _lost() -> ColumnElement[bool]:
    """Not sent, and nothing sent to the same address after it."""
    row, later = PublicLetterRow, aliased(PublicLetterRow)
    since = exists().where(
        later.referrer_id == row.referrer_id, later.created_at > row.created_at, later.state == State.SENT
    )
    return and_(row.state.in_((State.FAILED, State.REFUSED)), ~since)
