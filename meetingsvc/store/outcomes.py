"""Queries on what a meeting decided about a case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from agenda.circulation import Decision, Group
from agenda.daily_list import ListedEntry
from agenda.incidents import Risk
from agenda.list_numbers import numbers
from agenda.meetings import MeetingState, case_reference
from agenda.pack import NoteKind
from agenda.panels import Family, Works
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    ActionStepRow,
    AgencyRow,
    CaseRow,
    ClarificationRow,
    CrimeRow,
    EntryRow,
    HearingRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    PersonRow,
    SafeguardRow,
    db,
)
from meetingsvc.store import half_seen, incidents, outcome_crimes, outcome_plan
from meetingsvc.store.disclosure_decisions import any_decided, decisions
from meetingsvc.store.outcome_history import history
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import Reader, items_of, told_at
from meetingsvc.store.scope_contributed import notes_of, reads_notes
from meetingsvc.store.subject_people import NAME
from meetingsvc.store.withdrawn import off_list
from minutes.actions import Action, Category, Status
from minutes.clarifications import About, Clarification
from minutes.notes import Note
from minutes.outcome import Disclosure, Outcome, Safeguard, Tick
from minutes.recording import Facts
from minutes.worksheet import (
    Before,
    Clarified,
    ListedIncident,
    Person,
    Place,
    Recorded,
    SharedNote,
    Worksheet,
)

#: Made once: the columns of an alias take longer to make than the rest of a statement.
_VICTIM, _PERPETRATOR = aliased(PersonRow), aliased(PersonRow)
_SITTING = aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow
_MARAC_ITEM, _LATER = aliased(ItemRow), aliased(NoteRow)
#: Of `ItemRow`, whether anything of each kind is there: of most cases nothing is, and it need not be asked.
_IS_THERE = tuple(
    exists().where(key == of).correlate(ItemRow)
    for key, of in (
        (OutcomeRow.item_id, ItemRow.id),
        (CrimeRow.item_id, ItemRow.id),
        (NoteRow.item_id, ItemRow.id),
        (ClarificationRow.case_id, ItemRow.case_id),
        (HearingRow.case_id, ItemRow.case_id),
    )
)


def worksheet(reader: Reader, item_id: UUID) -> Worksheet | None:
    """One case of a daily list or a MARAC with all the meeting has before it; None where it is not for the
    reader."""
    found = db.session.execute(
        select(ItemRow, _SITTING, CaseRow.number, NAME, _VICTIM, _PERPETRATOR, *_IS_THERE)
        .join(_SITTING, _SITTING.id == ItemRow.meeting_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .outerjoin(_VICTIM, _VICTIM.id == CaseRow.victim_id)
        .outerjoin(_PERPETRATOR, _PERPETRATOR.id == CaseRow.perpetrator_id)
        .where(items_of(reader), ItemRow.id == item_id)
    ).one_or_none()
    if found is None:
        return None
    item, meeting, number, name, of_victim, of_perpetrator, saved, disclosed, noted, cleared, heard = found
    half, set_here = half_seen.half_seen(reader), _actions(reader, item.id)

    def person(row: PersonRow) -> Person:
        """Of who is in a case kept from the reader too, only what this one tells (M6)."""
        if row.id not in half:
            return _person(row)
        return Person(*half_seen.on_case(reader, row.id, item.case_id), row.id)

    sheet = Worksheet(
        item_id=item.id,
        case_id=item.case_id,
        case=case_reference(number),
        meeting_id=item.meeting_id,
        works=Works(meeting.works),
        kind=meeting.kind,
        sits_on=meeting.sits_on,
        state=MeetingState(meeting.state),
        place=Place("", None, None, None),
        risk=Risk(item.risk),
        repeat=item.repeat,
        victim_known=item.victim_known,
        added_reason=item.added_reason,
        victim=person(of_victim) if of_victim else Person(name or half_seen.NO_NAME, None),
        perpetrator=person(of_perpetrator) if of_perpetrator else None,
        history=history(reader, item.case_id, item.id, heard=heard),
        clarified=clarified(reader, item.case_id) if cleared else (),
        recorded=recorded(reader, item.id) if saved else None,
        actions={key: action for key, (action, _) in set_here.items()},
        worked_on=frozenset(key for key, (_, worked_on) in set_here.items() if worked_on),
        crimes=outcome_crimes.at(reader, item.id) if disclosed else (),
    )
    until = _closed_at(meeting, sheet.recorded)
    sheet = sheet if until is None else _as_decided(reader, sheet, until)
    if meeting.family == Family.EXPLOITATION:
        return sheet  # of a child the ladder's own page tells the rest
    if sheet.works is Works.AGENDA:
        return _at_marac(reader, sheet, item, meeting, until)
    return _at_daily(reader, sheet, noted)


def _closed_at(meeting: MeetingRow, told: Recorded | None) -> datetime | None:
    """When the last of it was decided, of a meeting that is over; None where it can still be recorded."""
    over = meeting.ended_at if meeting.works == Works.AGENDA else meeting.closed_at
    return max(over, told.at) if over and told else None


def _as_decided(reader: Reader, sheet: Worksheet, until: datetime) -> Worksheet:
    """What a closed meeting set, as it stood then; what became of it since beside it (Rulebook R1)."""
    was = outcome_plan.statuses_then(reader, sheet.actions.keys(), until)
    return replace(
        sheet,
        actions={key: outcome_plan.as_it_stood(one, was.get(key)) for key, one in sheet.actions.items()},
        since={
            key: one.status for key, one in sheet.actions.items() if was.get(key, one.status) != one.status
        },
    )


def may_read(reader: Reader, item_id: UUID) -> bool:
    """Whether the case is on a meeting for the reader."""
    return db.session.scalar(select(ItemRow.id).where(items_of(reader), ItemRow.id == item_id)) is not None


def _at_daily(reader: Reader, sheet: Worksheet, noted: bool) -> Worksheet:
    return replace(
        sheet,
        place=place_of(reader, sheet.meeting_id, sheet.item_id),
        incidents=_incidents(reader, [sheet.item_id]),
        notes=notes(reader, sheet.item_id) if noted else (),
    )


def _at_marac(
    reader: Reader, sheet: Worksheet, item: ItemRow, meeting: MeetingRow, until: datetime | None
) -> Worksheet:
    """With the incidents and referrals it came from, what the daily meetings shared and decided, and the
    actions they recommended (Rulebook M1, M3)."""
    sent = outcome_plan.sent_by(reader, item.id)
    told = [(day, recorded(reader, key)) for key, day in sent]
    return replace(
        sheet,
        place=outcome_plan.place_of(reader, meeting, item.id),
        incidents=_incidents(reader, [key for key, _ in sent]),
        notes=notes(reader, item.id, *(key for key, _ in sent)),
        line=outcome_plan.line_of(item, meeting),
        before=tuple(Before(day, one) for day, one in told if one),
        plan=outcome_plan.plan(reader, item, until),
    )


def _person(row: PersonRow) -> Person:
    return Person(f"{row.forename} {row.surname}".strip() or "(no name given)", row.dob, row.id)


def place_of(reader: Reader, meeting_id: UUID, item_id: UUID) -> Place:
    """Among those the reader may see: where there is no other, there is no gap either.

    One that has left the list keeps its number, and is neither counted nor turned to (Rulebook Y1).
    """
    kept = kept_at(meeting_id)
    rows = select(ItemRow.id, ItemRow.case_id, off_list())
    rows = rows.where(items_of(reader), ItemRow.meeting_id == meeting_id)
    ordered = db.session.execute(rows.order_by(ItemRow.position, ItemRow.id))
    found = sorted(((key, case_id in kept, gone) for key, case_id, gone in ordered), key=lambda one: one[1])
    called = dict(zip((key for key, *_ in found), numbers(is_kept for _, is_kept, _ in found), strict=True))
    order = [key for key, _, gone in found if not gone or key == item_id]
    at, plain = order.index(item_id), [called[key] for key, is_kept, gone in found if not is_kept | gone]
    counted = called[item_id] in plain and plain[-1] == str(len(plain))
    return Place(
        number=called[item_id],
        of=len(plain) if counted else None,  # where a number is missing, "3 of 2" would be said
        previous=order[at - 1] if at else None,
        next=order[at + 1] if at + 1 < len(order) else None,
    )


def _incidents(reader: Reader, item_ids: Sequence[UUID]) -> tuple[ListedIncident, ...]:
    entry = EntryRow
    rows = (
        select(
            entry.occurrence_number, IncidentRow.risk, IncidentRow.recorded_at, entry.reasons, entry.late,
            entry.changed, IncidentRow.kind, entry.incident_id, entry.added_reason, entry.withdrawn_at,
        )
        .join(IncidentRow, IncidentRow.id == entry.incident_id)
        .where(told_at(reader, entry.item_id), entry.item_id.in_(item_ids))
        .order_by(IncidentRow.recorded_at, entry.occurrence_number)
    )  # fmt: skip
    entries = [
        ListedEntry(number, Risk(risk), at, tuple(reasons.split()), *rest)
        for number, risk, at, reasons, *rest in db.session.execute(rows)
    ]
    contents = incidents.contents((listed.incident_id for listed in entries), reader)
    newest = {listed.reference: listed for listed in entries}  # two lists may have taken versions of one
    return tuple(ListedIncident(listed, contents[listed.incident_id]) for listed in newest.values())


def facts(reader: Reader, item: ItemRow, at_marac: bool = False) -> Facts:
    """What the circulation group follows from, besides the meeting's judgement (Rulebook C1)."""
    item_ids = [key for key, _ in outcome_plan.sent_by(reader, item.id)] if at_marac else [item.id]
    entries = (
        select(IncidentRow.kind, EntryRow.occurrence_number, EntryRow.withdrawn_at)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .where(told_at(reader, EntryRow.item_id), EntryRow.item_id.in_(item_ids))
        .order_by(EntryRow.id)
    )
    told = [(kind, number, at is not None) for kind, number, at in db.session.execute(entries)]
    return Facts.of(told, item.repeat, at_marac)


