"""Queries on third parties' requests, as each person may read them (Rulebook X1 to X5)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.details import Details
from agenda.meetings import case_reference
from agenda.moves import Who
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    CaseRow,
    DisclosureAnswerRow,
    DisclosureAskedRow,
    DisclosureRow,
    DisclosureStepRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas
from meetingsvc.store.disclosure_clocks import (
    BESIDE,
    RECIPIENT_APART,
    RECIPIENT_REFUSED,
    TOLD_APART,
    apart_of,
    clock_of,
    clocks,
    due_of,
    look_at_of,
    off_of,
)
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_disclosures import answers_of, asked_of, requests_of, told_of_request
from minutes import request_clocks
from minutes.disclosure import Made, Request, State, Step
from minutes.disclosure_items import Answer, Says
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Apart, Told
from minutes.redaction import Redaction
from minutes.request_clocks import RequestClocks, Running


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency that was asked, by when it answers, and what the chair agreed with it."""

    agency_id: UUID
    agency: str
    due_at: datetime
    advised_at: datetime | None
    row: DisclosureAskedRow  # for the use cases, to write on

    @property
    def agreed_before(self) -> tuple[tuple[str, str, datetime], ...]:
        """What the chair had agreed with it before, and when, the first first."""
        before = self.row.agreed_before or []
        return tuple((outcome, words, datetime.fromisoformat(at)) for outcome, words, at, _ in before)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done with it."""

    what: str
    at: datetime
    by: str
    reason: str
    told: dict[str, Any]
    account_id: UUID | None = None  # None: the service


@dataclass(frozen=True, slots=True)
class Kept:
    """A request with everything that is known of it, but for the items held."""

    id: UUID
    reference: str
    case_id: UUID
    case: str
    told: Told
    requester: Details
    request: Request
    clock: Running
    due_at: datetime | None  # None: it has no time of its own, or its clock stands
    has_time: bool
    look_at: datetime | None  # when one without any time is looked at again
    asked: tuple[Asked, ...]  # an agency reads of itself alone
    lines: tuple[Line, ...]
    logged_by: str
    row: DisclosureRow  # for the use cases, to write on

    @property
    def state(self) -> State:
        """How far it is."""
        return self.request.state

    @property
    def kind(self) -> Kind:
        """What is asked for."""
        return self.told.kind

    @property
    def another(self) -> str:
        """How somebody who looked said last that who asks is not the perpetrator or an associate."""
        return self.apart[-1].another if self.apart else ""

    @property
    def apart(self) -> tuple[Apart, ...]:
        """Everybody who said so."""
        lines = [line for line in self.lines if line.what in (Step.CHECK, TOLD_APART)]
        return tuple(
            apart_of({"recipient": self.told.name, "by": str(line.account_id)} | line.told)
            for line in lines if line.told.get("another") and line.account_id
        )  # fmt: skip

    @property
    def recipients(self) -> tuple[Apart, ...]:
        """Recipients whom somebody told apart from the perpetrator or an associate."""
        told = [line.told for line in self.lines if line.what == RECIPIENT_APART]
        return tuple(map(apart_of, told))

    @property
    def refused(self) -> tuple[str, ...]:
        """Recipients to whom nothing could go as they were entered."""
        return tuple(line.told["recipient"] for line in self.lines if line.what == RECIPIENT_REFUSED)

    @property
    def asked_again_for(self) -> str:
        """What agencies are asked again, in the chair's words; nothing where they were not."""
        asked = self.request.asked_again
        return asked.reason if asked and self.state is State.ASKED else ""

    @property
    def due_words(self) -> str:
        """By when, in words; nothing where it has no time of its own."""
        return request_clocks.due_words(self.due_at) if self.has_time else ""

    def late(self, now: datetime) -> bool:
        """Overdue, and not ended."""
        return not self.state.ended and self.due_at is not None and self.due_at < now

    def lies(self, now: datetime) -> bool:
        """Nobody named a day for it, and nothing was done with it for the area's days (Rulebook X1)."""
        return self.look_at is not None and self.look_at < now


def acts_as(who: Principal) -> Who | None:
    """In whose name a person takes steps (security.md B, "Disclosure")."""
    return {
        Role.COORDINATOR: Who.COORDINATOR, Role.CHAIR: Who.CHAIR,
        Role.INFORMATION_GOVERNANCE: Who.GOVERNANCE, Role.REPRESENTATIVE: Who.SUPPLIER,
        Role.IDVA: Who.SUPPLIER,
    }.get(who.role)  # fmt: skip


def one(reader: Reader, request_id: UUID) -> Kept | None:
    """One request, where the reader may open it."""
    return next(iter(kept(reader, DisclosureRow.id == request_id)), None)


