"""Children, persons of concern, places and groups with what links them, as rows (Rulebook E1, E2)."""

from datetime import date, datetime
from itertools import count
from uuid import UUID, uuid4

from agenda.pack import NoteKind
from agenda.panels import Family
from agenda.patterns import Trait, key_of
from agenda.subjects import Strength, SubjectKind, Tie
from meetingsvc.models import CaseRow, LevelSaidRow, LinkRow, PersonRow, SubjectRow, SubjectTraitRow, db
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW

_number = count(500_000_100)


def a_subject(area_id: UUID, kind: SubjectKind, name: str, dob: date | None = None) -> UUID:
    """One of that kind; call it inside a transaction of the service's."""
    person_id = uuid4() if kind in (SubjectKind.CHILD, SubjectKind.PERSON) else None
    if person_id:
        forename, _, surname = name.rpartition(" ")
        db.session.add(PersonRow(id=person_id, area_id=area_id, forename=forename, surname=surname, dob=dob))
        db.session.flush()
    of_child = kind is SubjectKind.CHILD
    case = CaseRow(
        id=uuid4(), area_id=area_id, number=next(_number), kind=kind, family=Family.EXPLOITATION,
        victim_id=person_id if of_child else None, perpetrator_id=None if of_child else person_id,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    db.session.add(SubjectRow(case_id=case.id, area_id=area_id, name=name, key=name.lower(), nominal=""))
    db.session.flush()
    return case.id


def a_link(
    area_id: UUID, one: UUID, other: UUID, agency_id: UUID, account_id: UUID, tie: Tie = Tie.SEEN_WITH,
    source: str = "Seen at school", ended: str = "", on: date | None = None,
) -> UUID:  # fmt: skip
    """A link of the two."""
    row = LinkRow(
        id=uuid4(), area_id=area_id, one_id=one, other_id=other, tie=tie, strength=Strength.LIKELY,
        standing=NoteKind.FACT, first_on=on, last_on=None, ended=ended,
        ended_by=account_id if ended else None, ended_at=NOW if ended else None, agency_id=agency_id,
        author="Ada Moor", recorded_by=account_id, recorded_at=NOW, source=source,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def a_trait(
    area_id: UUID, case_id: UUID, agency_id: UUID, account_id: UUID, trait: Trait = Trait.VEHICLE,
    text: str = "NM26 OXA",
) -> UUID:  # fmt: skip
    """Something told of it."""
    row = SubjectTraitRow(
        id=uuid4(), area_id=area_id, case_id=case_id, trait=trait, text=text, key=key_of(trait, text),
        on=NOW.date(), standing=NoteKind.FACT, agency_id=agency_id, author="Ada Moor",
        recorded_by=account_id, recorded_at=NOW, source="Seen at school",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def a_level(area_id: UUID, case_id: UUID, reason: str = "He is afraid", at: datetime = NOW) -> None:
    """A level that a screening said."""
    db.session.add(LevelSaidRow(area_id=area_id, case_id=case_id, level="medium", basis="screening",
                                reason=reason, panel="", at=at, by="Ada Moor"))  # fmt: skip
    db.session.flush()


def two_linked(area_id: UUID, agency_id: UUID, account_id: UUID) -> UUID:
    """A link between two children."""
    with saved():
        one, other = (
            a_subject(area_id, SubjectKind.CHILD, f"Peregrin {name}") for name in ("Oxlip", "Tansy")
        )
        return a_link(area_id, one, other, agency_id, account_id)


def one_told(area_id: UUID, agency_id: UUID, account_id: UUID) -> UUID:
    """What is told of a child."""
    with saved():
        return a_trait(
            area_id, a_subject(area_id, SubjectKind.CHILD, "Ottilia Threlgrave"), agency_id, account_id
        )
