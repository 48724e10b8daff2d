"""To whom a release goes: checked against the people of the case as who asks is (Rulebook X1, F3)."""

from datetime import datetime
from uuid import UUID

from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import disclosure_clocks
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_following
from meetingsvc.usecases.disclosure_checking import (
    Against,
    against,
    another_of,
    case_of,
    kept_from,
    may_look,
    refuse_another,
    refuse_unseen,
)
from meetingsvc.usecases.disclosure_refusing import KeptFrom, told_of
from meetingsvc.usecases.disclosures import beside, held
from meetingsvc.usecases.transaction import saved_by
from minutes import disclosure_requester as requester
from minutes.disclosure import Step
from notifications.outgoing import Stage

NOT_REFUSED = (
    "No release was refused for this recipient as they are written here. Build it for them first; if it is "
    "refused, somebody else says how they know."
)


def refuse(who: Principal, kept: Kept, recipient: str, built_by: UUID) -> Against:
    """Raises KeptFrom where nothing may go to who asks, or to this recipient of what somebody built; and
    Unseen, whoever that is, where one of the cases that are looked at is closed to this person (M6)."""
    there = against(who, kept)
    refuse_unseen(kept, there, recipient)
    refuse_known(kept, there, recipient, built_by)
    return there


def refuse_known(kept: Kept, there: Against, recipient: str, built_by: UUID) -> None:
    """The same, as far as one may know of the cases: for a page."""
    if why := kept_from(kept, there):
        raise KeptFrom(why, kept, there)
    another, known = another_of(kept, there), known_of(kept, there, recipient, built_by)
    if why := requester.recipient_kept_from(recipient, kept.told, another, there.parties, known):
        raise KeptFrom(why, kept, there, recipient)


def known_of(kept: Kept, there: Against, recipient: str, built_by: UUID) -> str:
    """How a second person knows that this recipient is none of those who are the perpetrator or an associate
    now; "" where nobody has said it."""
    return requester.cleared(recipient, kept.recipients, built_by, there.known)


def tell_apart(principal: Principal, request_id: UUID, another: str, now: datetime) -> None:
    """Records how somebody who looked, and did not log the request, knows that who asks is another person,
    while that is in question (Rulebook F3; security.md B)."""
    with told_of(principal, Stage.BUILD, now), saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = held(who, request_id)
        if kept.state.ended or not may_look(who):
            raise RuleBroken(
                "Only who runs the meetings or governs information says this, of a request that is open."
            )
        there = refuse_another(who, kept)
        _refuse_unsaid(another)
        told = disclosure_following.told_with(who, kept, Step.CHECK, another.strip())
        beside(who, kept, disclosure_clocks.TOLD_APART, "", now, told, "disclosure.step",
               case_of(kept, there, ""))  # fmt: skip


def tell_recipient_apart(
    principal: Principal, request_id: UUID, recipient: str, another: str, now: datetime
) -> None:
    """Records how somebody who looked knows that a recipient whose name is alike is another person. It
    counts for a release that somebody else builds (Rulebook F3; security.md B), until a further associate or
    perpetrator is known.

    Only of one who was refused: whose name or number a line is, nobody learns here without a trace.
    """
    told_apart = told_of(principal, Stage.BUILD, now)
    with told_apart, saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = held(who, request_id)
        if kept.state.ended or not who.runs_meetings:
            raise RuleBroken("Only who runs the meetings says this, of a request that is open.")
        there = against(who, kept)
        refuse_unseen(kept, there, recipient)
        if not recipient.strip() or len(recipient) > requester.NAME_LENGTH:
            raise RuleBroken(f"Enter the recipient, in up to {requester.NAME_LENGTH} characters.")
        if not any(requester.same_line(one, recipient) for one in kept.refused):
            raise RuleBroken(NOT_REFUSED)
        found = requester.recipient_match(recipient, there.parties)
        if found is requester.Match.KEPT_FROM:
            why = "This recipient is the perpetrator or an associate. Nothing clears it."
            raise KeptFrom(why, kept, there, recipient)
        if found is not requester.Match.LOOK:
            raise RuleBroken("The recipient has no name that could be theirs.")
        _refuse_unsaid(another)
        told = {"recipient": recipient.strip(), "another": another.strip(), "by": str(who.account_id),
                "from": sorted(map(str, there.known))}  # fmt: skip
        beside(who, kept, disclosure_clocks.RECIPIENT_APART, "", now, told, "disclosure.step",
               case_of(kept, there, recipient))  # fmt: skip


def _refuse_unsaid(another: str) -> None:
    if not another.strip() or len(another) > requester.TEXT_LENGTH:
        raise RuleBroken(f"Say how you know it, in up to {requester.TEXT_LENGTH:,} characters.")
