"""A case is offered to another area: proposed, confirmed by a second person, withdrawn (Rulebook M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Details
from agenda.meetings import MeetingKind
from agenda.moves import Who
from agenda.rules import RuleBroken
from agenda.transfers import Made, State, Step, propose_problem
from meetingsvc.models import TransferInRow, TransferRow, TransferStepRow, TransferWallRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import (
    acting,
    areas,
    audit,
    details,
    nameable,
    restrictions,
    subject_people,
    transfer_source,
)
from meetingsvc.store import transfers as store
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import notices, proposals, transfer_walls
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.restrictions import refuse_hidden
from meetingsvc.usecases.transaction import saved_by
from notifications.collisions import collides
from notifications.messages import Notice
from notifications.recipients import Ground, is_secure

SEND = "transfer.send"
NOBODY_THERE = (
    "No coordinator of that area may be told of this case. Ring its chair, and ask for another coordinator "
    "before you propose it again. Nothing was sent."
)
_GONE = "That area is not in the service any more. Nothing was sent."


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a case goes: an area of the service, or a named officer of one outside."""

    area_id: UUID | None
    area: str
    officer: str = ""
    email: str = ""


def propose(principal: Principal, case_id: UUID, to: Destination, why: str, now: datetime) -> None:
    """Puts a transfer before the chair. The case stays ours until the other area accepts it."""
    refuse_unfit(principal, case_id, to, now)
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        refuse_hidden(who, case_id)
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):
            if not subject_people.is_of_abuse(case_id):
                raise RuleBroken("Only a case of domestic abuse goes to another area. Nothing was sent.")
        for words in propose_problem(_is_open(who, case_id), to.area, why).values():
            raise RuleBroken(f"{words}. Nothing was sent.")
        detail = {"area_id": str(to.area_id or ""), "area": to.area, "officer": to.officer, "email": to.email,
                  "case": restrictions.reference(who, case_id)}  # fmt: skip
        proposals.propose(who, SEND, f"case/{case_id}", detail, why, now, case_id=case_id)


def _is_open(who: Principal, case_id: UUID) -> bool:
    return any(not out.state.ended for out in store.of_case(who, case_id))


def refuse_unfit(principal: Principal, case_id: UUID, to: Destination, now: datetime) -> None:
    """A recipient whom this must not reach is refused, and that is kept (Rulebook F3, S1)."""
    if to.area_id is not None:
        return
    ground = unfit(principal.area_id, case_id, to)
    if ground is None:
        return
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        refuse_hidden(who, case_id)
        audit.record(who.account_id, who.area_id, "transfer.recipient_refused", f"case/{case_id}", now,
                     ground=ground)  # fmt: skip
    raise RuleBroken(f"{ground.words} Nothing was sent.")


def unfit(area_id: UUID, case_id: UUID, to: Destination) -> Ground | None:
    """Why a file about this case cannot go to that officer; None where it can (Rulebook F3, S1)."""
    settings = areas.settings_of(areas.by_id(area_id))
    if not is_secure(to.email, settings.secure_domains):
        return Ground.NOT_A_SECURE_DOMAIN
    told = details.of_cases([case_id]).get(case_id, [])
    kept = [one.details for one in told if one.part is not Part.VICTIM]
    officer = Details(forename=to.officer, emails=frozenset({to.email}))
    return Ground.COLLISION if collides(officer, kept) else None


def _describe(told: Told) -> Sequence[Change]:
    to = destination(told)
    how = "in this service" if to.area_id else f"by an encrypted file to {to.officer}, {to.email}"
    return [
        Change(f"Case {told.detail['case']}", "Here", f"Offered to {to.area}, {how}; ours until accepted")
    ]


def destination(told: Told) -> Destination:
    """Where a proposal would send it."""
    area = told.detail["area_id"]
    return Destination(UUID(area) if area else None, told.detail["area"], told.detail["officer"],
                       told.detail["email"])  # fmt: skip


