"""An agency that has not signed takes part in one named case, under the protocol's terms (Rulebook V1, X5).

It never opens the case: it reads what who runs the meetings wrote for it, and answers.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.moves import Who, made
from agenda.named_case import (
    MOVES,
    TERMS,
    Direction,
    Rule,
    State,
    Step,
    proposal_problems,
    saying_problems,
    telling_problems,
)
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from meetingsvc.models import NamedCaseEntryRow, NamedCasePartRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit, disclosure_people, unattended
from meetingsvc.store import named_cases as store
from meetingsvc.store.acting import Host
from meetingsvc.store.named_cases import Kept
from meetingsvc.usecases import named_case_held
from meetingsvc.usecases import named_case_notices as notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_reading_only
from meetingsvc.usecases.transaction import saved_by
from minutes.disclosure_others import left_in

ALREADY = "This agency has a part in this case already. Nothing changed."
ANOTHER = "You proposed this yourself, so another chair decides. Nothing changed."
ITS_TERMS = "Accept each of the terms, or ring the coordinator. Nothing changed."
PLACES = (
    "These words say where the victim or somebody else can be found, or how they are reached. Leave it out: "
    "where the agency must know it, say it by telephone. Nothing was sent."
)
NO_READER = (
    "Nobody of this agency can read it: nobody there has an account, or who has one is kept from the case. "
    "Nothing was sent."
)


def rule(area_id: UUID) -> Rule:
    """What the area has set."""
    return Rule(areas.settings_of(areas.by_id(area_id)).named_case_days)


def problems(who: Principal, agency_id: UUID, why: str, until: date | None, now: datetime) -> dict[str, str]:
    """What keeps it from being proposed, by field."""
    return proposal_problems(_agency(who, agency_id), why, until, local_day(now), rule(who.area_id))


def propose(
    principal: Principal, case_id: UUID, agency_id: UUID, why: str, until: date | None, now: datetime
) -> UUID:
    """Puts before the chair that an agency takes part in this case; until then it learns nothing (V1, X5)."""
    with saved_by(principal, Permission.PART_RUN, now) as who:
        refuse_hidden(who, case_id)
        refuse_reading_only(who, case_id)
        areas.hold(who.area_id)
        _refuse(problems(who, agency_id, why, until, now))
        if any(one.live and one.agency_id == agency_id for one in store.on_case(who, case_id)):
            raise RuleBroken(ALREADY)
        row = NamedCasePartRow(id=uuid4(), area_id=who.area_id, case_id=case_id, agency_id=agency_id,
                               state=State.PROPOSED, why=why.strip(), since=local_day(now), until=until,
                               proposed_by=who.account_id, proposed_at=now)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        _noted(who, row, "named_case.proposed", now)
        notices.tell_chairs(who, store.part(row), row.id, now)
        return row.id


def decide(principal: Principal, part_id: UUID, allows: bool, reason: str, now: datetime) -> None:
    """A chair allows it or refuses it; never who proposed it (Rulebook X5; security.md B)."""
    with saved_by(principal, Permission.PART_DECIDE, now) as who:
        row = _held_to_run(who, part_id)
        if row.proposed_by == who.account_id:
            raise RuleBroken(ANOTHER)
        row.state = _made(row, Step.ALLOW if allows else Step.REFUSE, Who.CHAIR, reason)
        row.decided_by, row.decided_at, row.ended_why = who.account_id, now, "" if allows else reason.strip()
        if allows:
            _refuse_outdated(who, row, now)
            row.since = local_day(now)
        db.session.flush()
        _noted(who, row, "named_case.allowed" if allows else "named_case.refused", now)
        told = notices.tell_agency if allows else notices.tell_panel
        told(who, store.part(row), row.id, now)


def accept(principal: Principal, part_id: UUID, terms: Collection[str], now: datetime) -> None:
    """Somebody of the agency accepts the terms, each of them, before it reads a word (Rulebook V1)."""
    with saved_by(principal, Permission.PART_ANSWER, now) as who:
        row = _held_as_guest(who, part_id, now)
        state = _made(row, Step.ACCEPT, Who.AGENCY)
        if not set(TERMS) <= set(terms):
            raise RuleBroken(ITS_TERMS)
        row.state, row.accepted_by, row.accepted_at = state, who.account_id, now
        db.session.flush()
        _noted(who, row, "named_case.accepted", now)
        notices.tell_panel(who, store.part(row), row.id, now)


def tell(principal: Principal, part_id: UUID, words: str, now: datetime) -> None:
    """Writes for the agency what it needs to know. No place and no number by which the victim is found stands
    in it, nor a confidential address of anybody (Rulebook X6, F3; security.md A1)."""
    with saved_by(principal, Permission.PART_RUN, now) as who:
        row = _held_to_run(who, part_id)
        part = store.part(row)
        if part.state is not State.TAKING_PART or not part.since <= local_day(now) <= part.until:
            raise RuleBroken("The agency does not take part now. Nothing was sent.")
        _refuse(telling_problems(words))
        _refuse_places(who, part.case_id, words)
        if not notices.readers(who.area_id, part, now):
            raise RuleBroken(NO_READER)
        _add(who, row, Direction.TOLD, words, now)
        _noted(who, row, "named_case.told", now)
        notices.tell_agency(who, part, row.id, now)


def say(
    principal: Principal, part_id: UUID, words: str, kind: NoteKind | None, source: str,
    known_on: date | None, now: datetime,
) -> None:  # fmt: skip
    """The agency answers: fact or opinion, with its source, and its day where it knows it (Rulebook R2)."""
    with saved_by(principal, Permission.PART_ANSWER, now) as who:
        row = _held_as_guest(who, part_id, now)
        if row.state != State.TAKING_PART:
            raise RuleBroken(ITS_TERMS)
        _refuse(saying_problems(words, kind, source, known_on, local_day(now)))
        _add(who, row, Direction.SAID, words, now, kind=kind or "", source=source.strip(), known_on=known_on)
        _noted(who, row, "named_case.said", now)
        notices.tell_panel(who, store.part(row), row.id, now)


def end(principal: Principal, part_id: UUID, reason: str, now: datetime) -> None:
    """The agency's part is over: from now on it reads nothing of it, and is asked what became of it (V1)."""
    with saved_by(principal, Permission.PART_RUN, now) as who:
        row = _held_to_run(who, part_id)
        row.state = _made(row, Step.END, Who.CHAIR if who.role is Role.CHAIR else Who.COORDINATOR, reason)
        row.ended_by, row.ended_at, row.ended_why = who.account_id, now, reason.strip()
        db.session.flush()
        named_case_held.ask(row, now)
        _noted(who, row, "named_case.ended", now)


