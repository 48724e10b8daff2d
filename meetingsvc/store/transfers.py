"""Queries on cases that move to another area, for the area they leave (Rulebook M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from agenda.calendar import days_off, local_day
from agenda.meetings import case_reference
from agenda.moves import Who, open_to
from agenda.pack import Worded
from agenda.pack_kept import read
from agenda.transfers import MOVES, Made, State, Step, Tracking, Transfer, ask_again_on
from meetingsvc import holidays
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    TransferInRow,
    TransferRecordRow,
    TransferRow,
    TransferStepRow,
    db,
)
from meetingsvc.store import areas
from meetingsvc.store.rehearsals import REAL
from meetingsvc.store.scope import Reader, told_on
from meetingsvc.store.scope_kept import MARKED

_proposer, _confirmer = aliased(AccountRow), aliased(AccountRow)


@dataclass(frozen=True, slots=True)
class Done:
    """One step, as people read it."""

    step: Step
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Out:
    """A case on its way out, or that has gone."""

    id: UUID
    case_id: UUID
    case: str
    to_area: str
    in_service: bool
    officer: str
    email: str
    why: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    made_at: datetime | None
    told: Transfer
    done: tuple[Done, ...]
    ask_again_on: date | None

    @property
    def state(self) -> State:
        """How far it is."""
        return self.told.state

    @property
    def next_steps(self) -> tuple[Step, ...]:
        """What its coordinator can record now; an area of the service answers for itself."""
        steps = open_to(MOVES, self.state, Who.COORDINATOR)
        answers = (Step.RECEIVE, Step.ACCEPT, Step.REFUSE)
        return tuple(
            step for step in steps
            if not (self.in_service and step in answers) and not self.told.waits_for_receipt(step)
        )  # fmt: skip

    @property
    def has_record(self) -> bool:
        """Whether what went is kept on the case: of a file once it was sent, else once accepted."""
        return self.state is State.ACCEPTED or (not self.in_service and self.told.sent_at is not None)

    def is_overdue(self, today: date) -> bool:
        """Nobody there has said a word in time."""
        return self.ask_again_on is not None and today >= self.ask_again_on


def outs_of(reader: Reader) -> ColumnElement[bool]:
    """Those of cases that the reader may open."""
    return and_(told_on(reader, TransferRow.case_id), TransferRow.area_id == reader.area_id)


def outgoing(reader: Reader, *narrow: ColumnElement[bool]) -> list[Out]:
    """Those that have not ended, and then the others, the latest first."""
    rows = (
        select(TransferRow, CaseRow.number, _proposer.name, _confirmer.name)
        .join(CaseRow, CaseRow.id == TransferRow.case_id)
        .join(_proposer, _proposer.id == TransferRow.proposed_by)
        .outerjoin(_confirmer, _confirmer.id == TransferRow.confirmed_by)
        .where(outs_of(reader), *narrow)
        .order_by(TransferRow.ended_at.desc().nulls_first(), TransferRow.proposed_at.desc(), TransferRow.id)
    )
    found = db.session.execute(rows).all()
    steps = _steps(reader, [row.id for row, *_ in found])
    area = areas.by_id(reader.area_id)
    return [_out(area, *one, steps.get(one[0].id, ())) for one in found]


def one(reader: Reader, transfer_id: UUID) -> Out | None:
    """One, where the reader may open its case."""
    return next(iter(outgoing(reader, TransferRow.id == transfer_id)), None)


def of_case(reader: Reader, case_id: UUID) -> list[Out]:
    """Those of one case, open ones first."""
    return outgoing(reader, TransferRow.case_id == case_id)


def locked(reader: Reader, transfer_id: UUID) -> TransferRow | None:
    """Its row, held until the transaction ends."""
    row = select(TransferRow).where(outs_of(reader), TransferRow.id == transfer_id)
    return db.session.scalars(row.with_for_update()).one_or_none()


def content(reader: Reader, transfer_id: UUID) -> bytes | None:
    """The file, where one is made."""
    return db.session.scalar(
        select(TransferRow.content).where(outs_of(reader), TransferRow.id == transfer_id)
    )


def as_told(row: TransferRow, steps: Sequence[TransferStepRow]) -> Transfer:
    """The row and its steps as the rules read them."""
    made = tuple(Made(Step(one.step), one.at, Who(one.who), str(one.by), one.reason) for one in steps)
    return Transfer(str(row.proposed_by), row.proposed_at, row.to_area_id is not None, steps=made)


def steps_of(row: TransferRow) -> Sequence[TransferStepRow]:
    """What was done with one that the scope has let through, in order."""
    step = TransferStepRow
    rows = select(step).where(MARKED, step.transfer_id == row.id).order_by(step.id)
    return db.session.scalars(rows).all()


def _steps(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, list[tuple[TransferStepRow, str | None]]]:
    found: dict[UUID, list[tuple[TransferStepRow, str | None]]] = {}
    step = TransferStepRow
    rows = (
        select(step, AccountRow.name)
        .join(TransferRow, TransferRow.id == step.transfer_id)
        .outerjoin(AccountRow, AccountRow.id == step.by)
        .where(outs_of(reader), step.transfer_id.in_(ids))
        .order_by(step.id)
    )
    for row, name in db.session.execute(rows) if ids else ():
        found.setdefault(row.transfer_id, []).append((row, name))
    return found


def _out(
    area: AreaRow, row: TransferRow, number: int, proposer: str, confirmer: str | None, steps: Any
) -> Out:
    told = as_told(row, [step for step, _ in steps])
    settings = areas.settings_of(area)
    off = days_off(settings, holidays.known())
    done = tuple(Done(Step(step.step), step.at, name or row.to_area, step.reason) for step, name in steps)
    return Out(
        row.id, row.case_id, case_reference(number), row.to_area, row.to_area_id is not None, row.officer,
        row.email, row.why, proposer, row.proposed_at, confirmer or "", row.made_at, told, done,
        ask_again_on(told, Tracking(settings.receipt_days), off, row.asked_again_at),
    )  # fmt: skip


def waiting(reader: Reader) -> list[Out]:
    """Those that are with the other area, which has not answered."""
    return outgoing(reader, TransferRow.state.in_((State.SENT, State.RECEIVED)))


def overdue(reader: Reader, today: date) -> int:
    """How many nobody has said a word about in time (Rulebook M5)."""
    return sum(out.is_overdue(today) for out in waiting(reader))


def to_send(reader: Reader) -> int:
    """How many are confirmed and have not been sent: a file that nobody made, or took along."""
    return len(outgoing(reader, TransferRow.state == State.CONFIRMED))


@dataclass(frozen=True, slots=True)
class Record:
    """What went with a case, as it was then."""

    id: UUID
    from_area: str
    to_area: str
    made_at: datetime
    words: Worded

    @property
    def on(self) -> date:
        """The day it went."""
        return local_day(self.made_at)


def records(reader: Reader, case_id: UUID) -> list[Record]:
    """What came or went with a case that the reader may open, the latest first."""
    row = TransferRecordRow
    rows = select(row).where(told_on(reader, row.case_id), row.case_id == case_id)
    return [
        Record(found.id, found.from_area, found.to_area, found.made_at, read(found.words))
        for found in db.session.scalars(rows.order_by(row.made_at.desc(), row.id))
    ]


def arrival_of(transfer_id: UUID) -> TransferInRow | None:
    """The other half of one, in the area it goes to; for the service's own work."""
    row = TransferInRow
    return db.session.scalars(
        select(row).where(row.transfer_id == transfer_id).with_for_update()
    ).one_or_none()


def other_areas(area_id: UUID) -> list[tuple[UUID, str]]:
    """The other areas of the service, by title."""
    others = select(AreaRow.id, AreaRow.title).where(AreaRow.id != area_id, REAL)
    rows = others.order_by(AreaRow.title, AreaRow.id)
    return [(key, title) for key, title in db.session.execute(rows)]


def went_on(reader: Reader, case_id: UUID) -> list[date]:
    """The days on which it came or went: a case that has just come is not a closed one."""
    row = TransferRecordRow
    rows = select(row.made_at).where(told_on(reader, row.case_id), row.case_id == case_id)
    return [local_day(at) for at in db.session.scalars(rows)]
