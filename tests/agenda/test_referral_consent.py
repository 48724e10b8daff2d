from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.referral_consent import NOT_CHECKED, NOT_THE_BASIS, Answer, Consent, consents, shown, stands

LINES = st.builds(
    Consent, st.sampled_from(Answer), st.dates(date(2026, 11, 1), date(2026, 11, 9)), st.just("Ola Finch")
)


def test_K1_consent_given_and_then_withdrawn_is_none_and_both_are_kept():
    history = [
        Consent(Answer.GIVEN, date(2026, 11, 1), "Ola Finch"),
        Consent(Answer.WITHDRAWN, date(2026, 11, 2), "Ola Finch"),
    ]
    assert consents(history[:1]) and not consents(history)


def test_K1_limited_consent_is_consent_and_never_asked_is_none():
    assert {answer for answer in Answer if answer.consents} == {Answer.GIVEN, Answer.LIMITED}
    assert not consents([]) and stands([]) is None


def test_K1_consent_is_said_not_to_be_the_lawful_basis():
    assert "not the lawful basis" in NOT_THE_BASIS


@given(st.lists(LINES, min_size=1))
@settings(max_examples=50)
def test_K1_what_stands_is_the_latest_day_and_of_that_the_line_added_last(history):
    latest = max(line.on for line in history)
    assert stands(history) is [line for line in history if line.on == latest][-1]


def test_K1_what_is_shown_wherever_the_case_is():
    limited = Consent(Answer.LIMITED, date(2026, 11, 20), "P", "Not her employer")
    assert shown(limited) == ("The victim consents, with conditions or limits:", "Not her employer")
    assert shown(None) == shown(Consent(Answer.GIVEN, date(2026, 11, 20), "P")) == ()
    for answer in (Answer.WITHHELD, Answer.WITHDRAWN, Answer.NOT_SOUGHT):
        assert shown(Consent(answer, date(2026, 11, 20), "P")) == (answer.words, NOT_THE_BASIS)


def test_T7_K1_what_nobody_has_checked_gives_way_consents_to_nothing_and_says_so():
    told = Consent(Answer.WITHHELD, date(2026, 11, 1), "P")
    form = Consent(Answer.GIVEN, date(2026, 11, 20), "Q", checked=False)
    assert stands([told, form]) is told and stands([form, told]) is told
    assert stands([form]) is form and not consents([form])
    limited = Consent(Answer.LIMITED, date(2026, 11, 20), "Q", "Not her employer", checked=False)
    assert shown(limited) == (NOT_CHECKED, Answer.LIMITED.words, "Not her employer")
