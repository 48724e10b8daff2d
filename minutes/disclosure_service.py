"""What the service does with a third party's request by itself, and who runs it is waited for (X1 to X5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from minutes.disclosure import MOVES, Request, State, Step
from minutes.disclosure_decision import Decision, holds
from minutes.disclosure_items import Answer, Item, outstanding


def service_step(
    request: Request,
    decision: Decision | None,
    items: Sequence[Item],
    answers: Sequence[Answer],
    put: frozenset[str] | None = frozenset(),
) -> Step | None:
    """What the service does with a request by itself: it puts it to the chair once every agency has answered,
    and takes it back where an item or an answer changed after a decision, or an item changed or was added
    while it is with the chair (Rulebook X2). `put`: the versions that were put to them unanswered; None where
    nobody knows."""
    if request.state is State.ASKED:
        return None if outstanding(items, answers, again_at(request)) else Step.ALL_ANSWERED
    if request.state in (State.TO_DECIDE, State.NOT_OBJECTED) and not request.ordered:
        return Step.CHANGED if put is not None and unanswered(items, answers) - put else None
    changed = decision is not None and not holds(decision, items, answers)
    if changed and not request.ordered and request.state in MOVES[Step.CHANGED].before:
        return Step.CHANGED
    return None


class Waited(StrEnum):
    """What one person of those who run the meetings is waited for; the value is what pages say."""

    DECISION = "your decision"
    FOLLOWING = "another chair to follow the order, or a coordinator to record it"
    RELEASE = "a second person to release it"


#: Where a chair decides.
_CHAIRS = frozenset({State.TO_DECIDE, State.NOT_OBJECTED, State.ORDERED})


def waited_for(request: Request, person: UUID, *, decides: bool) -> Waited | None:
    """What a request waits for one who runs the meetings to do; who may decide is a chair (X1, X3, X5).

    Who logged it does not decide it, who recorded an order does not follow it, who built a release does not
    release it. What the chair alone takes further is theirs once it was checked who asks. After an objection
    the court is waited for.
    """
    if request.state is State.PREPARED:
        return Waited.RELEASE if person != request.prepared_by else None
    if not decides:
        return None
    if request.state is State.ORDERED and person == request.ordered_by:
        return Waited.FOLLOWING
    theirs = request.state is State.CHECKED and request.kind.goes_to_chair
    waits = (request.state in _CHAIRS or theirs) and person != request.logged_by
    return Waited.DECISION if waits else None


def waits_for_nobody(request: Request, chairs: Iterable[UUID]) -> bool:
    """Whether it is a chair's to decide and none of the `chairs` who could open it may: the only one logged
    it, or there is none (Rulebook X1; security.md B). It is never silent: another one is appointed."""
    theirs = request.state is State.CHECKED and request.kind.goes_to_chair
    decided = [waited_for(request, one, decides=True) is Waited.DECISION for one in chairs]
    return (request.state in _CHAIRS or theirs) and not any(decided)


def released_by_nobody(request: Request, able: Iterable[UUID]) -> bool:
    """Whether it is to be built or released, and of those who are `able` to none are left who may: one builds
    it and another releases it (Rulebook X6; security.md B)."""
    if request.state is State.PREPARED:
        return not set(able) - {request.prepared_by}
    return request.state in MOVES[Step.PREPARE].before and len(set(able)) < 2


def again_at(request: Request) -> datetime | None:
    """When agencies were asked again last, so that what they refused before that waits for them anew (X2)."""
    return request.asked_again.at if request.asked_again else None


def unanswered(items: Iterable[Item], answers: Sequence[Answer]) -> frozenset[str]:
    """The versions that wait for an answer: what the chair is told when a request is put to them."""
    return frozenset(item.version for own in outstanding(items, answers).values() for item in own)
