"""What agencies found out for the newest daily list of the demonstration, all invented."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from agenda.pack import NoteKind
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, research, research_boxes
from meetingsvc.store.research_boxes import Box
from meetingsvc.usecases import research as usecase
from meetingsvc.usecases import research_drafts
from meetingsvc.usecases.research_drafts import Told
from minutes.research import Entry, Naming, Typed

_HELD = (
    ("Seen in the emergency department with a wrist injury; said that she fell.", NoteKind.FACT,
     "Attendance record"),
    ("Health visitor finds the baby well and the mother anxious when he is at home.", NoteKind.OPINION,
     "Health visiting notes"),
)  # fmt: skip
_TYPED = "Keyworker sees him on Thursdays; he has missed the last two."


def tell(idva: Principal, recovery: Principal, health: Principal, day: date, now: datetime) -> None:
    """One agency has answered everything, one most of it and named a child, one has begun."""
    boxes = _boxes(idva, day)
    if boxes is None:
        return
    meeting_id, mine = boxes
    usecase.nothing_held(idva, meeting_id, [box.id for box in mine], now)
    _health(health, meeting_id, (_boxes(health, day) or boxes)[1], now + timedelta(minutes=5))
    begun = (_boxes(recovery, day) or boxes)[1][:1]
    _type(recovery, meeting_id, begun, Typed((_entry(_TYPED, NoteKind.FACT, "Case notes", False),)), now)


def _boxes(who: Principal, day: date) -> tuple[UUID, Sequence[Box]] | None:
    with acting.acting(who):
        asked = next((one for one in research.asked_of(who) if one.request.sits_on == day), None)
        if asked is None:
            return None
        return asked.request.meeting_id, research_boxes.boxes(who, asked.request)


def _health(who: Principal, meeting_id: UUID, boxes: Sequence[Box], now: datetime) -> None:
    for box, held in zip(boxes, _HELD, strict=False):
        marks = _type(who, meeting_id, [box], Typed((_entry(*held, True),)), now)
        usecase.send(who, meeting_id, marks, now)
    usecase.nothing_held(who, meeting_id, [box.id for box in boxes[len(_HELD) : -2]], now)
    naming = Naming("child", "Wren Tolley", "14/02/2019", "Half-sister of the children",
                    "Stays there every other weekend")  # fmt: skip
    with acting.acting(who):
        request = research.request(who, meeting_id)
        first = research_boxes.boxes(who, request)[0] if request else boxes[0]
    marks = _type(who, meeting_id, [first], Typed(naming=naming), now)
    usecase.name_somebody(who, meeting_id, first.id, marks[first.id], now)


def _type(
    who: Principal, meeting_id: UUID, boxes: Sequence[Box], typed: Typed, now: datetime
) -> dict[UUID, str]:
    told = {box.id: Told(typed, box.draft.mark) for box in boxes}
    return {key: kept.mark for key, kept in research_drafts.save(who, meeting_id, told, now).items()}


def _entry(text: str, kind: NoteKind, source: str, confirmed: bool) -> Entry:
    return Entry(uuid4(), text, kind.value, source, confirmed=confirmed)
