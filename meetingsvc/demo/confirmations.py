"""What agencies confirmed before Northmoor's MARACs about cases that were update only, all invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from agenda.confirmations import Said, Told
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store import confirmations as store
from meetingsvc.usecases import confirmations as usecase

_WHY = "She told her support worker on Friday that he has been back at the house twice this week."


def tell(people: Sequence[Principal], meeting_id: UUID, now: datetime) -> None:
    """Each agency confirms all that is asked of it, but for one case that the first does not confirm."""
    for place, who in enumerate(people):
        with acting.acting(who):
            asked = [box.line.item_id for box in store.boxes(who, meeting_id) if box.is_asked]
        told = dict.fromkeys(asked, Told(Said.CONFIRMED))
        if place == 0 and asked:
            told[asked[-1]] = Told(Said.NOT_CONFIRMED, _WHY)
        usecase.answer(who, meeting_id, told, now + timedelta(minutes=5 * place))
