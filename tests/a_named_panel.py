"""A panel that meets, a case, and an agency that has not signed (Rulebook V1)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from agenda.circulation import Group
from agenda.named_case import TERMS
from meetingsvc.models import ItemRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.usecases import named_cases as usecase
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_named_case import UNTIL, an_unsigned_agency

WHY = "She stays in their refuge."
WORDS = "Do not let him in. He may ring at night."
AFTER = NOW + timedelta(days=15)  # the day after its last


@dataclass
class Panel:
    """Who meets, the case, and an agency that has not signed."""

    coordinator: Principal
    chair: Principal
    guest: Principal
    case_id: UUID
    other_case_id: UUID

    def proposed(self) -> UUID:
        """It waits for the chair."""
        return usecase.propose(self.coordinator, self.case_id, self.guest.agency_id, WHY, UNTIL, NOW)

    def allowed(self) -> UUID:
        """It waits for the agency."""
        part_id = self.proposed()
        usecase.decide(self.chair, part_id, True, "", NOW)
        return part_id

    def taking_part(self) -> UUID:
        """It takes part, and was told something."""
        part_id = self.allowed()
        usecase.accept(self.guest, part_id, TERMS, NOW)
        usecase.tell(self.coordinator, part_id, WORDS, NOW)
        return part_id


def a_panel(area_id: UUID) -> Panel:
    """All of them."""
    coordinator = a_person(an_agency(area_id), Role.COORDINATOR, "Wren Teal")
    chair = a_person(coordinator.agency_id, Role.CHAIR, "Ines Marsh")
    guest = a_person(an_unsigned_agency(area_id), Role.REPRESENTATIVE, "Nora Fell")
    items = referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS, Group.REPEAT_NO_SAFEGUARDS])
    with acting.service():
        cases = [db.session.get_one(ItemRow, item).case_id for item in items]
    db.session.rollback()
    return Panel(coordinator, chair, guest, *cases)