def recorded(reader: Reader, item_id: UUID) -> Recorded | None:
    """The outcome as it was last saved."""
    found = db.session.execute(
        select(OutcomeRow, AccountRow.name, MeetingRow.sits_on, any_decided())
        .join(AccountRow, AccountRow.id == OutcomeRow.recorded_by)
        .outerjoin(_MARAC_ITEM, _MARAC_ITEM.id == OutcomeRow.marac_item_id)
        .outerjoin(MeetingRow, MeetingRow.id == _MARAC_ITEM.meeting_id)
        .where(told_at(reader, OutcomeRow.item_id), OutcomeRow.item_id == item_id)
    ).one_or_none()
    if found is None:
        return None
    row, by, marac_on, decided = found
    disclosures = decisions(reader, [item_id]).get(item_id, ()) if decided else ()
    told = _recorded(row, by, marac_on, _ticks(reader, item_id), disclosures)
    if reads_notes(reader, item_id):
        return told
    return replace(told, outcome=replace(told.outcome, notes="", plan_review=""))  # who contributed (E4)


def _recorded(
    row: OutcomeRow, by: str, marac_on: date | None, ticks: tuple[Tick, ...], told: tuple[Disclosure, ...]
) -> Recorded:
    group = Group(row.group) if row.group else None
    outcome = Outcome(
        risk=Risk(row.risk),
        safeguards=ticks,
        in_place=row.in_place,
        refer=row.refer,
        group=group,
        group_reason=row.group_reason,
        notes=row.notes,
        disclosures=told,
        plan_review=row.plan_review,
        not_referred=row.not_referred,
    )
    decision = (
        Decision(Group(row.proposed_group), group, row.group_reason) if row.proposed_group and group else None
    )
    return Recorded(outcome, row.version, by, row.recorded_at, decision, row.proposed_why, marac_on)


