from datetime import date

import pytest

from agenda.incidents import Gender, Linked, Party, Risk
from agenda.referral import (
    Referral,
    ReferredChild,
    check,
    consent,
    from_answers,
)
from agenda.referral_consent import Answer, Ground, Lawful
from agenda.referral_draft import reading_of
from agenda.referral_fields import Answers, Sight
from agenda.referral_kept import read_back, written
from agenda.referral_people import REFERRER, VICTIM
from agenda.referral_reasons import Reason
from agenda.referral_sections import CONSENT
from agenda.referral_shown import said, shown
from agenda.risk_tool_dash import DASH
from agenda.risk_tools import BANDS, result
from tests.a_referral import CHILD, DAYS, PERPETRATOR, TODAY, UNBORN, a_draft, a_referral, problems


def by_label(told: Referral, sight: Sight) -> dict[str, str]:
    """What is shown in one place, under its label."""
    return {one.label: one.text for one in shown(told.answers, sight)}


def test_T7_a_complete_draft_becomes_a_referral():
    told = a_referral()
    assert told.victim.party == Party(
        "Harrow", "Wren", dob=date(1990, 4, 3), gender=Gender.FEMALE, address="4 Sallow Row",
        postcode="QX1 4ZZ", phone="07700 900 111",
    )  # fmt: skip
    assert [one.relationship for one in told.perpetrators] == ["former partner"]
    assert told.reasons == {Reason.VISIBLE_HIGH_RISK} and told.happened_on == date(2026, 11, 20)
    assert told.consent.answer is Answer.GIVEN and told.consent.recorded_by == "Petra Quill"
    assert told.children_linked is True and told.attends_on == () and told.increases_risk == ""


def test_T7_an_incomplete_one_comes_back_with_what_is_missing():
    assert problems(incident__prompt=" ") == {"incident-prompt": "Enter what prompted this referral"}


def test_T7_an_unknown_perpetrator_is_said_to_be_unknown():
    assert a_referral(perpetrators__known="no", perpetrators=()).perpetrators == ()
    assert list(problems(perpetrators__known="", perpetrators=())) == ["perpetrators-known"]


def test_E3_T7_the_referrer_accepts_the_terms_and_is_asked_of_immediate_danger():
    assert list(problems(before__terms="")) == ["before-terms"]
    assert list(problems(before__danger="")) == ["before-danger"]
    assert list(problems(before__danger="yes")) == ["before-danger_done"]


def test_T7_an_action_that_would_increase_the_risk_is_told_where_actions_are_set():
    told = a_referral(asked__risky="yes", asked__increases="A letter to the house")
    assert told.increases_risk == "A letter to the house"
    assert told.increases_risk in [one.text for one in shown(told.answers, Sight.ACTIONS)]
    assert list(problems(asked__risky="yes")) == ["asked-increases"]


def test_T14_the_referrer_may_ask_to_attend_and_gives_days():
    assert list(problems(referrer__attend="yes")) == ["referrer-attend_on"]
    told = a_referral(referrer__attend="yes", referrer__attend_on="24/11/2026")
    assert told.attends_on == (date(2026, 11, 24),)


def test_F4_safe_contact_is_told_where_contact_is_made_and_the_number_stays_sealed():
    guarded = {**PERPETRATOR, "risk_to_professionals": "Keeps a dog"}
    child = {**CHILD, "address": "9 Elm Way"}
    told = a_referral(contact__never="Leave no message", perpetrators=(guarded,), children=(child,))
    contact, sealed = by_label(told, Sight.CONTACT), by_label(told, Sight.SEALED)
    assert contact["What must not be done in making contact"] == "Leave no message"
    assert contact["Safe ways to contact the victim"] == "Telephone call; Text message"
    assert contact["Perpetrator 1: Perpetrator's risk to professionals"] == "Keeps a dog"
    assert contact["Who is unsafe to talk to"] == "Her brother"
    assert set(sealed.values()) == {"4 Sallow Row", "QX1 4ZZ", "07700 900 111", "9 Elm Way"}
    for sight in set(Sight) - {Sight.SEALED}:
        assert not set(by_label(told, sight).values()) & set(sealed.values()), sight


def test_K1_limits_on_consent_are_told_wherever_the_case_is_shown():
    told = a_referral(consent__answer="limited", consent__limits="Not the school")
    assert by_label(told, Sight.EVERYWHERE) == {"Conditions or limits the victim set": "Not the school"}
    assert told.consent.limits == "Not the school"
    assert list(problems(consent__answer="limited")) == ["consent-limits"]


@pytest.mark.parametrize("answer", ["withheld", "withdrawn", "not sought"])
def test_K2_without_consent_it_is_told_what_is_shared_why_by_whom_and_with_whom(answer):
    asked = {f"consent-{name}" for name in ("what", "why", "authorised_by", "receives")}
    extra = {"consent-grounds"} if answer == "not sought" else set()
    assert set(problems(consent__answer=answer)) == asked | extra


