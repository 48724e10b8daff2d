"""To whom a release goes: checked against the people of the case as who asks is (Rulebook X1, F3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.models import DisclosureStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, disclosure_clocks, refusals
from meetingsvc.store import disclosures as store
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.recipients import Outgoing
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
from meetingsvc.usecases.disclosures import beside, held
from meetingsvc.usecases.transaction import saved, saved_by
from minutes import disclosure_requester as requester
from minutes.disclosure import Step
from notifications.outgoing import Stage, What

KIND = "release"
NOT_REFUSED = (
    "No release was refused for this recipient as they are written here. Build it for them first; if it is "
    "refused, somebody else says how they know."
)


class KeptFrom(RuleBroken):
    """Nothing of this case may reach who would receive it (Rulebook F3)."""

    def __init__(self, why: str, kept: Kept, there: Against, recipient: str = "") -> None:
        super().__init__(why)
        self.request_id, self.recipient = kept.id, recipient.strip()
        self.case_id = case_of(kept, there, recipient)


def refuse(who: Principal, kept: Kept, recipient: str, built_by: UUID) -> None:
    """Raises KeptFrom where nothing may go to who asks, or to this recipient of what somebody built; and
    RuleBroken, whoever that is, where one of the cases that are looked at is closed to this person (M6)."""
    there = against(who, kept)
    refuse_unseen(there)
    if why := kept_from(who, kept):
        raise KeptFrom(why, kept, there)
    another, known = another_of(kept, there), _known(kept, recipient, built_by, there)
    if why := requester.recipient_kept_from(recipient, kept.told, another, there.parties, known):
        raise KeptFrom(why, kept, there, recipient)


def known_of(who: Principal, kept: Kept, recipient: str, built_by: UUID) -> str:
    """How a second person knows that this recipient is none of those who are the perpetrator or an associate
    now; "" where nobody has said it."""
    return _known(kept, recipient, built_by, against(who, kept))


def _known(kept: Kept, recipient: str, built_by: UUID, there: Against) -> str:
    return requester.cleared(recipient, kept.recipients, built_by, there.known)


@contextmanager
def told_of(principal: Principal, stage: Stage, now: datetime) -> Iterator[None]:
    """That somebody was kept from it stays, in a transaction of its own, and which recipient: somebody
    else looks at it (F3)."""
    try:
        yield
    except KeptFrom as why:
        about = frozenset({why.case_id})
        thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC, about)
        with saved(), acting.whole_area(principal.area_id):
            areas.hold(principal.area_id)
            refusals.collided(thing, stage, why.case_id, now)
            _keep_recipient(principal, why, now)
        raise


def _keep_recipient(principal: Principal, why: KeptFrom, now: datetime) -> None:
    acts, step = store.acts_as(principal), disclosure_clocks.RECIPIENT_REFUSED
    if acts and why.recipient:
        place, told = store.next_place(why.request_id), {"recipient": why.recipient[: requester.NAME_LENGTH]}
        db.session.add(
            DisclosureStepRow(id=uuid4(), area_id=principal.area_id, request_id=why.request_id, place=place,
                              step=step, who=acts, account_id=principal.account_id, at=now, reason="",
                              signed=False, told=told)
        )  # fmt: skip
        db.session.flush()


def tell_apart(principal: Principal, request_id: UUID, another: str, now: datetime) -> None:
    """Records how somebody who looked, and did not log the request, knows that who asks is another person,
    while that is in question (Rulebook F3; security.md B)."""
    with saved_by(principal, Permission.DISCLOSURE_STEP, now) as who:
        kept = held(who, request_id)
        if kept.state.ended or not may_look(who):
            raise RuleBroken(
                "Only who runs the meetings or governs information says this, of a request that is open."
            )
        refuse_another(who, kept)
        _refuse_unsaid(another)
        told = disclosure_following.told_with(who, kept, Step.CHECK, another.strip())
        beside(who, kept, disclosure_clocks.TOLD_APART, "", now, told, "disclosure.step")


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
        refuse_unseen(there)
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
        beside(who, kept, disclosure_clocks.RECIPIENT_APART, "", now, told, "disclosure.step")


def _refuse_unsaid(another: str) -> None:
    if not another.strip() or len(another) > requester.TEXT_LENGTH:
        raise RuleBroken(f"Say how you know it, in up to {requester.TEXT_LENGTH:,} characters.")
