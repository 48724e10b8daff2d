"""What people say of a match, and the list that waits for it: no score decides (Rulebook D2, T6)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.meetings import MeetingKind
from agenda.panels import Works
from agenda.rules import RuleBroken
from meetingsvc.models import MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, matching_merges
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store.matching_proposals import State
from meetingsvc.store.scope import meetings_of
from meetingsvc.usecases import meeting_notices, proposals, research_asking
from meetingsvc.usecases.matching_merging import MERGE, case_of
from meetingsvc.usecases.proposals import given
from meetingsvc.usecases.transaction import saved_by

SAID = (State.SAME, State.DIFFERENT, State.NOT_SURE)
_WHY = "Say in a sentence what you decide by."
_LOOKED = "Say that you looked at the near matches, or why the list cannot wait for them."


def decide(principal: Principal, match_id: UUID, said: State, reason: str, now: datetime) -> None:
    """Says whether two people are one. "Same" asks a second person to confirm the merge.

    Raises NotFound where one may not read both sides, RuleBroken where it cannot be decided.
    """
    if said not in SAID:
        raise ValueError(said)
    reason = given(reason, _WHY)
    with saved_by(principal, Permission.PERSON_MATCH, now) as who:
        areas.hold(who.area_id)
        match, row = matches.one(who, match_id, now), matches.locked(who, match_id)
        if match is None or row is None:
            raise NotFound
        _refuse_decided(match)
        case_id = case_of(who, (match.one_id, match.other_id))
        if said is State.SAME:
            _propose(who, match, reason, case_id, now)
        row.state, row.reason, row.decided_by, row.decided_at = said, reason, who.account_id, now
        audit.record(
            who.account_id, who.area_id, "match.decided", matches.subject(match_id), now,
            case=case_id, said=said.value,
        )  # fmt: skip


def _refuse_decided(match: matches.Match) -> None:
    if match.state is State.MERGED:
        raise RuleBroken("These two are one person already. Nothing changed.")
    if match.waits:
        raise RuleBroken("This waits for a second person. Whoever proposed it can take it back first.")


def _propose(who: Principal, match: matches.Match, reason: str, case_id: UUID | None, now: datetime) -> None:
    with acting.whole_area(who.area_id):
        if matching_merges.are_opposed(match.one_id, match.other_id):
            raise RuleBroken(
                "One is the victim and the other the perpetrator of one case: they are two people."
            )
        kept, _ = matching_merges.who_stays(match.one_id, match.other_id)
    names = (match.one, match.other) if kept == match.one_id else (match.other, match.one)
    proposals.propose(
        who, MERGE, matches.subject(match.id), dict(zip(("kept", "gone"), names, strict=True)), reason, now,
        case_id=case_id,
    )  # fmt: skip


def hold(who: Principal, meeting_id: UUID, now: datetime) -> bool:
    """Keeps a list just built from its agencies while near matches wait, whoever may read them (T6).

    Where a case is kept from anybody who runs the meetings, every list waits: a wait tells nobody of a match
    that is hidden from them (M6).
    """
    waits = bool(waiting(who.area_id, meeting_id, now)) or matches.is_kept_from_a_colleague(who.area_id)
    if waits:
        rows = select(MeetingRow).where(meetings_of(who), MeetingRow.id == meeting_id)
        db.session.scalars(rows).one().held = True
        db.session.flush()
    return waits


def circulate(
    principal: Principal, day: date, reason: str, now: datetime, code: str = MeetingKind.DRAMM
) -> None:
    """Shows a list that waited to the agencies, always for a sentence (T6): to be asked for one says nothing
    of what is hidden from whoever is asked (M6)."""
    with saved_by(principal, Permission.LIST_BUILD, now) as who:
        areas.hold(who.area_id)
        row = MeetingRow
        of_panel = (row.works == Works.LIST, row.kind == code, row.sits_on == day)
        rows = select(row).where(meetings_of(who), *of_panel)
        meeting = db.session.scalars(rows.with_for_update()).one_or_none()
        if meeting is None:
            raise NotFound
        if not meeting.held:
            raise RuleBroken("This list has been circulated already. Nothing changed.")
        meeting.sent_reason, meeting.held = given(reason, _LOOKED), False
        left = waiting(who.area_id, meeting.id, now)
        audit.record(
            who.account_id, who.area_id, "list.circulated", f"meeting/{meeting.id}", now, undecided=left
        )
        research_asking.ask(who.area_id, meeting.id, who.account_id, now)
        meeting_notices.list_ready(who.area_id, meeting.id, now)


def waiting(area_id: UUID, meeting_id: UUID, now: datetime) -> int:
    """How many near matches of a list nobody has decided, or one person alone, hidden from whomever: the
    service's own count (T6)."""
    with acting.whole_area(area_id):
        return sum(
            one.undecided or one.waits for one in matches.on_list(acting.Host(area_id), meeting_id, now)
        )
