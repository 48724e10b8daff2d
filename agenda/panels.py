"""What a kind of panel is: settings and the name of one rule. Domestic abuse and exploitation alike.

Whoever adds one adds a `Panel` (and the rule by which its lists take what comes in: `panel_rules.py`).
Every number is a setting of the area; the values here are the rulebook's, or practice where it is silent.
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum, StrEnum
from uuid import UUID

from agenda import rhythm
from agenda.agencies import AgencyKind
from agenda.clocks import Length, Unit
from agenda.incidents import Risk
from agenda.meetings import list_address
from agenda.rhythm import EveryDays, OnWeekdays, Rhythm

CODE_LENGTH = 10  # as the meeting keeps it
_CODE = re.compile(f"[A-Z]{{1,{CODE_LENGTH}}}")
NAME_LENGTH = 60


class Family(StrEnum):
    """Panels that belong together. Running one family's opens no case of the other's (Rulebook D1, E4)."""

    ABUSE = "domestic abuse"
    EXPLOITATION = "exploitation"


class Works(StrEnum):
    """How a meeting comes by what it hears."""

    LIST = "list"  # takes what came in since it last sat (Rulebook T1), and what was sent to it
    AGENDA = "agenda"  # hears what other panels sent to it (Rulebook M1)


class Part(IntEnum):
    """The kinds of item of an agenda, in its order (Rulebook E2)."""

    CASE = 1
    CHILD = 2
    PERSON = 3
    PLACE = 4
    GROUP = 5
    THEME = 6

    @property
    def label(self) -> str:
        """As a heading: `Persons of concern`."""
        return _PARTS[self]


_PARTS = {
    Part.CASE: "Cases",
    Part.CHILD: "Children",
    Part.PERSON: "Persons of concern",
    Part.PLACE: "Places",
    Part.GROUP: "Groups and networks",
    Part.THEME: "Themes",
}


@dataclass(frozen=True, slots=True)
class Levels:
    """What a panel calls the three levels of risk (field.md D). They are kept as `Risk`, whose order holds
    everywhere: renaming one neither raises nor lowers anybody."""

    standard: str = "Standard"
    medium: str = "Medium"
    high: str = "High"

    def label(self, level: Risk) -> str:
        """The panel's own word for a level."""
        return {Risk.STANDARD: self.standard, Risk.MEDIUM: self.medium, Risk.HIGH: self.high}[level]


@dataclass(frozen=True, slots=True)
class Panel:
    """A kind of panel as an area has set it."""

    code: str  # kept with each meeting, and never changed
    name: str  # what people say; the area may change it (Rulebook E1)
    family: Family
    works: Works
    rhythm: Rhythm
    starts: time
    hears: tuple[Part, ...]
    takes: str = ""  # the rule by which its list takes what comes in; "" where nothing comes by itself
    cut_off: time = time(8, 0)  # of a list (T1)
    up: str = ""  # the panel above it on the ladder (E1)
    levels: Levels = Levels()
    attends: frozenset[AgencyKind] = frozenset()  # proposed when it is set up; who does is kept by agency
    age_ceiling: int = 0  # years; 0: whatever the age
    transition: Length = Length(6, Unit.MONTHS)  # planned so long before the ceiling (practice)
    review: Length | None = None  # one that stays is heard again within; None: as long as it is open
    notes_for_contributors: bool = False  # E4
    chair_confirms_leaving: bool = True  # of who was at the highest level (practice)

    def day_after(self, day: date, off: AbstractSet[date]) -> date | None:
        """The first day after `day` on which it sits; None where it never does."""
        return rhythm.day_after(self.rhythm, day, off)


_PARTNERS = frozenset(
    {
        AgencyKind.POLICE, AgencyKind.CHILDRENS_SOCIAL_CARE, AgencyKind.HEALTH, AgencyKind.YOUTH_JUSTICE,
        AgencyKind.COMMUNITY_SAFETY, AgencyKind.HOUSING, AgencyKind.EDUCATION, AgencyKind.VOLUNTARY,
    }
)  # fmt: skip
_EXPLOITATION_LEVELS = Levels("Emerging", "Moderate", "Significant")