def lapse(now: datetime) -> int:
    """Ends what has run its days; nobody could read it any more anyway. Safe to run twice."""
    return in_turn("ending parts in named cases", unattended.area_ids(), lambda area_id: _lapse(area_id, now))


def _lapse(area_id: UUID, now: datetime) -> int:
    done = 0
    for row in store.over(Host(area_id), local_day(now)):
        row.state, row.ended_at = _made(row, Step.LAPSE, Who.SERVICE), now
        named_case_held.ask(row, now)
        audit.record(WORKER, area_id, "named_case.lapsed", f"named_case_part/{row.id}", now, case=row.case_id)
        done += 1
    return done


def opened(who: Principal, part_id: UUID, now: datetime) -> Kept | None:
    """One of them, for a page that shows it: of an agency that has not signed the door is asked each time, as
    nothing may reach the perpetrator or a known associate (Rulebook F3, M6)."""
    kept = store.one(who, part_id)
    if kept is None or not who.is_guest:
        return kept
    return kept if notices.may_read(who, kept.told, now) else None


def own(who: Principal, now: datetime) -> list[Kept]:
    """What a person of such an agency finds, as it could be opened at this moment."""
    return [one for one in store.live(who) if notices.could_read(who, one.told, now)]


def _made(row: NamedCasePartRow, step: Step, who: Who, reason: str = "") -> State:
    return made(MOVES[step], State(row.state), who, reason)


def _held_to_run(who: Principal, part_id: UUID) -> NamedCasePartRow:
    row = store.held(who, part_id)
    if row is None:
        raise NotFound
    refuse_reading_only(who, row.case_id)
    return row


def _held_as_guest(who: Principal, part_id: UUID, now: datetime) -> NamedCasePartRow:
    row = store.held(who, part_id) if who.is_guest else None
    if row is None or not notices.could_read(who, store.part(row), now):
        raise NotFound
    return row


def _agency(who: Principal, agency_id: UUID) -> Agency:
    found = next((one for one in areas.agencies(who.area_id) if one.id == agency_id), None)
    if found is None:
        raise NotFound
    return found


def _refuse_outdated(who: Principal, row: NamedCasePartRow, now: datetime) -> None:
    """What was right when it was proposed: it has not signed or withdrawn since, nor is its time over."""
    today, last = local_day(now), row.until
    found = proposal_problems(_agency(who, row.agency_id), row.why, today, today, rule(who.area_id))
    _refuse(found if last >= today else {"until": "Its last day is over: propose it anew"})


def _refuse_places(who: Principal, case_id: UUID, words: str) -> None:
    with acting.whole_area(who.area_id):
        about = disclosure_people.party_ids(who.area_id, case_id)
        people = [one for one in disclosure_people.listed(who.area_id, case_id, about) if one.about]
    if left_in(words, [replace(one, known=()) for one in people]):
        raise RuleBroken(PLACES)


def _add(
    who: Principal, row: NamedCasePartRow, direction: Direction, words: str, now: datetime, **beside: object
) -> None:
    db.session.add(
        NamedCaseEntryRow(id=uuid4(), area_id=who.area_id, part_id=row.id, direction=direction,
                          words=words.strip(), by=who.account_id, at=now, **beside)
    )  # fmt: skip
    db.session.flush()


def _refuse(found: Mapping[str, str]) -> None:
    if found:
        raise RuleBroken(f"{next(iter(found.values())).rstrip('.')}.")


def _noted(who: Principal, row: NamedCasePartRow, action: str, now: datetime) -> None:
    """One line, read with the case; nobody's words stand in it (Rulebook V5)."""
    subject = f"named_case_part/{row.id}"
    audit.record(who.account_id, who.area_id, action, subject, now, case=row.case_id)
