"""Who a third party's request waits for, for their first page and their notices alike (Rulebook X1 to X5)."""

from uuid import uuid4

import pytest

from minutes.disclosure import State, Step
from minutes.disclosure_kinds import Kind
from minutes.disclosure_service import Waited, released_by_nobody, waited_for, waits_for_nobody
from tests.a_disclosure import CHAIR, COORDINATOR, LOGGER, a_request

BEFORE_CHAIR = (Step.CHECK, Step.ASK, Step.ALL_ANSWERED)
OBJECTED = (*BEFORE_CHAIR, Step.OBJECT)


def test_X1_the_chair_who_did_not_log_it_is_waited_for():
    request = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR)
    assert waited_for(request, CHAIR, decides=True) is Waited.DECISION
    assert waited_for(request, LOGGER, decides=True) is None
    assert waited_for(request, COORDINATOR, decides=False) is None


@pytest.mark.parametrize(
    ("steps", "waits"),
    [((), None), ((Step.CHECK,), Waited.DECISION), ((Step.CHECK, Step.ANSWER), None)],
)
def test_X5_what_goes_to_the_chair_waits_for_them_once_it_was_checked(steps, waits):
    assert waited_for(a_request(Kind.MEDIA, *steps), CHAIR, decides=True) is waits
    assert waited_for(a_request(Kind.COURT, *steps[:1]), CHAIR, decides=True) is None


def test_X3_after_an_objection_no_chair_is_waited_for_until_the_court_orders_it():
    objected = a_request(Kind.COURT, *OBJECTED)
    assert objected.state is State.OBJECTED
    assert waited_for(objected, CHAIR, decides=True) is None
    ordered = a_request(Kind.COURT, *OBJECTED, Step.ORDER)
    assert waited_for(ordered, CHAIR, decides=True) is Waited.DECISION
    assert waited_for(ordered, COORDINATOR, decides=True) is Waited.FOLLOWING, "they recorded the order"


def test_X6_a_release_waits_for_everybody_but_who_built_it():
    built = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE, Step.PREPARE)
    assert built.prepared_by == CHAIR
    assert waited_for(built, CHAIR, decides=True) is None
    assert waited_for(built, uuid4(), decides=False) is Waited.RELEASE


def test_X1_what_no_chair_may_decide_waits_for_nobody_and_is_said():
    steps = (Step.CHECK, Step.ASK, Step.ALL_ANSWERED)
    with_chair, asked = a_request(Kind.PARTNER, *steps), a_request(Kind.PARTNER, *steps[:2])
    assert waits_for_nobody(with_chair, ()) and waits_for_nobody(with_chair, {LOGGER})
    assert not waits_for_nobody(with_chair, {LOGGER, CHAIR})
    assert not waits_for_nobody(asked, ()), "agencies are waited for"
    assert waits_for_nobody(a_request(Kind.MEDIA, Step.CHECK), {LOGGER})
    assert not waits_for_nobody(a_request(Kind.PARTNER, Step.CHECK), {LOGGER})


def test_X6_what_one_alone_could_build_and_release_waits_for_nobody_and_is_said():
    granted = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE)
    assert released_by_nobody(granted, {CHAIR}) and not released_by_nobody(granted, {CHAIR, COORDINATOR})
    built = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE, Step.PREPARE)
    assert released_by_nobody(built, {CHAIR}) and not released_by_nobody(built, {COORDINATOR})
    assert not released_by_nobody(a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR), ())