DRAMM = Panel(
    "DRAMM", "DRAMM", Family.ABUSE, Works.LIST, rhythm.DAILY, time(11), (Part.CASE,), takes="T2", up="MARAC"
)
MARAC = Panel("MARAC", "MARAC", Family.ABUSE, Works.AGENDA, EveryDays(None, 14), time(9, 30), (Part.CASE,))
DREAM = Panel(
    "DREAM", "Daily risk, exploitation and missing meeting", Family.EXPLOITATION, Works.LIST, rhythm.DAILY,
    time(9, 30), (Part.CHILD,), takes="E1", up="ESP", levels=_EXPLOITATION_LEVELS, attends=_PARTNERS,
    age_ceiling=18, review=Length(1, Unit.WORKING_DAYS), notes_for_contributors=True,
)  # fmt: skip
ESP = Panel(
    "ESP", "Exploitation screening panel", Family.EXPLOITATION, Works.AGENDA, OnWeekdays((2,)), time(10),
    (Part.CHILD, Part.PERSON, Part.PLACE, Part.GROUP), up="MACE", levels=_EXPLOITATION_LEVELS,
    attends=_PARTNERS, age_ceiling=18, review=Length(7, Unit.DAYS), notes_for_contributors=True,
)  # fmt: skip
MACE = Panel(
    "MACE", "Missing and child exploitation meeting", Family.EXPLOITATION, Works.AGENDA, EveryDays(None, 28),
    time(10), (Part.CHILD, Part.PERSON, Part.PLACE, Part.GROUP, Part.THEME), levels=_EXPLOITATION_LEVELS,
    attends=_PARTNERS, age_ceiling=18, review=Length(84, Unit.DAYS), notes_for_contributors=True,
)  # fmt: skip
#: Medium risk twice a week in place of the daily list (Rulebook P3); off until an area sets it up.
TRIAGE = Panel(
    "TRIAGE", "Domestic abuse triage", Family.ABUSE, Works.LIST, OnWeekdays((1, 3)), time(10), (Part.CASE,),
    takes="P3", up="MARAC",
    attends=frozenset(
        {AgencyKind.POLICE, AgencyKind.HEALTH, AgencyKind.EDUCATION, AgencyKind.CHILDRENS_SOCIAL_CARE}
    ),
)  # fmt: skip

#: What an area has unless it sets up others; exploitation panels are off until it does.
BUILT_IN: tuple[Panel, ...] = (DRAMM, MARAC)
EXPLOITATION: tuple[Panel, ...] = (DREAM, ESP, MACE)
OFFERED: tuple[Panel, ...] = (*EXPLOITATION, TRIAGE)
#: The codes of those that make lists.
LISTS = frozenset(one.code for one in (*BUILT_IN, *OFFERED) if one.works is Works.LIST)


_OF_CHILDREN = frozenset(one.code for one in EXPLOITATION)


def of_children(code: str) -> bool:
    """Whether a panel of exploitation has this code (Rulebook E1)."""
    return code in _OF_CHILDREN


def page_of(code: str, works: Works, day: date, meeting_id: UUID) -> str:
    """Where a meeting's own page is: of a panel of exploitation, a list, or a MARAC."""
    if of_children(code):
        return f"/panels/{code}/{day.isoformat()}"
    return f"/marac/{meeting_id}" if works is Works.AGENDA else list_address(code, day)


def ladder(panels: Iterable[Panel], family: Family) -> tuple[Panel, ...]:
    """The panels of one family from the lowest up (Rulebook E1); those beside it come first."""
    of = [one for one in panels if one.family is family]
    heights = {one.code: _above(one, {each.code: each for each in of}) for one in of}
    return tuple(sorted(of, key=lambda one: (-heights[one.code], one.code)))


def _above(one: Panel, by_code: Mapping[str, Panel]) -> int:
    """How many panels are above one; a circle is cut, and refused by `problems`."""
    seen = {one.code}
    while one.up in by_code and one.up not in seen:
        seen.add(one.up)
        one = by_code[one.up]
    return len(seen) - 1


