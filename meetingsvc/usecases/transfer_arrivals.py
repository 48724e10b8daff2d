"""A case that another area sends: accepted, declined, or taken in from outside the service (M5, T8)."""

from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda import transfer_record
from agenda.calendar import local_day
from agenda.moves import Who
from agenda.need_to_know import RestrictionState
from agenda.pack_kept import kept
from agenda.references import Prefix
from agenda.restrictions import Step as RestrictionStep
from agenda.rules import RuleBroken
from agenda.transfer_arrival import Arrival, entry, problems
from agenda.transfer_record import Between
from agenda.transfers import State, Step
from meetingsvc.models import RestrictionRow, TransferInRow, TransferRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, nameable, references, transfer_arrivals, transfer_source
from meetingsvc.store.transfer_source import Source
from meetingsvc.usecases import oversight, restrictions, transfer_handover, transfer_walls, transfers, walls
from meetingsvc.usecases.transaction import saved_by

_ANSWERED = "This has been decided, or was withdrawn by the other area. Nothing changed."


def accept(principal: Principal, arrival_id: UUID, now: datetime) -> UUID:
    """The case is this area's from now on: a case here, on the next daily list; gives its id (M5, T8).

    All of it in one transaction, or nothing: until then it stays the sender's.
    """
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        arrival, row = _open(who, arrival_id)
        with acting.service():
            transfers.step(row, Step.ACCEPT, Who.OTHER_AREA, who.account_id, now)
            source = transfer_source.read(row.area_id, row.case_id)
            case_id = _made(who, arrival, source, now)
            walls.check_cases(who.area_id, [case_id], now)
            transfer_walls.carry_over(arrival, case_id, now)
            _restrict(who, case_id, source, now)
            transfer_handover.leave(row, now)
            _tell_sender(row, "transfer.moved", now)
        _answered(who, arrival, State.ACCEPTED, "", now)
        audit.record(who.account_id, who.area_id, "transfer.accepted", f"transfer_in/{arrival.id}", now,
                     case=case_id)  # fmt: skip
        return case_id


def _open(who: Principal, arrival_id: UUID) -> tuple[TransferInRow, TransferRow]:
    """Both halves, held; raises NotFound where it does not exist for this person."""
    told = transfer_arrivals.one(who, arrival_id)
    if told is None:
        raise NotFound
    with acting.service():
        row = db.session.get(TransferRow, told.transfer_id) if told.transfer_id else None
        if row is None:
            raise RuleBroken(_ANSWERED)
        for area_id in sorted((row.area_id, who.area_id)):
            areas.hold(area_id)
        db.session.refresh(row, with_for_update=True)
        arrival = transfer_arrivals.locked(arrival_id)
        if arrival.state != State.RECEIVED:
            raise RuleBroken(_ANSWERED)
    return arrival, row


def _made(who: Principal, arrival: TransferInRow, source: Source, now: datetime) -> UUID:
    """The case here, with everything that goes along."""
    area = areas.by_id(who.area_id)
    heard = transfer_source.heard_by(source, local_day(now))
    told = Arrival(arrival.from_area, source.case.reference, tuple(day for day, _ in heard), source.victim,
                   source.perpetrator, source.case.risk, "")  # fmt: skip
    arrival.reference = references.taken(who.area_id, Prefix.TRANSFER)
    incident = entry(told, arrival.reference, now, source.latest)
    case_id = transfer_handover.received(who.area_id, incident, heard, who.account_id, now)
    arrival.case_id = case_id
    between = Between(arrival.from_area, area.title, now)
    words = transfer_handover.worded(source, area.title, now)
    transfer_handover.hand_over(source, who.area_id, case_id, between, words)
    return case_id


