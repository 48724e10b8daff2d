"""Which actions, and what was recorded of them, a person may read beside their own agency's (Rulebook A3)."""

from sqlalchemy import ColumnElement, and_, exists

from meetingsvc.models import ActionRow, ActionStepRow
from meetingsvc.store.scope import Reader, told_at
from meetingsvc.store.scope_kept import MARKED


def plan_of(reader: Reader) -> ColumnElement[bool]:
    """Every agency's actions on what a reader may read about: the plan of the case (R1, A3)."""
    return told_at(reader, ActionRow.item_id)


def steps_of(reader: Reader) -> ColumnElement[bool]:
    """What was recorded of those."""
    return and_(
        MARKED,
        exists().where(ActionRow.id == ActionStepRow.action_id, plan_of(reader)).correlate(ActionStepRow),
    )
