"""What a question of a form is, as data, and how one answer is read (Rulebook T7)."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from agenda.area import AreaSettings
from agenda.calendar import day_words, no_list
from agenda.feed_values import FIRST_YEAR, clean
from agenda.spelling import email_key, phone_key
from agenda.typed_days import a_day

#: Longest texts; as long as the police feed's, so that a referral becomes an entry without being cut.
NAME, LINE, ADDRESS, SEVERAL, PROSE = 100, 200, 400, 2_000, 20_000
_BETWEEN = ","
_PREGNANCY = timedelta(days=301)  # 43 weeks
_OVERDUE = timedelta(days=28)  # a birth expected so long ago has happened

Row = Mapping[str, str]
"""Answers by field, as typed; a field that is not there was left blank."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one section holds: answered once, and for each of several."""

    fields: Row = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


NOTHING = Answers()
Draft = Mapping[str, Answers]
"""Answers by section; a section that is not there has not been opened."""


class Kind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    PROSE = "prose"
    EMAIL = "e-mail"
    PHONE = "phone"
    BORN = "born"
    PAST = "past"  # a day up to today
    EXPECTED = "expected"  # of an unborn child
    LIST_DAYS = "list days"  # days with a daily list, from today on
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"  # any number of them


class Need(StrEnum):
    """How much a referral needs an answer. What is not known must never hold back a high risk."""

    MUST = "must"  # not sent without it
    SHOULD = "should"  # sent without it, and named among what is missing
    MAY = "may"


class Sight(StrEnum):
    """Where an answer is shown (security.md A8, B; Rulebook F4, K1, T7)."""

    CASE = "case"  # to whoever may read the case
    EVERYWHERE = "everywhere"  # wherever the case is shown: limits on consent (K1)
    CONTACT = "contact"  # wherever contact is made: how to do it safely (F4)
    ACTIONS = "actions"  # wherever actions are set: what would increase the risk (T7)
    SEALED = "sealed"  # masked until revealed with a reason: where somebody is found
    PANEL = "panel"  # to those who run the meeting


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    id: str
    label: str


class Labelled(Protocol):
    """A member of a closed set with words for people."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


def choices_of(members: Iterable[Labelled]) -> tuple[Choice, ...]:
    """A closed set as the choices of a question."""
    return tuple(Choice(member.value, member.label) for member in members)


YES, NO, NOT_KNOWN = "yes", "no", "not known"
YES_NO = (Choice(YES, "Yes"), Choice(NO, "No"))
YES_NO_UNKNOWN = (*YES_NO, Choice(NOT_KNOWN, "Not known"))


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `ask` is what is said where it must be answered and is not.

    `only` names another field of the same row, and the answers of it that make this one asked.
    """

    id: str
    label: str
    kind: Kind = Kind.LINE
    need: Need = Need.MAY
    ask: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    sight: Sight = Sight.CASE
    only: tuple[str, frozenset[str]] | None = None
    limit: int = 0  # 0: as long as such answers may be
    highest: int = 0  # of a number

    @property
    def longest(self) -> int:
        """How many characters an answer may have."""
        return self.limit or (PROSE if self.kind is Kind.PROSE else LINE)


def asked(one: Field, row: Row) -> bool:
    """Whether the other answers of its row make this question one to answer."""
    if one.only is None:
        return True
    other, answers = one.only
    return not answers.isdisjoint(parts(row.get(other, "")))


def parts(answer: str) -> tuple[str, ...]:
    """The several answers of CHOICES or LIST_DAYS."""
    return tuple(filter(None, (part.strip() for part in answer.split(_BETWEEN))))


@dataclass(frozen=True, slots=True)
class Days:
    """What an answer's days are judged by."""

    today: date
    settings: AreaSettings
    holidays: AbstractSet[date]


class Unfit(ValueError):
    """An answer that cannot stand, in words for the person who typed it."""


def read(one: Field, text: str, days: Days) -> str:
    """An answer in its one canonical form, "" for a blank; raises Unfit."""
    said, _ = clean(text, prose=one.kind is Kind.PROSE)
    if not said:
        return ""
    if len(said) > one.longest:
        raise Unfit(f"{one.label} must be {one.longest:,} characters or fewer")
    return _READ[one.kind](one, said, days) if one.kind in _READ else said


def _email(one: Field, said: str, _: Days) -> str:
    if " " in said or not email_key(said) or "." not in said.rpartition("@")[2]:
        raise Unfit(f"{one.label} must be an e-mail address, like name@agency.example")
    return said


def _phone(one: Field, said: str, _: Days) -> str:
    if not phone_key(said):
        raise Unfit(f"{one.label} must be a telephone number with its area code, like 01632 960 001")
    return said


def _day(one: Field, said: str) -> date:
    try:
        return a_day(said)
    except ValueError:
        raise Unfit(f"{one.label} must be a real date, like 27/3/1984") from None


def _past(one: Field, said: str, days: Days) -> str:
    """Neither in the future nor before 1900."""
    day = _day(one, said)
    if day > days.today:
        raise Unfit(f"{one.label} must be today or in the past")
    if day.year < FIRST_YEAR:
        raise Unfit(f"{one.label} must be in {FIRST_YEAR} or later")
    return day.isoformat()


def _expected(one: Field, said: str, days: Days) -> str:
    day = _day(one, said)
    if not days.today - _OVERDUE <= day <= days.today + _PREGNANCY:
        raise Unfit(f"{one.label} must be within the next nine months")
    return day.isoformat()


def _list_days(one: Field, said: str, days: Days) -> str:
    """Days on which a daily meeting is held, in order (Rulebook T14)."""
    found = sorted({_day(one, part) for part in parts(said)})
    for day in found:
        if day < days.today:
            raise Unfit(f"{day_words(day)} has passed. Enter today or a later day")
        if why := no_list(day, days.holidays, days.settings):
            raise Unfit(why.removesuffix("."))
    return _BETWEEN.join(day.isoformat() for day in found)


def _number(one: Field, said: str, _: Days) -> str:
    if not (said.isascii() and said.isdigit() and int(said) <= one.highest):
        raise Unfit(f"{one.label} must be a whole number from 0 to {one.highest}")
    return str(int(said))


def _choice(one: Field, said: str, _: Days) -> str:
    if said not in {choice.id for choice in one.choices}:
        raise Unfit(f"{one.label}: choose one of the answers")
    return said


def _choices(one: Field, said: str, days: Days) -> str:
    chosen = {_choice(one, part, days) for part in parts(said)}
    return _BETWEEN.join(choice.id for choice in one.choices if choice.id in chosen)


_READ: Mapping[Kind, Callable[[Field, str, Days], str]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.BORN: _past,
    Kind.PAST: _past,
    Kind.EXPECTED: _expected,
    Kind.LIST_DAYS: _list_days,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
}
