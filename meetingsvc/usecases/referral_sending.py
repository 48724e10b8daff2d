"""Sending a referral: it is on the next daily list from that moment, whoever looks at it when (T7, T12)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from agenda import referral_risk
from agenda.area_rules import bands
from agenda.calendar import day_words
from agenda.incidents import Incident
from agenda.referral import Referral, check, shown
from agenda.referral_entry import EntryKind, incidents, narrow
from agenda.referral_fields import Sight
from agenda.referral_people import BEFORE, PERPETRATORS, REFERRER
from agenda.referral_state import Step
from agenda.risk_tools import Counting, Result
from agenda.rules import RuleBroken
from meetingsvc.models import ReferralCaseRow, ReferralRow, ReferralToldRow, db
from meetingsvc.store import acting, areas, audit, cases, references
from meetingsvc.store.references import Prefix
from meetingsvc.usecases import entries, referral_keeping, walls
from meetingsvc.usecases.lists import parties
from meetingsvc.usecases.referral_drafts import Work, days
from meetingsvc.usecases.referral_moves import by_the_referrer

_CHANGED = "This referral was changed in another tab since you checked it. Check it again, then send it."
#: What is said of one of several perpetrators, as `shown` labels it.
_OF_ONE = re.compile(r"Perpetrator [0-9]+: ")
#: Who told it stands beside it anyway.
_OF_THE_REFERRER = frozenset(one.label for section in (BEFORE, REFERRER) for one in section.fields)
_SHOWN = (Sight.CASE, Sight.EVERYWHERE, Sight.CONTACT, Sight.ACTIONS)


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
        raise RuleBroken(_CHANGED)
    referral = checked(work, now)
    with acting.whole_area(row.area_id):
        row.reference = row.reference or references.taken(row.area_id, Prefix.REFERRAL)
        row.first_sent_at = row.first_sent_at or now
        by_the_referrer(row, work.referral, Step.SEND, work.who, "", now)
        told = list(incidents(referral, row.reference, row.first_sent_at))
        found = _put_on_the_list(work, [_with_count(one, work) for one in told], now)
        _tell(row, referral, found, now)
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


def _tell(row: ReferralRow, referral: Referral, found: Mapping[str, UUID], now: datetime) -> None:
    """What is shown to whoever reads a case, or in one place alone; said again, it replaces what was.

    Of several perpetrators each case tells of its own: the others' cases are kept from other people (M6).
    """
    db.session.execute(delete(ReferralToldRow).where(ReferralToldRow.referral_id == row.id))
    by = referral.answers["referrer"].fields
    author = f"{by['name']}, {by['role']}, {by['agency']}"[:300]
    lines = [
        (sight, label, text)
        for sight in _SHOWN
        for label, text in shown(referral, sight)
        if label not in _OF_THE_REFERRER and (sight is not Sight.ACTIONS or text == referral.increases_risk)
    ]
    if referral.attends_on:
        lines.append((Sight.PANEL, "Asks to attend", "; ".join(map(day_words, referral.attends_on))))
    for number, case_id in found.items():
        own = f"{PERPETRATORS.each.name} {number.partition('/')[2] or 1}: " if PERPETRATORS.each else ""
        for sight, label, text in lines:
            if not _OF_ONE.match(label) or label.startswith(own):
                db.session.add(
                    ReferralToldRow(area_id=row.area_id, case_id=case_id, referral_id=row.id, sight=sight,
                                    label=label, text=text, author=author, at=now)
                )  # fmt: skip
    db.session.flush()
