"""The record of a professional disagreement, as the lines of ESC's appendix 5 (Rulebook V4).

It goes to the safeguarding partnership from the agency that escalates, at steps 5 and 6. It holds content: it
is printed or downloaded by who may read the disagreement, and sent by nobody else's hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.calendar import day_words
from agenda.disagreement import Disagreement
from agenda.disagreement_ladders import Professional
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken

_STEPS = {Professional.HEADS_OF_SERVICE: "Stage 5", Professional.PARTNERSHIP: "Stage 6"}


class Nature(StrEnum):
    """What the difference is about; several may apply. The value is stored."""

    REFERRAL = "referral"
    ASSESSMENT = "assessment"
    PLAN_CARRIED_OUT = "plan carried out"
    PLAN_EFFECTIVE = "plan effective"
    INFORMATION = "information sharing"
    CONFERENCE = "conference"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As the form says it."""
        return {
            Nature.REFERRAL: "Referral",
            Nature.ASSESSMENT: "Need for an assessment, or its outcome",
            Nature.PLAN_CARRIED_OUT: "Child’s plan: agreed actions not followed through",
            Nature.PLAN_EFFECTIVE: "Child’s plan: drift or delay",
            Nature.INFORMATION: "Information sharing",
            Nature.CONFERENCE: "Child protection conference decision",
            Nature.OTHER: "Other",
        }[self]


class Section(StrEnum):
    """The parts of the form, in its order."""

    CHILD = "Child or family"
    ESCALATION = "Escalation"
    DIFFERENCE = "Professional difference"
    BY = "Escalated by"
    TO = "Escalated to"
    RESPONSE = "Response"
    OUTCOME = "Outcome"
    MORE = "Additional comments"
    SIGNED = "Signed"


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is typed."""

    section: Section
    name: str
    label: str
    needed: bool = True


#: Everything on the form that is not known already. What answers and ends it is filled in once it is there.
FIELDS = (
    Field(Section.CHILD, "child", "Name"),
    Field(Section.CHILD, "born_on", "Date of birth"),
    Field(Section.CHILD, "address", "Address", needed=False),  # may be one that somebody must not learn
    Field(Section.DIFFERENCE, "details", "Details, and outcome sought"),
    Field(Section.BY, "by_name", "Name"),
    Field(Section.BY, "by_job", "Job title"),
    Field(Section.BY, "by_agency", "Agency"),
    Field(Section.TO, "to_name", "Name"),
    Field(Section.TO, "to_job", "Job title"),
    Field(Section.TO, "to_agency", "Agency"),
    Field(Section.RESPONSE, "response_name", "Name", needed=False),
    Field(Section.RESPONSE, "response_job", "Job title", needed=False),
    Field(Section.RESPONSE, "response_agency", "Agency", needed=False),
    Field(Section.RESPONSE, "response_on", "Date of response", needed=False),
    Field(Section.RESPONSE, "response", "Summary", needed=False),
    Field(Section.MORE, "learning", "Comments, and any learning", needed=False),
    Field(Section.SIGNED, "signed", "Name", needed=False),
    Field(Section.SIGNED, "signed_as", "Designation", needed=False),
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One action of the outcome."""

    what: str
    whose: str
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody filled in."""

    typed: Mapping[str, str]
    nature: frozenset[Nature]
    other: str = ""
    agreed: tuple[Agreed, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form as it leaves."""

    section: Section
    label: str
    value: str


#: Who the child is: on no case nothing keeps that from anybody.
OF_CHILD = frozenset(field.name for field in FIELDS if field.section is Section.CHILD)
ON_NO_CASE = "Leave this empty. Who the child is belongs on a case: raise it again with its reference"
#: Who escalates, is escalated to, answers and signs, by their post: no party of it.
BY_POST = frozenset({"by_name", "to_name", "response_name", "signed"})


def told_in(record: Record) -> dict[str, str]:
    """Everything it tells, by field, but for the names of who acts in it by their post (Rulebook V4, M6)."""
    agreed = {f"agreed_what_{place}": one.what for place, one in enumerate(record.agreed, 1)}
    agreed |= {f"agreed_whose_{place}": one.whose for place, one in enumerate(record.agreed, 1)}
    typed = {name: said for name, said in record.typed.items() if name not in BY_POST}
    return {**typed, "other": record.other, **agreed}


def problems(record: Record, on_case: bool = True) -> dict[str, str]:
    """What keeps the form from being made, by field; on no case it tells of no child (Rulebook V4, M6)."""
    typed = record.typed
    found = {
        field.name: f"{field.section}: enter {field.label[0].lower()}{field.label[1:]}"
        for field in FIELDS
        if field.needed and not typed.get(field.name, "").strip()
        and (on_case or field.name not in OF_CHILD)
    }  # fmt: skip
    if not on_case:
        found |= {name: ON_NO_CASE for name in sorted(OF_CHILD) if typed.get(name, "").strip()}
    for field in FIELDS:
        if len(typed.get(field.name, "")) > REASON_LENGTH:
            found[field.name] = f"{field.label} must be {REASON_LENGTH:,} characters or fewer"
    if not record.nature:
        found["nature"] = "Choose what the difference is about"
    elif Nature.OTHER in record.nature and not record.other.strip():
        found["other"] = "Say what else it is about"
    return found


def lines(
    told: Disagreement[Professional], agency: str, began_on: date, record: Record, on_case: bool = True
) -> tuple[Line, ...]:
    """The whole form in its order, empty where nothing is known (Rulebook V4).

    Raises RuleBroken before step 5, and where something is missing.
    """
    steps = [words for stage, words in _STEPS.items() if stage in told.reached]
    if not steps:
        raise RuleBroken("This form goes to the safeguarding partnership from step 5 on.")
    if found := problems(record, on_case):
        raise RuleBroken(f"{next(iter(found.values()))}.")
    known = (
        Line(Section.ESCALATION, "Agency initiating", agency),
        Line(Section.ESCALATION, "Date of initial escalation", day_words(began_on)),
        Line(Section.ESCALATION, "Stage", steps[-1]),
        *(Line(Section.DIFFERENCE, nature.label, _ticked(nature, record)) for nature in Nature),
        *_outcome(record.agreed),
    )
    typed = (Line(field.section, field.label, record.typed.get(field.name, "").strip()) for field in FIELDS)
    order = list(Section)
    return tuple(sorted((*known, *typed), key=lambda line: order.index(line.section)))


def _ticked(nature: Nature, record: Record) -> str:
    if nature not in record.nature:
        return "No"
    return f"Yes: {record.other.strip()}" if nature is Nature.OTHER else "Yes"


def _outcome(agreed: Iterable[Agreed]) -> Iterable[Line]:
    for one in agreed:
        yield Line(Section.OUTCOME, "Action", one.what)
        yield Line(Section.OUTCOME, "By whom", one.whose)
        yield Line(Section.OUTCOME, "Completion date", day_words(one.by) if one.by else "")
