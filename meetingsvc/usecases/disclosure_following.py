"""What the service does with a request by itself: puts it on, asks again, and tells who is waited for.

Notices say that something waits behind the login, and nothing else (Rulebook S2). Nobody is told of a request
that is none of theirs (M6).
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from agenda.calendar import local_day
from agenda.moves import Who
from meetingsvc.models import DisclosureAskedRow, DisclosureStepRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    accounts,
    acting,
    areas,
    audit,
    disclosure_clocks,
    disclosure_items,
    disclosure_people,
    nameable,
    notice_times,
    unattended,
)
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosure_decided import decision_of
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from meetingsvc.usecases.disclosure_checking import against
from minutes import request_clocks
from minutes.disclosure import Made, State, Step
from minutes.disclosure_decision import suppliers
from minutes.disclosure_items import Item, outstanding
from minutes.disclosure_service import (
    again_at,
    released_by_nobody,
    service_step,
    unanswered,
    waited_for,
    waits_for_nobody,
)
from notifications.messages import Notice
from notifications.outgoing import What

NOTICE, ADVICE = Notice.REQUEST, Notice.LEGAL_ADVICE
#: Where who runs the meetings takes the next step, chases agencies, or records what a court decided; they are
#: told once it is overdue.
_RUN = frozenset({
    State.RECEIVED, State.CHECKED, State.ASKED, State.NOT_OBJECTED, State.OBJECTED, State.APPROVED,
    State.IN_PART, State.WITH_CONCERNS, State.ORDER_FOLLOWED,
})  # fmt: skip


def follow_all(now: datetime) -> int:
    """Follows every request that has not ended; says how many notices. Safe to run twice."""
    return in_turn("following requests", unattended.area_ids(), lambda area_id: _follow_all(area_id, now))


def _follow_all(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    told = sum([follow(area_id, one.id, now) for one in store.waiting(Host(area_id))])
    if told:
        audit.record(WORKER, area_id, "disclosures.followed", f"area/{area_id}", now, notices=told)
    return told


def follow(area_id: UUID, request_id: UUID, now: datetime) -> int:
    """Puts a request to the chair once every agency has answered, takes it back where an item changed since
    the decision (X2), and tells who is waited for now; part of the change that calls it."""
    with acting.whole_area(area_id):
        kept = _read(area_id, request_id)
        items = disclosure_items.held(area_id, kept.case_id)
        answers = store.answers(Host(area_id), request_id)
        if step := service_step(kept.request, decision_of(kept), items, answers, _put(kept)):
            made = Made(step, now, Who.SERVICE, None)
            kept.request.after(made)
            _write(kept, made)
            audit.record(WORKER, area_id, "disclosure.step", f"disclosure_request/{kept.id}", now,
                         case=kept.case_id)  # fmt: skip
            kept = _read(area_id, request_id)
            if kept.state is State.ASKED:
                _ask(kept, items, now)
                kept = _read(area_id, request_id)
        waits = outstanding(items, answers, again_at(kept.request)) if kept.state is State.ASKED else {}
        return _tell(kept, frozenset(waits), now)


def told_with(who: Principal, kept: Kept, step: Step, another: str) -> dict[str, Any]:
    """What a plain step keeps: how who asks was told apart, and from whom of those that one may know of (M6);
    or what is put to the chair unanswered."""
    area_id = kept.row.area_id
    if step is Step.CHECK:
        return {"another": another, "from": sorted(map(str, against(who, kept).known))}
    if step is not Step.PUT:
        return {}
    with acting.whole_area(area_id):
        items = disclosure_items.held(area_id, kept.case_id)
        return {"unanswered": sorted(unanswered(items, store.answers(Host(area_id), kept.id)))}


def _put(kept: Kept) -> frozenset[str] | None:
    """What was put to the chair unanswered; None where that was not kept."""
    told = next((one for one in reversed(kept.lines) if one.what in (Step.PUT, Step.ALL_ANSWERED)), None)
    if told is None or told.what == Step.ALL_ANSWERED:
        return frozenset()
    return frozenset(told.told["unanswered"]) if "unanswered" in told.told else None


def _read(area_id: UUID, request_id: UUID) -> Kept:
    kept = store.one(Host(area_id), request_id)
    if kept is None:
        raise LookupError(request_id)
    return kept


def _write(kept: Kept, made: Made) -> None:
    db.session.add(
        DisclosureStepRow(id=uuid4(), area_id=kept.row.area_id, request_id=kept.id,
                          place=store.next_place(kept.id), step=made.step, who=made.who, account_id=None,
                          at=made.at, reason="", signed=False, told={})
    )  # fmt: skip
    db.session.flush()


def ask(kept: Kept, now: datetime) -> None:
    """Every agency that supplied something is asked for its own, by a day that is kept (Rulebook X2)."""
    with acting.whole_area(kept.row.area_id):
        _ask(kept, disclosure_items.held(kept.row.area_id, kept.case_id), now)


def _ask(kept: Kept, items: Iterable[Item], now: datetime) -> None:
    area = areas.by_id(kept.row.area_id)
    rule, off = disclosure_clocks.clocks(area), disclosure_clocks.off_of(area)
    due = request_clocks.agencies_due(now, kept.due_at, rule, off)
    due = max(due, now)  # one that is late already is asked all the same
    asked = {one.agency_id: one.row for one in kept.asked}
    for agency_id in sorted(suppliers(items), key=str):
        if row := asked.get(agency_id):
            row.asked_at, row.due_at = now, due
        else:
            db.session.add(
                DisclosureAskedRow(request_id=kept.id, agency_id=agency_id, area_id=area.id, asked_at=now,
                                   due_at=due, outcome="", outcome_words="")
            )  # fmt: skip
        db.session.flush()


def _tell(kept: Kept, agencies: frozenset[UUID], now: datetime) -> int:
    """Each once for each time that it waits for them, and once more when it is late."""
    late = {one.agency_id for one in kept.asked if one.due_at < now and one.agency_id in agencies}
    over = _over(kept, now) or bool(late)
    return sum([_tell_one(kept, who, _stage(kept, _is_late(kept, who, late, now)), now)
                for who in _people(kept, agencies, over, now)])  # fmt: skip


def tell_of_advice(kept: Kept, now: datetime) -> frozenset[UUID]:
    """Every agency that was asked for a court is told, once, to seek its own legal advice (Rulebook X3). Says
    which of them were told, at this moment or before: one without anybody who may be told is none of them."""
    area_id, people = kept.row.area_id, dict[UUID, UUID]()
    with acting.whole_area(area_id):
        for one in kept.asked:
            for who in accounts.who_attend(one.agency_id, Permission.DISCLOSURE_ANSWER, now):
                _tell_one(kept, who, "advice", now, ADVICE)
                people[who.account_id] = one.agency_id
        told = notice_times.told(area_id, ADVICE, [kept.id])
    return frozenset(people[key] for _, stage, key in told if stage == "advice" and key in people)


def _over(kept: Kept, now: datetime) -> bool:
    """Its time is over, or it has none and lies (Rulebook X1)."""
    return kept.late(now) or kept.lies(now)


def _is_late(kept: Kept, who: Principal, late: AbstractSet[UUID], now: datetime) -> bool:
    """For one agency, what it answers; for who runs the meetings, what any does."""
    return _over(kept, now) or (bool(late) if who.runs_meetings else who.agency_id in late)


def _stage(kept: Kept, late: bool) -> str:
    return f"{len(kept.request.steps)}{' late' if late else ''}"


def _people(kept: Kept, agencies: frozenset[UUID], over: bool, now: datetime) -> list[Principal]:
    """Who answers for an agency that is waited for, the chairs, who can be the second person; and who runs
    the meetings, once it or an agency's answer is overdue, and where nobody can decide or release it."""
    ids = [key for agency in sorted(agencies, key=str) for key, _ in accounts.attending(agency)]
    run = nameable.who_run(kept.row.area_id, local_day(now))
    found = [who for key in [*ids, *(one.id for one in run)] if (who := accounts.principal(key, now))]
    return [one for one in found if _is_waited_for(kept, one, over) or _is_stuck(kept, one, now)]


