"""Steps of proof 3 about actions: what becomes of each is kept, and none vanishes (Rulebook A1, R1)."""

from functools import partial
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from meetingsvc.models import AccountRow, ActionRow, ActionStepRow, ItemRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases import actions
from meetingsvc.usecases.actions import Told
from minutes.actions import Status
from tests.proofs.machine_ground import Ground, some

SETTLED = (Status.DONE, Status.NOT_DONE, Status.NOT_DONE, Status.NOT_POSSIBLE)


class Actions(Ground):
    """What is recorded of them after a meeting has set them."""

    @rule(by=some, action=some, status=st.sampled_from(SETTLED))
    def settle(self, by: int, action: int, status: Status) -> None:
        if self.actions:
            self.anybody(by, partial(self._settle, key=self._action(action), status=status))

    def _settle(self, who: Principal, key: UUID, status: Status) -> None:
        item, was = self.actions[key]
        actions.set_status(who, key, status, self.say("action", item), self.now)
        assert was == "open" and self._is_theirs(who, key), "settled by somebody else"
        self.actions[key] = (item, status.value)

    @rule(by=some, action=some)
    def reopen(self, by: int, action: int) -> None:
        if self.actions:
            self.anybody(by, partial(self._reopen, key=self._action(action)))

    def _reopen(self, who: Principal, key: UUID) -> None:
        item, was = self.actions[key]
        actions.reopen(who, key, self.say("action", item), self.now)
        assert was != "open" and who.runs_meetings
        self.actions[key] = (item, "open")

    @rule(by=some, action=some, owner=some)
    def give(self, by: int, action: int, owner: int) -> None:
        """Somebody of its agency does it."""
        if self.actions:
            key, whom = self._action(action), self.whom(owner)
            self.anybody(by, partial(self._give, key=key, whom=whom))

    def _give(self, who: Principal, key: UUID, whom: UUID) -> None:
        with acting.service():
            row = db.session.get(ActionRow, key)
            same = row and db.session.get_one(AccountRow, whom).agency_id == row.agency_id
        try:
            actions.progress(who, {key: Told(owner=whom)}, self.now)
        except actions.Unfit:
            return
        assert same and self._is_theirs(who, key)

    @rule(by=some, action=some)
    def look_at(self, by: int, action: int) -> None:
        """The chair says what was done about one that was not done twice."""
        if self.actions:
            self.anybody(by, partial(self._look_at, key=self._action(action)))

    def _look_at(self, who: Principal, key: UUID) -> None:
        actions.look_at(who, key, self.say("action", self.actions[key][0]), self.now)
        assert self.actions[key][1] == Status.NOT_DONE

    def _action(self, number: int) -> UUID:
        return list(self.actions)[number % len(self.actions)]

    def _is_theirs(self, who: Principal, key: UUID) -> bool:
        with acting.service():
            return who.runs_meetings or db.session.get_one(ActionRow, key).agency_id == who.agency_id

    def actions_never_vanish(self) -> None:
        """Each is what was recorded of it last, and every step there was leads to it."""
        rows = select(ActionRow).join(ItemRow, ItemRow.id == ActionRow.item_id)
        there = {one.id: one for one in db.session.scalars(rows.where(ActionRow.area_id == self.area_id))}
        steps = select(ActionStepRow).where(ActionStepRow.area_id == self.area_id).order_by(ActionStepRow.id)
        stands = dict.fromkeys(self.actions, "open")
        for step in db.session.scalars(steps):
            assert stands.get(step.action_id, "open") == step.was, "a step is missing"
            stands[step.action_id] = step.status
        for key, (item, status) in self.actions.items():
            if self.case_of[item] in self.destroyed:
                continue
            assert key in there, "an action vanished"
            assert there[key].status == status == stands[key], "an action is not what was recorded of it"
