"""Steps of proof 3 about research: asked of every agency, answered for one's own of what one may see (D1)."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from hypothesis.stateful import rule

from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting
from meetingsvc.usecases import research
from tests.a_research import ask, boxes_of
from tests.proofs import model
from tests.proofs.machine_ground import Ground, some


class Research(Ground):
    """What agencies are asked before a meeting."""

    @rule(by=some, sees=some, meeting=some)
    def hold_nothing(self, by: int, sees: int, meeting: int) -> None:
        """One person says that nothing is held of every case that another is asked about."""
        found = [*self.meetings("DRAMM"), *self.meetings("MARAC")]
        key = found[meeting % len(found)]
        ask(self.area_id, key, self.now)
        other = accounts.principal(self.whom(sees), self.now)
        boxes = {one.id: one.case.item_id for one in boxes_of(other, key)} if other else {}
        if boxes:
            self.anybody(by, partial(self._hold_nothing, meeting=key, boxes=boxes))

    def _hold_nothing(self, who: Principal, meeting: UUID, boxes: Mapping[UUID, UUID]) -> None:
        """Of a case that is kept from them it is refused, and so is all of it (M6)."""
        research.nothing_held(who, meeting, list(boxes), self.now)
        with acting.service():
            reader = model.readers(self.now, self.area_id)[who.account_id]
        assert set(boxes.values()) <= reader.told, "answered of a hidden case"
