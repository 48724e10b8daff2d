"""What orders and lines on consent say to third parties (Rulebook X2, T10, K1)."""

from datetime import UTC, date, datetime

from agenda.incidents import Order, OrderKind
from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing
from minutes.disclosure_registered import consent_said, order_said

ON = date(2026, 11, 2)


def test_T10_an_order_says_what_was_told_of_it() -> None:
    made = datetime(2026, 11, 2, 11, tzinfo=UTC)
    said = order_said(Order(OrderKind.DVPO, made, date(2026, 11, 30), " Not to go near. ", False))
    kind, when, end, *rest = said.splitlines()
    assert (kind, end) == ("DVPO.", "Ends Monday 30 November 2026.") and when.startswith("Made ")
    assert rest == ["Terms: Not to go near.", "The parties do not live together."]
    assert order_said(Order(None, expires_at=made)).startswith("A protection order of a kind that is not")
    assert order_said(Order(OrderKind.DAPO)) == "DAPO."


def test_K1_a_line_says_what_the_victim_said_and_her_limits() -> None:
    said = consent_said(Consent(Answer.LIMITED, ON, "Priya Raman", " No call at work "))
    assert said == "The victim consents, with conditions or limits: No call at work"


def test_K2_K3_and_what_is_shared_without_it_but_not_who_authorised_it() -> None:
    sharing = Sharing("Her history", frozenset({Lawful.CRIME, Lawful.CARE_ACT}), "Ana Croft", "Moor Health")
    told = Consent(Answer.NOT_SOUGHT, ON, "Priya Raman", "", frozenset({Ground.CHILD}), sharing)
    assert consent_said(told).splitlines() == [
        "The victim has not been asked to consent.",
        "Asking would put a child at risk of significant harm.",
        "Shared: Her history",
        "To prevent abuse and neglect (Care Act 2014).",
        "To prevent or detect crime (Crime and Disorder Act 1998).",
        "Shared with: Moor Health",
    ]
