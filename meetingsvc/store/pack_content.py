"""What a pack tells of each case of an agenda, as many queries for forty cases as for one (Rulebook M1)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from agenda import reasons
from agenda.circulation import Group, purpose
from agenda.incidents import Risk
from agenda.meetings import case_reference
from agenda.pack import NoteKind, PackAction, PackCase, PackIncident, PackNote
from agenda.panels import Family
from agenda.referral_consent import shown
from agenda.referral_fields import Sight
from meetingsvc.models import (
    ActionRow,
    AgencyRow,
    CaseRow,
    ClarificationRow,
    EntryRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    SafeguardRow,
    db,
)
from meetingsvc.store import (
    consents,
    disclosure_decisions,
    incidents,
    marac,
    marac_unreferred,
    pack_judgement,
    referrals,
)
from meetingsvc.store.scope import Reader, items_of, told_items_of
from minutes import clarifications
from minutes.actions import Category, Status
from minutes.clarifications import About, Clarification
from minutes.outcome import Safeguard

_Told = dict[UUID, list[Any]]


def cases(reader: Reader, meeting_id: UUID, supplement: int) -> tuple[PackCase, ...]:
    """The cases of an agenda (0) or of one supplementary list, in its order, as `reader` may see them."""
    row = ItemRow
    rows = (
        select(row, CaseRow.number)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(items_of(reader), row.meeting_id == meeting_id, row.supplement == supplement)
    )
    lines = {line.id: (line, number) for line, number in db.session.execute(rows)}
    told = _Content(reader, meeting_id, [line for line, _ in lines.values()])
    case_ids = [line.case_id for line, _ in lines.values()]
    emergency = marac_unreferred.is_emergency(meeting_id)
    said = consents.among(reader, case_ids)
    increases = referrals.warned(reader, case_ids, Sight.ACTIONS)
    contact = referrals.warned(reader, case_ids, Sight.CONTACT)
    ordered = [line for line in marac.lines(meeting_id) if line.item_id in lines]
    return tuple(
        replace(
            told.case(*lines[one.item_id], emergency), number=one.number, starts_at=one.starts_at,
            consent=shown(said.get(one.case_id)), increases=increases.get(one.case_id, ()),
            contact=contact.get(one.case_id, ()),
        )
        for one in ordered
    )  # fmt: skip


class _Content:
    """What the daily meetings left about every case of one agenda."""

    def __init__(self, reader: Reader, meeting_id: UUID, lines: Sequence[ItemRow]) -> None:
        self.area_id = reader.area_id
        self.heard: dict[UUID, list[tuple[OutcomeRow, ItemRow, date]]] = defaultdict(list)
        self.daily: dict[UUID, list[UUID]] = defaultdict(list)
        for outcome, item, day in _heard(reader, meeting_id):
            self.heard[outcome.marac_item_id].append((outcome, item, day))
            self.daily[outcome.marac_item_id].append(item.id)
        self.open = self._called([line for line in lines if line.id not in self.daily])
        items = [item for all_of in self.daily.values() for item in all_of]
        self.incidents, self.notes = _incidents(items), _notes(items)
        self.actions = _actions([*items, *(item for all_of in self.open.values() for item in all_of)])
        self.safeguards, self.clarified = _safeguards(items), _clarified(items)
        self.decided = disclosure_decisions.decisions(reader, items)

    def _called(self, lines: Sequence[ItemRow]) -> dict[UUID, list[UUID]]:
        """Of those that no daily meeting sent, the latest that is known, and where open actions were set."""
        if not lines:
            return {}
        for key, told in marac_unreferred.before(self.area_id, [line.id for line in lines]).items():
            self.daily[key] = [one.item.id for one in told]
            self.heard[key] = [(one.outcome, one.item, one.day) for one in told if one.outcome]
        set_at = marac_unreferred.open_actions(self.area_id, [line.case_id for line in lines])
        return {line.id: set_at[line.case_id] for line in lines}

    def _incidents(self, line: ItemRow) -> tuple[PackIncident, ...]:
        listed = _latest(_of(self.incidents, self.daily[line.id]))
        if line.id not in self.open:
            return listed
        return (*listed, *marac_unreferred.on_no_list(self.area_id, line.case_id, listed))

    def _actions(self, line: ItemRow) -> tuple[PackAction, ...]:
        daily = self.daily[line.id]
        before = [item for item in self.open.get(line.id, ()) if item not in daily]
        still = tuple(one for one in _of(self.actions, before) if one.status == Status.OPEN)
        return (*still, *_of(self.actions, daily))

    def case(self, line: ItemRow, number: int, emergency: bool) -> PackCase:
        """One case, with all that the daily meetings that referred it recorded; the latest judgement last."""
        heard, daily = self.heard[line.id], self.daily[line.id]
        group = Group(line.group or 0)
        return PackCase(
            reference=case_reference(number),
            group=group,
            purpose=purpose(group.for_discussion or bool(line.moved_reason)),
            risk=Risk(line.risk),
            repeat=line.repeat,
            incidents=self._incidents(line),
            daily_meeting_on=heard[-1][2] if heard else None,
            judgement=tuple(pack_judgement.judgement(line, heard, self.decided, emergency)),
            safeguards=_of(self.safeguards, [item.id for _, item, _ in heard[-1:]]),
            shared=_of(self.notes, daily),
            actions=self._actions(line),
            clarified=_of(self.clarified, daily),
        )


class Minutes(NamedTuple):
    """What daily meetings recorded of one case."""

    notes: tuple[PackNote, ...]
    actions: tuple[PackAction, ...]
    safeguards: tuple[tuple[str, bool, str], ...]  # the latest meeting's
    clarified: tuple[str, ...]


def minutes_of(items: Sequence[UUID]) -> Minutes:
    """What was recorded at these items of one case, in their order."""
    return Minutes(
        _of(_notes(items), items), _of(_actions(items), items), _of(_safeguards(items), items[-1:]),
        _of(_clarified(items), items),
    )  # fmt: skip


def _of(told: _Told, items: Iterable[UUID]) -> tuple[Any, ...]:
    return tuple(part for item in items for part in told.get(item, ()))


def _latest(told: Sequence[PackIncident]) -> tuple[PackIncident, ...]:
    """Each incident once, as the latest list had it."""
    return tuple({incident.reference: incident for incident in told}.values())


def _heard(reader: Reader, meeting_id: UUID) -> Sequence[Any]:
    line = select(ItemRow.id).where(ItemRow.meeting_id == meeting_id)
    return db.session.execute(
        select(OutcomeRow, ItemRow, MeetingRow.sits_on)
        .join(ItemRow, ItemRow.id == OutcomeRow.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(told_items_of(reader), OutcomeRow.refer, OutcomeRow.marac_item_id.in_(line))
        .order_by(MeetingRow.sits_on)
    ).all()


def _incidents(items: Sequence[UUID]) -> _Told:
    rows = db.session.execute(
        select(EntryRow.item_id, EntryRow.incident_id, EntryRow.reasons)
        .where(EntryRow.item_id.in_(items))
        .order_by(EntryRow.id)
    ).all()
    contents = incidents.contents({incident_id for _, incident_id, _ in rows})
    found: _Told = defaultdict(list)
    for item_id, incident_id, rules in rows:
        said = tuple(reasons.words(rule) for rule in rules.split())
        found[item_id].append(PackIncident.of(contents[incident_id], said))
    return found


def _notes(items: Sequence[UUID]) -> _Told:
    """What each agency shared, as it stands, with everything that says whose it is (Rulebook R2).

    Nothing of an exploitation meeting's: a pack goes to who has not contributed yet (Rulebook E4).
    """
    row, later = NoteRow, aliased(NoteRow)
    of_children = select(ItemRow.id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    kept = of_children.where(ItemRow.id.in_(items), MeetingRow.family == Family.EXPLOITATION)
    rows = (
        select(row.item_id, AgencyRow.name, row.author, row.recorded_at, row.kind, row.source, row.text)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.item_id.in_(items), row.item_id.not_in(kept), ~exists().where(later.corrects == row.id))
        .order_by(row.recorded_at, row.id)
    )
    found: _Told = defaultdict(list)
    for item_id, agency, author, at, kind, source, text in db.session.execute(rows):
        found[item_id].append(PackNote(agency, author, at, NoteKind(kind), source, text))
    return found


def _actions(items: Sequence[UUID]) -> _Told:
    row = ActionRow
    rows = (
        select(row.item_id, row.category, AgencyRow.name, row.what, row.due, row.status)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.item_id.in_(items))
        .order_by(row.set_at, row.id)
    )
    found: _Told = defaultdict(list)
    for item_id, category, owner, what, due, status in db.session.execute(rows):
        found[item_id].append(PackAction(Category(category).short, owner, what, due, status))
    return found


def _safeguards(items: Sequence[UUID]) -> _Told:
    """In the order in which the protocol names them (Rulebook C2)."""
    row = SafeguardRow
    rows = select(row.item_id, row.safeguard, row.in_place, row.note).where(row.item_id.in_(items))
    order = list(Safeguard)
    told = [(item, Safeguard(name), there, note) for item, name, there, note in db.session.execute(rows)]
    found: _Told = defaultdict(list)
    for item_id, safeguard, there, note in sorted(told, key=lambda tick: order.index(tick[1])):
        found[item_id].append((safeguard.label, there, note))
    return found


def _clarified(items: Sequence[UUID]) -> _Told:
    """Who is who, as the meetings put it right (Rulebook D2)."""
    row = ClarificationRow
    rows = select(row.item_id, row.about, row.name, row.dob, row.text).where(row.item_id.in_(items))
    found: _Told = defaultdict(list)
    for item_id, about, name, dob, text in db.session.execute(rows.order_by(row.recorded_at, row.id)):
        found[item_id].append(clarifications.words(Clarification(About(about), name, dob, text)))
    return found