def waiting(reader: Reader) -> list[Kept]:
    """Those that have not ended, what is due first first."""
    found = kept(reader, DisclosureRow.ended_at.is_(None))
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or one.row.received_at))


def ended(reader: Reader, limit: int) -> list[Kept]:
    """The newest of those that have ended."""
    return kept(reader, DisclosureRow.ended_at.is_not(None), limit=limit)


def on_case(reader: Reader, case_id: UUID) -> list[Kept]:
    """Those on one case."""
    return kept(reader, DisclosureRow.case_id == case_id)


def kept(reader: Reader, *where: Any, limit: int | None = None) -> list[Kept]:
    """Those that the reader may open, narrowed, the newest first."""
    row = DisclosureRow
    rows = (
        select(row, CaseRow.number, AccountRow.name)
        .join(CaseRow, CaseRow.id == row.case_id)
        .join(AccountRow, AccountRow.id == row.logged_by)
        .where(requests_of(reader), *where)
        .order_by(row.received_at.desc(), row.reference)
        .limit(limit)
    )
    found = db.session.execute(rows).all()
    if not found:
        return []
    ids = [one.id for one, *_ in found]
    steps, asked = _steps(reader, ids), _asked(reader, ids)
    area = areas.by_id(reader.area_id)
    rule, off = clocks(area), off_of(area)
    return [_kept(one, case_reference(number), by, steps[one.id], asked[one.id], rule, off)
            for one, number, by in found]  # fmt: skip


def _kept(
    row: DisclosureRow, case: str, by: str, steps: Sequence[tuple[DisclosureStepRow, str]],
    asked: Sequence[Asked], rule: RequestClocks, off: AbstractSet[date],
) -> Kept:  # fmt: skip
    kind = Kind(row.kind)
    made = tuple(
        Made(Step(one.step), one.at, Who(one.who), one.account_id, one.reason, one.signed)
        for one, _ in steps if one.step not in BESIDE
    )  # fmt: skip
    request = Request(kind, row.logged_by, row.received_at, made)
    told = Told(kind, row.name, row.organisation, row.purpose, tuple(map(UUID, row.about)), row.received_at,
                row.hearing_at, row.court, row.accepts_protocol, row.wanted_on)  # fmt: skip
    clock = clock_of(row.received_at, [one for one, _ in steps])
    due, timed = due_of(told, clock, request, rule, off)
    look_at = None if timed else look_at_of(request, row.logged_at, [one for one, _ in steps], rule, off)
    lines = tuple(Line(one.step, one.at, name, one.reason, one.told, one.account_id) for one, name in steps)
    return Kept(row.id, row.reference, row.case_id, case, told, _requester(row), request, clock, due, timed,
                look_at, tuple(asked), lines, by, row)  # fmt: skip


def _requester(row: DisclosureRow) -> Details:
    ways = (frozenset(filter(None, [row.reached.get(what, "")])) for what in ("email", "phone", "address"))
    return Details("", row.name, row.dob, *ways)


def _steps(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[tuple[DisclosureStepRow, str]]]:
    row, found = DisclosureStepRow, defaultdict[UUID, list[tuple[DisclosureStepRow, str]]](list)
    rows = select(row, AccountRow.name).outerjoin(AccountRow, AccountRow.id == row.account_id)
    mine = rows.where(told_of_request(reader, row.request_id), row.request_id.in_(ids))
    for step, name in db.session.execute(mine.order_by(row.place)):
        found[step.request_id].append((step, name or "the service"))
    return found


def _asked(reader: Reader, ids: Collection[UUID]) -> dict[UUID, list[Asked]]:
    row, found = DisclosureAskedRow, defaultdict[UUID, list[Asked]](list)
    rows = select(row, AgencyRow.name).join(AgencyRow, AgencyRow.id == row.agency_id)
    mine = rows.where(asked_of(reader), row.request_id.in_(ids)).order_by(AgencyRow.name)
    for one, name in db.session.execute(mine):
        found[one.request_id].append(Asked(one.agency_id, name, one.due_at, one.advised_at, one))
    return found


def answers(reader: Reader, request_id: UUID) -> list[Answer]:
    """What agencies answered, in the order given; to an agency, what it answered itself (X2)."""
    row = DisclosureAnswerRow
    rows = select(row).where(answers_of(reader), row.request_id == request_id).order_by(row.at, row.id)
    return [
        Answer(one.held_id, one.version, one.agency_id, Says(one.says), one.answered_by, one.at, one.words,
               tuple(Redaction(passage, instead) for passage, instead in one.redactions))
        for one in db.session.scalars(rows)
    ]  # fmt: skip


def next_place(request_id: UUID) -> int:
    """Of the next step; inside `acting.whole_area`."""
    rows = select(DisclosureStepRow.place).where(DisclosureStepRow.request_id == request_id)
    return 1 + max(db.session.scalars(rows), default=0)
