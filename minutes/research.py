"""What an agency types about one case before a meeting, and what of it can be sent (D1, M2, R2)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from agenda.calendar import day_words
from agenda.pack import NoteKind
from agenda.typed_days import day_from
from minutes import notes
from minutes.notes import SOURCE_LENGTH, Note

#: More than any case has. A form with more was not sent by a person.
MOST = 20
NAME_LENGTH = RELATION_LENGTH = 200
WHY_LENGTH = 2_000
NOT_CONFIRMED = "Confirm that this is relevant, necessary and proportionate, or leave it out"


class NamedKind(StrEnum):
    """Another person at risk whom an agency may name (Rulebook M2)."""

    ADULT = "adult"
    CHILD = "child"

    @property
    def label(self) -> str:
        """As pages say it."""
        return f"{self.value.capitalize()} at risk"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of information as it was typed, right or wrong. It has a key from the start."""

    key: UUID
    text: str = ""
    kind: str = ""
    source: str = ""
    dated: str = ""
    confirmed: bool = False

    @property
    def is_blank(self) -> bool:
        """Without what it says, the rest says nothing."""
        return not (self.text.strip() or self.dated.strip())


@dataclass(frozen=True, slots=True)
class Naming:
    """Somebody who is about to be named, as typed."""

    kind: str = ""
    name: str = ""
    dob: str = ""
    relation: str = ""
    why: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed; a choice alone is nothing."""
        return not any(text.strip() for text in (self.name, self.dob, self.relation, self.why))


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named: every agency is asked whether it holds anything on them (Rulebook M2)."""

    kind: NamedKind
    name: str
    dob: date | None
    relation: str
    why: str

    @property
    def words(self) -> str:
        """`Wren Moss, born 3 May 2019, half-sister`."""
        born = f"born {self.dob.day} {self.dob:%B %Y}" if self.dob else ""
        return ", ".join(filter(None, (self.name, born, self.relation)))


@dataclass(frozen=True, slots=True)
class Typed:
    """All that is typed in one box."""

    entries: tuple[Entry, ...] = ()
    naming: Naming = Naming()

    @property
    def clean(self) -> "Typed":
        """Without what is blank."""
        naming = Naming() if self.naming.is_blank else self.naming
        return Typed(tuple(one for one in self.entries if not one.is_blank)[:MOST], naming)

    @property
    def is_blank(self) -> bool:
        """Nothing is typed."""
        return self.clean == Typed()

    @property
    def mark(self) -> str:
        """Tells one state of the box from another: what a page was opened with, and what stands now."""
        return sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """As a draft keeps it."""
        told = self.clean
        kept: dict[str, Any] = {"entries": [asdict(one) | {"key": str(one.key)} for one in told.entries]}
        return kept if told.naming.is_blank else kept | {"naming": asdict(told.naming)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Typed":
        """As it was typed."""
        entries = (Entry(**(one | {"key": UUID(one["key"])})) for one in kept.get("entries", ()))
        return cls(tuple(entries), Naming(**kept.get("naming", {})))

    def with_entry(self, entry: Entry) -> "Typed":
        """With one more."""
        return replace(self, entries=(*self.entries, entry))


def problems(entries: Iterable[Entry], agency: UUID, author: str, today: date) -> dict[str, str]:
    """What keeps entries from being sent, by field: each has its kind, source and confirmation (D1, R2)."""
    found: dict[str, str] = {}
    for one in entries:
        unfit = notes.problems(_note(one, agency, author, None), [agency])
        if problem := day_problem(one.dated, today):
            unfit["dated"] = problem
        if not one.confirmed:
            unfit["confirmed"] = NOT_CONFIRMED
        found |= {f"{one.key}-{field}": problem for field, problem in unfit.items()}
    return found


def day_problem(typed: str, today: date) -> str | None:
    """Why a day that was typed is none to keep; None where it is, or nothing was typed."""
    if not typed.strip():
        return None
    try:
        day = day_from(typed.strip())
    except ValueError:
        return "Enter a real date, like 27/11/2026, or leave it empty"
    return f"{day_words(day)} is still to come" if day > today else None


def note(entry: Entry, agency: UUID, author: str, about: Named | None = None) -> Note:
    """An entry without problems as what the agency shares: it stays that agency's (R2).

    What is held on somebody named says on whom.
    """
    return _note(entry, agency, author, about)


def _note(one: Entry, agency: UUID, author: str, about: Named | None) -> Note:
    kind = NoteKind(one.kind) if one.kind in set(NoteKind) else None
    text = f"About {about.words}: {one.text.strip()}" if about else one.text.strip()
    dated = day_from(one.dated.strip()) if one.dated.strip() and not _unreadable(one.dated) else None
    return Note(agency, author, kind, one.source.strip(), text, dated, one.confirmed)


def _unreadable(typed: str) -> bool:
    return day_problem(typed, date.max) is not None


def naming_problems(told: Naming, today: date) -> dict[str, str]:
    """What keeps somebody from being named, by field (Rulebook M2)."""
    found: dict[str, str] = {}
    if told.kind not in set(NamedKind):
        found["kind"] = "Say whether it is an adult or a child"
    for field, text, missing, most in (
        ("name", told.name, "Enter the name, or what they are known as", NAME_LENGTH),
        ("why", told.why, "Say why they are at risk", WHY_LENGTH),
        ("relation", told.relation, "Say who they are to the people of the case", RELATION_LENGTH),
    ):
        if not text.strip():
            found[field] = missing
        elif len(text) > most:
            found[field] = f"Use {most:,} characters or fewer"
    if problem := day_problem(told.dob, today):
        found["dob"] = problem
    return found


def named(told: Naming) -> Named:
    """Somebody without problems."""
    dob = day_from(told.dob.strip()) if told.dob.strip() else None
    return Named(NamedKind(told.kind), told.name.strip(), dob, told.relation.strip(), told.why.strip())


def still_so(old: Note, author: str, told_on: date) -> Note:
    """What one's agency told before, confirmed today; its source names the earlier day (R2)."""
    source = f"{old.source} (first told {told_on.day} {told_on:%b %Y})"
    first = old.source if "(first told " in old.source or len(source) > SOURCE_LENGTH else source
    return replace(old, author=author, source=first, dated=old.dated or told_on, proportionate=True)


def changed(old: Note, key: UUID, told_on: date) -> Entry:
    """The same, to be changed: whether it is still relevant is for who sends it to say."""
    dated = old.dated or told_on
    return Entry(key, old.text, old.kind or "", old.source, f"{dated:%d/%m/%Y}")
