"""Recording what a meeting decides about a case: outcome, actions, what was shared and clarified."""

from datetime import datetime
from uuid import UUID

from agenda.rules import RuleBroken
from meetingsvc.models import OutcomeRow
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, audit
from meetingsvc.usecases import feedback, live, marac_referrals, outcome_crimes, outcome_meeting, oversight
from meetingsvc.usecases.live import Landing, Meanwhile
from meetingsvc.usecases.outcome_meeting import MeetingClosed
from meetingsvc.usecases.outcome_writing import Change, Unfit
from meetingsvc.usecases.stand_ins import Standing, record_permission, standing
from meetingsvc.usecases.transaction import saved_by
from minutes.recording import Recording

__all__ = ["Landing", "Meanwhile", "MeetingClosed", "Stale", "Unfit", "record"]


class Stale(Exception):
    """Another person saved this outcome meanwhile. Nothing was saved."""


def record(
    principal: Principal, item_id: UUID, told: Recording, now: datetime, landing: Landing | None = None
) -> int:
    """Saves everything on the form, or nothing, and refers the case at once (Rulebook D3). The new version.

    A MARAC's outcome the same, without a referral (M3). The coordinator's work; a chair's, only in their
    place (`usecases.stand_ins`; security.md B). Raises MeetingClosed, Stale or Unfit; RuleBroken where a
    MARAC's agenda already holds the case. `landing`: what the page says of each field, so that what others
    type into the same record meets it (`usecases.live`); raises Meanwhile where it was not told of theirs.
    """
    feedback.look_first(principal, item_id, told.telling, now)
    with saved_by(principal, record_permission(principal), now) as who:
        # Referrals take turns by area, and so do outcomes: a lock taken later could be waited for in a ring.
        marac_referrals.locked(who.area_id)
        item = outcome_meeting.item_of(who, item_id)
        place = standing(who, item_id, item.case_id, now)
        if place not in (None, Standing.STANDS_IN):
            raise RuleBroken(f"{place} Nothing was saved.")
        row = outcome_meeting.outcome_of(who, item_id)
        meeting = outcome_meeting.opened(who, item, row)
        outcome_meeting.refuse_early(meeting, now)
        if told.version != (row.version if row else 0):
            raise Stale
        if landing is not None:
            live.refuse_meanwhile(who, item_id, landing)
        lines = Change(who, item, meeting, told, now)
        lines.refuse_unfit(stands_in=place is not None)
        outcome = _write(lines, row)
        if landing is not None:
            live.land(who, item, landing, now)
        if place is not None:
            lines.audit.append(("outcome.stood_in", f"item/{item.id}", {"version": outcome.version}))
        for action, subject, detail in lines.audit:
            audit.record(who.account_id, who.area_id, action, subject, now, **detail)
        if place is not None:
            oversight.stood_in(item, who.account_id, now)
        return outcome.version


def _write(lines: Change, row: OutcomeRow | None) -> OutcomeRow:
    referred = bool(row and row.refer)
    outcome = lines.write_outcome(row)
    lines.write_actions()
    lines.write_reviews()
    lines.add_notes()
    lines.add_clarifications()
    lines.write_telling()
    crimes = lines.add_crimes()
    if not lines.at_marac:
        _refer(lines.who, outcome, referred, lines.now)
    outcome_crimes.tell(lines.meeting, lines.item, crimes, lines.now)
    return outcome


def _refer(who: Principal, outcome: OutcomeRow, referred: bool, now: datetime) -> None:
    with acting.whole_area(who.area_id):
        if outcome.refer:
            marac_referrals.refer(who.area_id, outcome.item_id, who.account_id, now)
        elif referred:
            marac_referrals.withdraw(who.area_id, outcome.item_id, who.account_id, now)