def _ticks(reader: Reader, item_id: UUID) -> tuple[Tick, ...]:
    return ticks(reader, [item_id]).get(item_id, ())


def ticks(reader: Reader, item_ids: Sequence[UUID]) -> dict[UUID, tuple[Tick, ...]]:
    """The safeguards of these items, in the order in which the protocol names them (Rulebook C2)."""
    row, order = SafeguardRow, list(Safeguard)
    rows = select(row).where(told_at(reader, row.item_id), row.item_id.in_(item_ids))
    found: dict[UUID, tuple[Tick, ...]] = {}
    for one in sorted(db.session.scalars(rows), key=lambda tick: order.index(Safeguard(tick.safeguard))):
        tick = Tick(Safeguard(one.safeguard), one.in_place, one.note)
        found[one.item_id] = (*found.get(one.item_id, ()), tick)
    return found


def actions(reader: Reader, item_id: UUID) -> dict[UUID, Action]:
    """The actions of a case, as the meeting typed them, by their id (Rulebook A1)."""
    return {key: action for key, (action, _) in _actions(reader, item_id).items()}


def _actions(reader: Reader, item_id: UUID) -> dict[UUID, tuple[Action, bool]]:
    """The same, each with whether something was recorded of it since."""
    row = ActionRow
    worked_on = exists().where(ActionStepRow.action_id == row.id).correlate(row)
    rows = select(row, worked_on).where(told_at(reader, row.item_id), row.item_id == item_id)
    return {
        one.id: (
            Action(Category(one.category), one.agency_id, one.what, one.due, Status(one.status), one.reason),
            worked,
        )
        for one, worked in db.session.execute(rows.order_by(row.position, row.id))
    }


def notes(reader: Reader, *item_ids: UUID) -> tuple[SharedNote, ...]:
    """What agencies shared, agency by agency; what was corrected since says when (Rulebook R2)."""
    rows = (
        select(NoteRow, AgencyRow.name, _LATER.recorded_at)
        .join(AgencyRow, AgencyRow.id == NoteRow.agency_id)
        .outerjoin(_LATER, _LATER.corrects == NoteRow.id)
        .where(notes_of(reader), NoteRow.item_id.in_(item_ids))
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
