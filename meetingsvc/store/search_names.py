"""Conditions that find people by the beginning of a surname, or of a surname and a forename."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.matching_keys import written
from agenda.matching_sounds import roots
from agenda.people import folded
from meetingsvc.models import IdentityRow, IncidentRow, IncidentTextRow, NameCountRow, PersonRow, db
from meetingsvc.store.scope import Reader

MOST_NAMES = 5
#: Names that hold what was typed.
MOST_HOLDING = 40
#: Words read as a surname and a forename, each way they may be.
Both = Sequence[tuple[str, str]]


def readings(words: str) -> Both:
    """Every way to read words as a surname and a forename, in either order; none of very many words."""
    parts = words.replace(",", " ").split()
    cuts = range(1, len(parts)) if len(parts) <= MOST_NAMES else ()
    halves = [(" ".join(parts[:at]), " ".join(parts[at:])) for at in cuts]
    return [*halves, *((second, first) for first, second in halves)]


def incidents(key: str, both: Both) -> ColumnElement[bool]:
    """The beginning of a surname; or of both names, where no name key holds them as they are written."""
    row = IncidentRow
    found: list[ColumnElement[bool]] = []
    for who, name, bare in (
        ("victim", row.victim_name, row.victim_surname),
        ("perpetrator", row.perpetrator_name, row.perpetrator_surname),
    ):
        found += (column.startswith(key, autoescape=True) for column in (name, bare))
        for surname, forename in both:
            found.append(_keyed(name, surname, forename))
            found.append(_begins(bare, folded(surname)) & _written(f'"{who}_forename":"{forename.lower()}'))
    return or_(*found)


def _written(words: str) -> ColumnElement[bool]:
    """Asked for each incident apart, so that the long texts are read of few."""
    text = aliased(IncidentTextRow)
    found = select(text.incident_id).where(text.incident_id == IncidentRow.id)
    return found.where(func.lower(text.content).contains(words, autoescape=True)).exists()


def _keyed(column: InstrumentedAttribute[str], surname: str, forename: str) -> ColumnElement[bool]:
    """A name key that begins both names so."""
    last, first = (
        folded(name).replace("/", "//").replace("%", "/%").replace("_", "/_") for name in (surname, forename)
    )
    return column.like(f"{last}%|{first}%", escape="/")


def _begins(column: InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    return column.startswith(beginning, autoescape=True) & (column != "")


def people(
    reader: Reader, key: str, words: str, both: Both, but: Collection[UUID] = ()
) -> CompoundSelect[UUID]:
    """People whose surname begins so: by their name key, and those without one as they are written.

    `but` these: what they are called may be known from a case that the reader may not open.
    """
    identity = select(IdentityRow.person_id).where(
        IdentityRow.area_id == reader.area_id,
        IdentityRow.kind == "name",
        IdentityRow.person_id.not_in(but),
        or_(
            IdentityRow.value.startswith(key, autoescape=True),
            *(_keyed(IdentityRow.value, *names) for names in both),
        ),
    )
    surname, forename = func.lower(PersonRow.surname), func.lower(PersonRow.forename)
    written = select(PersonRow.id).where(
        PersonRow.area_id == reader.area_id,
        PersonRow.id.not_in(but),
        or_(
            surname.startswith(words.lower(), autoescape=True),
            *(
                surname.startswith(last.lower(), autoescape=True)
                & forename.startswith(first.lower(), autoescape=True)
                for last, first in both
            ),
        ),
    )
    return identity.union(written)


def halves(area_id: UUID, words: Collection[str]) -> tuple[list[str], list[str]]:
    """Forenames and surnames that hold at least one of these words, each word's commonest. As `holding`."""
    row, found = NameCountRow, (list[str](), list[str]())
    for word in words:
        for half, names in zip(("forename", "surname"), found, strict=True):
            held = row.name.contains(word, autoescape=True)
            rows = select(row.name).where(row.area_id == area_id, row.half == half, held)
            names += db.session.scalars(rows.order_by(row.count.desc(), row.name).limit(MOST_HOLDING))
    return found


def holding(area_id: UUID, word: str) -> list[str]:
    """Beginnings of the keys of those who have a name that holds a word: of surnames as they are written, of
    forenames as they sound. In the service's own capacity: who is shown of them is asked for apart."""
    row = NameCountRow
    held = row.name.contains(word, autoescape=True)
    rows = select(row.half, row.name).where(row.area_id == area_id, held).order_by(row.half, row.name)
    return [
        key
        for half, name in db.session.execute(rows.limit(MOST_HOLDING))
        for key in ([written(name)] if half == "surname" else [f"f:{root}|" for root in roots(name)])
    ]
