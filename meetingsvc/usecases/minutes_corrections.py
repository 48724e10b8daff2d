"""Corrections to minutes: a further version with what and why; the old one stays readable (Rulebook R1)."""

from datetime import datetime
from uuid import UUID

from agenda.rules import RuleBroken
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.usecases import minutes_words
from meetingsvc.usecases.minutes import compose, held, new_version, wrote
from meetingsvc.usecases.transaction import saved_by
from minutes.minutes import reason_problem


def correct(principal: Principal, meeting_id: UUID, what: str, why: str, now: datetime) -> None:
    """Begins a version that corrects the approved one: from the record as it stands now, with what was said
    taken over. It is written in, sent and approved by another as the first was (security.md B)."""
    with saved_by(principal, Permission.MINUTES_DRAFT, now) as who:
        meeting, approved = held(who, meeting_id)
        if approved is None or approved.approved_at is None:
            raise RuleBroken("These minutes are not approved yet: change the draft itself.")
        for text, missing in ((what, "Say what is corrected"), (why, "Say why it is corrected")):
            if problem := reason_problem(text, missing):
                raise RuleBroken(problem)
        row = new_version(who, meeting, approved.version + 1, now)
        row.what, row.why = what.strip(), why.strip()
        compose(who, row, meeting)
        wrote(who, row)
        minutes_words.take_over(who, approved, row)
        audit.record(
            who.account_id, who.area_id, "minutes.corrected", f"meeting/{meeting_id}", now, minutes=row.id
        )
