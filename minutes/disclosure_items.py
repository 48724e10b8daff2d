"""What is held for a request, whose it is, and what each agency answered for its own (Rulebook X2, R2)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from agenda.rules import RuleBroken
from minutes import redaction
from minutes.redaction import Redaction

WORDS_LENGTH = 2_000
CHANGED = "This item changed while you read it. Read it again and answer for what it says now."


class Document(StrEnum):
    """What an item stands in: the documents held that the chair identifies to a court (Rulebook X3, R1)."""

    REFERRAL = "referral"
    ASSESSMENT = "DASH risk assessment"
    INCIDENT = "occurrence details"
    NOTES = "notes of the meeting"
    ACTIONS = "actions"


_WRITTEN_DOWN = frozenset({Document.NOTES, Document.ACTIONS})


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of information held. `agency` supplied it and alone can consent; None where the meeting wrote
    it down itself, and where no supplier is known."""

    id: UUID
    agency: UUID | None
    document: Document
    sort: str  # fact, or professional opinion
    dated: date | None
    text: str

    @property
    def version(self) -> str:
        """What an answer is bound to: all that the agency saw, so that any change makes another."""
        dated = self.dated.isoformat() if self.dated else ""
        seen = [str(self.id), str(self.agency), self.document.value, self.sort, dated, self.text]
        return sha256(json.dumps(seen).encode()).hexdigest()

    @property
    def is_meetings(self) -> bool:
        """The meeting wrote it down of what several agencies said, so no one of them consents to it (X2)."""
        return self.agency is None and self.document in _WRITTEN_DOWN


class Says(StrEnum):
    """What an agency may answer of an item of its own."""

    CONSENT = "consent"
    REDACT = "consent with redaction"
    REFUSE = "refuse"
    CONCERN = "raise a concern"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agency answered, for one version of one item."""

    item: UUID
    version: str
    agency: UUID
    says: Says
    by: UUID
    at: datetime
    words: str = ""
    redactions: tuple[Redaction, ...] = ()


class Standing(StrEnum):
    """How an item stands; the value is what pages say."""

    CONSENTED = "consented"
    REDACTED = "consented with redaction"
    REFUSED = "refused"
    CONCERN = "a concern was raised"
    OUTSTANDING = "not answered yet"
    CHANGED = "changed since it was answered, and asked again"
    NOBODYS = "no supplying agency is known"
    MEETINGS = "the meeting’s own, and every agency has consented to what it supplied"
    WITHHELD = "the meeting’s own, and not every agency has consented to what it supplied"

    @property
    def consented(self) -> bool:
        """Its agency said yes to what it says now; the meeting's own: every agency to all of its own (X2)."""
        return self in (Standing.CONSENTED, Standing.REDACTED, Standing.MEETINGS)

    @property
    def waits(self) -> bool:
        """Its agency is asked and has not answered."""
        return self in (Standing.OUTSTANDING, Standing.CHANGED)


_STANDS = {
    Says.CONSENT: Standing.CONSENTED,
    Says.REDACT: Standing.REDACTED,
    Says.REFUSE: Standing.REFUSED,
    Says.CONCERN: Standing.CONCERN,
}


def answered(item: Item, answer: Answer) -> Answer:
    """An answer that counts; raises RuleBroken for another agency's item, an old version, or half an answer.

    Each answers for its own items (X2), on the version it saw. A refusal or a concern says why, and a
    redaction what is written in the place of which passage.
    """
    if item.agency is None or answer.agency != item.agency or answer.item != item.id:
        raise RuleBroken("An agency answers for what it supplied itself. Nothing changed.")
    if answer.version != item.version:
        raise RuleBroken(CHANGED)
    if why := problem(item.text, answer.says, answer.words, answer.redactions):
        raise RuleBroken(why)
    return answer


def problem(text: str, says: Says, words: str, redactions: Sequence[Redaction]) -> str | None:
    """What keeps an answer from being given; None where nothing does."""
    if len(words) > WORDS_LENGTH:
        return f"Use {WORDS_LENGTH:,} characters or fewer."
    if says in (Says.REFUSE, Says.CONCERN) and not words.strip():
        return "Say why you refuse." if says is Says.REFUSE else "Say what your concern is."
    if (says is Says.REDACT) is not bool(redactions):
        return "Enter the passages that are left out, for a consent with redaction alone."
    try:
        redaction.redacted(text, redactions)
    except RuleBroken as why:
        return str(why)
    return None


