"""A referral while it is written: nothing typed is lost, what is missing is said in words (Rulebook T7)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agenda.referral_checks import contradictions
from agenda.referral_fields import NOTHING, Answers, Days, Draft, Field, Need, Row, Unfit, asked, read
from agenda.referral_people import Section
from agenda.referral_sections import REFERRAL, Form


class SectionState(StrEnum):
    """How far a section is, as the task list says it."""

    NOT_STARTED = "not started"
    INCOMPLETE = "incomplete"
    DONE = "done"


def key(section: Section, name: str, place: int = 0) -> str:
    """What an answer's problem is filed under: `victim-dob`, `children-2-dob`; places count from 1."""
    return f"{section.id}-{place}-{name}" if place else f"{section.id}-{name}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft read: the canonical answers to what is asked, what cannot stand, and what is blank."""

    answers: Draft
    problems: Mapping[str, str]
    missing: Mapping[str, str]  # not sent without these
    wanted: Mapping[str, str]  # sent without, and named


#: What cannot be true together: as typed, and as canonical answers (`agenda.referral_checks`).
Check = Callable[[Draft, Draft], dict[str, str]]


def reading(draft: Draft, days: Days, form: Form = REFERRAL, check: Check = contradictions) -> Reading:
    """Reads a whole draft. Answers to questions that others make needless are left out, not judged."""
    reader = _Reader(days)
    answers = {one.id: reader.section(one, draft.get(one.id, NOTHING)) for one in form.sections}
    problems = reader.problems | check(draft, answers)
    return Reading(answers, problems, reader.blank[Need.MUST], reader.blank[Need.SHOULD])


def reading_of(section: Section, told: Answers, days: Days) -> Reading:
    """Reads one section alone, where it is asked again later: a change of consent (Rulebook K1)."""
    reader = _Reader(days)
    answers = {section.id: reader.section(section, told)}
    return Reading(answers, reader.problems, reader.blank[Need.MUST], reader.blank[Need.SHOULD])


class _Reader:
    """Gathers what is wrong and what is blank, section by section."""

    def __init__(self, days: Days) -> None:
        self.problems: dict[str, str] = {}
        self.blank: dict[Need, dict[str, str]] = {need: {} for need in Need}
        self._days = days

    def section(self, section: Section, told: Answers) -> Answers:
        row = self._row(section, section.fields, told.fields)
        each = section.each
        if each is None or row.get(each.when[0]) != each.when[1]:
            return Answers(row)
        at = key(section, each.when[0])
        if not told.rows:
            self.blank[Need.MUST][at] = each.ask
        elif len(told.rows) > each.most:
            self.problems[at] = f"At most {each.most} can be entered. Name the others under what happened"
        rows = enumerate(told.rows[: each.most], 1)
        return Answers(row, tuple(self._row(section, each.fields, one, place) for place, one in rows))

    def _row(self, section: Section, fields: Iterable[Field], told: Row, place: int = 0) -> Row:
        row: dict[str, str] = {}
        for one in fields:
            if not asked(one, told):
                continue
            at = key(section, one.id, place)
            try:
                said = read(one, told.get(one.id, ""), self._days)
            except Unfit as wrong:
                self.problems[at] = f"{_which(section, place)}{wrong}"
                continue
            if said:
                row[one.id] = said
            else:
                self.blank[one.need][at] = f"{_which(section, place)}{one.ask}"
        return row


def _which(section: Section, place: int) -> str:
    """`Child 2: `, before what is said of one of several."""
    return f"{section.each.name} {place}: " if section.each and place else ""


def states(draft: Draft, found: Reading, form: Form = REFERRAL) -> dict[str, SectionState]:
    """How far each section is, in order: done where nothing that must be answered is blank or wrong."""
    open_in = {name.partition("-")[0] for name in (*found.problems, *found.missing)}
    return {section.id: _state(section, draft, open_in) for section in form.sections}


def _state(section: Section, draft: Draft, open_in: set[str]) -> SectionState:
    told = draft.get(section.id, NOTHING)
    if not any(text.strip() for row in (told.fields, *told.rows) for text in row.values()):
        return SectionState.NOT_STARTED
    return SectionState.INCOMPLETE if section.id in open_in else SectionState.DONE


def in_words(missing: Mapping[str, str], form: Form = REFERRAL) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is missing, under the title of each section: what the referrer is sent back with."""
    for section in form.sections:
        if asks := tuple(ask for at, ask in missing.items() if at.partition("-")[0] == section.id):
            yield section.title, asks
