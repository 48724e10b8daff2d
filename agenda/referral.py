"""A referral by a professional of any agency: what was checked before it could be sent (Rulebook T7)."""

from dataclasses import dataclass, replace
from datetime import date

from agenda.incidents import Child, Gender, Linked, Party
from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing
from agenda.referral_draft import Reading, reading
from agenda.referral_fields import (
    NO,
    YES,
    Days,
    Draft,
    Row,
    parts,
)
from agenda.referral_reasons import Reason, visible_problem
from agenda.risk_tools import BANDS, Bands, Result

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
