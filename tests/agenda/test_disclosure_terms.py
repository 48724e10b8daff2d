"""What differs between the disclosure schemes (Rulebook Y1, Y2; CALD, appendices 2 and 3)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agenda.disclosure_scheme import Recipient, Right, Scheme
from agenda.disclosure_terms import (
    KINDS,
    RECIPIENTS,
    child_problems,
    kind_words,
    problems,
    recipient_words,
    undertaking,
    warning,
)
from agenda.incidents import Party
from tests.an_application import a_telling, an_application

TODAY, SINCE = date(2026, 11, 20), date(2026, 11, 2)
CHILD = Scheme.CHILD_SEX_OFFENDER


def test_Y1_three_kinds_of_application_are_offered() -> None:
    assert [kind_words(*kind) for kind in KINDS] == [
        "Right to ask (domestic violence disclosure scheme)",
        "Right to know (domestic violence disclosure scheme)",
        "Right to ask (child sex offender disclosure scheme)",
    ]


def test_Y2_a_child_is_not_told() -> None:
    told = a_telling()
    assert problems(Scheme.DOMESTIC, told, SINCE, TODAY) == {}
    assert list(problems(CHILD, told, SINCE, TODAY)) == ["to"]
    assert problems(CHILD, replace(told, to=Recipient.ABLE_TO_SAFEGUARD), SINCE, TODAY) == {}
    assert list(problems(CHILD, replace(told, to=None), SINCE, TODAY)) == ["to"]


@pytest.mark.parametrize("scheme", Scheme)
def test_Y2_in_person_and_warned_under_every_scheme(scheme: Scheme) -> None:
    told = replace(a_telling(), to=Recipient.ABLE_TO_SAFEGUARD, in_person=False, warned=None)
    assert list(problems(scheme, told, SINCE, TODAY)) == ["in_person", "warned"]


@pytest.mark.parametrize("scheme", Scheme)
def test_Y2_the_warning_names_purpose_confidence_and_proceedings(scheme: Scheme) -> None:
    said, signs = " ".join(warning(scheme)), " ".join(undertaking(scheme))
    for word in ("one purpose", "confidential", "legal proceedings"):
        assert word in said
    for word in ("in confidence", "not pass it on", "legal proceedings"):
        assert word in signs
    assert ("the child" in said) == (scheme is CHILD) == ("the child" in signs)
    assert all(recipient_words(scheme, to) for to in RECIPIENTS[scheme])


def test_Y1_an_application_for_a_child_is_about_a_child() -> None:
    told = an_application(
        scheme=CHILD, at_risk=Party("Sorrel", "Finn", dob=date(2015, 5, 6)), right=Right.ASK
    )
    assert child_problems(told, "He collects Finn from school") == {}
    assert list(child_problems(told, " ")) == ["access"]
    assert child_problems(an_application(), "") == {}, "other schemes do not ask"
    unknown = replace(told, at_risk=Party("Sorrel", "Finn"))
    assert child_problems(unknown, "Collects him") == {}


@pytest.mark.parametrize(
    ("born", "on", "is_child"),
    [
        (date(2008, 11, 3), date(2026, 11, 2), True),
        (date(2008, 11, 2), date(2026, 11, 2), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_Y1_a_child_is_under_18_when_it_is_asked(born: date, on: date, is_child: bool) -> None:
    applied = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    told = an_application(scheme=CHILD, at_risk=Party("Sorrel", "Finn", dob=born), applied_at=applied)
    assert (child_problems(told, "Collects him") == {}) is is_child
