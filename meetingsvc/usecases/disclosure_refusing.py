"""What is kept of a request that goes to nobody, or not through this person (Rulebook F3, M6, V5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.models import DisclosureStepRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, disclosure_clocks, refusals
from meetingsvc.store import disclosures as store
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases.disclosure_checking import Against, Unseen, case_of
from meetingsvc.usecases.transaction import saved
from minutes import disclosure_requester as requester
from notifications.outgoing import Stage, What
from notifications.recipients import Ground

KIND = "release"


class KeptFrom(RuleBroken):
    """Nothing of this case may reach who would receive it (Rulebook F3)."""

    def __init__(self, why: str, kept: Kept, there: Against, recipient: str = "") -> None:
        super().__init__(why)
        self.request_id, self.recipient = kept.id, recipient.strip()
        self.cases = {case_of(kept, there, recipient): Ground.COLLISION}


@contextmanager
def told_of(principal: Principal, stage: Stage, now: datetime) -> Iterator[None]:
    """That somebody was kept from it, or may not know of all that it is checked against, stays with each case
    by which it is so, in a transaction of its own; and which recipient: somebody else looks at it (F3)."""
    try:
        yield
    except (KeptFrom, Unseen) as why:
        with saved(), acting.whole_area(principal.area_id):
            areas.hold(principal.area_id)
            for case_id, ground in why.cases.items():
                thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC,
                                 frozenset({case_id}))  # fmt: skip
                refusals.kept_back(thing, stage, case_id, ground, now)
            if isinstance(why, KeptFrom):
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
