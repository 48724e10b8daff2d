"""Who asks for what a meeting heard, checked against the people of the case (Rulebook X1, F3)."""

from collections.abc import Collection
from uuid import UUID

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Details
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, disclosure_people
from meetingsvc.store.disclosures import Kept
from minutes import disclosure_requester as requester
from minutes.disclosure_about import Watched, watched, watched_kept_from
from minutes.disclosure_requester import Match

NOT_ALIKE = "Who asks has no name that could be theirs, so there is nobody to tell them apart from."
LOGGED_BY_YOU = (
    "You logged this request, so somebody else says how they know that who asks is another person."
)


def match_of(kept: Kept) -> Match:
    """Who asks, and for whom, checked against the people of the case and who is kept from any other case of
    whom it is about (Rulebook X1, F3)."""
    return requester.asker_match(kept.requester, kept.told.organisation, parties_of(kept))


def kept_from(kept: Kept) -> str | None:
    """Why nothing can be released to who asks, for themselves, for the perpetrator or for a child; None where
    it can."""
    with acting.whole_area(kept.row.area_id):
        here = disclosure_people.kept_from_here(kept.case_id)
    if why := requester.about_kept_from(kept.told, here):
        return why
    another = another_of(kept)
    told = requester.kept_from(match_of(kept), another), watched_kept_from(watched_in(kept), another)
    return " ".join(filter(None, told)) or None


def watched_in(kept: Kept) -> Watched:
    """Whether what is held of a child, of the perpetrator or of an associate is asked for (Rulebook F3)."""
    day = local_day(kept.request.received_at)
    with acting.whole_area(kept.row.area_id):
        grown_up = disclosure_people.grown_up(kept.case_id, day)
        here = disclosure_people.kept_from_here(kept.case_id)
    return watched(kept.kind, kept.told.about, grown_up, here)


def to_look(kept: Kept) -> bool:
    """Whether somebody who did not log it has to say that it is not the perpetrator's or an associate's."""
    found = match_of(kept)
    return found is Match.LOOK or (found is not Match.KEPT_FROM and bool(watched_in(kept)))


def may_look(who: Principal) -> bool:
    """Who says it: who runs the meetings, or governs information and may open the case (security.md B)."""
    return who.runs_meetings or who.may(Permission.DISCLOSURE_LOG)


def another_of(kept: Kept) -> str:
    """How somebody who did not log the request knows that who asks is none of those who are the perpetrator
    or an associate now; "" where nobody has said it (Rulebook F3)."""
    return requester.cleared(kept.told.name, kept.apart, kept.request.logged_by, known_to(kept))


def refuse_another(who: Principal, kept: Kept) -> None:
    """Raises RuleBroken where there is nobody to tell who asks apart from, or somebody else has to say it."""
    if not to_look(kept):
        raise RuleBroken(NOT_ALIKE)
    if kept.request.logged_by == who.account_id:
        raise RuleBroken(LOGGED_BY_YOU)


def parties_of(kept: Kept) -> list[tuple[Part, Details]]:
    """Whom who asks, and who receives it, is checked against."""
    with acting.whole_area(kept.row.area_id):
        return disclosure_people.parties(kept.row.area_id, kept.case_id, kept.told.about)


def known_to(kept: Kept) -> Collection[UUID]:
    """Who of them nothing may reach."""
    with acting.whole_area(kept.row.area_id):
        return disclosure_people.kept_from(kept.row.area_id, kept.case_id, kept.told.about)
