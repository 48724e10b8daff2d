"""Answering for one's agency before a meeting: nothing held, what is held, or still as last time (D1, M2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda import research as rules
from agenda.calendar import local_day
from agenda.research import Said
from agenda.rules import RuleBroken
from meetingsvc.models import ClarificationRow, NoteRow, ResearchAnswerRow, ResearchNamedRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import audit, research, research_named
from meetingsvc.store import research_drafts as drafts
from meetingsvc.store.research import Question
from meetingsvc.store.research_drafts import NOTHING, Draft
from meetingsvc.usecases import matching, walls
from meetingsvc.usecases.research_drafts import Meanwhile, Work, last_time, opened
from minutes import research as typed
from minutes.clarifications import About, Clarification
from minutes.notes import Note
from minutes.research import Named, NamedKind

_TYPED = "You have typed something about {}. Send it, or clear the box first. Nothing changed."
_ABOUT = {NamedKind.ADULT: About.VULNERABLE_ADULT, NamedKind.CHILD: About.CHILD}


class Unfit(Exception):
    """What was typed breaks a rule: `problems` says what, by field. Nothing was saved."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(slots=True)
class Sent:
    """How many boxes were sent, and what keeps the others from it, by field."""

    boxes: int = 0
    problems: dict[str, str] = field(default_factory=dict)


def send(principal: Principal, meeting_id: UUID, boxes: Mapping[UUID, str], now: datetime) -> Sent:
    """Shares what stands in these boxes, each with the mark of what its sender saw (D1, R2).

    Each box is sent whole or not at all. Late is marked, never refused. Raises Meanwhile where a colleague
    has changed one since: nothing is sent then.
    """
    with opened(principal, meeting_id, now) as work:
        stands, sent = work.drafts(), Sent()
        if theirs := {box: stands.get(box, NOTHING) for box, was in boxes.items()
                      if stands.get(box, NOTHING).mark != was}:  # fmt: skip
            raise Meanwhile(theirs)
        for box_id in boxes:
            draft = stands.get(box_id, NOTHING)
            if not draft.typed.clean.entries:
                continue
            unfit = _unfit(work, draft, now)
            sent.problems |= unfit
            if not unfit:
                _send(work, box_id, draft, now)
                sent.boxes += 1
        return sent


def _unfit(work: Work, draft: Draft, now: datetime) -> dict[str, str]:
    who, entries = work.who, draft.typed.clean.entries
    return typed.problems(entries, who.agency_id, who.name, local_day(now))


def _send(work: Work, box_id: UUID, draft: Draft, now: datetime) -> None:
    who, question = work.who, work.question(box_id)
    about = _named(work, question)
    told = [typed.note(one, who.agency_id, who.name, about) for one in draft.typed.clean.entries]
    _share(work, question, told, now)
    naming = draft.typed.clean.naming
    drafts.drop(who, box_id)
    if not naming.is_blank:  # somebody about to be named stays in the box
        drafts.keep(who, question.item_id, box_id, typed.Typed(naming=naming), now)


def _named(work: Work, question: Question) -> Named | None:
    told = research_named.named_under(work.who, [question.item_id]).get(question.box_id)
    return told.named if told else None


def _share(work: Work, question: Question, told: Iterable[Note], now: datetime) -> None:
    count = 0
    for one in told:
        db.session.add(
            NoteRow(id=uuid4(), area_id=work.who.area_id, item_id=question.item_id,
                    agency_id=work.who.agency_id, author=one.author, recorded_by=work.who.account_id,
                    recorded_at=now, kind=one.kind, source=one.source, text=one.text, dated=one.dated,
                    proportionate=one.proportionate)
        )  # fmt: skip
        db.session.flush()
        count += 1
    _answer(work, question, Said.HELD, now, entries=count)


def _answer(work: Work, question: Question, said: Said, now: datetime, **detail: object) -> None:
    who, request = work.who, work.request
    due = rules.case_due_at(request.due_at, request.starts_at, question.asked_at)
    late = rules.is_late(now, due)
    db.session.add(
        ResearchAnswerRow(id=uuid4(), area_id=who.area_id, item_id=question.item_id, box_id=question.box_id,
                          agency_id=who.agency_id, said=said, sent_by=who.account_id, sent_at=now, late=late)
    )  # fmt: skip
    db.session.flush()
    audit.record(who.account_id, who.area_id, "research.sent", f"item/{question.item_id}", now,
                 said=said.value, late=late, **detail)  # fmt: skip


