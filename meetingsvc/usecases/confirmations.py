"""Answering for one's agency about update-only cases before a MARAC (Rulebook C3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from agenda import confirmations as rules
from agenda.confirmations import Said, Told
from agenda.rules import RuleBroken
from meetingsvc.models import ConfirmationRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit
from meetingsvc.store import confirmations as store
from meetingsvc.store import disclosure_updates as updates
from meetingsvc.store.confirmations import Box
from meetingsvc.usecases.marac import found, move_to_discussion, standing
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by


@dataclass(slots=True)
class Sent:
    """What came of it: of how many cases each was said."""

    confirmed: int = 0
    not_confirmed: int = 0


def answer(principal: Principal, meeting_id: UUID, told: Mapping[UUID, Told], now: datetime) -> Sent:
    """Keeps what an agency says of each case. One it does not confirm moves to discussion at once (C3).

    All or nothing. A case that is hidden by now is left out, as one that is not there. What was said already
    changes nothing. Raises RuleBroken once the meeting is over, or where a reason is missing.
    """
    with saved_by(principal, Permission.CONFIRM_SEND, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        if problem := rules.answer_problem(standing(meeting, now), meeting.ended_at is not None):
            raise RuleBroken(problem)
        sent, at = Sent(), max(now, updates.weighed_last(who.area_id) or now)  # who weighed had not seen it
        for box in store.boxes(who, meeting_id):
            one = told.get(box.line.item_id)
            if one is None or one.said is Said.LATER or _says_so(box, one):
                continue
            if problem := rules.reason_problem(one):
                raise RuleBroken(problem + ".")
            _keep(who, meeting, box, one, at)
            sent.confirmed += one.said is Said.CONFIRMED
            sent.not_confirmed += one.said is Said.NOT_CONFIRMED
        return sent


def _says_so(box: Box, one: Told) -> bool:
    return box.mine is not None and (box.mine.said, box.mine.reason) == (one.said, one.reason.strip())


def _keep(who: Principal, meeting: MeetingRow, box: Box, one: Told, now: datetime) -> None:
    item_id, confirmed = box.line.item_id, one.said is Said.CONFIRMED
    db.session.add(
        ConfirmationRow(id=uuid4(), area_id=who.area_id, item_id=item_id, agency_id=who.agency_id,
                        confirmed=confirmed, reason="" if confirmed else one.reason.strip(), author=who.name,
                        said_by=who.account_id, said_at=now)
    )  # fmt: skip
    db.session.flush()
    audit.record(who.account_id, who.area_id, "confirmation.sent", f"item/{item_id}", now,
                 meeting=meeting.id, said=one.said.value)  # fmt: skip
    if not confirmed:
        _discuss(who, meeting, item_id, one.reason, now)


def _discuss(who: Principal, meeting: MeetingRow, item_id: UUID, reason: str, now: datetime) -> None:
    """To discussion, or a further reason beside the first where it is discussed already."""
    with acting.whole_area(who.area_id):
        line = db.session.get_one(ItemRow, item_id)
        said = rules.moved_words(who.agency_name, reason, line.moved_reason)
        if line.moved_reason:
            line.moved_reason = said
        else:
            move_to_discussion(who, meeting.id, line, said, now)