def below(panel: Panel, panels: Iterable[Panel]) -> Panel | None:
    """The panel whose ladder leads to this one; of several the first."""
    return next((one for one in panels if one.up == panel.code), None)


def problems(panels: Iterable[Panel], rules: AbstractSet[str]) -> dict[str, str]:
    """What keeps the panels of an area from being set up, by code; empty where nothing does (E1, P3).

    `rules` are those there are (`panel_rules.RULES`).
    """
    told = tuple(panels)
    found: dict[str, str] = {}
    for one in told:
        for why in _problems(one, told, rules):
            found.setdefault(one.code, why)
    return found


def _problems(one: Panel, panels: tuple[Panel, ...], rules: AbstractSet[str]) -> Iterable[str]:
    if not _CODE.fullmatch(one.code):
        yield f"A panel’s code is up to {CODE_LENGTH} capital letters"
    if sum(other.code == one.code for other in panels) > 1:
        yield "Another panel has this code"
    if not 0 < len(one.name.strip()) <= NAME_LENGTH:
        yield f"Enter what the panel is called, in {NAME_LENGTH} characters or fewer"
    if not one.hears:
        yield "Say what the panel hears"
    yield from _rule_problems(one, panels, rules)
    yield from _ladder_problems(one, panels)
    yield from _number_problems(one)


def _rule_problems(one: Panel, panels: tuple[Panel, ...], rules: AbstractSet[str]) -> Iterable[str]:
    if one.works is Works.AGENDA and one.takes:
        yield "An agenda takes what other panels send to it, so it has no rule of its own"
    if one.works is Works.LIST and one.takes not in rules:
        yield "Choose the rule by which its list takes what comes in"
    if one.takes and sum(other.takes == one.takes for other in panels) > 1:
        yield "Another panel takes by the same rule: then nobody knows which of them hears a case"


def _ladder_problems(one: Panel, panels: tuple[Panel, ...]) -> Iterable[str]:
    by_code = {other.code: other for other in panels}
    if one.up and one.up not in by_code:
        yield f"The panel above it, {one.up}, is none of the area’s. Set that one up first"
    elif one.up and by_code[one.up].family is not one.family:
        yield "The panel above it is of another kind of work"
    step = one
    for _ in panels:
        step = by_code.get(step.up, step)
        if step.up == one.code:
            yield "The ladder goes round in a circle"
            return


def _number_problems(one: Panel) -> Iterable[str]:
    planned = one.rhythm.days if isinstance(one.rhythm, OnWeekdays) else (0,)
    if not planned or not set(planned) <= set(rhythm.DAILY.days):
        yield "Choose at least one of the days from Monday to Friday"
    if isinstance(one.rhythm, EveryDays) and not 1 <= one.rhythm.days <= 90:
        yield "It sits every 1 to 90 days"
    if isinstance(one.rhythm, EveryDays) and one.rhythm.anchor is None and one.review:
        yield "Enter a day on which it sits: whoever is sent to it would wait for ever"
    if not 0 <= one.age_ceiling <= 25:
        yield "The age up to which it hears a child is 25 at most"
    if one.age_ceiling and not 1 <= one.transition.count <= 24:
        yield "Transition is planned from 1 to 24 months before"
    if one.review and one.review.count < 1:
        yield "Who stays is heard again"


def removal_problem(waits: bool) -> str | None:
    """Why a panel cannot be taken off an area; None where it can: nobody is left at it (Rulebook E1, T12).

    It says no number: whoever proposes it may not open all that waits (M6).
    """
    return (
        "A meeting of this panel is not over, or somebody waits for one. Decide on each case, and close it, "
        "first"
        if waits
        else None
    )


def fixed(panel: Panel) -> tuple[object, ...]:
    """What an area cannot set of a panel: it says what the panel is."""
    return panel.code, panel.family, panel.works, panel.hears, panel.takes, panel.up