def test_K2_what_is_told_is_kept_with_the_consent():
    told = a_referral(
        consent__answer="withheld", consent__what="The threats", consent__why="crime,vital interests",
        consent__authorised_by="Ola Finch", consent__receives="The panel",
    ).consent  # fmt: skip
    assert told.sharing is not None and told.sharing.why == {Lawful.CRIME, Lawful.VITAL_INTERESTS}
    assert (told.sharing.what, told.sharing.authorised_by) == ("The threats", "Ola Finch")
    assert told.on == date(2026, 11, 20) and not told.answer.consents


def test_K3_not_asked_needs_one_of_the_four_grounds():
    draft = {"answer": "not sought", "what": "x", "why": "crime", "authorised_by": "x", "receives": "x"}
    told = {f"consent__{name}": said for name, said in draft.items()}
    assert list(problems(**told)) == ["consent-grounds"]
    assert a_referral(**told, consent__grounds="child").consent.grounds == {Ground.CHILD}
    assert len(Ground) == 4


def test_K1_a_change_of_consent_is_asked_for_by_the_same_questions():
    found = reading_of(CONSENT, Answers({"answer": "withdrawn", "on": "23/11/2026"}), DAYS)
    assert set(found.missing) == {f"consent-{name}" for name in ("what", "why", "authorised_by", "receives")}
    given = reading_of(CONSENT, Answers({"answer": "given", "on": "23/11/2026"}), DAYS)
    assert consent(given.answers["consent"].fields, "Ola Finch", TODAY).answer is Answer.GIVEN


@pytest.mark.parametrize(
    "victim, perpetrator, linked",
    [("son", "none", Linked.VICTIM), ("None", "son", Linked.PERPETRATOR), ("son", "stepson", Linked.BOTH)],
)
def test_T3_a_child_is_linked_by_its_two_relationships(victim, perpetrator, linked):
    told = a_referral(children=({**CHILD, "to_victim": victim, "to_perpetrator": perpetrator},))
    assert told.children[0].linked is linked


def test_T7_an_unborn_child_is_a_child():
    assert a_referral(children=(UNBORN,)).children == (
        ReferredChild("Unborn child", True, None, date(2027, 3, 1), "expected", "expected", None),
    )


def test_T7_what_was_sent_is_read_as_it_was_sent_and_not_judged_again():
    told = a_referral(referrer__attend="yes", referrer__attend_on="24/11/2026")
    assert from_answers(read_back(written(told.answers)), TODAY) == told


def test_T7_a_draft_checked_again_once_canonical_is_the_same_referral():
    told = a_referral()
    assert check(told.answers, DAYS) == told
    assert isinstance(check(a_draft(), DAYS), Referral)


@pytest.mark.parametrize(
    "score, why", [("13", "Untick visible high risk, or choose"), ("", "Fill in the risk"), ("14", None)]
)
def test_T7_visible_high_risk_is_the_risk_tools_own_result(score, why):
    found = problems(reason__score=score)
    assert why in found["reason-reasons"] if why else found == {}


def test_T7_a_tool_filled_in_here_counts_before_one_on_paper():
    high = result(DASH, {question.id: "yes" for question in DASH.questions}, BANDS)
    low = result(DASH, {}, BANDS, Risk.HIGH, "She fears for her life")
    assert isinstance(check(a_draft(reason__score=""), DAYS, high), Referral)
    assert not isinstance(check(a_draft(), DAYS, low), Referral)
    judged = a_draft(reason__reasons="professional judgement", reason__judgement="She fears for her life")
    assert isinstance(check(judged, DAYS, low), Referral)


def test_T7_judgement_chosen_beside_visible_high_risk_refuses_nothing():
    low = result(DASH, {}, BANDS, Risk.HIGH, "She fears for her life")
    both = "visible high risk,professional judgement"
    judged = a_draft(reason__reasons=both, reason__judgement="She fears for her life")
    assert isinstance(check(judged, DAYS, low), Referral)
    unsaid = check(a_draft(reason__reasons=both, reason__judgement=""), DAYS, low)
    assert unsaid == {"reason-judgement": "Enter why you judge the risk to be high"}


def test_T7_an_answer_is_shown_in_words():
    asked = {field.id: field for field in (*VICTIM.fields, *REFERRER.fields)}
    assert said(asked["dob"], "1990-04-03") == "Tuesday 3 April 1990"
    assert said(asked["attend_on"], "2026-11-24,2026-11-25").startswith("Tuesday 24 November 2026; Wed")
    assert said(asked["gender"], "female") == "Woman or girl" and said(asked["surname"], "Harrow") == "Harrow"


def test_T7_a_victim_of_whom_only_a_surname_is_known_can_be_referred():
    told = a_referral(victim__forename="", victim__dob="", victim__gender="", victim__address="")
    assert (told.victim.party.name, told.victim.party.dob, told.victim.party.gender) == ("Harrow", None, None)
