"""Builds breaches, complaints and disagreements that nobody has dealt with yet."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from agenda.breaches import Step
from agenda.disagreement_form import FIELDS
from agenda.moves import Who
from meetingsvc.models import (
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    ComplaintRow,
    DisagreementEntryRow,
    DisagreementRow,
    db,
)
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW


def a_breach(area_id: UUID, account_id: UUID, *case_ids: UUID, what: str = "It went astray") -> UUID:
    """As somebody raised it, just now."""
    key = uuid4()
    with saved(), acting.service():
        db.session.add(
            BreachRow(id=key, area_id=area_id, reference=f"BRE-{key.hex[:6]}", what=what,
                      unsafe_now=False, done="", detected_at=NOW, raised_by=account_id, raised_at=NOW)
        )  # fmt: skip
        db.session.flush()
        for case_id in case_ids:
            db.session.add(BreachCaseRow(breach_id=key, case_id=case_id, area_id=area_id))
    return key


def a_complaint(
    area_id: UUID, account_id: UUID, case_id: UUID | None = None, what: str = "Not heard"
) -> UUID:
    """As somebody recorded it, just now."""
    key = uuid4()
    with saved(), acting.service():
        db.session.add(
            ComplaintRow(id=key, area_id=area_id, reference=f"COM-{key.hex[:6]}", what=what,
                         complainant="victim", about="meeting", case_id=case_id, received_at=NOW,
                         raised_by=account_id, raised_at=NOW)
        )  # fmt: skip
    return key


def put_false_breach(key: UUID, area_id: UUID, account_id: UUID, by: UUID, others: Iterable[UUID]) -> None:
    """One that `by` finds to be none, which brings all `others` of governance about, in a transaction that is
    under way: a chair can say the same."""
    db.session.add(
        BreachRow(id=key, area_id=area_id, reference=f"BRE-{key.hex[:6]}", what="It went astray",
                  unsafe_now=False, done="", detected_at=NOW, raised_by=account_id, raised_at=NOW)
    )  # fmt: skip
    db.session.flush()
    told = {"step": Step.DISMISS.value, "who": Who.GOVERNANCE.value, "reason": "It reached nobody"}
    entries = [("said", told), *(("involved", {"account": str(other)}) for other in others)]
    db.session.add_all(
        BreachEntryRow(area_id=area_id, breach_id=key, place=place, kind=kind, at=NOW, told=one,
                       account_id=by, recorded_at=NOW)
        for place, (kind, one) in enumerate(entries, 1)
    )  # fmt: skip


#: The form of appendix 5, filled in.
FORM = {"typed": {field.name: "typed" for field in FIELDS}, "nature": ["referral"], "other": "", "agreed": []}


def a_disagreement(
    area_id: UUID, account_id: UUID, agency_id: UUID, case_id: UUID | None = None, said: str = "why"
) -> UUID:
    """A professional one that has come to step 5, its form filled in and made a file of."""
    key = uuid4()
    with saved(), acting.service():
        put_disagreement(key, area_id, account_id, agency_id, case_id, said)
    return key


def put_disagreement(
    key: UUID, area_id: UUID, account_id: UUID, agency_id: UUID, case_id: UUID | None, said: str
) -> None:
    """The disagreement, its steps, and its form, in a transaction that is under way."""
    row = DisagreementRow(
        id=key, area_id=area_id, reference=f"DIS-{key.hex[:6]}", ladder="professional", case_id=case_id,
        agency_id=agency_id, about=said, unsafe_now=False, done="", raised_by=account_id, raised_at=NOW,
        file=b"%PDF",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    steps = [("to step 2", "the agency that raised it"), ("to step 3", "the agency that raised it"),
             ("to step 4", "their manager"), ("to step 5", "their manager")]  # fmt: skip
    told = [
        ("step", {"step": step, "who": who, "agency": str(agency_id), "said": said}) for step, who in steps
    ]
    db.session.add_all(
        DisagreementEntryRow(area_id=area_id, disagreement_id=key, place=place, kind=kind, at=NOW,
                             told=one, account_id=account_id, recorded_at=NOW)
        for place, (kind, one) in enumerate([*told, ("form", FORM)], 1)
    )  # fmt: skip
    db.session.flush()


def governed(area_id: UUID, case_id: UUID, account_id: UUID, agency_id: UUID, said: str) -> dict[str, UUID]:
    """One of each on a case, by the names that addresses of pages give them."""
    return {
        "breach_id": a_breach(area_id, account_id, case_id, what=said),
        "complaint_id": a_complaint(area_id, account_id, case_id, said),
        "disagreement_id": a_disagreement(area_id, account_id, agency_id, case_id, said),
    }
