"""To whom a release goes: checked against the people of the case as who asks is (Rulebook X1, F3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, disclosure_clocks, disclosure_people, refusals
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.disclosures import NOT_ALIKE, beside, held, kept_from, match_of
from meetingsvc.usecases.transaction import saved, saved_by
from minutes import disclosure_requester as requester
from notifications.outgoing import Stage, What

KIND = "release"


class KeptFrom(RuleBroken):
    """Nothing of this case may reach who would receive it (Rulebook F3)."""

    def __init__(self, why: str, case_id: UUID) -> None:
        super().__init__(why)
        self.case_id = case_id


def refuse(kept: Kept, recipient: str, built_by: UUID) -> None:
    """Raises KeptFrom where nothing may go to who asks, or to this recipient of what somebody built."""
    with acting.whole_area(kept.row.area_id):
        parties = disclosure_people.parties(kept.case_id)
    known = requester.cleared(recipient, kept.recipients, built_by)
    why = kept_from(kept) or requester.recipient_kept_from(recipient, kept.told, kept.another, parties, known)
    if why:
        raise KeptFrom(why, kept.case_id)


@contextmanager
def told_of(principal: Principal, stage: Stage, now: datetime) -> Iterator[None]:
    """That somebody was kept from it stays, in a transaction of its own: somebody else looks at it (F3)."""
    try:
        yield
    except KeptFrom as why:
        about = frozenset({why.case_id})
        thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC, about)
        with saved(), acting.whole_area(principal.area_id):
            refusals.collided(thing, stage, why.case_id, now)
        raise


def tell_apart(principal: Principal, request_id: UUID, another: str, now: datetime) -> None:
    """Records how somebody who looked knows that who asks is another person, while that is in question."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = held(who, request_id)
        if kept.state.ended or not who.runs_meetings:
            raise RuleBroken("Only who runs the meetings says this, of a request that is open.")
        if match_of(kept) is not requester.Match.LOOK:
            raise RuleBroken(NOT_ALIKE)
        _refuse_unsaid(another)
        told = {"another": another.strip()}
        beside(who, kept, disclosure_clocks.TOLD_APART, "", now, told, "disclosure.step")


def tell_recipient_apart(
    principal: Principal, request_id: UUID, recipient: str, another: str, now: datetime
) -> None:
    """Records how somebody who looked knows that a recipient whose name is alike is another person. It counts
    for a release that somebody else builds (Rulebook F3; security.md B)."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = held(who, request_id)
        if kept.state.ended or not who.runs_meetings:
            raise RuleBroken("Only who runs the meetings says this, of a request that is open.")
        if not recipient.strip() or len(recipient) > requester.NAME_LENGTH:
            raise RuleBroken(f"Enter the recipient, in up to {requester.NAME_LENGTH} characters.")
        with acting.whole_area(who.area_id):
            found = requester.recipient_match(recipient, disclosure_people.parties(kept.case_id))
        if found is requester.Match.KEPT_FROM:
            raise RuleBroken("This recipient is the perpetrator or an associate. Nothing clears it.")
        if found is not requester.Match.LOOK:
            raise RuleBroken("The recipient has no name that could be theirs.")
        _refuse_unsaid(another)
        told = {"recipient": recipient.strip(), "another": another.strip(), "by": str(who.account_id)}
        beside(who, kept, disclosure_clocks.RECIPIENT_APART, "", now, told, "disclosure.step")


def _refuse_unsaid(another: str) -> None:
    if not another.strip() or len(another) > requester.TEXT_LENGTH:
        raise RuleBroken(f"Say how you know it, in up to {requester.TEXT_LENGTH:,} characters.")
