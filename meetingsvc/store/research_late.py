"""What is asked for one meeting and not answered, of all agencies at once, as the service (D1, M2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import ItemRow, ResearchAnswerRow, ResearchItemRow, ResearchNamedRow, db
from meetingsvc.store.withdrawn import off_list


@dataclass(frozen=True, slots=True)
class Asked:
    """Every question of a meeting, and which agency answered it."""

    boxes: Mapping[UUID, UUID | None]  # by question, the agency that named somebody, which is not asked
    answered: frozenset[tuple[UUID, UUID]]  # agency and question

    def left(self, agency_id: UUID) -> set[UUID]:
        """What an agency has not answered, whether it sees it or not."""
        return {
            box
            for box, named_by in self.boxes.items()
            if named_by != agency_id and (agency_id, box) not in self.answered
        }


def asked(meeting_id: UUID) -> Asked:
    """What is asked by now."""
    item, since, named, answer = ItemRow, ResearchItemRow, ResearchNamedRow, ResearchAnswerRow
    items = select(item.id).where(item.meeting_id == meeting_id, ~off_list())
    boxes: dict[UUID, UUID | None] = dict.fromkeys(
        db.session.scalars(select(since.item_id).where(since.item_id.in_(items)))
    )
    people = select(named.id, named.agency_id).where(named.item_id.in_(items))
    boxes |= {key: agency_id for key, agency_id in db.session.execute(people)}
    answers = select(answer.agency_id, answer.box_id).where(answer.item_id.in_(items))
    return Asked(boxes, frozenset((agency_id, box) for agency_id, box in db.session.execute(answers)))