def _is_stuck(kept: Kept, who: Principal, now: datetime) -> bool:
    return who.runs_meetings and nobody_can(who, kept, now)


def nobody_can(who: Principal, kept: Kept, now: datetime) -> bool:
    """Whether none of those who can sign in may take it further: no chair decide it, or no two build and
    release it (X1, X6). They open its case, and each other one by which who asks is checked (F3); of those
    that are closed to `who` nothing is said (M6). Inside `acting.whole_area`."""
    if not (waits_for_nobody(kept.request, ()) or released_by_nobody(kept.request, ())):
        return False
    area_id, today, others = kept.row.area_id, local_day(now), set[UUID]()
    if nameable.are_some_kept(area_id):
        others = disclosure_people.elsewhere(area_id, kept.case_id, kept.told.about)
    cases = [kept.case_id, *(one for one in others if _may_know(who, one, today))]
    chairs = set.intersection(*(nameable.chairs(area_id, one, today) for one in cases))
    able = set.intersection(*(nameable.who_may_open(area_id, one, today) for one in cases))
    return waits_for_nobody(kept.request, chairs) or released_by_nobody(kept.request, able)


def _may_know(who: Principal, case_id: UUID, today: date) -> bool:
    """Of a case: who runs the meetings where they may open it, who appoints them where no wall stands."""
    if who.runs_meetings:
        return who.account_id in nameable.who_may_open(who.area_id, case_id, today)
    return not unattended.stands(who.account_id, case_id)


def undecided(who: Principal, now: datetime) -> list[Kept]:
    """For who can have another chair appointed: the requests that nobody can decide or release, less those
    that a wall keeps from them (Rulebook X1, X6, M6). To be counted, and never for showing."""
    if not who.may(Permission.ROLE_GRANT):
        return []
    with acting.whole_area(who.area_id):
        open_to = [one for one in store.waiting(Host(who.area_id))
                   if not unattended.stands(who.account_id, one.case_id)]  # fmt: skip
        return [one for one in open_to if nobody_can(who, one, now)]


def _is_waited_for(kept: Kept, who: Principal, late: bool) -> bool:
    if who.may(Permission.DISCLOSURE_ANSWER):
        return True
    if late and kept.state in _RUN and who.runs_meetings:
        return True
    decides = who.may(Permission.DISCLOSURE_DECIDE)
    return waited_for(kept.request, who.account_id, decides=decides) is not None


def _tell_one(kept: Kept, who: Principal, stage: str, now: datetime, notice: Notice = NOTICE) -> bool:
    if (kept.id, stage, who.account_id) in notice_times.told(who.area_id, notice, [kept.id]):
        return False
    with acting.acting(who):
        if store.one(who, kept.id) is None:
            return False
    about = frozenset({kept.case_id})
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, notice, who.a_panel, about)
    if not notices.queue(thing, local_day(now), "/requests", now):
        return False
    notice_times.keep_told(who.area_id, notice, kept.id, stage, who.account_id, now)
    return True
