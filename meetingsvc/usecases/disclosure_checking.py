"""Who asks for what a meeting heard, checked against the people of the case (Rulebook X1, F3).

And against who is kept from any other case of whom it is about. To whom one of those is closed nothing of the
check is said, whatever it finds: that it finds something would tell who stands in a case that is hidden from
them, and so would that it finds nothing. Somebody to whom all of them are open takes it (F3, M6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Details
from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, disclosure_people, restrictions
from meetingsvc.store.details import PartyTold
from meetingsvc.store.disclosure_clocks import RECIPIENT_APART, RECIPIENT_REFUSED, TOLD_APART
from meetingsvc.store.disclosures import Kept, Line
from minutes import disclosure_requester as requester
from minutes.disclosure_about import Watched, watched, watched_kept_from
from minutes.disclosure_requester import KEPT_FROM, Match

NOT_ALIKE = "Who asks has no name that could be theirs, so there is nobody to tell them apart from."
LOGGED_BY_YOU = (
    "You logged this request, so somebody else says how they know that who asks is another person."
)
ANOTHER_TAKES_IT = "Another coordinator or chair must take this."
#: What was done that tells whom somebody could be.
_TELLS = frozenset({TOLD_APART, RECIPIENT_APART, RECIPIENT_REFUSED})


@dataclass(frozen=True, slots=True)
class Against:
    """Whom who asks, and who receives it, is checked against: as far as one person may know of them."""

    cases: Mapping[UUID, Sequence[PartyTold]]
    is_all: bool  # no case of them is closed to that person

    @property
    def parties(self) -> tuple[tuple[Part, Details], ...]:
        """Each under each name that is known."""
        return tuple((one.part, one.details) for there in self.cases.values() for one in there)

    @property
    def known(self) -> frozenset[UUID]:
        """Who of them nothing may reach."""
        every = (one for there in self.cases.values() for one in there)
        return frozenset(one.person_id for one in every if one.part in KEPT_FROM)


def against(who: Principal, kept: Kept) -> Against:
    """The people of the case, and who is kept from each other case of whom it is about that is open to this
    person (Rulebook X1, F3, M6)."""
    with acting.whole_area(kept.row.area_id):
        told = disclosure_people.parties(kept.row.area_id, kept.case_id, kept.told.about)
    others = told.keys() - {kept.case_id}
    seen = {kept.case_id, *(restrictions.may_open_of(who, others) if others else set())}
    return Against({key: there for key, there in told.items() if key in seen}, others <= seen)


def case_of(kept: Kept, there: Against, recipient: str) -> UUID:
    """In which of the cases somebody stands who keeps it from the recipient, else from who asks: in its own
    where that is one of them. What is kept of a refusal is read with that case (M6)."""
    others = [key for key in there.cases if key != kept.case_id]
    for key in (kept.case_id, *others):
        alone = Against({key: there.cases[key]}, True)
        found = requester.recipient_match(recipient, alone.parties) if recipient else _match(kept, alone)
        if found in (Match.KEPT_FROM, Match.LOOK):
            return key
    return kept.case_id


def match_of(who: Principal, kept: Kept) -> Match | None:
    """Who asks, and for whom, checked (Rulebook X1, F3); None to whom that is not said (M6)."""
    there = against(who, kept)
    return _match(kept, there) if there.is_all else None


def _match(kept: Kept, there: Against) -> Match:
    return requester.asker_match(kept.requester, kept.told.organisation, there.parties)


def kept_from(who: Principal, kept: Kept) -> str | None:
    """Why this person can release nothing to who asks, for themselves, for the perpetrator or for a child;
    None where they can."""
    there = against(who, kept)
    if not there.is_all:
        return ANOTHER_TAKES_IT
    with acting.whole_area(kept.row.area_id):
        here = disclosure_people.kept_from_here(kept.case_id)
    if why := requester.about_kept_from(kept.told, here):
        return why
    another = another_of(kept, there)
    told = requester.kept_from(_match(kept, there), another), watched_kept_from(watched_in(kept), another)
    return " ".join(filter(None, told)) or None


def watched_in(kept: Kept) -> Watched:
    """Whether what is held of a child, of the perpetrator or of an associate is asked for (Rulebook F3)."""
    day = local_day(kept.request.received_at)
    with acting.whole_area(kept.row.area_id):
        grown_up = disclosure_people.grown_up(kept.case_id, day)
        here = disclosure_people.kept_from_here(kept.case_id)
    return watched(kept.kind, kept.told.about, grown_up, here)


def to_look(who: Principal, kept: Kept) -> bool:
    """Whether somebody who did not log it has to say that it is not the perpetrator's or an associate's, and
    this person knows of everybody whose it could be."""
    there = against(who, kept)
    return there.is_all and _to_look(kept, _match(kept, there))


def _to_look(kept: Kept, found: Match) -> bool:
    return found is Match.LOOK or (found is not Match.KEPT_FROM and bool(watched_in(kept)))


def may_look(who: Principal) -> bool:
    """Who says it: who runs the meetings, or governs information and may open the case (security.md B)."""
    return who.runs_meetings or who.may(Permission.DISCLOSURE_LOG)


def another_of(kept: Kept, there: Against) -> str:
    """How somebody who did not log the request knows that who asks is none of those who are the perpetrator
    or an associate now; "" where nobody has said it who may know of each of them (Rulebook F3)."""
    return requester.cleared(kept.told.name, kept.apart, kept.request.logged_by, there.known)


def refuse_another(who: Principal, kept: Kept) -> None:
    """Raises RuleBroken where there is nobody to tell who asks apart from, or somebody else has to say it."""
    there = against(who, kept)
    refuse_unseen(there)
    if not _to_look(kept, _match(kept, there)):
        raise RuleBroken(NOT_ALIKE)
    if kept.request.logged_by == who.account_id:
        raise RuleBroken(LOGGED_BY_YOU)


def refuse_unseen(there: Against) -> None:
    """Raises RuleBroken where somebody stands in a case that is closed to this person (F3, M6)."""
    if not there.is_all:
        raise RuleBroken(ANOTHER_TAKES_IT)


def lines_for(who: Principal, kept: Kept) -> tuple[Line, ...]:
    """What was done with it, as this person reads it: of whom somebody was told apart, nothing where they may
    not open every case in which those stand (M6)."""
    if not any(one.what in _TELLS for one in kept.lines) or against(who, kept).is_all:
        return kept.lines
    return tuple(one for one in kept.lines if one.what not in _TELLS)
