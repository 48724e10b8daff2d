"""Sending a referral: it is on the next daily list from that moment, whoever looks at it when (T7, T12)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from agenda import referral_risk
from agenda.area_rules import bands
from agenda.incidents import Incident
from agenda.references import Prefix
from agenda.referral import Referral, check
from agenda.referral_entry import EntryKind, incidents, narrow
from agenda.referral_state import Step
from agenda.risk_tools import Counting, Result
from agenda.rules import RuleBroken
from meetingsvc.models import ReferralCaseRow, db
from meetingsvc.store import acting, areas, audit, cases, references, referral_texts
from meetingsvc.usecases import entries, referral_keeping, referral_told, walls
from meetingsvc.usecases.lists import parties
from meetingsvc.usecases.referral_drafts import Work, days
from meetingsvc.usecases.referral_moves import by_the_referrer

CHANGED = "This referral was changed in another tab since you checked it. Check it again, then send it."


class Unfit(Exception):
    """What is missing or wrong, by field: nothing was sent."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def result_of(work: Work) -> Result | None:
    """What the risk tool came to, where it was filled in here."""
    return referral_risk.came_to(work.referral.risk, bands(areas.settings_of(areas.by_id(work.row.area_id))))


def checked(work: Work, now: datetime) -> Referral:
    """As it would be sent. Raises Unfit."""
    own_bands = bands(areas.settings_of(areas.by_id(work.row.area_id)))
    of_risk = referral_risk.problems(work.referral.risk, own_bands)
    found = check(work.referral.draft, days(work.row.area_id, now), result_of(work), own_bands)
    if of_risk or not isinstance(found, Referral):
        raise Unfit({**of_risk, **(found if isinstance(found, dict) else {})})
    return found


def send(work: Work, changes: int, now: datetime) -> str:
    """Sends what was checked; `changes` tells whether it is still that. Gives the reference people read.

    The clock is that of the first sending: one that was returned since is late on its list (Rulebook T12).
    """
    row = work.row
    areas.hold(row.area_id)
    if work.referral.changes != changes:
        raise RuleBroken(CHANGED)
    referral = checked(work, now)
    with acting.whole_area(row.area_id):
        row.reference = row.reference or references.taken(row.area_id, Prefix.REFERRAL)
        row.first_sent_at = row.first_sent_at or now
        by_the_referrer(row, work.referral, Step.SEND, work.who, "", now)
        referral_texts.send_typed(row, work.referral.draft)
        told = referral_told.numbered(row, list(incidents(referral, row.reference, row.first_sent_at)))
        found = _put_on_the_list(work, [_with_count(one, work) for one in told], now)
        referral_keeping.known_by(row.area_id, row.reference, referral, found, now)
        about = [found[one.occurrence_number] for one in told]
        referral_told.tell(row, referral, about, now, checked=work.who is not None)
        if work.who:
            referral_keeping.keep(work.who, row.reference, referral, work.referral.risk, found, now)
        walls.check_cases(row.area_id, found.values(), now)
        sent = {"entries": len(told), "again": work.referral.first_sent_at is not None}
        audit.record(work.actor, row.area_id, "referral.sent", f"referral/{row.id}", now, **sent)
        return row.reference


def _with_count(told: Incident, work: Work) -> Incident:
    """The count of a tool that was filled in here."""
    risk = work.referral.risk
    if not risk.begun or risk.tool.counting is not Counting.POINTS:
        return told
    return replace(told, dash_score=risk.count.points)


def _put_on_the_list(work: Work, told: Sequence[Incident], now: datetime) -> dict[str, UUID]:
    """Each incident with its case, found as a list would find it, and now: walls stand from here on (M6)."""
    row = work.row
    entries.take(row.area_id, told, EntryKind.REFERRAL, row.account_id, now)
    records = [parties(one.occurrence_number, narrow(0, one), one) for one in told]
    numbers = [one.occurrence_number for one in told]
    found = dict(zip(numbers, cases.resolve(row.area_id, records), strict=True))
    db.session.flush()
    db.session.execute(
        delete(ReferralCaseRow).where(
            ReferralCaseRow.referral_id == row.id, ReferralCaseRow.occurrence_number.in_(numbers)
        )
    )
    for number, case_id in found.items():
        db.session.add(ReferralCaseRow(referral_id=row.id, occurrence_number=number, area_id=row.area_id,
                                       case_id=case_id))  # fmt: skip
    db.session.flush()
    return found
