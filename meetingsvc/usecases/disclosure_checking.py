"""Who asks for what a meeting heard, checked against the people of the case (Rulebook X1, F3).

And against who is kept from any other case of the people whose information it is. To whom one of those is
closed a page says what it would say without it: that the check finds something would tell who stands in a
case that is hidden from them, and so would that somebody else has to look. What grants, builds or releases
anything asks all of them, is refused in the same words whatever they hold, and the refusal is kept with the
case that is closed; somebody to whom all of them are open takes it (F3, M6, V5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from notifications.recipients import Ground

NOT_ALIKE = "Who asks has no name that could be theirs, so there is nobody to tell them apart from."
LOGGED_BY_YOU = (
    "You logged this request, so somebody else says how they know that who asks is another person."
)
ANOTHER_TAKES_IT = "Another coordinator or chair must take this."
#: What was done that tells whom somebody could be.
_TELLS = frozenset({TOLD_APART, RECIPIENT_APART, RECIPIENT_REFUSED})
#: What keeps it from somebody, the surer first.
_FOUND = (Match.KEPT_FROM, Match.LOOK)


class Unseen(RuleBroken):
    """Somebody else takes it: of what it is checked against, cases are closed to this person (F3, M6)."""

    def __init__(self, cases: Mapping[UUID, Ground]) -> None:
        super().__init__(ANOTHER_TAKES_IT)
        self.cases = cases


@dataclass(frozen=True, slots=True)
class Against:
    """Whom who asks, and who receives it, is checked against: as far as one person may know of them."""

    cases: Mapping[UUID, Sequence[PartyTold]]
    #: Those that are closed to that person: for what is kept of a refusal, and never for showing.
    unseen: Mapping[UUID, Sequence[PartyTold]] = field(default_factory=dict)

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
    """The people of the case, and who is kept from each other case of those whose information it is, as far
    as it is open to this person (Rulebook X1, F3, M6)."""
    with acting.whole_area(kept.row.area_id):
        told = disclosure_people.parties(kept.row.area_id, kept.case_id, kept.told.about)
    others = told.keys() - {kept.case_id}
    seen = {kept.case_id, *(restrictions.may_open_of(who, others) if others else set())}
    closed = {key: there for key, there in told.items() if key not in seen}
    return Against({key: there for key, there in told.items() if key in seen}, closed)


def case_of(kept: Kept, there: Against, recipient: str) -> UUID:
    """In which of the cases somebody stands who keeps it from the recipient, else from who asks: the surest,
    and in its own where that is one of them. What is kept of it is read with that case (M6)."""
    others = [key for key in there.cases if key != kept.case_id]
    alone = {key: _found(kept, Against({key: there.cases[key]}), recipient)
             for key in (kept.case_id, *others)}  # fmt: skip
    keeping = (key for one in _FOUND for key, found in alone.items() if found is one)
    return next(keeping, kept.case_id)


def _found(kept: Kept, there: Against, recipient: str) -> Match:
    """The recipient checked, or who asks where there is none."""
    return requester.recipient_match(recipient, there.parties) if recipient.strip() else match_of(kept, there)


def match_of(kept: Kept, there: Against) -> Match:
    """Who asks, and for whom, checked (Rulebook X1, F3)."""
    return requester.asker_match(kept.requester, kept.told.organisation, there.parties)


def kept_from(kept: Kept, there: Against) -> str | None:
    """Why nothing can be released to who asks, for themselves, for the perpetrator or for a child; None where
    it can, as far as one may know of them."""
    with acting.whole_area(kept.row.area_id):
        here = disclosure_people.kept_from_here(kept.case_id)
    if why := requester.about_kept_from(kept.told, here):
        return why
    another = another_of(kept, there)
    told = requester.kept_from(match_of(kept, there), another), watched_kept_from(watched_in(kept), another)
    return " ".join(filter(None, told)) or None


def watched_in(kept: Kept) -> Watched:
    """Whether what is held of a child, of the perpetrator or of an associate is asked for (Rulebook F3)."""
    day = local_day(kept.request.received_at)
    with acting.whole_area(kept.row.area_id):
        grown_up = disclosure_people.grown_up(kept.case_id, day)
        here = disclosure_people.kept_from_here(kept.case_id)
    return watched(kept.kind, kept.told.about, grown_up, here)


def to_look(kept: Kept, there: Against) -> bool:
    """Whether somebody who did not log it has to say that it is not the perpetrator's or an associate's."""
    found = match_of(kept, there)
    return found is Match.LOOK or (found is not Match.KEPT_FROM and bool(watched_in(kept)))


def may_look(who: Principal) -> bool:
    """Who says it: who runs the meetings, or governs information and may open the case (security.md B)."""
    return who.runs_meetings or who.may(Permission.DISCLOSURE_LOG)


def another_of(kept: Kept, there: Against) -> str:
    """How somebody who did not log the request knows that who asks is none of those who are the perpetrator
    or an associate now; "" where nobody has said it who may know of each of them (Rulebook F3)."""
    return requester.cleared(kept.told.name, kept.apart, kept.request.logged_by, there.known)


def refuse_another(who: Principal, kept: Kept) -> Against:
    """Raises RuleBroken where there is nobody to tell who asks apart from, or somebody else has to say it."""
    there = against(who, kept)
    refuse_unseen(kept, there)
    if not to_look(kept, there):
        raise RuleBroken(NOT_ALIKE)
    if kept.request.logged_by == who.account_id:
        raise RuleBroken(LOGGED_BY_YOU)
    return there


def refuse_unseen(kept: Kept, there: Against, recipient: str = "") -> None:
    """Raises Unseen where any case that is looked at is closed to this person, whatever it holds (F3, M6)."""
    if there.unseen:
        raise Unseen({
            key: _ground(kept, Against({key: told}), recipient) for key, told in there.unseen.items()
        })  # fmt: skip


def _ground(kept: Kept, alone: Against, recipient: str) -> Ground:
    """Why it is refused, as who may open that case reads it."""
    found = {match_of(kept, alone), _found(kept, alone, recipient)}
    return Ground.COLLISION if found & set(_FOUND) else Ground.CLOSED


def lines_for(kept: Kept, there: Against) -> tuple[Line, ...]:
    """What was done with it, as one person reads it: of whom somebody was told apart, nothing where those
    stand only in cases that are closed to them (M6)."""
    if not there.unseen:
        return kept.lines
    return tuple(one for one in kept.lines if one.what not in _TELLS or _stands_here(kept, there, one))


def _stands_here(kept: Kept, there: Against, line: Line) -> bool:
    recipient = line.told.get("recipient", "")
    return _found(kept, there, recipient) in _FOUND or (not recipient and bool(watched_in(kept)))
