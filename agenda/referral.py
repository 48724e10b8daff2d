"""A referral by a professional of any agency: what was checked before it could be sent (Rulebook T7)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from agenda.calendar import day_words
from agenda.incidents import Child, Gender, Linked, Party
from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing
from agenda.referral_draft import Reading, reading
from agenda.referral_fields import (
    NO,
    NOTHING,
    YES,
    Days,
    Draft,
    Field,
    Kind,
    Row,
    Sight,
    parts,
)
from agenda.referral_reasons import Reason, visible_problem
from agenda.referral_sections import REFERRAL, Form
from agenda.risk_tools import BANDS, Bands, Result
from agenda.typed_days import a_day

_DAYS = frozenset({Kind.BORN, Kind.PAST, Kind.EXPECTED, Kind.LIST_DAYS})
_NONE = frozenset({"", "none", "no", "n/a", "na", "-"})


@dataclass(frozen=True, slots=True)
class ReferredChild:
    """A child of the victim or of the perpetrator, born or not, with both relationships (Rulebook T3)."""

    name: str
    unborn: bool
    dob: date | None
    due_on: date | None
    to_victim: str
    to_perpetrator: str
    present: bool | None
    care_of: str = ""
    address: str = ""
    school: str = ""

    @property
    def linked(self) -> Linked:
        """To whom, from the two relationships; one of them is always told."""
        victim, perpetrator = (told.lower() not in _NONE for told in (self.to_victim, self.to_perpetrator))
        return Linked.BOTH if victim and perpetrator else Linked.VICTIM if victim else Linked.PERPETRATOR


@dataclass(frozen=True, slots=True)
class Subject:
    """The victim or a perpetrator. `party` is what an incident tells of somebody."""

    party: Party
    aliases: str = ""
    staff_of: str = ""  # the agency that employs the person (M6)
    relationship: str = ""  # a perpetrator's, to the victim


@dataclass(frozen=True, slots=True)
class Referral:
    """Complete and free of contradictions. `answers` are canonical: all that was told, for showing."""

    answers: Draft
    victim: Subject
    perpetrators: tuple[Subject, ...]  # empty where it is not known who
    children: tuple[ReferredChild, ...]
    children_linked: bool | None
    consent: Consent
    reasons: frozenset[Reason]
    happened_on: date
    attends_on: tuple[date, ...]  # the referrer asks to attend on one of these (T14)
    increases_risk: str  # "" where nothing is feared (T7)


def check(
    draft: Draft, days: Days, result: Result | None = None, bands: Bands = BANDS
) -> Referral | dict[str, str]:
    """A draft as a referral that can be sent, or every problem by field, blanks included (Rulebook T7).

    `result` is that of the risk tool where it was filled in here; else a count on paper is the draft's.
    """
    found = measured(reading(draft, days), result, bands)
    if problems := {**found.missing, **found.problems}:
        return problems
    return from_answers(found.answers, days.today)


def measured(found: Reading, result: Result | None, bands: Bands) -> Reading:
    """A draft's reading beside its risk assessment: what must be put right before it is sent (field.md C)."""
    told = found.answers["reason"].fields
    problem = visible_problem(parts(told.get("reasons", "")), told.get("score", ""), result, bands)
    return replace(found, missing={**found.missing, "reason-reasons": problem}) if problem else found


def from_answers(answers: Draft, sent_on: date) -> Referral:
    """A referral from the answers it was sent with, not judged again: its days may have passed since."""
    row = {name: told.fields for name, told in answers.items()}
    return Referral(
        answers=answers,
        victim=_subject(row["victim"]),
        perpetrators=tuple(map(_subject, answers["perpetrators"].rows)),
        children=tuple(map(_child, answers["children"].rows)),
        children_linked=_flag(row["children"].get("any", "")),
        consent=consent(row["consent"], row["referrer"]["name"], sent_on),
        reasons=frozenset(map(Reason, parts(row["reason"]["reasons"]))),
        happened_on=date.fromisoformat(row["incident"]["on"]),
        attends_on=tuple(map(date.fromisoformat, parts(row["referrer"].get("attend_on", "")))),
        increases_risk=row["asked"].get("increases", ""),
    )


def _subject(row: Row) -> Subject:
    told = {name: row.get(name, "") for name in ("surname", "forename", "address", "postcode", "phone")}
    gender = Gender(row["gender"]) if "gender" in row else None
    return Subject(
        Party(dob=_day(row, "dob"), gender=gender, **told),
        row.get("aliases", ""),
        row.get("staff_of", ""),
        row.get("relationship", ""),
    )


def _child(row: Row) -> ReferredChild:
    unborn = row["unborn"] == YES
    return ReferredChild(
        name="Unborn child" if unborn else row["name"],
        unborn=unborn,
        dob=_day(row, "dob"),
        due_on=_day(row, "due_on"),
        to_victim=row["to_victim"],
        to_perpetrator=row["to_perpetrator"],
        present=_flag(row.get("present", "")),
        **{name: row.get(name, "") for name in ("care_of", "address", "school")},
    )


def consent(row: Row, by: str, today: date) -> Consent:
    """A line of the consent's history from canonical answers, and who recorded it (Rulebook K1 to K3)."""
    answer = Answer(row["answer"])
    sharing = None
    if not answer.consents:
        why = frozenset(map(Lawful, parts(row["why"])))
        sharing = Sharing(row["what"], why, row["authorised_by"], row["receives"])
    return Consent(
        answer,
        _day(row, "on") or today,
        by,
        row.get("limits", ""),
        frozenset(map(Ground, parts(row.get("grounds", "")))),
        sharing,
    )


def _day(row: Row, name: str) -> date | None:
    return date.fromisoformat(row[name]) if name in row else None


def _flag(said: str) -> bool | None:
    return {YES: True, NO: False}.get(said)


def as_child(child: ReferredChild) -> Child:
    """A child as an incident names one."""
    return Child(child.name, child.dob, child.present, child.linked)


def shown(referral: Referral, sight: Sight) -> tuple[tuple[str, str], ...]:
    """What is shown in one place alone, label and answer: limits, how to make contact, what raises risk."""
    return tuple(shown_of(referral.answers, sight, REFERRAL))


def shown_of(answers: Draft, sight: Sight, form: Form) -> Iterator[tuple[str, str]]:
    """The same of the answers of any form."""
    for section in form.sections:
        told = answers.get(section.id, NOTHING)
        each = section.each
        parts_of = [("", section.fields, told.fields)]
        if each:
            parts_of += [
                (f"{each.name} {place}: ", each.fields, row) for place, row in enumerate(told.rows, 1)
            ]
        for which, fields, row in parts_of:
            for one in fields:
                if one.sight is sight and one.id in row:
                    yield which + one.label, said(one, row[one.id])


def said(one: Field, answer: str) -> str:
    """An answer as people read it: the words of its choices, its days in full."""
    if one.choices:
        labels = {choice.id: choice.label for choice in one.choices}
        return "; ".join(labels[part] for part in parts(answer))
    if one.kind in _DAYS:
        return "; ".join(day_words(a_day(part)) for part in parts(answer))
    return answer
