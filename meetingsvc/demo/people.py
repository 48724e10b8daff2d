"""What the people of two families of Northmoor are to each other, as agencies told it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.pack import NoteKind
from agenda.relationships import Relation, RelationshipTold
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, demo
from meetingsvc.usecases import people
from meetingsvc.usecases.people import SomebodyNew

A_MINUTE = timedelta(minutes=1)


def tell(coordinator: Principal, health: Principal, police: Principal, now: datetime) -> None:
    """Of the first cases of the open agenda: a child, a sister, and what was told wrongly and taken away."""
    with acting.acting(coordinator):
        _, cases = demo.on_open_agenda(coordinator)
    if len(cases) < 2:
        return
    (first, her, him), (second, victim, _) = cases[:2]
    child = SomebodyNew("Wren", "Larkrise", date(2019, 5, 3))
    _related(health, first, her, Relation.PARENT, child, NoteKind.FACT, "the health visitor’s record", now)
    aunt = SomebodyNew("Maeve", "Quillfeather", None)
    _related(police, second, victim, Relation.SIBLING, aunt, NoteKind.FACT, "told by her", now + A_MINUTE)
    wrong = _related(
        police, first, him, Relation.LIVES_WITH, her, NoteKind.OPINION, "neighbours", now + 2 * A_MINUTE
    )
    why = "He moved out in June: the housing office has shown us the notice."
    people.take_away(police, first, wrong, why, now + 3 * A_MINUTE)


def _related(
    who: Principal, case_id: UUID, person_id: UUID, kind: Relation, other: UUID | SomebodyNew,
    standing: NoteKind, source: str, now: datetime,
) -> UUID:  # fmt: skip
    told = RelationshipTold(kind, standing, who.name, source)
    return people.relate(who, case_id, person_id, other, told, now)
