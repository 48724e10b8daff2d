"""An action typed in one line while the meeting talks: `police: check bail conditions by Friday`."""

import re
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from agenda.agencies import Agency, AgencyKind
from agenda.calendar import next_working_day, working_day_from
from minutes.actions import Category

#: What an action of each kind of agency is usually about (Rulebook A1, D4); a person may choose another.
TYPICAL_CATEGORY: dict[AgencyKind, Category] = {
    AgencyKind.POLICE: Category.PERPETRATOR,
    AgencyKind.PROBATION: Category.PERPETRATOR,
    AgencyKind.PERPETRATOR_PROGRAMME: Category.PERPETRATOR,
    AgencyKind.SUBSTANCE_MISUSE: Category.PERPETRATOR,
    AgencyKind.IDVA_SERVICE: Category.VICTIM,
    AgencyKind.VOLUNTARY: Category.VICTIM,
    AgencyKind.CHILDRENS_SOCIAL_CARE: Category.SAFEGUARDING,
    AgencyKind.ADULT_SOCIAL_CARE: Category.SAFEGUARDING,
    AgencyKind.EDUCATION: Category.SAFEGUARDING,
    AgencyKind.YOUTH_JUSTICE: Category.SAFEGUARDING,
    AgencyKind.HOUSING: Category.OTHER_SUPPORT,
    AgencyKind.HEALTH: Category.OTHER_SUPPORT,
    AgencyKind.MENTAL_HEALTH: Category.OTHER_SUPPORT,
    AgencyKind.COMMUNITY_SAFETY: Category.INFORMATION,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?(?: (\d{4}))?")
_OF_A_DAY = re.compile(  # somebody named a day, and not "by phone"
    rf"\d|\b(?:{'|'.join(_WEEKDAYS)}|january|february|march|april|may|june|july|august|september|october"
    "|november|december|yesterday|today|tonight|tomorrow|weekend|week|month|year)\\b"
)
_IN_DAYS = re.compile(r"in (\d{1,2}) (working )?days?")
#: How people call an agency of a kind besides its name.
_KNOWN_AS: dict[AgencyKind, tuple[str, ...]] = {
    AgencyKind.CHILDRENS_SOCIAL_CARE: ("csc", "children", "childrens", "front door", "children's services"),
    AgencyKind.ADULT_SOCIAL_CARE: ("asc", "adults", "adult safeguarding"),
    AgencyKind.IDVA_SERVICE: ("idva", "idvas"),
    AgencyKind.SUBSTANCE_MISUSE: ("drugs and alcohol", "substance"),
    AgencyKind.EDUCATION: ("school", "schools"),
    AgencyKind.YOUTH_JUSTICE: ("yjs", "yot", "youth offending"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood, for a person to confirm; `problems` says what was not."""

    owner_id: UUID | None
    what: str
    due: date | None
    unread: str = ""  # what stands for a day and is none to come: no other day is put in its place
    problems: tuple[str, ...] = ()


def parse(text: str, agencies: Sequence[Agency], today: date, days_off: AbstractSet[date]) -> Typed:
    """Owner, what is to be done, and by when, of one line (Rulebook A1).

    The owner stands before a colon, the day after a last "by"; what cannot be read stays in the text, and is
    said. A weekday is the next one after today, and a day without an office moves to the next working day.
    """
    line = " ".join(text.split())
    called, colon, rest = line.partition(":")
    owners = _called(called, agencies) if colon else []
    what, due, unread = _apart((rest if colon and owners else line).strip(), today, days_off)
    problems = _problems(called.strip(), bool(colon), owners, what)
    if unread:
        problems.append(f"“{unread}” is not understood as a day to come: enter the due date")
    return Typed(owners[0].id if len(owners) == 1 else None, what[:1].upper() + what[1:], due, unread,
                 tuple(problems))  # fmt: skip


def _problems(called: str, colon: bool, owners: Sequence[Agency], what: str) -> list[str]:
    found = []
    if not colon:
        found.append("Choose the agency that owns the action. In one line: police: check bail by Friday")
    elif not owners:
        found.append(f"No agency here is called “{called}”: choose the one that owns the action")
    elif len(owners) > 1:
        names = ", ".join(one.name for one in owners[:4])
        found.append(f"“{called}” may be {names}: choose the one that owns the action")
    if not what:
        found.append("Enter what is to be done")
    return found


def _called(name: str, agencies: Sequence[Agency]) -> list[Agency]:
    """Those of that name; else those of that kind; else those whose name has the words."""
    said = name.strip().casefold()
    if not said:
        return []
    for fits in (_is_named, _is_of_kind, _has_words):
        if found := [agency for agency in agencies if fits(agency, said)]:
            return found
    return []


def _is_named(agency: Agency, said: str) -> bool:
    return agency.name.casefold() == said


def _is_of_kind(agency: Agency, said: str) -> bool:
    known: Collection[str] = (agency.kind.value, *_KNOWN_AS.get(agency.kind, ()))
    return said in known


def _has_words(agency: Agency, said: str) -> bool:
    words = agency.name.casefold().split()
    return all(any(word.startswith(part) for word in words) for part in said.split())


def _apart(text: str, today: date, days_off: AbstractSet[date]) -> tuple[str, date | None, str]:
    """What is to be done, and the day that the last "by" names; none where it names no day, or none to come,
    which is said."""
    unread = ""
    for found in reversed(list(re.finditer(r"(?:^|[ ,])by (?=\S)", text, re.IGNORECASE))):
        said = text[found.end() :].rstrip(" .")
        if due := day_said(said, today, days_off):
            return text[: found.start()].rstrip(" ,."), due, ""
        if not unread and _OF_A_DAY.search(said.casefold()):
            unread = said
    return text.rstrip(" ."), None, unread


def day_said(text: str, today: date, days_off: AbstractSet[date]) -> date | None:
    """The day that words name, from today on: `Friday`, `tomorrow`, `27/11`, `3 December`, `in 5 days`."""
    said = text.casefold().removeprefix("the ").strip()
    if said in ("today", "tomorrow"):
        return working_day_from(today + timedelta(days=said == "tomorrow"), days_off)
    weekday = said.removeprefix("next ").removeprefix("this ")
    if weekday in _WEEKDAYS:
        ahead = (_WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1
        return working_day_from(today + timedelta(days=ahead), days_off)
    if found := _IN_DAYS.fullmatch(said):
        return _in_days(int(found[1]), bool(found[2]), today, days_off)
    if found := _NUMBERS.fullmatch(said):
        year = int(found[3]) if found[3] else None
        return _day(int(found[1]), int(found[2]), year, today)
    if (found := _NAMED.fullmatch(said)) and found[2][:3] in _MONTHS:
        year = int(found[3]) if found[3] else None
        return _day(int(found[1]), _MONTHS.index(found[2][:3]) + 1, year, today)
    return None


def _in_days(count: int, working: bool, today: date, days_off: AbstractSet[date]) -> date:
    if not working:
        return working_day_from(today + timedelta(days=count), days_off)
    day = today
    for _ in range(count):
        day = next_working_day(day, days_off)
    return day


def _day(number: int, month: int, year: int | None, today: date) -> date | None:
    """Without a year, the next such day; None where there is none."""
    years = [year + 2000 if year < 100 else year] if year else [today.year, today.year + 1]
    for one in years:
        try:
            day = date(one, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    return None
