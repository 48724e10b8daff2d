"""A case as the receiving area has it: its people, its hearings, where they are found, and what was recorded.

All of it is the service's own work across two areas: call it inside `acting.service`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update

from agenda import transfer_record
from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.incidents import Incident
from agenda.meetings import MeetingState
from agenda.pack import Worded
from agenda.pack_kept import kept
from agenda.referral_entry import EntryKind, narrow
from agenda.rules import RuleBroken
from agenda.transfer_record import Beside, Between
from meetingsvc.models import (
    AddressRow,
    AssociateRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    HearingRow,
    IdentityRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    ReferralToldRow,
    TransferRecordRow,
    TransferRow,
    db,
)
from meetingsvc.store import areas, cases, named_cases, sealed, transfer_source
from meetingsvc.store.acting import Host
from meetingsvc.store.transfer_source import Reached, Source
from meetingsvc.usecases import entries, lists

NOT_READABLE = (
    "A confidential address on this case cannot be opened, so it cannot go along. Tell your administrator "
    "that the key of safe addresses has changed. Nothing was accepted."
)
NAMED_BY_NOBODY = "The perpetrator, whom no incident has named"


def worded(source: Source, to_area: str, now: datetime, why: str = "") -> Worded:
    """What is told of the case; with `why` it moves, also whom the other area has to answer."""
    sender = areas.by_id(source.area_id)
    between = Between(sender.title, to_area, now, why, areas.settings_of(sender).coordinator_call)
    heard = transfer_source.heard_by(source, local_day(now))
    beside = Beside(heard, *transfer_source.beside(source, now), transfer_source.earlier(source),
                    named_cases.took_part(Host(source.area_id), source.case_id))  # fmt: skip
    return transfer_record.record(between, source.case, beside)


def keep(area_id: UUID, case_id: UUID, between: Between, words: Mapping[str, Any]) -> None:
    """What went with the case, frozen, on the case of one of the two areas."""
    db.session.add(
        TransferRecordRow(id=uuid4(), area_id=area_id, case_id=case_id, made_at=between.at, words=dict(words),
                          from_area=between.from_area, to_area=between.to_area)
    )  # fmt: skip
    db.session.flush()


def received(
    area_id: UUID, told: Incident, heard: tuple[tuple[Any, str], ...], by: UUID, now: datetime
) -> UUID:
    """The case of an arrival, on the next daily list (Rulebook T8), with the hearings T6 looks back on."""
    (case_id,) = cases.resolve(area_id, [lists.parties(told.occurrence_number, narrow(0, told), told)])
    for day, risk in heard:
        db.session.add(
            HearingRow(area_id=area_id, case_id=case_id, heard_on=day, source="transfer", risk=risk,
                       external_reference=told.occurrence_number)
        )  # fmt: skip
    db.session.flush()
    entries.take(area_id, [told], EntryKind.TRANSFER, by, now)
    return case_id


def hand_over(source: Source, area_id: UUID, case_id: UUID, between: Between, words: Worded) -> None:
    """People's other names, where they are found, and what was recorded: a copy for each area (M5, R2)."""
    for owner, key in ((source.area_id, source.case_id), (area_id, case_id)):
        keep(owner, key, between, kept(words))
    case = db.session.get_one(CaseRow, case_id)
    if case.victim_id:
        _learn(source, source.victim_id, case.victim_id, area_id)
    if source.perpetrator_id and case.perpetrator_id:
        _learn(source, source.perpetrator_id, case.perpetrator_id, area_id)
    for one in transfer_source.reached(source):
        _reach(one, case, _person(one, case))
    for said in transfer_source.consents_of(source):
        db.session.add(_consent(said, case))
    for old in transfer_source.warned(source):
        db.session.add(
            ReferralToldRow(area_id=area_id, case_id=case_id, sight=old.sight, question=old.question,
                            label=old.label, text=old.text, author=old.author, at=old.at)
        )  # fmt: skip
        db.session.flush()
    db.session.flush()


def _consent(old: ConsentRow, case: CaseRow) -> ConsentRow:
    """What the victim said, with her limits and conditions: they bind whoever has the case (Rulebook K1)."""
    said = {name: getattr(old, name) for name in (
        "answer", "said_on", "limits", "grounds", "what", "why", "authorised_by", "receives",
        "agency_id", "author", "recorded_by", "recorded_at", "source",
    )}  # fmt: skip
    return ConsentRow(id=uuid4(), area_id=case.area_id, case_id=case.id, **said)