def _restrict(who: Principal, case_id: UUID, source: Source, now: datetime) -> None:
    """A restricted case stays restricted: to who accepts it and whoever runs meetings here and may (M6)."""
    old = source.restriction
    if old is None or not source.restricted:
        return
    row = db.session.get(RestrictionRow, case_id)
    if row is not None and row.state == RestrictionState.RESTRICTED:
        return
    words = f"Restricted in {areas.by_id(source.area_id).title}, which transferred it."
    if row is None:
        row = RestrictionRow(case_id=case_id, area_id=who.area_id)
    row.state, row.hides, row.reason = old.state, old.hides, words
    row.put_by, row.put_at = who.account_id, now
    if old.state == RestrictionState.RESTRICTED:
        row.decided_by, row.decided_at = who.account_id, now
    db.session.add(row)
    said = restrictions.said(row, RestrictionStep.RESTRICTED, words, who.account_id, now)
    audit.record(who.account_id, who.area_id, "restriction.put", f"case/{case_id}", now, step=said)
    if old.state == RestrictionState.RESTRICTED:
        able = nameable.runners(who.area_id, case_id, local_day(now))
        restrictions.open_to_named(who, case_id, {who.account_id, *able}, now)
        oversight.tell(who.area_id, case_id, who.account_id, now)


def _tell_sender(row: TransferRow, action: str, now: datetime) -> None:
    """Whoever coordinates there learns what became of it, as far as they may open the case."""
    for account_id in sorted(transfers.concerned(row.area_id, row.case_id, now)):
        transfers.tell(row.area_id, account_id, now, [row.case_id])
    audit.record(transfer_walls.SERVICE, row.area_id, action, f"case/{row.case_id}", now, transfer=row.id)


def _answered(who: Principal, arrival: TransferInRow, state: State, reason: str, now: datetime) -> None:
    arrival.state, arrival.reason = state, reason.strip()
    arrival.decided_by, arrival.decided_at = who.account_id, now
    if state is State.REFUSED:  # names that were shown to decide by are kept no longer
        arrival.victim, arrival.victim_dob, arrival.perpetrator = "", None, ""
    db.session.flush()


def decline(principal: Principal, arrival_id: UUID, reason: str, now: datetime) -> None:
    """It stays the sender's, who reads the reason."""
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        arrival, row = _open(who, arrival_id)
        with acting.service():
            transfers.step(row, Step.REFUSE, Who.OTHER_AREA, who.account_id, now, reason)
            _tell_sender(row, "transfer.refused", now)
        _answered(who, arrival, State.REFUSED, reason, now)
        audit.record(who.account_id, who.area_id, "transfer.declined", f"transfer_in/{arrival.id}", now)


def enter(principal: Principal, told: Arrival, now: datetime) -> tuple[UUID, str]:
    """A case from an area outside the service, as a coordinator typed it (T8). Gives the case's id, which may
    be hidden from who typed it, and the reference."""
    with saved_by(principal, Permission.TRANSFER_MAKE, now) as who:
        areas.hold(who.area_id)
        for words in problems(told, local_day(now)).values():
            raise RuleBroken(f"{words}. Nothing was saved.")
        if there := transfer_arrivals.same(who, told.from_area, told.their_reference):
            raise RuleBroken(f"This was taken in before, as {there}. Nothing was saved.")
        with acting.whole_area(who.area_id):
            reference = references.taken(who.area_id, Prefix.TRANSFER)
            heard = tuple((day, "") for day in sorted(set(told.heard_on)))
            incident = entry(told, reference, now)
            case_id = transfer_handover.received(who.area_id, incident, heard, who.account_id, now)
            between = Between(told.from_area, areas.by_id(who.area_id).title, now)
            words_kept = kept(transfer_record.arrived(between, told, reference))
            transfer_handover.keep(who.area_id, case_id, between, words_kept)
            arrival = _row(who, told, reference, case_id, now)
            db.session.add(arrival)
            db.session.flush()
            walls.check_cases(who.area_id, [case_id], now)
        audit.record(who.account_id, who.area_id, "transfer.entered", f"transfer_in/{arrival.id}", now,
                     case=case_id)  # fmt: skip
        return case_id, reference


def _row(who: Principal, told: Arrival, reference: str, case_id: UUID, now: datetime) -> TransferInRow:
    return TransferInRow(
        id=uuid4(), area_id=who.area_id, from_area=told.from_area.strip(), reference=reference,
        their_reference=told.their_reference.strip(), victim=told.victim.name, victim_dob=told.victim.dob,
        perpetrator=told.perpetrator.name if told.perpetrator else "", state=State.ACCEPTED, received_at=now,
        case_id=case_id, decided_by=who.account_id, decided_at=now,
    )  # fmt: skip
