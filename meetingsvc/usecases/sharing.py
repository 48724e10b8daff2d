"""Deciding whether to share, question by question; the decision is kept, share or not (Rulebook K2 to K4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.moves import REASON_LENGTH, Who, made
from agenda.rules import RuleBroken
from agenda.sharing import LEADS, Question, Reply, Result, walk
from agenda.sharing_decision import (
    MOVES,
    STEPS,
    TEXT,
    Considered,
    Informed,
    State,
    decide,
    problems,
    refuses_recipient,
)
from meetingsvc.models import SharingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import sharing as store
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_reading_only
from meetingsvc.usecases.transaction import saved_by

SAID_SINCE = "This was changed in another window since you opened it. Nothing was saved. Look at it again."
DECIDED = "This is decided, and stays as it was decided. If you think again, make another decision."


#: What it is about, in the order of the page.
ASKED = ("asked_by", "what", "with_whom", "purpose")


@dataclass(frozen=True, slots=True)
class Asked:
    """What it is about, before the first question."""

    asked_by: str
    what: str
    with_whom: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What is said at the end of the questions."""

    why: str  # of the decision; or whom one asks, and what
    informed: Informed | None = None
    advice: str = ""


def asked_problems(told: Asked) -> dict[str, str]:
    """What keeps it from being begun, by field."""
    ended = {Question.PURPOSE: Reply.NO}  # so that no question is open: here none is asked yet
    lacking = problems(Considered(told.asked_by, "", told.what, told.with_whom, told.purpose, "-", ended))
    return {name: lacking[name] for name in ASKED if name in lacking}


def begin(principal: Principal, case_id: UUID | None, told: Asked, now: datetime) -> UUID:
    """Begins one, on a case or on none: it decides nothing yet."""
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        if case_id is not None:
            refuse_hidden(who, case_id)
            refuse_reading_only(who, case_id)
        _refuse(asked_problems(told))
        row = SharingRow(id=uuid4(), area_id=who.area_id, case_id=case_id, agency_id=who.agency_id,
                         made_by=who.account_id, made_at=now, version=1, state=State.OPEN)  # fmt: skip
        store.write(row, Considered(**{name: getattr(told, name).strip() for name in ASKED}))
        db.session.add(row)
        db.session.flush()
        _noted(who, row, "sharing.begun", now)
        return row.id


def change(principal: Principal, decision_id: UUID, version: int, told: Asked, now: datetime) -> None:
    """What it is about, while it is not decided."""
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = _held(who, decision_id, version)
        _refuse(asked_problems(told))
        said = {name: getattr(told, name).strip() for name in ASKED}
        _write(who, row, replace(store.considered(row), **said), now)


def answer(
    principal: Principal,
    decision_id: UUID,
    version: int,
    question: Question,
    reply: Reply,
    now: datetime,
    **beside: Any,
) -> None:
    """Answers one question, with what is asked beside it. Another answer than before may lead elsewhere:
    what was answered further on is kept, and counts only where the way leads there (Rulebook K4)."""
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = _held(who, decision_id, version)
        if reply not in LEADS[question]:
            raise RuleBroken("Choose one of the answers.")
        told = store.considered(row)
        told = replace(told, replies={**told.replies, question: reply}, **beside)
        if question not in walk(told.replies).asked:
            raise RuleBroken("This question is not asked on this way. Nothing was saved.")
        _refuse(beside_problems(told, question))
        _write(who, row, told, now)


def beside_problems(told: Considered, question: Question, **beside: Any) -> dict[str, str]:
    """What an answer asks for besides, and is not there."""
    found = problems(replace(told, **beside))
    return {name: found[name] for name in BESIDE.get(question, ()) if name in found}


#: What is asked beside a question.
BESIDE: Mapping[Question, tuple[str, ...]] = {
    Question.IDENTIFIABLE: ("about",),
    Question.CONSENT: ("limits",),
    Question.GROUND: ("grounds",),
    Question.LAWFUL: ("lawful", "other_law", "authorised_by"),
}


def conclude(principal: Principal, decision_id: UUID, version: int, end: Ending, now: datetime) -> Result:
    """What the answers come to: to share, not to share, or to ask for advice first (Rulebook K4).

    Never with a perpetrator on the case, nor told to one (F3). Once decided it is never changed.
    """
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = _held(who, decision_id, version)
        state = State(row.state)
        told = ending(store.considered(row), end)
        near = store.perpetrators(who.area_id, row.case_id)
        found = decide(told, str(who.account_id), now, state is State.ADVICE, near)
        after = made(MOVES[STEPS[found.result]], state, Who.ANYONE, end.why)
        if after is State.ADVICE:
            kept = replace(store.considered(row), advice=told.advice)
            row.advice_asked, row.advice_asked_at = end.why.strip(), now
        else:
            kept, row.decided_at = found.told, now
        row.state = after
        _write(who, row, kept, now, "sharing.decided" if row.decided_at else "sharing.advice_asked")
        return found.result


def ending(told: Considered, end: Ending) -> Considered:
    """All that was answered with what is said at the end."""
    return replace(told, why=end.why.strip(), informed=end.informed, advice=end.advice.strip())


def ending_problems(who: Principal, kept: store.Kept, end: Ending) -> dict[str, str]:
    """What keeps it from being decided, by field; as `conclude` judges it again."""
    near = store.perpetrators(who.area_id, kept.case_id)
    found = problems(ending(kept.told, end), kept.waited, near)
    if len(end.why) > REASON_LENGTH:
        found["why"] = f"Enter {REASON_LENGTH:,} characters or fewer"
    return found


def keep_refusal(principal: Principal, decision_id: UUID, found: Mapping[str, str], now: datetime) -> None:
    """A recipient was refused: its line has the ground, and nobody's name (Rulebook F3, V5)."""
    if not refuses_recipient(found):
        return
    with saved_by(principal, Permission.SHARING_DECIDE, now) as who:
        row = store.held(who, decision_id)
        if row is None:
            raise NotFound
        _noted(who, row, "sharing.refused", now, ground="recipient")


def _held(who: Principal, decision_id: UUID, version: int) -> SharingRow:
    row = store.held(who, decision_id)
    if row is None:
        raise NotFound
    if row.made_by != who.account_id:
        raise Forbidden
    if row.decided_at is not None:
        raise RuleBroken(DECIDED)
    if row.version != version:
        raise RuleBroken(SAID_SINCE)
    return row


def _write(
    who: Principal, row: SharingRow, told: Considered, now: datetime, action: str = "sharing.answered"
) -> None:
    if any(len(getattr(told, name)) > TEXT for name in ("about", "limits", "other_law", "authorised_by")):
        raise RuleBroken(f"Enter {TEXT:,} characters or fewer.")
    store.write(row, told)
    row.version += 1
    db.session.flush()
    _noted(who, row, action, now)


def _refuse(found: Mapping[str, str]) -> None:
    if found:
        raise RuleBroken(f"{next(iter(found.values())).rstrip('.?')}.")


def _noted(who: Principal, row: SharingRow, action: str, now: datetime, **detail: str) -> None:
    """The line is read with the case, where there is one."""
    case = {"case": row.case_id} if row.case_id else {}
    audit.record(who.account_id, who.area_id, action, f"sharing_decision/{row.id}", now, **case, **detail)
