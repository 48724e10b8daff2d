"""Referrals of Northmoor: one that waits for the next list, one that came back, and a draft."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar import local_day
from agenda.referral_fields import Answers, Draft
from agenda.referral_risk import kept, typed
from agenda.risk_tool_dash import DASH
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, referral_texts, referrals
from meetingsvc.usecases import referral_decisions, referral_drafts, referral_sending
from meetingsvc.usecases.transaction import saved

A_MINUTE = timedelta(minutes=1)


def tell(referrer: Principal, housing: Principal, coordinator: Principal, now: datetime) -> None:
    """Of one afternoon, by somebody whose only work here it is to refer, and by a representative."""
    day = local_day(now)
    _sent(referrer, _draft(referrer, "Odell", "Marnie", "Odell", "Craig", day.isoformat()), 15, now)
    key = _sent(housing, _draft(housing, "Fenwright", "Jolene", "Stallard", "", day.isoformat()), 0, now)
    missing = "What is his first name, and do you know how old the child is?"
    fields = ("perpetrators-1-forename", "children-1-dob")
    referral_decisions.send_back(coordinator, key, fields, missing, now + 20 * A_MINUTE)
    begun = referral_drafts.begin(referrer, now + 30 * A_MINUTE)
    half = {"victim": Answers({"surname": "Tansley", "address": "3 Weir Cottages"})}
    _write(referrer, begun, half, 0, now + 31 * A_MINUTE)


def _sent(who: Principal, draft: Draft, points: int, now: datetime) -> UUID:
    key = referral_drafts.begin(who, now)
    _write(who, key, draft, points, now + A_MINUTE)
    with referral_drafts.opened(who, key, now + 2 * A_MINUTE, sends=True) as work:
        referral_sending.send(work, work.referral.changes, now + 2 * A_MINUTE)
    return key


def _write(who: Principal, key: UUID, draft: Draft, points: int, now: datetime) -> None:
    """As if it had been typed page by page."""
    answers = {one.id: "yes" if n < points else "no" for n, one in enumerate(DASH.questions)}
    with saved(), acting.whole_area(who.area_id):
        row = referrals.row_of(acting.Host(who.area_id), key)
        if row is None:
            raise LookupError(key)
        referral_texts.write(row, draft, now)
        if points:
            row.risk = kept(typed(DASH, answers, "", ""))


def _draft(who: Principal, surname: str, forename: str, his: str, first: str, day: str) -> Draft:
    fields = {
        "before": {"danger": "no", "terms": "yes"},
        "referrer": {"name": who.name, "role": "Support worker", "agency": who.agency_name,
                     "email": "desk@northmoor.example", "phone": "01632 960 511", "attend": "no"},
        "victim": {"surname": surname, "forename": forename, "dob": "14/5/1991", "gender": "female",
                   "address": "Flat 6, 20 Teasel Court", "postcode": "ZZ4 7TC", "phone": "07700 900 655",
                   "address_known": "yes"},
        "contact": {"ways": "text,through", "times": "Weekdays between ten and two",
                    "never": "Leave no voice message", "safe": "Her mother", "unsafe": "His sister",
                    "aware": "yes"},
        "perpetrators": {"known": "yes"},
        "children": {"any": "yes"},
        "consent": {"answer": "limited", "on": day, "limits": "No call to her place of work"},
        "reason": {"reasons": "professional judgement", "judgement": "He knows where she moved to",
                   "comment": ""},
        "incident": {"on": day, "prompt": "She came to the desk with a bruised arm and no coat. He had "
                     "kept her keys.", "history": "Two years of threats", "reported": "no",
                     "unreported": "She fears what he does when the police have left"},
        "safeguards": {"taken": "A room for the night; locks ordered", "child_concerns": "yes",
                       "child_referred": "Front door, today", "professionals": "Her midwife"},
        "asked": {"victim_wants": "To keep her home", "panel": "A plan for the handover of the child",
                  "risky": "yes", "increases": "Any letter to the flat: he opens her post"},
    }  # fmt: skip
    child = {"unborn": "no", "name": f"Robin {surname}", "to_victim": "son", "to_perpetrator": "son",
             "present": "yes", "care_of": forename, "school": "Weirside Nursery"}  # fmt: skip
    him = {"relationship": "former partner", "surname": his, "forename": first, "gender": "male",
           "together": "no"}  # fmt: skip
    rows = {"perpetrators": (him,), "children": (child,)}
    return {name: Answers(told, rows.get(name, ())) for name, told in fields.items()}
