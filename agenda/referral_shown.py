"""What a referral shows of its answers, each under its question (Rulebook T7; security.md A8)."""

from collections.abc import Iterator
from dataclasses import dataclass

from agenda.calendar import day_words
from agenda.referral_fields import NOTHING, Draft, Field, Kind, Sight, parts
from agenda.referral_sections import BY_ID, REFERRAL, SECTIONS, Form
from agenda.typed_days import a_day

_DAYS = frozenset({Kind.BORN, Kind.PAST, Kind.EXPECTED, Kind.LIST_DAYS})


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form; of one of several, which of them, counted from 1."""

    section: str
    field: str
    place: int = 0

    @property
    def key(self) -> str:
        """As it is kept: `incident.prompt`, `children.2.name`."""
        return ".".join(filter(None, (self.section, str(self.place or ""), self.field)))

    @property
    def whose(self) -> str:
        """`Child 2`; "" where the form asks once."""
        each = BY_ID[self.section].each
        return f"{each.name} {self.place}" if each and self.place else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as it is shown; `question`: None where it is put together from several."""

    question: Question | None
    label: str
    text: str


def question(key: str | None, label: str) -> Question | None:
    """Of a line that is kept: by its key, or by its label where that is older. None: of no one question."""
    if key:
        section, *place, field = key.split(".")
        return Question(section, field, int(place[0]) if place else 0)
    whose, _, rest = label.partition(": ")
    name, _, place_ = whose.partition(" ")
    if (name, rest) in _BY_LABEL and place_.isdecimal():
        return Question(*_BY_LABEL[name, rest], int(place_))
    return Question(*_BY_LABEL["", label]) if ("", label) in _BY_LABEL else None


_BY_LABEL = {("", one.label): (section.id, one.id) for section in SECTIONS for one in section.fields} | {
    (section.each.name, one.label): (section.id, one.id)
    for section in SECTIONS if section.each for one in section.each.fields
}  # fmt: skip


def shown(answers: Draft, sight: Sight, form: Form = REFERRAL) -> Iterator[Line]:
    """What is shown in one place alone: limits, how to make contact, what raises risk."""
    for section in form.sections:
        told = answers.get(section.id, NOTHING)
        each = section.each
        parts_of = [(0, "", section.fields, told.fields)]
        if each:
            parts_of += [(n, f"{each.name} {n}: ", each.fields, row) for n, row in enumerate(told.rows, 1)]
        for place, whose, fields, row in parts_of:
            for one in fields:
                if one.sight is sight and one.id in row:
                    asked = Question(section.id, one.id, place)
                    yield Line(asked, whose + one.label, said(one, row[one.id]))


def said(one: Field, answer: str) -> str:
    """An answer as people read it: the words of its choices, its days in full."""
    if one.choices:
        labels = {choice.id: choice.label for choice in one.choices}
        return "; ".join(labels[part] for part in parts(answer))
    if one.kind in _DAYS:
        return "; ".join(day_words(a_day(part)) for part in parts(answer))
    return answer
