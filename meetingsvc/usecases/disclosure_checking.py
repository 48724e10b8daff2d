"""Who asks for what a meeting heard, checked against the people of the case (Rulebook X1, F3)."""

from collections.abc import Collection
from uuid import UUID

from agenda.rules import RuleBroken
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, disclosure_people
from meetingsvc.store.disclosures import Kept
from minutes import disclosure_requester as requester
from minutes.disclosure_requester import Match

NOT_ALIKE = "Who asks has no name that could be theirs, so there is nobody to tell them apart from."
LOGGED_BY_YOU = (
    "You logged this request, so somebody else says how they know that who asks is another person."
)


def match_of(kept: Kept) -> Match:
    """Who asks, checked against the people of the case (Rulebook X1, F3)."""
    with acting.whole_area(kept.row.area_id):
        return requester.match(kept.requester, disclosure_people.parties(kept.case_id))


def kept_from(kept: Kept) -> str | None:
    """Why nothing can be released to who asks, for themselves or for the perpetrator; None where it can."""
    about = requester.about_kept_from(kept.told, _known(kept))
    return about or requester.kept_from(match_of(kept), another_of(kept))


def another_of(kept: Kept) -> str:
    """How somebody who did not log the request knows that who asks is none of those who are the perpetrator
    or an associate now; "" where nobody has said it (Rulebook F3)."""
    return requester.cleared(kept.told.name, kept.apart, kept.request.logged_by, _known(kept))


def refuse_another(who: Principal, kept: Kept) -> None:
    """Raises RuleBroken where there is nobody to tell who asks apart from, or somebody else has to say it."""
    if match_of(kept) is not Match.LOOK:
        raise RuleBroken(NOT_ALIKE)
    if kept.request.logged_by == who.account_id:
        raise RuleBroken(LOGGED_BY_YOU)


def _known(kept: Kept) -> Collection[UUID]:
    with acting.whole_area(kept.row.area_id):
        return disclosure_people.kept_from(kept.case_id)
