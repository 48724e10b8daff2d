"""What the chair may decide on which answers (Rulebook X1 to X4)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.rules import RuleBroken
from minutes.disclosure import State, Step
from minutes.disclosure_decision import (
    Before,
    CourtOrder,
    Departure,
    Negotiated,
    Outcome,
    decided,
    holds,
    suppliers,
    to_negotiate,
)
from minutes.disclosure_items import Document, Says, Standing, consented
from minutes.disclosure_kinds import REVIEWS, Kind
from minutes.disclosure_service import service_step, unanswered
from tests.a_disclosure import AT, CHAIR, HEALTH, HOUSING, PROBATION, a_request, a_step, an_answer, an_item

ASKED = (Step.CHECK, Step.ASK)
BEFORE_CHAIR = (*ASKED, Step.ALL_ANSWERED)
HOME, CLINIC, ORDER = (
    an_item(HOUSING),
    an_item(HEALTH, "She is pregnant."),
    an_item(PROBATION, "He is on licence."),
)
HELD = (HOME, CLINIC, ORDER)
ALL = tuple(map(an_answer, HELD))
RECORD, SET = an_item(None, "All was weighed."), an_item(None, "A letter", document=Document.ACTIONS)
ONE_REFUSES = (an_answer(HOME), an_answer(CLINIC, Says.REFUSE), an_answer(ORDER))


def decide(step, before, kind=Kind.SUBJECT_ACCESS, *steps, **told):
    return decided(a_request(kind, *(steps or BEFORE_CHAIR)), a_step(step, 60, **told), before)


def test_X2_all_is_approved_where_every_agency_consents():
    request, decision = decide(Step.APPROVE, Before(HELD, ALL))
    assert request.state is State.APPROVED and decision.granted.keys() == {item.id for item in HELD}
    assert decision.departures == ()


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        (ONE_REFUSES, Standing.REFUSED),
        ((*ALL, an_answer(CLINIC, Says.CONCERN, 20)), Standing.CONCERN),
        ((ALL[0], ALL[2]), Standing.OUTSTANDING),
        ((ALL[0], replace(ALL[1], version="as it was"), ALL[2]), Standing.CHANGED),
    ],
)
def test_X2_where_one_does_not_the_rest_is_a_recorded_departure(answers, stands):
    with pytest.raises(RuleBroken, match="Not every agency has consented"):
        decide(Step.APPROVE, Before(HELD, answers))
    with pytest.raises(RuleBroken, match="without the rest"):
        decide(Step.APPROVE_IN_PART, Before(HELD, answers), reason=" ")
    request, decision = decide(Step.APPROVE_IN_PART, Before(HELD, answers))
    assert request.state is State.IN_PART and decision.reason == "why"
    assert decision.granted.keys() == {HOME.id, ORDER.id}
    assert decision.departures == (Departure(HEALTH, CLINIC.id, stands),)


def test_X2_what_its_agency_refused_is_never_chosen():
    with pytest.raises(RuleBroken, match="never released"):
        decide(Step.APPROVE_IN_PART, Before(HELD, ONE_REFUSES, chosen=frozenset({CLINIC.id})))
    _, decision = decide(Step.APPROVE_IN_PART, Before(HELD, ALL, chosen=frozenset({HOME.id})))
    assert decision.granted.keys() == {HOME.id} and decision.departures == ()
    with pytest.raises(RuleBroken, match="approve all"):
        decide(Step.APPROVE_IN_PART, Before(HELD, ALL))
    for nothing in (Before(HELD, ALL, chosen=frozenset()), Before(HELD, ()), Before((), ())):
        with pytest.raises(RuleBroken, match="Nothing that is held"):
            decide(Step.APPROVE_IN_PART, nothing)


def test_X2_what_came_from_an_agency_that_is_not_known_is_never_released():
    nobodys = an_item(None, document=Document.INCIDENT)
    with pytest.raises(RuleBroken, match="no supplying agency is known"):
        decide(Step.APPROVE, Before((HOME, nobodys), ALL))
    _, decision = decide(Step.APPROVE_IN_PART, Before((HOME, nobodys), ALL))
    assert decision.granted.keys() == {HOME.id}
    assert decision.departures == (Departure(None, nobodys.id, Standing.NOBODYS),)


def test_X2_what_the_meeting_wrote_down_is_approved_where_every_agency_consents():
    held = (*HELD, RECORD, SET)
    request, decision = decide(Step.APPROVE, Before(held, ALL))
    assert request.state is State.APPROVED and decision.departures == ()
    assert decision.granted.keys() == {item.id for item in held} and holds(decision, held, ALL)
    without = frozenset(item.id for item in HELD)
    with pytest.raises(RuleBroken, match="Not every item is chosen"):
        decide(Step.APPROVE, Before(held, ALL, chosen=without))
    _, part = decide(Step.APPROVE_IN_PART, Before(held, ALL, chosen=without))
    assert part.granted.keys() == without and part.departures == ()


def test_X2_what_the_meeting_wrote_down_stays_where_an_agency_refuses_and_is_no_departure():
    held = (*HELD, RECORD, SET)
    with pytest.raises(RuleBroken, match="Not every agency"):
        decide(Step.APPROVE, Before(held, ONE_REFUSES))
    with pytest.raises(RuleBroken, match="never released"):
        decide(Step.APPROVE_IN_PART, Before(held, ONE_REFUSES, chosen=frozenset({RECORD.id})))
    _, decision = decide(Step.APPROVE_IN_PART, Before(held, ONE_REFUSES))
    assert decision.granted.keys() == {HOME.id, ORDER.id}
    assert decision.departures == (Departure(HEALTH, CLINIC.id, Standing.REFUSED),)


def test_X2_a_consent_taken_back_takes_back_what_the_meeting_wrote_down_too():
    """Though the item itself was not chosen: the record may say it again."""
    held = (*HELD, RECORD)
    _, decision = decide(Step.APPROVE_IN_PART, Before(held, ALL, chosen=frozenset({RECORD.id})))
    assert holds(decision, held, ALL)
    assert not holds(decision, held, (*ALL, an_answer(CLINIC, Says.REFUSE, 70)))
    assert not holds(decision, (*held, an_item(HEALTH, "New")), ALL)


@pytest.mark.parametrize("kind", sorted(REVIEWS))
def test_X4_a_review_has_the_panels_own_actions_and_reasons(kind):
    held = (*HELD, RECORD, SET)
    raised = (*ALL, an_answer(CLINIC, Says.CONCERN, 20))
    agreed = Before(held, (*raised, an_answer(CLINIC, Says.REDACT, 40, "pregnant")),
                    negotiated=(settled(Outcome.SHARES_PART),))  # fmt: skip
    _, decision = decide(Step.APPROVE, agreed, kind)
    assert {RECORD.id, SET.id} <= decision.granted.keys() and decision.departures == ()


def test_F3_who_is_kept_from_it_is_refused_and_nothing_else():
    kept = Before(HELD, ALL, kept_from="The requester is the perpetrator.")
    for step in (Step.APPROVE, Step.APPROVE_IN_PART):
        with pytest.raises(RuleBroken, match="the perpetrator"):
            decide(step, kept)
    request, decision = decide(Step.REFUSE, kept)
    assert request.state is State.REFUSED and decision.granted == {}


def test_X1_a_refusal_grants_nothing_and_is_no_decision_of_anybody_elses():
    with pytest.raises(RuleBroken, match="Say why it is refused"):
        decide(Step.REFUSE, Before(HELD, ALL), reason="")
    with pytest.raises(RuleBroken, match="not a decision"):
        decide(Step.PREPARE, Before(HELD, ALL))


COURT = Before(
    HELD, ONE_REFUSES, hearing_at=AT + timedelta(days=9), documents=frozenset({Document.NOTES}),
    advised=frozenset({HOUSING, HEALTH, PROBATION}),
)  # fmt: skip


def test_X3_an_objection_is_made_in_time():
    request, decision = decide(Step.OBJECT, COURT, Kind.COURT)
    assert request.state is State.OBJECTED and decision.granted == {}
    begun = AT + timedelta(minutes=60)
    for late in (begun, begun - timedelta(days=1), None):
        with pytest.raises(RuleBroken, match="too late"):
            decide(Step.OBJECT, replace(COURT, hearing_at=late), Kind.COURT)
    decide(Step.OBJECT, replace(COURT, hearing_at=begun + timedelta(seconds=1)), Kind.COURT)


def test_X3_without_one_the_documents_are_identified_and_the_agencies_take_legal_advice():
    assert decide(Step.NOT_OBJECT, COURT, Kind.COURT)[0].state is State.NOT_OBJECTED
    for documents in (frozenset(), frozenset({Document.NOTES, Document.REFERRAL})):
        with pytest.raises(RuleBroken, match="documents"):
            decide(Step.NOT_OBJECT, replace(COURT, documents=documents), Kind.COURT)
    with pytest.raises(RuleBroken, match="legal advice"):
        decide(Step.NOT_OBJECT, replace(COURT, advised=frozenset({HOUSING})), Kind.COURT)
    assert suppliers([*HELD, an_item(None)]) == {HOUSING, HEALTH, PROBATION}


def test_X3_concerns_go_with_what_has_consent():
    request, decision = decide(
        Step.DISCLOSE_WITH_CONCERNS, COURT, Kind.COURT, reason="He may be in the room."
    )
    assert request.state is State.WITH_CONCERNS and decision.reason == "He may be in the room."
    assert decision.granted.keys() == {HOME.id, ORDER.id} and decision.departures[0].agency == HEALTH


THE_ORDER = CourtOrder("Northmoor Family Court", "NM26F00001", AT, frozenset({HOME.id, CLINIC.id}))
ORDERED = (*BEFORE_CHAIR, Step.OBJECT, Step.ORDER)


def test_X3_an_order_overrides_a_refusal_and_says_so():
    before = replace(COURT, order=THE_ORDER)
    request, decision = decide(Step.FOLLOW_ORDER, before, Kind.COURT, *ORDERED)
    assert request.state is State.ORDER_FOLLOWED and decision.order == THE_ORDER
    assert decision.granted.keys() == {HOME.id, CLINIC.id}  # what it names, and nothing more
    assert decision.departures == (Departure(HEALTH, CLINIC.id, Standing.REFUSED),)


@pytest.mark.parametrize(
    "order",
    [None, replace(THE_ORDER, court=" "), replace(THE_ORDER, reference=""),
     replace(THE_ORDER, items=frozenset()), replace(THE_ORDER, items=frozenset({uuid4()})),
     replace(THE_ORDER, made_at=AT + timedelta(days=1))],
)  # fmt: skip
def test_X3_an_order_is_recorded_whole(order):
    with pytest.raises(RuleBroken):
        decide(Step.FOLLOW_ORDER, replace(COURT, order=order), Kind.COURT, *ORDERED)


def settled(outcome, minutes=30, agency=HEALTH, words="Spoke on the telephone"):
    return Negotiated(agency, outcome, words, AT + timedelta(minutes=minutes), CHAIR)


@pytest.mark.parametrize("kind", sorted(REVIEWS))
def test_X4_in_a_review_every_concern_has_its_outcome_with_its_agency(kind):
    before = Before(HELD, (*ALL, an_answer(CLINIC, Says.CONCERN, 20)))
    assert to_negotiate(before.items, before.answers, []) == {HEALTH}
    for wrong in ((), (settled(Outcome.WITHHOLDS, 19),), (settled(Outcome.WITHHOLDS, agency=HOUSING),),
                  (settled(Outcome.WITHHOLDS, words=" "),)):  # fmt: skip
        with pytest.raises(RuleBroken, match="Settle it"):
            decide(Step.APPROVE_IN_PART, replace(before, negotiated=wrong), kind)
    agreed = replace(before, negotiated=(settled(Outcome.WITHHOLDS),))
    assert decide(Step.APPROVE_IN_PART, agreed, kind)[1].granted.keys() == {HOME.id, ORDER.id}
    assert decide(Step.REFUSE, before, kind)[0].state is State.REFUSED


def test_X4_an_outcome_is_no_consent_the_agency_answers_itself():
    concern = an_answer(CLINIC, Says.CONCERN, 20)
    shares = Before(HELD, (*ALL, concern), negotiated=(settled(Outcome.SHARES),))
    with pytest.raises(RuleBroken, match="has not answered so"):
        decide(Step.APPROVE_IN_PART, shares, Kind.ADULT_REVIEW)
    answered = replace(shares, answers=(*shares.answers, an_answer(CLINIC, Says.CONSENT, 40)))
    assert decide(Step.APPROVE, answered, Kind.ADULT_REVIEW)[0].state is State.APPROVED
    with pytest.raises(RuleBroken, match="agreed to withhold"):
        decide(Step.APPROVE, replace(answered, negotiated=(settled(Outcome.WITHHOLDS),)), Kind.ADULT_REVIEW)
    part = replace(shares, negotiated=(settled(Outcome.SHARES_PART),))
    assert len(decide(Step.APPROVE_IN_PART, part, Kind.ADULT_REVIEW)[1].granted) == 2


def test_X2_the_service_puts_it_to_the_chair_once_every_agency_answered():
    request = a_request(Kind.SUBJECT_ACCESS, *ASKED)
    assert service_step(request, None, HELD, ALL[:2]) is None
    assert service_step(request, None, HELD, ONE_REFUSES) is Step.ALL_ANSWERED
    assert service_step(a_request(), None, HELD, ALL) is None


def test_X2_the_service_takes_it_back_where_an_item_or_an_answer_changed_after_the_decision():
    request, decision = decide(Step.APPROVE, Before(HELD, ALL))
    assert service_step(request, decision, HELD, ALL) is None and holds(decision, HELD, ALL)
    changed = (replace(HOME, text="She has moved."), CLINIC, ORDER)
    for items, answers in ((changed, ALL), (HELD, (*ALL, an_answer(CLINIC, Says.REFUSE, 70))),
                           (HELD, (*ALL, an_answer(CLINIC, Says.REDACT, 70, "pregnant"))),
                           (HELD[:2], ALL)):  # fmt: skip
        assert not holds(decision, items, answers)
        assert service_step(request, decision, items, answers) is Step.CHANGED


def test_X2_an_item_that_changed_or_was_added_while_with_the_chair_is_asked_again():
    request = a_request(Kind.SUBJECT_ACCESS, *ASKED, Step.ALL_ANSWERED)
    assert service_step(request, None, HELD, ALL) is None
    more = an_item(HOME.agency, "She asked for a lock.")
    for items in ((replace(HOME, text="She has moved."), *HELD[1:]), (*HELD, more)):
        assert service_step(request, None, items, ALL) is Step.CHANGED
        put = unanswered(items, ALL)
        assert service_step(request, None, items, ALL, put) is None, "the chair was told so"
        assert service_step(request, None, items, ALL, None) is None
    court = a_request(Kind.COURT, *ASKED, Step.ALL_ANSWERED, Step.NOT_OBJECT)
    assert service_step(court, None, (*HELD, more), ALL) is Step.CHANGED


def test_X2_what_was_refused_before_agencies_were_asked_again_waits_anew():
    request = a_request(Kind.SUBJECT_ACCESS, *ASKED, Step.ALL_ANSWERED, Step.ASK_AGAIN)
    assert request.asked_again
    anew = request.asked_again.at + timedelta(minutes=1)
    before = tuple(replace(one, at=AT) for one in ONE_REFUSES)
    assert service_step(request, None, HELD, before) is None
    refused = next(one for one in before if one.says is Says.REFUSE)
    assert service_step(request, None, HELD, (*before, replace(refused, at=anew))) is Step.ALL_ANSWERED
    consents = tuple(replace(one, at=AT) for one in ALL)
    assert service_step(request, None, HELD, consents) is Step.ALL_ANSWERED, "a consent stands"


def test_X3_what_a_court_ordered_is_not_taken_back_by_an_answer():
    before = replace(COURT, order=THE_ORDER)
    request, decision = decide(Step.FOLLOW_ORDER, before, Kind.COURT, *ORDERED)
    refused = (*ONE_REFUSES, an_answer(HOME, Says.REFUSE, 70))
    assert holds(decision, HELD, refused) and service_step(request, decision, HELD, refused) is None
    changed = (replace(HOME, text="Else"), CLINIC, ORDER)
    assert not holds(decision, changed, refused)  # the chair follows the order anew
    built = request.after(a_step(Step.PREPARE, 80))
    assert service_step(built, decision, changed, refused) is None
    assert built.after(a_step(Step.FOLLOW_ORDER, 90)).state is State.ORDER_FOLLOWED


@given(
    st.lists(st.sampled_from([*Says, None]), min_size=3, max_size=3),
    st.sampled_from([Step.APPROVE, Step.APPROVE_IN_PART]),
)
@settings(max_examples=100)
def test_X2_no_decision_but_an_order_covers_an_item_without_consent(said, step):
    answers = [an_answer(item, says, 10, *(["is"] if says is Says.REDACT else []))
               for item, says in zip(HELD, said, strict=True) if says]  # fmt: skip
    try:
        _, decision = decide(step, Before(HELD, tuple(answers)))
    except RuleBroken:
        return
    yes = {item.id for item in HELD if consented(item, answers)}
    assert decision.granted.keys() == yes
    assert {one.item for one in decision.departures} == {item.id for item in HELD} - yes
    assert (step is Step.APPROVE) == (len(yes) == len(HELD))
