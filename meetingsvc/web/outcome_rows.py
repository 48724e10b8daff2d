"""The rows of the outcome form: actions, what agencies shared, who is who. Each has an id from the start."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from agenda.agencies import Agency
from agenda.pack import NoteKind
from agenda.panels import Family
from meetingsvc.web.days import DayField
from meetingsvc.web.typed import plain
from minutes.actions import Action, of
from minutes.clarifications import About, Clarification
from minutes.crimes import Crime
from minutes.notes import Note

Choices = list[SelectChoice]
#: More rows than any case has. A form with more was not sent by a person.
MOST = 60


def choices(values: Iterable[tuple[str, str]]) -> Choices:
    """With an empty first choice: nothing is answered before a person answers it."""
    return [SelectChoice("", "Choose"), *(SelectChoice(value, label) for value, label in values)]


def text(field: Any) -> str:
    """What was typed, without the blanks around it."""
    return plain(field.data)


def chosen(values: Mapping[str, Any], field: Any) -> Any:
    """The value of a choice; None where nothing, or nothing that is on offer, was chosen."""
    return values.get(field.data or "")


def agency_choices(agencies: Iterable[Agency]) -> Choices:
    """The agencies, by name."""
    return choices((str(agency.id), agency.name) for agency in agencies)


class Row(Form):  # type: ignore[misc]
    """One row. Choices are checked by the rules, which have words for it."""

    key: UUID
    is_new = True

    @property
    def is_blank(self) -> bool:
        """A row in which nothing was typed or chosen is not there."""
        return not any((field.raw_data or [field.data])[0] for field in self)


class ActionRowForm(Row):
    """Who is to do what, by when (Rulebook A1)."""

    what = TextAreaField("What is to be done")
    owner_id = SelectField("Owner agency", validate_choice=False)
    category = SelectField(
        "Category",
        validate_choice=False,
        choices=choices((c.value, c.label.split(" (")[0]) for c in of(Family.ABUSE)),
    )
    due = DayField("Due date")

    def value(self, before: Action | None) -> Action:
        """The action; its status is not the meeting's to type."""
        return replace(
            before or Action(None, None, "", None),
            category=chosen({c.value: c for c in of(Family.ABUSE)}, self.category),
            owner_id=_uuid(self.owner_id.data),
            what=text(self.what),
            due=self.due.data,
        )


class NoteRowForm(Row):
    """What an agency shared (Rulebook R2)."""

    agency_id = SelectField("Agency", validate_choice=False)
    author = StringField("Name of the person who shared it")
    kind = SelectField(
        "Fact or opinion",
        validate_choice=False,
        choices=choices((k.value, k.value.capitalize()) for k in NoteKind),
    )
    source = StringField("Source")
    text = TextAreaField("What was shared")

    def value(self) -> Note:
        """The note."""
        kind = chosen({k.value: k for k in NoteKind}, self.kind)
        return Note(_uuid(self.agency_id.data), text(self.author), kind, text(self.source), text(self.text))


class ClarificationRowForm(Row):
    """Who is who (Rulebook D2)."""

    about = SelectField("About", validate_choice=False, choices=choices((a.value, a.label) for a in About))
    name = StringField("Full name")
    dob = DayField("Date of birth")
    text = StringField("How this is known")

    def value(self) -> Clarification:
        """The clarification."""
        about = chosen({a.value: a for a in About}, self.about)
        return Clarification(about, text(self.name), self.dob.data, text(self.text))


class CrimeRowForm(Row):
    """A crime that was disclosed in the meeting (practice)."""

    text = TextAreaField("What was disclosed")
    agency_id = SelectField("Disclosed by", validate_choice=False)
    told_id = SelectField("Police that are told", validate_choice=False)
    shared = BooleanField("The meeting says that the other agencies may read it")

    def value(self) -> Crime:
        """The crime."""
        told, by = _uuid(self.told_id.data), _uuid(self.agency_id.data)
        return Crime(text(self.text), by, told, bool(self.shared.data))

    @property
    def is_blank(self) -> bool:
        """Which police are told is filled in beforehand where there is one force."""
        return not (text(self.text) or self.agency_id.data)


AnyRow = TypeVar("AnyRow", bound=Row)


class Rows(Generic[AnyRow]):
    """All rows of one kind, in order; their names start with `action-<id>-`."""

    def __init__(
        self, name: str, make: type[AnyRow], agencies: Choices, usual: Mapping[str, str] | None = None
    ) -> None:
        self.name, self._make, self._agencies, self._usual = name, make, agencies, usual or {}
        self.removed: list[UUID] = []
        self._rows: list[AnyRow] = []

    def __iter__(self) -> Iterator[AnyRow]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def typed(self) -> list[AnyRow]:
        """Those that are there. A saved one stays when it is emptied, and the rules refuse it."""
        return [row for row in self._rows if not (row.is_blank and row.is_new)]

    @property
    def template(self) -> AnyRow:
        """An empty row for the script to copy."""
        return self._row("KEY", None)

    def read(self, sent: MultiDict[str, str]) -> None:
        """The rows as they were sent."""
        self.removed = _uuids(sent.getlist(f"{self.name}-removed"))
        known = set(_uuids(sent.getlist(f"{self.name}-known")))
        for key in dict.fromkeys(_uuids(sent.getlist(self.name))):
            self._rows.append(self._keyed(key, sent, is_new=key not in known))

    def add(self, key: UUID | None = None, is_new: bool = True, **told: object) -> None:
        """A row more, at the end."""
        if len(self._rows) < MOST:
            self._rows.append(self._keyed(key or uuid4(), None, is_new, **told))

    def remove(self, key: str) -> None:
        """Takes a row away; one that was saved is remembered as removed, and is taken away by saving."""
        for row in [row for row in self._rows if str(row.key) == key]:
            self._rows.remove(row)
            if not row.is_new:
                self.removed.append(row.key)

    def _keyed(self, key: UUID, sent: MultiDict[str, str] | None, is_new: bool, **told: object) -> AnyRow:
        row = self._row(str(key), sent, **told)
        row.key, row.is_new = key, is_new
        return row

    def _row(self, key: str, sent: MultiDict[str, str] | None, **told: object) -> AnyRow:
        row = self._make(sent, prefix=f"{self.name}-{key}-", data={**self._usual, **told})
        for name in ("owner_id", "agency_id", "told_id"):
            if name in row:
                row[name].choices = self._agencies
        return row


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _uuids(texts: Iterable[str]) -> list[UUID]:
    return [key for key in map(_uuid, list(texts)[:MOST]) if key]
