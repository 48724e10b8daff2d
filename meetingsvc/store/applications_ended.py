"""Which applications under the disclosure schemes may have ended: narrowing, before the rule decides (Y1)."""

from sqlalchemy import ColumnElement, and_, exists, or_

from agenda.disclosure_scheme import MOVES, Step
from agenda.moves import Who
from meetingsvc.models import ApplicationRow, ApplicationStepRow, EntryRow, ItemRow

#: Steps that end an application.
_LAST = [step for step, move in MOVES.items() if move.after.ended and move.who == {Who.POLICE}]


def ended_by_some() -> ColumnElement[bool]:
    """Narrows generously: the rule decides, but not every application there ever was is read for it."""
    return or_(_taken(*_LAST, Step.DECIDE_NOT_TO), and_(_taken(Step.CHECK), decided_so(False)))


def surely_ended() -> ColumnElement[bool]:
    """As above, but for what no chair has confirmed, or a later meeting may have decided to disclose after
    all (Rulebook C4)."""
    told = [step for step in _LAST if step is not Step.WITHHOLD]
    return or_(_taken(*told), and_(_taken(Step.DECIDE_NOT_TO), ~decided_so(True)))


def _taken(*steps: Step) -> ColumnElement[bool]:
    row, step = ApplicationRow, ApplicationStepRow
    return exists().where(step.application_id == row.id, step.step.in_(steps)).correlate(row)


def decided_so(disclose: bool) -> ColumnElement[bool]:
    """A meeting decided so, be it not the latest."""
    row = ApplicationRow
    return exists().where(
        EntryRow.occurrence_number == row.reference, ItemRow.id == EntryRow.item_id,
        ItemRow.area_id == row.area_id, EntryRow.disclose.is_(disclose),
    ).correlate(row)  # fmt: skip
