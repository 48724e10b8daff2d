"""What who runs the meetings does with a referral that was sent (Rulebook T7, T12)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import days_off, local_day, working_day_from
from agenda.meetings import MeetingKind
from agenda.moves import Who
from agenda.referral_fields import NOTHING
from agenda.referral_sections import BY_ID
from agenda.referral_state import Made, State, Step
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import ReferralCaseRow, ReferralRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, referrals
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import notices, public_referrers, referral_keeping, referral_told, walls
from meetingsvc.usecases.referral_moves import by_a_coordinator, make
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice

_ACTIONS = {
    Step.LIST: "referral.accepted",
    Step.RETURN: "referral.returned",
    Step.LIST_AS_IT_STANDS: "referral.listed_as_it_stands",
}
_SENT_AGAIN = "Its referrer has sent it again since you opened it. Read it as it is now. Nothing was changed."


def accept(principal: Principal, referral_id: UUID, seen: int, now: datetime) -> None:
    """Nothing more is asked of its referrer. It was due on a list before, and still is.

    `seen`: how often it had been sent when it was read; sent again since, it is read again first.
    """
    _move(principal, referral_id, Step.LIST, "", (), now, seen)


def as_it_stands(principal: Principal, referral_id: UUID, reason: str, now: datetime) -> None:
    """The referrer's answer is no longer waited for; it stays on the list it was due to (T12)."""
    _move(principal, referral_id, Step.LIST_AS_IT_STANDS, reason, (), now)


def send_back(
    principal: Principal, referral_id: UUID, fields: Collection[str], reason: str, now: datetime
) -> bool:
    """Back to its referrer with what is missing. Its clock is kept, and so is its place on the list that it
    is due to: it is heard as far as it goes, and what is added to it later is another version (T12, T13).

    False where its referrer, who has no account, is not told of it: they share something with somebody on
    the case (F3).
    """
    known = [name for name in fields if name in asked_of(principal, referral_id)]
    return _move(principal, referral_id, Step.RETURN, reason, known, now)


def keep_addresses(principal: Principal, referral_id: UUID, seen: int, now: datetime) -> None:
    """Where people are found, of a referral that came without an account, goes to its case, sealed: nobody
    but an account can tell a case something (Rulebook R2). With it goes how contact is made, and consent:
    also where a list took the referral before anybody accepted it (T7). As it was sent: what its referrer
    types since, nobody has said."""
    with saved_by(principal, Permission.REFERRAL_DECIDE, now) as who:
        areas.hold(who.area_id)
        row, about = referrals.row_sent(who, referral_id), referrals.cases(who, referral_id)
        if row is None or row.first_sent_at is None:
            raise NotFound
        if row.account_id or not about:
            raise RuleBroken("Its addresses are with the case already.")
        _refuse_unread(referrals.read(who, row), seen)
        case_id = about[0][1]
        with acting.whole_area(who.area_id):
            told = referral_told.as_sent(row, now)
            referral_keeping.keep_addresses(who, row.reference or "", told, case_id, now)
            referral_told.accepted(who, row, now)
        walls.check_cases(who.area_id, [case_id], now)
        audit.record(who.account_id, who.area_id, "referral.addresses_kept", f"referral/{referral_id}", now,
                     case=case_id)  # fmt: skip


def _refuse_unread(referral: Referral, seen: int) -> None:
    if referral.course.sendings != seen:
        raise RuleBroken(_SENT_AGAIN)


def asked_of(principal: Principal, referral_id: UUID) -> dict[str, str]:
    """Every question of this referral that its referrer could be asked again, by its name."""
    found = referrals.sent(principal, referral_id)
    if found is None:
        raise NotFound
    asked: dict[str, str] = {}
    for section in BY_ID.values():
        asked |= {f"{section.id}-{one.id}": f"{section.title}: {one.label}" for one in section.fields}
        for number, _ in enumerate(found.draft.get(section.id, NOTHING).rows, 1):
            for one in section.each.fields if section.each else ():
                asked[f"{section.id}-{number}-{one.id}"] = f"{section.title} {number}: {one.label}"
    return asked


def _move(
    principal: Principal, referral_id: UUID, step: Step, reason: str, fields: Collection[str], now: datetime,
    seen: int | None = None,
) -> bool:  # fmt: skip
    told = True
    with saved_by(principal, Permission.REFERRAL_DECIDE, now) as who:
        areas.hold(who.area_id)
        row = referrals.row_sent(who, referral_id)
        if row is None or row.state == State.DRAFT:
            raise NotFound
        referral = referrals.read(who, row)
        if seen is not None:
            _refuse_unread(referral, seen)
        by_a_coordinator(row, referral, step, who, reason, now, fields)
        case_ids = [case_id for _, case_id in referrals.cases(who, referral_id)]
        if step is Step.LIST and not row.account_id:
            with acting.whole_area(who.area_id):
                referral_told.accepted(who, row, now)
        if step is Step.RETURN and row.account_id:
            _notice(row, row.account_id, case_ids, now)
        elif step is Step.RETURN:
            told = public_referrers.tell(row, now)
        about = {"case": case_ids[0]} if case_ids else {}
        audit.record(who.account_id, who.area_id, _ACTIONS[step], f"referral/{referral_id}", now,
                     questions=len(fields), **about)  # fmt: skip
    return told


def _notice(row: ReferralRow, account_id: UUID, case_ids: list[UUID], now: datetime) -> None:
    """Something waits behind the login; not what (Rulebook S2)."""
    settings = areas.settings_of(areas.by_id(row.area_id))
    day = working_day_from(local_day(now), days_off(settings, holidays.known()))
    waiting = {"panel": MeetingKind.DRAMM, "sits_on": day.isoformat(), "path": f"/referrals/{row.id}"}
    notices.put(row.area_id, account_id, Notice.REFERRAL_RETURNED, waiting, now, about=case_ids)


def listed(area_id: UUID, numbers: Collection[str], now: datetime) -> None:
    """A daily list has considered these entries: what was sent is on a list now, looked at or not (T7).

    One that is with its referrer stays so: the list took it as it stood, and its referrer can still answer.
    Inside the transaction that builds the list.
    """
    with acting.whole_area(area_id):
        about = select(ReferralCaseRow.referral_id).where(
            ReferralCaseRow.area_id == area_id, ReferralCaseRow.occurrence_number.in_(numbers)
        )
        rows = select(ReferralRow).where(ReferralRow.id.in_(about), ReferralRow.state == State.SENT)
        for row in db.session.scalars(rows).all():
            _of_the_list(row, referrals.read(acting.Host(area_id), row), now)


def _of_the_list(row: ReferralRow, referral: Referral, now: datetime) -> None:
    make(row, referral, Made(Step.LIST, max(now, referral.course.since or now), Who.LIST), None)