def _learn(source: Source, there: UUID, here: UUID, area_id: UUID) -> None:
    """What else somebody is called, so that an incident finds them; not where that is another's name."""
    for value in transfer_source.names_of(source, there):
        row = IdentityRow
        taken = select(row.id).where(row.area_id == area_id, row.kind == "name", row.value == value)
        if db.session.scalar(taken.limit(1)) is None:
            db.session.add(row(area_id=area_id, person_id=here, kind="name", value=value))
            db.session.flush()


def _person(one: Reached, case: CaseRow) -> UUID:
    """The person here: a party of the case, or an associate who is named on it now.

    So is a perpetrator whom no incident names: where they are found is never taken for where the victim is.
    """
    match one.part:
        case Part.VICTIM if case.victim_id:
            return case.victim_id
        case Part.PERPETRATOR if case.perpetrator_id:
            return case.perpetrator_id
        case _:
            return _associate(one, case)


def _associate(one: Reached, case: CaseRow) -> UUID:
    there, near = db.session.get_one(PersonRow, one.person_id), one.associate
    here = uuid4()
    db.session.add(PersonRow(id=here, area_id=case.area_id, forename=there.forename, surname=there.surname,
                             dob=there.dob))  # fmt: skip
    db.session.flush()
    details: list[AddressRow | ContactRow] = [*one.addresses, *one.contacts]
    told = near or next(iter(details), None)
    if told is not None:
        relation = near.relation if near is not None else NAMED_BY_NOBODY
        db.session.add(
            AssociateRow(id=uuid4(), area_id=case.area_id, case_id=case.id, person_id=here,
                         relation=relation, **_supplied(told))
        )  # fmt: skip
        db.session.flush()
    return here


def _supplied(row: AddressRow | ContactRow | AssociateRow) -> dict[str, Any]:
    """It stays the agency's that supplied it (Rulebook R2)."""
    return {"agency_id": row.agency_id, "author": row.author, "recorded_by": row.recorded_by,
            "recorded_at": row.recorded_at, "source": row.source}  # fmt: skip


def _reach(one: Reached, case: CaseRow, person_id: UUID) -> None:
    for old in one.addresses:
        db.session.add(_address(old, case, person_id))
    for contact in one.contacts:
        if not contact.ended:
            db.session.add(
                ContactRow(id=uuid4(), area_id=case.area_id, case_id=case.id, person_id=person_id,
                           kind=contact.kind, value=contact.value, key=contact.key, **_supplied(contact))
            )  # fmt: skip
    db.session.flush()


def _address(old: AddressRow, case: CaseRow, person_id: UUID) -> AddressRow:
    """A confidential one is opened in memory and sealed anew: a seal is bound to its own row (A17)."""
    key, closed = uuid4(), None
    if old.sealed is not None:
        text = sealed.opened(old.id, old.sealed)
        if text is None:
            raise RuleBroken(NOT_READABLE)
        closed = sealed.closed(key, text)
    return AddressRow(
        id=key, area_id=case.area_id, case_id=case.id, person_id=person_id, kind=old.kind,
        perpetrator_knows=old.perpetrator_knows, known_to=old.known_to, confidential=old.confidential,
        not_confidential_why=old.not_confidential_why, text=old.text, sealed=closed, **_supplied(old),
    )  # fmt: skip


def leave(row: TransferRow, now: datetime) -> None:
    """The case waits for no MARAC here any more: it goes off every agenda that nobody has been told of.

    On one that has been shared, or closed for sharing, it stays, marked as moved.
    """
    line, meeting = ItemRow, MeetingRow
    open_lines = (
        select(line.id)
        .join(meeting, meeting.id == line.meeting_id)
        .where(line.case_id == row.case_id, meeting.kind == "MARAC")
        .where(or_(meeting.state == MeetingState.OPEN, line.supplement > meeting.supplements))
    )
    gone = list(db.session.scalars(open_lines))
    db.session.execute(
        update(OutcomeRow).where(OutcomeRow.marac_item_id.in_(gone)).values(marac_item_id=None)
    )
    db.session.execute(delete(line).where(line.id.in_(gone)))
    db.session.flush()
