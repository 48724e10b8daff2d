"""Answers item by item, for one version, by the agency that supplied it (Rulebook X2, R2)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.rules import RuleBroken
from minutes.disclosure_items import (
    Document,
    Says,
    Standing,
    answered,
    basis,
    by_agency,
    consented,
    outstanding,
    standing,
    stands,
)
from tests.a_disclosure import HEALTH, HOUSING, PROBATION, an_answer, an_item


def test_X2_each_agency_answers_for_its_own_items():
    item = an_item(HOUSING)
    assert answered(item, an_answer(item))
    for wrong in (replace(an_answer(item), agency=HEALTH), an_answer(an_item(HOUSING))):
        with pytest.raises(RuleBroken, match="supplied itself"):
            answered(item, wrong)
    with pytest.raises(RuleBroken, match="supplied itself"):
        answered(replace(item, agency=None), an_answer(item))


@pytest.mark.parametrize(
    ("says", "stands"),
    [
        (Says.CONSENT, Standing.CONSENTED),
        (Says.REFUSE, Standing.REFUSED),
        (Says.CONCERN, Standing.CONCERN),
    ],
)
def test_X2_an_item_stands_as_its_agency_answered_last(says, stands):
    item = an_item()
    answers = [an_answer(item, Says.CONSENT, 1), an_answer(item, says, 2)]
    assert standing(item, []) is Standing.OUTSTANDING
    assert standing(item, answers) is stands is standing(item, reversed(answers))
    assert (consented(item, answers) is not None) == (says is Says.CONSENT)


@pytest.mark.parametrize(
    "change",
    [{"text": "She has moved."}, {"sort": "professional opinion"}, {"dated": date(2026, 10, 2)},
     {"dated": None}, {"document": Document.REFERRAL}],
)  # fmt: skip
def test_X2_a_changed_item_asks_again(change):
    item = an_item()
    told = an_answer(item)
    changed = replace(item, **change)
    assert standing(changed, [told]) is Standing.CHANGED and consented(changed, [told]) is None
    assert outstanding([changed], [told]) == {HOUSING: (changed,)}
    with pytest.raises(RuleBroken, match="changed while you read it"):
        answered(changed, told)
    anew = an_answer(changed, Says.REFUSE, 20)
    assert standing(changed, [told, anew]) is Standing.REFUSED
    assert standing(item, [told, anew]) is Standing.CHANGED  # an old consent does not come back


def test_X2_an_item_that_changed_hands_asks_its_new_agency():
    item = an_item(HOUSING)
    assert standing(replace(item, agency=HEALTH), [an_answer(item)]) is Standing.OUTSTANDING
    unknown = replace(item, agency=None, document=Document.REFERRAL)
    assert standing(unknown, [an_answer(item)]) is Standing.NOBODYS


def test_X2_what_the_meeting_wrote_down_stands_once_every_agency_consents_to_all_of_its_own():
    """It may say again what one of them withholds; nobody can be asked for it."""
    home, clinic = an_item(HOUSING), an_item(HEALTH, "She is pregnant.")
    record, action = an_item(None, "All was weighed."), an_item(None, "A letter", document=Document.ACTIONS)
    unknown = an_item(None, document=Document.INCIDENT)
    held = (home, clinic, record, action, unknown)
    yes = [an_answer(home), an_answer(clinic, Says.REDACT, 10, "pregnant")]
    found = stands(held, yes)
    assert found[record.id] is found[action.id] is Standing.MEETINGS and Standing.MEETINGS.consented
    assert found[unknown.id] is Standing.NOBODYS, "an agency supplied it, and was not asked"
    no = [an_answer(clinic, says, 20) for says in (Says.REFUSE, Says.CONCERN)]
    for answers in ((), yes[:1], *([*yes, one] for one in no)):
        assert stands(held, answers)[record.id] is Standing.WITHHELD and not Standing.WITHHELD.consented
    changed = (home, replace(clinic, text="She is not."), record)
    assert stands(changed, yes)[record.id] is Standing.WITHHELD
    assert stands((record,), ())[record.id] is Standing.MEETINGS, "nobody to ask: the chair alone decides"


def test_X2_a_refusal_and_a_concern_say_why_and_a_redaction_what_is_left_out():
    item = an_item(text="Her sister Maud rang.")
    for says in (Says.REFUSE, Says.CONCERN):
        with pytest.raises(RuleBroken, match="Say "):
            answered(item, replace(an_answer(item, says), words=" "))
    with pytest.raises(RuleBroken, match="passages that are left out"):
        answered(item, an_answer(item, Says.REDACT))
    with pytest.raises(RuleBroken, match="passages that are left out"):
        answered(item, an_answer(item, Says.CONSENT, 1, "Maud"))
    with pytest.raises(RuleBroken, match="does not stand in the text"):
        answered(item, an_answer(item, Says.REDACT, 1, "Joan"))
    with pytest.raises(RuleBroken, match="2,000"):
        answered(item, replace(an_answer(item), words="x" * 2_001))
    told = answered(item, an_answer(item, Says.REDACT, 1, "Maud"))
    assert standing(item, [told]) is Standing.REDACTED and standing(item, [told]).consented


def test_X2_what_is_outstanding_agency_by_agency():
    home, clinic, order = an_item(HOUSING), an_item(HEALTH), an_item(PROBATION)
    more, nobodys = an_item(HOUSING, "Arrears."), an_item(None)
    held = [home, clinic, order, more, nobodys]
    answers = [an_answer(home), an_answer(clinic, Says.CONCERN)]
    assert outstanding(held, answers) == {PROBATION: (order,), HOUSING: (more,)}
    found = by_agency(held, answers)
    assert [one.agency for one in found] == [HOUSING, HEALTH, PROBATION, None]
    assert [one.withholds for one in found] == [True, True, True, True]
    assert [one.withholds for one in by_agency([home], answers)] == [False]
    assert found[0].items == ((home, Standing.CONSENTED), (more, Standing.OUTSTANDING))


def test_X2_a_consent_is_bound_to_its_redactions_too():
    item = an_item(text="Her sister Maud rang.")
    bases = [basis(item, one) for one in (
        None, an_answer(item, Says.REDACT, 1, "Maud"), an_answer(item, Says.REDACT, 1, "sister Maud"),
    )]  # fmt: skip
    assert len({*bases, basis(replace(item, text="Her sister rang."), None)}) == 4
    assert basis(item, an_answer(item)) == basis(item, None)


@given(
    st.lists(st.tuples(st.sampled_from(Says), st.integers(0, 5), st.booleans(), st.booleans()), max_size=8)
)
def test_X2_an_item_has_consent_only_where_its_own_agencys_last_word_on_it_is_a_yes(said):
    """In whatever order they came, from whichever agency, on the item as it is or as it was."""
    item = an_item()
    answers = [
        replace(
            an_answer(item, says),
            agency=HOUSING if own else HEALTH,
            version=item.version if current else "older",
            at=an_answer(item).at + timedelta(minutes=minute),
            by=uuid4(),
        )
        for says, minute, own, current in said
    ]
    own = sorted((one for one in answers if one.agency == HOUSING), key=lambda one: one.at)
    yes = bool(own) and own[-1].version == item.version and own[-1].says in (Says.CONSENT, Says.REDACT)
    assert (consented(item, answers) is not None) == yes == standing(item, answers).consented