def nothing_held(principal: Principal, meeting_id: UUID, boxes: Collection[UUID], now: datetime) -> int:
    """Answers that nothing is held; says of how many. Where it was answered already nothing changes (D1).

    Raises RuleBroken where something is typed in one of them: it would be lost.
    """
    with opened(principal, meeting_id, now) as work:
        asked = [work.question(box_id) for box_id in dict.fromkeys(boxes)]
        said = research.answered(work.who, work.who.agency_id, {one.item_id for one in asked})
        stands, count = work.drafts(), 0
        for one in asked:
            if one.box_id in said:
                continue
            if stands.get(one.box_id, NOTHING).typed.clean.entries:
                raise RuleBroken(_TYPED.format("a case" if len(asked) > 1 else "this case"))
            _answer(work, one, Said.NOTHING, now)
            count += 1
        return count


def still_so(principal: Principal, meeting_id: UUID, box_id: UUID, now: datetime) -> int:
    """Shares again what the agency said of the case last time, confirmed today; says how many pieces (D1).

    Raises RuleBroken where nothing was said, or the case was answered meanwhile.
    """
    with opened(principal, meeting_id, now) as work:
        question = work.question(box_id)
        before = last_time(work, question)
        if box_id in research.answered(work.who, work.who.agency_id, [question.item_id]):
            raise RuleBroken("Your agency has answered this case meanwhile. Nothing changed.")
        if not before:
            raise RuleBroken("There is nothing from last time to confirm. Nothing changed.")
        _share(work, question, [typed.still_so(one.note, work.who.name, one.on) for one in before], now)
        return len(before)


def name_somebody(principal: Principal, meeting_id: UUID, box_id: UUID, was: str, now: datetime) -> UUID:
    """Puts somebody at risk, as typed in the box of a case, to every agency of the meeting to check (M2).

    They are linked to the case (D2); a member of staff who is surely them no longer sees it (M6). Raises
    Meanwhile, or Unfit.
    """
    with opened(principal, meeting_id, now, area=True) as work:
        question, draft = work.question(box_id), work.drafts().get(box_id, NOTHING)
        if question.named_by is not None:
            raise NotFound
        if draft.mark != was:
            raise Meanwhile({box_id: draft})
        naming = draft.typed.naming
        if unfit := typed.naming_problems(naming, local_day(now)):
            raise Unfit({f"{box_id}-naming-{name}": problem for name, problem in unfit.items()})
        key = _name(work, question, typed.named(naming), now)
        rest = typed.Typed(draft.typed.entries)
        drafts.drop(work.who, box_id)
        if not rest.is_blank:
            drafts.keep(work.who, question.item_id, box_id, rest, now)
        return key


def _name(work: Work, question: Question, told: Named, now: datetime) -> UUID:
    who, key, item_id = work.who, uuid4(), question.item_id
    linked = Clarification(_ABOUT[told.kind], told.name, told.dob, f"{told.relation}. {told.why}")
    db.session.add(
        ResearchNamedRow(id=key, area_id=who.area_id, item_id=item_id, agency_id=who.agency_id,
                         author=who.name, recorded_by=who.account_id, recorded_at=now, kind=told.kind,
                         name=told.name, dob=told.dob, relation=told.relation, why=told.why)
    )  # fmt: skip
    db.session.flush()
    db.session.add(
        ClarificationRow(id=uuid4(), area_id=who.area_id, item_id=item_id, case_id=question.case_id,
                         about=linked.about, name=linked.name, dob=linked.dob, text=linked.text,
                         recorded_by=who.account_id, recorded_at=now)
    )  # fmt: skip
    db.session.flush()
    matching.clarified(who.area_id, question.case_id, linked, now)
    walls.check_cases(who.area_id, [question.case_id], now)
    audit.record(who.account_id, who.area_id, "research.named", f"research_named/{key}", now, item=item_id)
    return key
