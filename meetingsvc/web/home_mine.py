"""What is a person's own on their first page: cases given or opened to them, and what they typed."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import allocations, drafts, home, openings, outcome_crimes, proposals
from meetingsvc.usecases import reading, stand_ins

#: What a kept form is of, by how its address begins; it names nobody.
_KINDS = {
    "items": "an outcome",
    "cases": "a case",
    "lists": "a daily list",
    "marac": "a MARAC",
    "actions": "an action",
    "corrections": "a correction",
    "decisions": "a decision",
    "openings": "a review",
    "refusals": "a refusal",
    "alarms": "an alarm",
    "accounts": "an account",
    "agencies": "an agency",
    "area": "the area's settings",
    "tickets": "a ticket",
    "break-glass": "breaking the glass",
    "applications": "a disclosure scheme application",
    "orders": "a protection order",
    "requests": "a third party’s request",
    "releases": "a release",
    "breaches": "a breach",
    "complaints": "a complaint",
    "disagreements": "a disagreement",
    "me": "your details",
    "referrals": "a referral",
    "research": "research for a meeting",
    "emergencies": "an emergency MARAC",
}


def mine(who: Principal, now: datetime) -> dict[str, Any]:
    """References stand there, so it leaves a trace where there are some (Rulebook V5)."""
    given = allocations.given(who) if who.may(Permission.CASE_ASK) else []
    opened = openings.all_open_now(who) if who.may(Permission.CASE_READ) else []
    kept = [(draft_id, _kind(path)) for draft_id, path in drafts.all_of(who.account_id, now)]
    asks = allocations.asks(who)
    untaken = outcome_crimes.untaken(who)
    if told := len(given) + len(asks) + len(untaken):
        reading.opened(who, "home.read", f"account/{who.account_id}", now, cases=told)
    halves = proposals.halves_of(who, now) if who.may(Permission.ACCOUNT_MANAGE) else []
    return {"given": given, "opened": opened, "drafts": kept, "asks": asks, "halves": halves,
            "crimes": outcome_crimes.waiting(who) if who.may(Permission.CRIME_RECEIVE) else 0,
            "untaken": untaken, "alone": _alone(who, now)}  # fmt: skip


def _alone(who: Principal, now: datetime) -> Counter[tuple[date, str]]:
    """By the day of an open list, how many cases wait for this chair's outcome, and no coordinator's."""
    if not who.may(Permission.OUTCOME_STAND_IN):
        return Counter()
    waiting = home.without_outcome(who)
    alone = stand_ins.closed_to_coordinators(who, {case_id for _, case_id, _ in waiting}, now)
    return Counter((day, kind) for day, case_id, kind in waiting if case_id in alone)


def _kind(path: str) -> str:
    return _KINDS.get(path.strip("/").partition("/")[0].partition("?")[0], "a page")
