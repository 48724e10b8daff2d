"""The page of boxes as it is sent: what each box says, and the mark of what it said when it was opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from meetingsvc.store.research_boxes import Box
from meetingsvc.store.research_drafts import Draft
from meetingsvc.usecases.research_drafts import Told
from meetingsvc.web.typed import plain
from minutes.research import MOST, Entry, Naming, Typed

#: More boxes than any meeting has. A form with more was not sent by a person.
MOST_BOXES = 300
Sent = MultiDict[str, str]


def told_in(sent: Sent) -> dict[UUID, Told]:
    """Every box that was sent."""
    return {box: _told(sent, box) for box in _uuids(sent.getlist("box"), MOST_BOXES)}


def _told(sent: Sent, box: UUID) -> Told:
    entries = tuple(_entry(sent, key) for key in _uuids(sent.getlist(f"{box}-entry"), MOST))
    naming = (plain(sent.get(f"{box}-naming-{name}")) for name in ("kind", "name", "dob", "relation", "why"))
    return Told(Typed(entries, Naming(*naming)).clean, sent.get(f"{box}-was", ""))


def _entry(sent: Sent, key: UUID) -> Entry:
    text, kind, source, dated = (
        plain(sent.get(f"{key}-{name}")) for name in ("text", "kind", "source", "dated")
    )
    return Entry(key, text, kind, source, dated, f"{key}-confirmed" in sent)


def _uuids(texts: list[str], most: int) -> list[UUID]:
    return list(dict.fromkeys(key for key in map(uuid_of, texts[:most]) if key))


def uuid_of(text: str) -> UUID | None:
    """The identifier that was sent; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that something is wrong with, as the error summary asks for it."""

    id: str
    errors: list[str]
    widget: None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The page with what is typed in each box: kept, or sent just now and not kept."""

    boxes: tuple[Box, ...]
    told: Mapping[UUID, Told] = field(default_factory=dict)
    theirs: Mapping[UUID, Draft] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    form_errors: tuple[str, ...] = ()
    unsaved: bool = False  # what was sent just now could not be kept, and is shown again
    more: UUID | None = None  # the box in which another piece is about to be typed

    @property
    def errors(self) -> bool:
        """Whether something is wrong."""
        return bool(self.problems or self.form_errors)

    def __iter__(self) -> Iterator[Wrong]:
        for name, problem in self.problems.items():
            yield Wrong(name, [problem])

    def typed(self, box: Box) -> Typed:
        """What stands in the fields of a box: of one that a colleague changed, what was typed here."""
        shows_sent = box.id in self.theirs or (self.unsaved and box.id in self.told)
        return self.told[box.id].typed if shows_sent else box.draft.typed

    def entries(self, box: Box, agency: str) -> tuple[Entry, ...]:
        """Its pieces; an empty one to begin with, or where another was asked for."""
        kept = self.typed(box).entries
        if kept and (box.id != self.more or len(kept) >= MOST):
            return kept
        return (*kept, Entry(uuid4(), source=f"{agency} records"))

    def has_problem(self, box: Box) -> bool:
        """Whether the box is to stand open."""
        typed = self.typed(box)
        keys = {str(one.key) for one in typed.entries}
        return bool(typed.entries) or any(name[:36] in keys for name in self.problems)

    def naming_is_open(self, box: Box) -> bool:
        """Whether somebody is about to be named."""
        return not self.typed(box).naming.is_blank or any(
            name.startswith(f"{box.id}-naming") for name in self.problems
        )

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return len(self.boxes)

    @property
    def answered(self) -> int:
        """How many of them have an answer."""
        return sum(not box.is_open for box in self.boxes)

    @property
    def unanswered(self) -> tuple[Box, ...]:
        """Those that have none, and in which nothing is typed."""
        return tuple(box for box in self.boxes if box.is_open and not box.draft.typed.entries)

    def after(self, box_id: UUID) -> UUID:
        """The next that waits for an answer, after this one and round; itself where none does."""
        ids = [box.id for box in self.boxes]
        at = ids.index(box_id) + 1 if box_id in ids else 0
        waiting = (box.id for box in (*self.boxes[at:], *self.boxes[:at]) if box.is_open)
        return next(waiting, box_id)
