"""What meetings left behind in the crowd, by lot: minutes, who came and was out, crimes, steps, flags."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.calendar import day_end
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    ActionStepRow,
    AttendeeRow,
    AttendeeStayRow,
    Base,
    CaseRow,
    CrimeRow,
    FlagRow,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    LiveFieldRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    NoteRow,
    ResearchAnswerRow,
    db,
)
from tests.a_marac import NOW


def left_behind(lot: Random, area_id: UUID, works: list[UUID], by: UUID) -> None:
    """On every meeting of an area, on its items and their cases."""
    meetings = db.session.scalars(select(MeetingRow).where(MeetingRow.area_id == area_id)).all()
    for meeting in meetings:
        attendee = _record(meeting, works[0], by)
        versions = _minutes(lot, meeting, by)
        for item in db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == meeting.id)).all():
            _add(*_of_item(lot, item, versions, attendee, works, by))
    cases = set(db.session.scalars(select(ItemRow.case_id).where(ItemRow.area_id == area_id)))
    _add(*(FlagRow(area_id=area_id, case_id=case, agency_id=agency, whose="victim", key="", name="",
                   state="to add", heard_on=NOW.date(), until=NOW.date(), contact="", necessary="",
                   cannot_reach="", notify=False)
           for case in sorted(cases) for agency in works))  # fmt: skip


#: An answer, whether there is a note, and whether it came after the end: an hour, or as the day was over.
_BROUGHT = (("held", False, 1), ("", True, 1), ("nothing held", False, 0), ("held", False, 0), ("", True, 0))


#: Which of these meetings nobody has closed.
_LEFT_OPEN = frozenset({1, 3, 4, 7})


def contributed(lot: Random, area_id: UUID, works: list[UUID], people: list[UUID]) -> None:
    """Who came to exploitation meetings, was out, brought something in time or not; their minutes (E4)."""
    row = MeetingRow
    rows = select(row).where(row.area_id == area_id, row.family == "exploitation")
    rows = rows.order_by(row.sits_on, row.kind, row.state)  # the same each time
    agency_of = {one.id: one.agency_id for one in db.session.scalars(select(AccountRow))}
    for turn, meeting in enumerate(db.session.scalars(rows).all()):
        at_end = day_end(meeting.sits_on) - timedelta(hours=8)
        end = None if turn in _LEFT_OPEN else at_end
        meeting.ended_at, meeting.closed_at = (None, end) if meeting.works == "list" else (end, None)
        heard = select(ItemRow).join(CaseRow, CaseRow.id == ItemRow.case_id).order_by(CaseRow.number)
        items = db.session.scalars(heard.where(ItemRow.meeting_id == meeting.id)).all()
        versions = _minutes(lot, meeting, people[0])
        for number, item in enumerate(items, turn):
            here: dict[str, Any] = {"area_id": area_id, "item_id": item.id}
            for key in versions:
                _add(MinutesCaseRow(minutes_id=key, told={}, said="", version=0, **here))
            for place, agency in enumerate(works, number):
                said, notes, late = _BROUGHT[place % len(_BROUGHT)]
                at = at_end + timedelta(hours=late * (1 if end else 8))
                if said:
                    _add(ResearchAnswerRow(box_id=item.id, agency_id=agency, said=said, sent_by=people[0],
                                           sent_at=at, late=False, **here))  # fmt: skip
                if notes:
                    _add(NoteRow(agency_id=agency, author="a", recorded_by=people[0], recorded_at=at,
                                 kind="fact", source="s", text="t", **here))  # fmt: skip
        for who in people:
            key, came_for = uuid4(), lot.choice([agency_of[who]] * 3 + [works[0]])
            _add(AttendeeRow(id=key, area_id=area_id, meeting_id=meeting.id, agency_id=came_for,
                             account_id=who, name="a", title="", organisation="", observer=False,
                             here=lot.random() < 0.9, version=1, recorded_by=who,
                             recorded_at=NOW))  # fmt: skip
            for item in items:
                if lot.random() < 0.2:
                    _add(ItemAbsenceRow(item_id=item.id, attendee_id=key, area_id=area_id, kept=False,
                                        recorded_by=who, recorded_at=NOW))  # fmt: skip


def _add(*rows: Base) -> None:
    db.session.add_all(rows)
    db.session.flush()


def _record(meeting: MeetingRow, agency: UUID, by: UUID) -> UUID:
    key = uuid4()
    _add(AttendeeRow(id=key, area_id=meeting.area_id, meeting_id=meeting.id, agency_id=agency, name="a",
                     title="", organisation="", observer=False, here=True, version=1, recorded_by=by,
                     recorded_at=NOW))  # fmt: skip
    _add(AttendeeStayRow(area_id=meeting.area_id, attendee_id=key))
    return key


def _minutes(lot: Random, meeting: MeetingRow, by: UUID) -> list[UUID]:
    """One version that is issued, and perhaps one that is a draft."""
    made = [uuid4() for _ in range(lot.choice([1, 2]))]
    _add(*(MinutesRow(id=key, area_id=meeting.area_id, meeting_id=meeting.id, version=number, what="w",
                      why="w", head={}, drafted_by=by, drafted_at=NOW, sends=0, sent_back="",
                      approved_at=NOW if number == 1 else None)
           for number, key in enumerate(made, lot.choice([1, 2]))))  # fmt: skip
    return made


def _of_item(
    lot: Random, item: ItemRow, versions: list[UUID], attendee: UUID, works: list[UUID], by: UUID
) -> list[Base]:  # fmt: skip
    here: dict[str, Any] = {"area_id": item.area_id, "item_id": item.id}
    first, second = lot.choice(works), lot.choice(works)
    steps = db.session.scalars(select(ActionRow.id).where(ActionRow.item_id == item.id)).all()
    return [
        *(MinutesCaseRow(minutes_id=key, told={}, said="", version=0, **here) for key in versions),
        ItemHearingRow(meeting_id=item.meeting_id, started_at=NOW, ended_at=NOW, started_by=by, **here),
        ItemAbsenceRow(attendee_id=attendee, kept=True, recorded_by=by, recorded_at=NOW, **here),
        CrimeRow(text="c", agency_id=first, told_id=second, told_at=NOW, shared=lot.random() < 0.3,
                 recorded_by=by, **here),
        LiveFieldRow(field="notes", meeting_id=item.meeting_id, value="", version=1, saved=False,
                     changed_by=by, changed_at=NOW, heard={}, seq=1, **here),
        *(ActionStepRow(area_id=item.area_id, action_id=key, at=NOW, by=by, was="open", status="done",
                        text="") for key in steps[:2]),
    ]  # fmt: skip
