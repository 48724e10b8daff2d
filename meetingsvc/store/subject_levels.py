"""A child's level of risk over time: who said which, when, and why. Never changed (Rulebook E1)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from agenda import level_history
from agenda.incidents import Risk
from agenda.level_history import Basis, History, Said
from agenda.moves import REASON_LENGTH
from meetingsvc.models import AccountRow, AgencyRow, LadderStepRow, LevelSaidRow, db
from meetingsvc.store import acting
from meetingsvc.store.scope import Reader, told_on
from meetingsvc.store.scope_contributed import is_asked
from meetingsvc.store.scope_exploitation import reasons_of

_LONGEST = 300


def say(
    area_id: UUID, case_id: UUID, level: Risk | str, basis: Basis | str, reason: str, panel: str,
    at: datetime, by: UUID | str,
) -> bool:  # fmt: skip
    """Keeps one more level of a child, and says whether it changed anything.

    A meeting may say any; what a referral or a screening says lower is kept with it, and changes no level
    (`level_history.screened`). Raises RuleBroken where a reason is wanting, or what was said last is later.
    `by`: an account, or who it was in words; `panel`: the code of the meeting's, "" where none said it. To be
    called inside a transaction with the area held, as the child's case may be open to nobody who acts.
    """
    told = Said(Risk(level), Basis(basis), at, _words(by), reason.strip()[:REASON_LENGTH], panel)
    with acting.whole_area(area_id):
        before = _history(LevelSaidRow.area_id == area_id, case_id)
        add = level_history.with_more if told.basis is Basis.MEETING else level_history.screened
        if len(add(before, told)) == len(before):
            return False
        db.session.add(LevelSaidRow(area_id=area_id, case_id=case_id, level=told.level, basis=told.basis,
                                    reason=told.reason, panel=panel, at=at, by=told.by))  # fmt: skip
        db.session.flush()
    return True


def unsay(area_id: UUID, case_id: UUID, basis: Basis, at: datetime) -> None:
    """Takes out what was said of another child, at that moment. The service's own work."""
    row = LevelSaidRow
    said = (row.area_id == area_id, row.case_id == case_id, row.basis == basis, row.at == at)
    db.session.execute(delete(row).where(*said))


def history(case_id: UUID, reader: Reader) -> History:
    """Every level that was said of a child, in order, where the reader may open its case.

    Who said it and why go with what a meeting noted, to who contributed; of a referral or a screening they
    are for who runs the panels (Rulebook E4, F3).
    """
    said = _history(told_on(reader, LevelSaidRow.case_id), case_id)
    if not is_asked(reader):
        return said
    told = _noted(reader, case_id)
    return tuple(one if _is_in(one, told) else replace(one, by="", reason="") for one in said)


def _is_in(one: Said, told: Collection[datetime]) -> bool:
    return one.basis is Basis.MEETING and one.at in told


def _noted(reader: Reader, case_id: UUID) -> set[datetime]:
    """When meetings whose notes go to the reader said a level: at the moment of the step they made."""
    row = LadderStepRow
    rows = select(row.confirmed_at, row.made_at).where(reasons_of(reader), row.case_id == case_id)
    return {confirmed or made for confirmed, made in db.session.execute(rows)}


def _history(narrowed: ColumnElement[bool], case_id: UUID) -> History:
    row = LevelSaidRow
    rows = select(row).where(narrowed, row.case_id == case_id).order_by(row.at, row.id)
    return tuple(
        Said(Risk(one.level), Basis(one.basis), one.at, one.by, one.reason, one.panel)
        for one in db.session.scalars(rows)
    )


def _words(by: UUID | str) -> str:
    if isinstance(by, str):
        return by[:_LONGEST]
    found = select(AccountRow.name, AgencyRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    name, agency = db.session.execute(found.where(AccountRow.id == by)).one()
    return f"{name}, {agency}"[:_LONGEST]