def last(item: Item, answers: Iterable[Answer]) -> Answer | None:
    """What the item's own agency said last of it, of whichever version; `answers` in the order given."""
    own = [one for one in answers if one.item == item.id and one.agency == item.agency]
    return sorted(own, key=lambda one: one.at)[-1] if own else None


def standing(item: Item, answers: Iterable[Answer]) -> Standing:
    """How an item stands by itself: an answer for another version than the one held asks again (X2)."""
    if item.agency is None:
        return Standing.WITHHELD if item.is_meetings else Standing.NOBODYS
    told = last(item, answers)
    if told is None:
        return Standing.OUTSTANDING
    return _STANDS[told.says] if told.version == item.version else Standing.CHANGED


def stands(items: Iterable[Item], answers: Iterable[Answer]) -> dict[UUID, Standing]:
    """How each item stands among all that is held (Rulebook X2).

    What the meeting wrote down itself nobody can be asked for, so the chair alone decides on it; and because
    it may say again what an agency withholds, only once every agency has consented to all that it supplied.
    """
    items, answers = tuple(items), tuple(answers)
    found = {item.id: standing(item, answers) for item in items}
    if all(found[item.id].consented for item in items if item.agency is not None):
        found |= {item.id: Standing.MEETINGS for item in items if item.is_meetings}
    return found


def consented(item: Item, answers: Iterable[Answer]) -> Answer | None:
    """The consent that stands for what the item says now; None where there is none."""
    answers = tuple(answers)
    return last(item, answers) if standing(item, answers).consented else None


def basis(item: Item, consent: Answer | None) -> str:
    """What a decision is bound to: the version, and the redactions its agency consented with (X2)."""
    taken_out = [(one.passage, one.instead) for one in consent.redactions] if consent else []
    return sha256(json.dumps([item.version, taken_out]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AgencyStands:
    """What one agency supplied, and how each item of it stands; `agency` is None for what is nobody's."""

    agency: UUID | None
    items: tuple[tuple[Item, Standing], ...]

    @property
    def outstanding(self) -> tuple[Item, ...]:
        """What it is asked and has not answered as it says now."""
        return tuple(item for item, stands in self.items if stands.waits)

    @property
    def withholds(self) -> bool:
        """Something of it has no consent (Rulebook X2)."""
        return any(not stands.consented for _, stands in self.items)


def waits(item: Item, answers: Iterable[Answer], again: datetime | None = None) -> bool:
    """Its agency is asked and has not answered, or refused or was concerned before it was asked `again`."""
    answers = tuple(answers)
    stands, told = standing(item, answers), last(item, answers)
    before = again is not None and told is not None and told.at < again
    return stands.waits or (before and stands in (Standing.REFUSED, Standing.CONCERN))


def by_agency(items: Iterable[Item], answers: Iterable[Answer]) -> tuple[AgencyStands, ...]:
    """What is held, agency by agency in the order of their first item (Rulebook X2)."""
    answers = tuple(answers)
    grouped: dict[UUID | None, list[tuple[Item, Standing]]] = {}
    for item in items:
        grouped.setdefault(item.agency, []).append((item, standing(item, answers)))
    return tuple(AgencyStands(agency, tuple(stands)) for agency, stands in grouped.items())


def outstanding(
    items: Iterable[Item], answers: Iterable[Answer], again: datetime | None = None
) -> dict[UUID, tuple[Item, ...]]:
    """Which agency has what still to answer: who is asked, and who is reminded."""
    answers, found = tuple(answers), dict[UUID, tuple[Item, ...]]()
    for item in items:
        if item.agency is not None and waits(item, answers, again):
            found[item.agency] = (*found.get(item.agency, ()), item)
    return found


def digest(items: Iterable[Item], answers: Iterable[Answer]) -> str:
    """Tells what the chair was shown from anything else: each version, its standing and what is left out."""
    answers = tuple(answers)
    shown = [
        [item.version, standing(item, answers).value, told.says if told else "",
         [[one.passage, one.instead] for one in told.redactions] if told else []]
        for item in items for told in [last(item, answers)]
    ]  # fmt: skip
    return sha256(json.dumps(sorted(shown)).encode()).hexdigest()
