"""Queries on what a daily meeting decided about a case."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.circulation import Decision, Group
from agenda.daily_list import ListedEntry
from agenda.incidents import Risk
from agenda.list_numbers import numbers
from agenda.meetings import MeetingKind, MeetingState, case_reference
from agenda.pack import NoteKind
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    CaseRow,
    ClarificationRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    PersonRow,
    SafeguardRow,
    db,
)
from meetingsvc.store import incidents
from meetingsvc.store.outcome_history import history
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of, told_at
from minutes.actions import Action, Category, Status
from minutes.clarifications import About, Clarification
from minutes.notes import Note
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Facts
from minutes.worksheet import Clarified, ListedIncident, Person, Place, Recorded, SharedNote, Worksheet


def worksheet(reader: Reader, item_id: UUID) -> Worksheet | None:
    """One case of a daily list with all the meeting has before it; None where it is not for the reader."""
    victim, perpetrator = aliased(PersonRow), aliased(PersonRow)
    sitting = aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow
    found = db.session.execute(
        select(ItemRow, sitting.sits_on, sitting.state, CaseRow.number, victim, perpetrator)
        .join(sitting, sitting.id == ItemRow.meeting_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .join(victim, victim.id == CaseRow.victim_id)
        .outerjoin(perpetrator, perpetrator.id == CaseRow.perpetrator_id)
        .where(items_of(reader), ItemRow.id == item_id, sitting.kind == MeetingKind.DRAMM)
    ).one_or_none()
    if found is None:
        return None
    item, sits_on, state, number, of_victim, of_perpetrator = found
    return Worksheet(
        item_id=item.id,
        case_id=item.case_id,
        case=case_reference(number),
        meeting_id=item.meeting_id,
        sits_on=sits_on,
        state=MeetingState(state),
        place=place_of(reader, item.meeting_id, item.id),
        risk=Risk(item.risk),
        repeat=item.repeat,
        victim_known=item.victim_known,
        added_reason=item.added_reason,
        victim=_person(of_victim),
        perpetrator=_person(of_perpetrator) if of_perpetrator else None,
        incidents=_incidents(reader, item.id),
        history=history(reader, item.case_id, item.id),
        notes=notes(reader, item.id),
        clarified=clarified(reader, item.case_id),
        recorded=recorded(reader, item.id),
        actions=actions(reader, item.id),
    )


def _person(row: PersonRow) -> Person:
    return Person(f"{row.forename} {row.surname}".strip() or "(no name given)", row.dob)


def place_of(reader: Reader, meeting_id: UUID, item_id: UUID) -> Place:
    """Among those the reader may see: where there is no other, there is no gap either."""
    kept = kept_at(meeting_id)
    rows = select(ItemRow.id, ItemRow.case_id).where(items_of(reader), ItemRow.meeting_id == meeting_id)
    ordered = db.session.execute(rows.order_by(ItemRow.position, ItemRow.id))
    found = sorted(((key, case_id in kept) for key, case_id in ordered), key=lambda one: one[1])
    order, is_kept = [key for key, _ in found], [one for _, one in found]
    at = order.index(item_id)
    return Place(
        number=numbers(is_kept)[at],
        of=None if is_kept[at] else is_kept.count(False),
        previous=order[at - 1] if at else None,
        next=order[at + 1] if at + 1 < len(order) else None,
    )


def _incidents(reader: Reader, item_id: UUID) -> tuple[ListedIncident, ...]:
    entry = EntryRow
    rows = (
        select(
            entry.occurrence_number, IncidentRow.risk, IncidentRow.recorded_at, entry.reasons, entry.late,
            entry.changed, IncidentRow.kind, entry.incident_id, entry.added_reason,
        )
        .join(IncidentRow, IncidentRow.id == entry.incident_id)
        .where(told_at(reader, entry.item_id), entry.item_id == item_id)
        .order_by(IncidentRow.recorded_at, entry.occurrence_number)
    )  # fmt: skip
    entries = [
        ListedEntry(number, Risk(risk), at, tuple(reasons.split()), late, changed, kind, key, added)
        for number, risk, at, reasons, late, changed, kind, key, added in db.session.execute(rows)
    ]
    contents = incidents.contents((listed.incident_id for listed in entries), reader)
    return tuple(ListedIncident(listed, contents[listed.incident_id]) for listed in entries)


def facts(reader: Reader, item: ItemRow) -> Facts:
    """What the circulation group follows from, besides the meeting's judgement (Rulebook C1)."""
    kinds = (
        select(IncidentRow.kind)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .where(told_at(reader, EntryRow.item_id), EntryRow.item_id == item.id)
    )
    return Facts.of(db.session.scalars(kinds).all(), item.repeat)


