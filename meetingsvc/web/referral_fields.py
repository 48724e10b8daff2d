"""The questions of a referral as a page draws them: from the form's own data, and nothing said twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from agenda.calendar import day_words, days_off, next_working_day, working_day_from
from agenda.referral_draft import Reading, reading
from agenda.referral_fields import Choice, Days, Field, Kind, Need, Row, parts
from agenda.referral_parts import Place
from agenda.referral_shown import said
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import referral_drafts

#: How many days with a list are offered to attend on (Rulebook T14).
DAYS_OFFERED = 10
_SEVERAL = frozenset({Kind.CHOICES, Kind.LIST_DAYS})
_DATES = frozenset({Kind.BORN, Kind.PAST, Kind.EXPECTED})


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on a page."""

    name: str
    label: str
    hint: str
    kind: Kind
    value: str
    chosen: tuple[str, ...]
    choices: tuple[Choice, ...]
    problem: str
    longest: int
    only: str  # the name of the question it hangs on
    answers: str  # of it, with | between
    only_words: str  # the same for people
    tall: bool


def page(at: Place, row: Row, days: Days, problems: Mapping[str, str]) -> list[Shown]:
    """The questions of one page with what was typed, and what is wrong with it."""
    return [_shown(one, at, row, days, problems) for one in at.fields]


def _shown(one: Field, at: Place, row: Row, days: Days, problems: Mapping[str, str]) -> Shown:
    value = row.get(one.id, "")
    other, answers = one.only or ("", frozenset())
    asks = next((field for field in at.fields if field.id == other), None)
    labels = [choice.label for choice in asks.choices if choice.id in answers] if asks else []
    name = at.prefix + one.id
    return Shown(
        name=name, label=one.label + _NEEDED[one.need], hint=_hint(one), kind=one.kind, value=value,
        chosen=parts(value) if one.kind in _SEVERAL else (), choices=_choices(one, value, days),
        problem=problems.get(name, ""), longest=one.longest, only=at.prefix + other if other else "",
        answers="|".join(sorted(answers)),
        only_words=f"Only where “{asks.label}” is: {' or '.join(labels)}." if asks else "",
        tall=one.kind is Kind.PROSE,
    )  # fmt: skip


_NEEDED = {Need.MUST: "", Need.SHOULD: " (if known)", Need.MAY: " (optional)"}


def _hint(one: Field) -> str:
    if one.kind in _DATES:
        return f"For example, 27/3/1984. {one.hint}".strip()
    return one.hint


def _choices(one: Field, value: str, days: Days) -> tuple[Choice, ...]:
    if one.kind is not Kind.LIST_DAYS:
        return one.choices
    offered = list(_list_days(days))
    known = {choice.id for choice in offered}
    return (*offered, *(Choice(day, _in_words(day)) for day in parts(value) if day not in known))


def _list_days(days: Days) -> Iterator[Choice]:
    off = days_off(days.settings, days.holidays)
    day = working_day_from(days.today, off)
    for _ in range(DAYS_OFFERED):
        yield Choice(day.isoformat(), day_words(day))
        day = next_working_day(day, off)


def _in_words(day: str) -> str:
    try:
        return day_words(date.fromisoformat(day))
    except ValueError:
        return day


def typed(at: Place, form: MultiDict[str, str]) -> Row:
    """What was sent of this page's questions."""
    return {
        one.id: ",".join(form.getlist(at.prefix + one.id))
        if one.kind in _SEVERAL
        else form.get(at.prefix + one.id, "")
        for one in at.fields
    }


def of_page(at: Place, told: Mapping[str, str]) -> dict[str, str]:
    """Of problems by field, those of this page."""
    end = len(at.prefix)
    return {name: why for name, why in told.items() if name.startswith(at.prefix) and "-" not in name[end:]}


@dataclass(frozen=True, slots=True)
class Differs:
    """One question that two tabs answered differently."""

    label: str
    theirs: str
    yours: str


def differences(at: Place, stands: Row, told: Row) -> list[Differs]:
    """Question by question, what was saved meanwhile beside what was typed here."""
    return [
        Differs(one.label, in_words(one, stands.get(one.id, "")), in_words(one, told.get(one.id, "")))
        for one in at.fields
        if stands.get(one.id, "").strip() != told.get(one.id, "").replace("\r\n", "\n").strip()
    ]


def in_words(one: Field, answer: str) -> str:
    """An answer as people read it; as typed where it cannot be read."""
    try:
        return said(one, answer) if answer else ""
    except (KeyError, ValueError):
        return answer


def answers(at: Place, found: Reading, row: Row) -> list[tuple[str, str, str, str]]:
    """Each question that is asked on this page, for checking: its name, label, answer, and what is wrong."""
    wrong = {**found.problems, **found.missing}
    told = found.answers[at.section.id]
    canonical = told.fields if not at.place else told.rows[at.place - 1] if at.place <= len(told.rows) else {}
    lines = []
    for one in at.fields:
        name = at.prefix + one.id
        answer = canonical.get(one.id) or (row.get(one.id, "") if name in wrong else "")
        if answer or name in wrong:
            lines.append((name, one.label, in_words(one, answer), wrong.get(name, "")))
    return lines


def sent_reading(referral: Referral, area_id: UUID, now: datetime) -> Reading:
    """What is blank in a referral that was sent, judged on this day."""
    return reading(referral.draft, referral_drafts.days(area_id, now))
