"""One page of the referral form: a section, or one of several in it, and what is typed there."""

from dataclasses import dataclass
from hashlib import sha256

from agenda.referral_fields import NOTHING, Answers, Draft, Field, Row
from agenda.referral_people import Each, Section
from agenda.referral_sections import REFERRAL, Form


@dataclass(frozen=True, slots=True)
class Place:
    """A section (`place` 0), or one of several in it, counted from 1."""

    section: Section
    place: int = 0

    @property
    def fields(self) -> tuple[Field, ...]:
        """The questions of this page."""
        return self.section.each.fields if self.place and self.section.each else self.section.fields

    @property
    def each(self) -> Each | None:
        """What there is several of, where this page is the section's own."""
        return None if self.place else self.section.each

    @property
    def title(self) -> str:
        """`Child 2`, or the section's own title."""
        each = self.section.each
        return f"{each.name} {self.place}" if each and self.place else self.section.title

    @property
    def prefix(self) -> str:
        """What the names of its fields begin with: `children-2-`, as problems are filed."""
        return f"{self.section.id}-{self.place}-" if self.place else f"{self.section.id}-"


def place(section: str, number: int, draft: Draft, form: Form = REFERRAL) -> Place | None:
    """A page of this draft by its address; of several also the next. None: no such page."""
    found = form.section(section)
    if found is None or number < 0:
        return None
    rows = len(draft.get(section, NOTHING).rows)
    if number and (found.each is None or number > min(rows + 1, found.each.most)):
        return None
    return Place(found, number)


def typed(draft: Draft, at: Place) -> Row:
    """What stands on a page."""
    told = draft.get(at.section.id, NOTHING)
    if not at.place:
        return told.fields
    return told.rows[at.place - 1] if at.place <= len(told.rows) else {}


def with_typed(draft: Draft, at: Place, row: Row) -> Draft:
    """The draft with this page as it was typed now; every other page as it was."""
    told = draft.get(at.section.id, NOTHING)
    if not at.place:
        return {**draft, at.section.id: Answers(row, told.rows)}
    rows = (*told.rows[: at.place - 1], row, *told.rows[at.place :])
    return {**draft, at.section.id: Answers(told.fields, rows)}


def without(draft: Draft, at: Place) -> Draft:
    """The draft without one of several: those after it move up."""
    told = draft.get(at.section.id, NOTHING)
    rows = (*told.rows[: at.place - 1], *told.rows[at.place :])
    return {**draft, at.section.id: Answers(told.fields, rows)}


def mark(row: Row) -> str:
    """What tells whether a page was changed since it was opened: the same for the same answers."""
    told = "\0".join(f"{name}\1{text}" for name, text in sorted(row.items()) if text)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def called(section: Section, row: Row) -> str:
    """One of several, as a list of them names it; "" where no name was typed yet."""
    names = (row.get(name, "").strip() for name in ("forename", "surname", "name"))
    return " ".join(filter(None, names)) or ("Unborn child" if row.get("unborn") == "yes" else "")