def recorded(reader: Reader, item_id: UUID) -> Recorded | None:
    """The outcome as it was last saved."""
    agenda_item = aliased(ItemRow)
    found = db.session.execute(
        select(OutcomeRow, AccountRow.name, MeetingRow.sits_on)
        .join(AccountRow, AccountRow.id == OutcomeRow.recorded_by)
        .outerjoin(agenda_item, agenda_item.id == OutcomeRow.marac_item_id)
        .outerjoin(MeetingRow, MeetingRow.id == agenda_item.meeting_id)
        .where(told_at(reader, OutcomeRow.item_id), OutcomeRow.item_id == item_id)
    ).one_or_none()
    if found is None:
        return None
    row, by, marac_on = found
    return _recorded(row, by, marac_on, _ticks(reader, item_id))


def _recorded(row: OutcomeRow, by: str, marac_on: date | None, ticks: tuple[Tick, ...]) -> Recorded:
    group = Group(row.group) if row.group else None
    outcome = Outcome(
        risk=Risk(row.risk),
        safeguards=ticks,
        in_place=row.in_place,
        refer=row.refer,
        group=group,
        group_reason=row.group_reason,
        notes=row.notes,
        disclose=row.disclose,
    )
    decision = (
        Decision(Group(row.proposed_group), group, row.group_reason) if row.proposed_group and group else None
    )
    return Recorded(outcome, row.version, by, row.recorded_at, decision, row.proposed_why, marac_on)


def _ticks(reader: Reader, item_id: UUID) -> tuple[Tick, ...]:
    rows = select(SafeguardRow).where(told_at(reader, SafeguardRow.item_id), SafeguardRow.item_id == item_id)
    ticks = db.session.scalars(rows)
    found = {row.safeguard: Tick(Safeguard(row.safeguard), row.in_place, row.note) for row in ticks}
    return tuple(found[safeguard] for safeguard in Safeguard if safeguard in found)


def actions(reader: Reader, item_id: UUID) -> dict[UUID, Action]:
    """The actions of a case, as the meeting typed them, by their id (Rulebook A1)."""
    rows = select(ActionRow).where(told_at(reader, ActionRow.item_id), ActionRow.item_id == item_id)
    return {
        row.id: Action(
            Category(row.category), row.agency_id, row.what, row.due, Status(row.status), row.reason
        )
        for row in db.session.scalars(rows.order_by(ActionRow.position, ActionRow.id))
    }


def notes(reader: Reader, item_id: UUID) -> tuple[SharedNote, ...]:
    """What agencies shared, agency by agency; what was corrected since says when (Rulebook R2)."""
    later = aliased(NoteRow)
    rows = (
        select(NoteRow, AgencyRow.name, later.recorded_at)
        .join(AgencyRow, AgencyRow.id == NoteRow.agency_id)
        .outerjoin(later, later.corrects == NoteRow.id)
        .where(told_at(reader, NoteRow.item_id), NoteRow.item_id == item_id)
        .order_by(AgencyRow.name, NoteRow.recorded_at, NoteRow.id)
    )
    return tuple(
        SharedNote(
            Note(row.agency_id, row.author, NoteKind(row.kind), row.source, row.text),
            name,
            row.recorded_at,
            corrected,
        )
        for row, name, corrected in db.session.execute(rows)
    )


def clarified(reader: Reader, case_id: UUID) -> tuple[Clarified, ...]:
    """What daily meetings clarified about who is who in a case, on this list and before (Rulebook D2)."""
    rows = (
        select(ClarificationRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == ClarificationRow.recorded_by)
        .where(
            ClarificationRow.case_id == case_id,
            ClarificationRow.item_id.in_(select(ItemRow.id).where(items_of(reader))),
        )
        .order_by(ClarificationRow.recorded_at, ClarificationRow.id)
    )
    return tuple(
        Clarified(Clarification(About(row.about), row.name, row.dob, row.text), by, row.recorded_at)
        for row, by in db.session.execute(rows)
    )