def _carry_out(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    """The chair has confirmed: in one service it is offered at once; else a file can be made."""
    if told.case_id is None or not restrictions.may_open(proposer, told.case_id):
        raise RuleBroken("Whoever proposed this may not decide it any more. Nothing changed.")
    to, case_id = destination(told), told.case_id
    areas.hold(told.area_id)
    if _is_open(confirmer, case_id):
        raise RuleBroken("This case is on its way to another area already. Nothing changed.")
    if to.area_id is None and (ground := unfit(told.area_id, case_id, to)):
        raise RuleBroken(f"{ground.words} Refuse this, so that it can be proposed anew.")
    row = TransferRow(
        id=uuid4(), area_id=told.area_id, case_id=case_id, to_area_id=to.area_id, to_area=to.area,
        officer=to.officer, email=to.email, why=told.reason, proposed_by=told.proposed_by,
        proposed_at=told.proposed_at, state=State.PROPOSED,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    step(row, Step.CONFIRM, Who.CHAIR, confirmer.account_id, now)
    row.confirmed_by = confirmer.account_id
    audit.record(confirmer.account_id, told.area_id, "transfer.confirmed", f"case/{case_id}", now,
                 transfer=row.id)  # fmt: skip
    if to.area_id:
        step(row, Step.SEND, Who.COORDINATOR, told.proposed_by, now)
        _offer(row, to.area_id, now)


def step(row: TransferRow, what: Step, who: Who, by: UUID | None, now: datetime, reason: str = "") -> None:
    """One step more, where it is legal (`agenda.transfers`); raises RuleBroken where it is not."""
    told = store.as_told(row, store.steps_of(row))
    after = told.after(Made(what, now, who, str(by), reason))
    row.state = after.state
    row.ended_at = now if after.state.ended else None
    if after.state.ended:
        row.content = None  # what was for the other area alone is kept no longer than it is needed
    db.session.add(TransferStepRow(transfer_id=row.id, area_id=row.area_id, step=what, at=now, who=who, by=by,
                                   reason=reason.strip()))  # fmt: skip
    db.session.flush()


def _offer(row: TransferRow, to_area_id: UUID, now: datetime) -> None:
    """Its half over there: names, for a coordinator to know the case by, and nothing else (M5, M6)."""
    with acting.service():
        source = transfer_source.read(row.area_id, row.case_id)
        arrival = TransferInRow(
            id=uuid4(), area_id=to_area_id, transfer_id=row.id, from_area=areas.by_id(row.area_id).title,
            victim=source.victim.name, victim_dob=source.victim.dob, state=State.RECEIVED, received_at=now,
            perpetrator=source.perpetrator.name if source.perpetrator else "",
        )  # fmt: skip
        db.session.add(arrival)
        db.session.flush()
        kept = transfer_walls.kept_from(row.area_id, row.case_id, to_area_id)
        transfer_walls.put(arrival, kept, now)
        asked = coordinators(to_area_id, now) - kept
        if not asked:
            raise RuleBroken(NOBODY_THERE)
        for account_id in sorted(asked):
            tell(to_area_id, account_id, now)


def coordinators(area_id: UUID, now: datetime) -> set[UUID]:
    """Every coordinator of an area who can sign in."""
    live = nameable.who_run(area_id, local_day(now))
    return {one.id for one in live if one.role is Role.COORDINATOR}


def concerned(area_id: UUID, case_id: UUID, now: datetime) -> set[UUID]:
    """Whom an answer about a case of theirs concerns: the coordinators who may open it, else such chairs."""
    able = nameable.who_may_open(area_id, case_id, local_day(now))
    return able & coordinators(area_id, now) or able


def walled(arrival_id: UUID) -> set[UUID]:
    """Who there must not learn of it."""
    row = TransferWallRow
    return set(db.session.scalars(select(row.account_id).where(row.transfer_in_id == arrival_id)))


def tell(area_id: UUID, account_id: UUID, now: datetime, about: Sequence[UUID] = ()) -> None:
    """A notice that says nothing of the case (Rulebook S2)."""
    waiting = {"panel": MeetingKind.MARAC.value, "sits_on": local_day(now).isoformat(), "path": "/transfers"}
    notices.put(area_id, account_id, Notice.TRANSFER, waiting, now, about=about)


def withdraw(principal: Principal, transfer_id: UUID, reason: str, now: datetime) -> None:
    """Takes it back, with the reason; the other area's coordinators see it no more."""
    with saved_by(principal, Permission.TRANSFER_READ, now) as who:
        row = found(who, transfer_id)
        role = Who.CHAIR if who.role is Role.CHAIR else Who.COORDINATOR
        step(row, Step.WITHDRAW, role, who.account_id, now, reason)
        with acting.service():
            if (arrival := store.arrival_of(row.id)) is not None:
                arrival.state, arrival.decided_at = State.WITHDRAWN, now
                arrival.victim, arrival.victim_dob, arrival.perpetrator = "", None, ""
        audit.record(who.account_id, who.area_id, "transfer.withdrawn", f"case/{row.case_id}", now,
                     transfer=row.id)  # fmt: skip


def found(who: Principal, transfer_id: UUID) -> TransferRow:
    """One of one's area, held; both areas are held in one order, or two decisions would wait in a ring."""
    with acting.service():
        told = db.session.get(TransferRow, transfer_id)
        wanted = {told.area_id, told.to_area_id} if told else set[UUID | None]()
        for area_id in sorted(filter(None, wanted)):
            areas.hold(area_id)
    row = store.locked(who, transfer_id)
    if row is None:
        raise NotFound
    return row


proposals.register(
    Kind(SEND, "Transfer a case to another area", Permission.TRANSFER_MAKE, Permission.TRANSFER_CONFIRM,
         _describe, _carry_out)
)  # fmt: skip
