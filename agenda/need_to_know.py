"""Who may open which case: walls, restrictions, openings out of the ordinary (Rulebook M6, security.md B).

A permission says what a role may do; this says on which case. Both must allow.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from agenda.calendar import LONDON, next_working_day, to_utc
from agenda.details import Shared, is_sure
from agenda.rules import RuleBroken

BREAK_GLASS = timedelta(hours=1)
"""How long breaking the glass opens one case (security.md B)."""
TICKET = timedelta(hours=24)
"""How long a ticket opens one case to information governance (security.md B)."""
REASON_LASTS = timedelta(hours=1)
"""How long the reason for reading a closed case is kept: then it is asked for again (security.md A5)."""
SHORTEST_REASON = 10
"""Characters of a reason somebody else has to judge."""
MANY_CASES = 25
MANY_REVEALS = 5  # cases in which what is masked was shown, in as little time
MANY_WITHIN = timedelta(minutes=10)


class WallGround(StrEnum):
    """Why a case does not exist for somebody."""

    PARTY = "party"  # is, or shares details with, somebody on the case
    DECLARED = "declared"  # said that they know somebody on the case


class WallState(StrEnum):
    """A wall stands from when it is found until a second person has looked and lifted it."""

    STANDS = "stands"
    LIFTED = "lifted"


class RestrictionState(StrEnum):
    """How far a proposal to restrict a case is."""

    PROPOSED = "proposed"
    RESTRICTED = "restricted"
    LIFTED = "lifted"
    DECLINED = "declined"


class Hides(StrEnum):
    """From whom a restriction keeps a case, those named on it never among them."""

    NOBODY = ""
    AGENCIES = "agencies"  # whoever does not run the meetings
    UNNAMED = "unnamed"


class OpeningKind(StrEnum):
    """How a case is opened out of the ordinary."""

    BREAK_GLASS = "break-glass"
    TICKET = "ticket"

    @property
    def lasts(self) -> timedelta:
        """How long it opens the case (security.md B)."""
        return {OpeningKind.BREAK_GLASS: BREAK_GLASS, OpeningKind.TICKET: TICKET}[self]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A restriction that the service proposes because a case touches a signatory's staff (Rulebook M6).

    `employer` is the agency that decides what its line managers are told.
    """

    employer: UUID
    is_party: bool
    sure: bool

    @property
    def hides(self) -> Hides:
        """From whom it keeps the case until somebody has decided."""
        return hides(RestrictionState.PROPOSED, self.sure)


def staff_case(found: frozenset[Shared], is_party: bool, employer: UUID, by_account: bool) -> Proposed | None:
    """The restriction to propose for a case that is, or names, a signatory's staff (Rulebook M6).

    `found` is what somebody on the case shares with the member of staff. Where it is sure, and their account
    itself bears that name or e-mail address (`by_account`), the proposal takes effect at once; a name alone,
    or what they only told of themselves, is proposed without effect: nobody hides a case from the agencies by
    telling the victim's name. The member of staff is walled either way.
    """
    return Proposed(employer, is_party, by_account and is_sure(found)) if found else None


def hides(state: RestrictionState, sure: bool) -> Hides:
    """From whom a case is kept: the agencies while proposed and sure, all not named once restricted (M6)."""
    match state:
        case RestrictionState.PROPOSED:
            return Hides.AGENCIES if sure else Hides.NOBODY
        case RestrictionState.RESTRICTED:
            return Hides.UNNAMED
        case RestrictionState.LIFTED | RestrictionState.DECLINED:
            return Hides.NOBODY
        case unknown:
            assert_never(unknown)


def may_open(
    reader_runs_meetings: bool, in_scope: bool, walled: bool, hides: Hides, named: bool, opened: bool
) -> bool:
    """Whether a reader may open a case: need-to-know, the one rule (security.md B; Rulebook M6).

    A wall denies beside every grant, being named and breaking the glass among them. Of a restricted case a
    reader must be named, or run the meetings while it is only proposed; breaking the glass does not help.
    Then the case must be theirs (on a meeting of their agency's, or their area's), or opened to them for now.
    """
    if walled:
        return False
    match hides:
        case Hides.NOBODY:
            return in_scope or opened
        case Hides.AGENCIES:
            return (reader_runs_meetings or named) and (in_scope or opened)
        case Hides.UNNAMED:
            return named and (in_scope or opened)
        case unknown:
            assert_never(unknown)


def second_person(proposed_by: UUID | None, decided_by: UUID) -> None:
    """Raises where the one who decides is the one who proposed (security.md B: proposer never approves).

    What the service found and proposed itself, any one person who may decides.
    """
    if proposed_by == decided_by:
        raise RuleBroken("You proposed this, so another person decides. Nothing changed.")


def reason_to_judge(text: str) -> str:
    """The reason for opening a case out of the ordinary, without blanks around it (security.md B)."""
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise RuleBroken(
            f"Say why you need to open this case, in at least {SHORTEST_REASON} characters. "
            "The chair and information governance read it."
        )
    return reason


def is_closed(days: Iterable[date], waits: bool, today: date, after_days: int) -> bool:
    """Whether a case is closed, so that who reads it says why first (security.md A, scenario 5).

    `days` are those of its meetings and hearings: one is ahead, or not so long ago, and it is current.
    `waits`: it waits for a meeting that has no day yet, or one of its actions is open. A case that no meeting
    was ever about is nobody's work: it is closed too, and no decoy stands out by not being asked about.
    """
    last = max(days, default=date.min)
    return not waits and last < today - timedelta(days=after_days)


def review_due(opened_at: datetime, off: AbstractSet[date]) -> datetime:
    """By when an opening is reviewed: the same time on the next working day (security.md B).

    `off` is `calendar.days_off`: the holidays and the area's own days.
    """
    opened = opened_at.astimezone(LONDON)
    day = next_working_day(opened.date(), off)
    return to_utc(datetime.combine(day, opened.time()))


def too_many(
    opened: Iterable[tuple[datetime, UUID]],
    now: datetime,
    cases: int = MANY_CASES,
    within: timedelta = MANY_WITHIN,
) -> bool:
    """Whether somebody has opened as many different cases in so little time as nobody's work needs.

    A case opened again counts once. Source: security.md A, scenario 5.
    """
    return len({case for at, case in opened if now - within < at <= now}) >= cases


def lado_prompt(works_with_children: bool | None) -> str | None:
    """What the meeting is asked about a party who is a member of staff; None where nothing (Rulebook M6)."""
    if works_with_children is None:
        return (
            "It is not known whether this person works with children. Ask the employing agency; if so, "
            "consider telling the local authority designated officer (LADO)."
        )
    if not works_with_children:
        return None
    return "This person works with children. Consider telling the local authority designated officer (LADO)."
