"""Keeping what an agency types before it is sent: nothing is lost, nor overwritten unseen (Rulebook D1)."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import MeetingRow, ResearchRequestRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, research, research_before
from meetingsvc.store import research_drafts as store
from meetingsvc.store.research import Question, Request
from meetingsvc.store.research_drafts import NOTHING, Draft
from meetingsvc.store.scope import meetings_of
from meetingsvc.usecases.transaction import saved_by
from minutes.research import MOST, Typed, changed


class Meanwhile(Exception):
    """A colleague has changed boxes since the page was opened: `theirs` is what stands there. Nothing of
    those boxes was saved; the others were."""

    def __init__(self, theirs: Mapping[UUID, Draft]) -> None:
        super().__init__(f"{len(theirs)} boxes")
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Told:
    """What one box of the page says now, and the mark of what it said when it was opened."""

    typed: Typed
    was: str


@dataclass(frozen=True, slots=True)
class Work:
    """A request that somebody has open, inside a transaction, with what it asks of their agency."""

    who: Principal
    request: Request
    questions: Mapping[UUID, Question]

    def question(self, box_id: UUID) -> Question:
        """One of them; one that is hidden from the person is missing."""
        if box_id not in self.questions:
            raise NotFound
        return self.questions[box_id]

    def drafts(self) -> dict[UUID, Draft]:
        """What the agency has typed."""
        return store.of_boxes(self.who, {one.item_id for one in self.questions.values()})


@contextmanager
def opened(principal: Principal, meeting_id: UUID, now: datetime, *, area: bool = False) -> Iterator[Work]:
    """What is asked of one's own agency, to be answered; nobody of it else writes meanwhile.

    Raises NotFound where nothing is asked, RuleBroken once the meeting is over. `area`: holds the area first.
    """
    with saved_by(principal, Permission.RESEARCH_SEND, now) as who:
        if area:
            areas.hold(who.area_id)
        meeting = select(MeetingRow).where(meetings_of(who), MeetingRow.id == meeting_id)
        db.session.scalar(meeting.with_for_update(read=True))
        request = research.request(who, meeting_id)
        if request is None:
            raise NotFound
        row = ResearchRequestRow
        held = select(row.id).where(meetings_of(who), row.id == request.id, row.meeting_id == MeetingRow.id)
        # `key_share`: whoever notes that the agency was told points at this row
        db.session.execute(held.with_for_update(key_share=True, of=row))
        if not request.takes:
            raise RuleBroken(request.over_words)
        asked = research.questions(who, [meeting_id], withdrawn_too=True)  # what was typed meanwhile is taken
        yield Work(who, request, {one.box_id: one for one in asked if one.named_by != who.agency_id})


def save(
    principal: Principal, meeting_id: UUID, told: Mapping[UUID, Told], now: datetime
) -> dict[UUID, Draft]:
    """Keeps what was typed in these boxes, right or wrong; gives what stands in each.

    A box in which nothing was typed since the page was opened is left as it stands. Raises Meanwhile where
    one was changed here and by a colleague.
    """
    with opened(principal, meeting_id, now) as work:
        stands, theirs = work.drafts(), dict[UUID, Draft]()
        for box_id, one in told.items():
            there = stands.get(box_id, NOTHING)
            if _is_untouched(one) or one.typed.mark == there.typed.mark:
                continue
            if one.was != there.mark:
                theirs[box_id] = there
                continue
            question = work.question(box_id)
            stands[box_id] = store.keep(work.who, question.item_id, box_id, one.typed, now)
    if theirs:
        raise Meanwhile(theirs)
    return {box_id: stands.get(box_id, NOTHING) for box_id in told}


def _is_untouched(told: Told) -> bool:
    return told.was.partition(".")[2] == told.typed.mark


def change(principal: Principal, meeting_id: UUID, box_id: UUID, now: datetime) -> None:
    """Puts what the agency said of the case last time into its box, to be changed (Rulebook D1)."""
    with opened(principal, meeting_id, now) as work:
        question = work.question(box_id)
        draft = work.drafts().get(box_id, NOTHING)
        typed = draft.typed
        there = {one.text for one in typed.entries}
        for old in last_time(work, question):
            if old.note.text not in there and len(typed.entries) < MOST:
                typed = typed.with_entry(changed(old.note, uuid4(), old.on))
        if typed != draft.typed:
            store.keep(work.who, question.item_id, box_id, typed, now)


def last_time(work: Work, question: Question) -> Collection[research_before.Sent]:
    """What the agency said of that case when it was asked before."""
    found = research_before.last(
        work.who, [question.case_id], work.request.meeting_id, work.request.sits_on
    ).get(question.case_id)
    return found.notes if found and question.box_id == question.item_id else ()
