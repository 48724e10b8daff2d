"""Whether the regulator and whom a breach affects are told (Rulebook V3, F3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.breach_telling import REGULATOR, Affected, Decision, Opinion, not_agreed, problems

AT = datetime(2026, 11, 27, 16, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
AFFECTED = (Affected("victim"), Affected("perpetrator", perpetrator=True))
PARTNERS = frozenset({"police", "housing"})
AGREED = tuple(Opinion(agency, whom, True, AT) for agency in PARTNERS for whom in ("victim", REGULATOR))
TELL = Decision("victim", True, "Her address was shown", LATER, "ig", "Her IDVA, in person, today")


def test_V3_a_person_is_told_or_not_for_a_reason_after_the_partners_were_asked() -> None:
    assert problems(TELL, AFFECTED, PARTNERS, AGREED) == {}
    assert problems(replace(TELL, reason=" "), AFFECTED, PARTNERS, AGREED).keys() == {"reason"}
    assert problems(replace(TELL, reason="x" * 2_000), AFFECTED, PARTNERS, AGREED) == {}
    assert problems(replace(TELL, reason="x" * 2_001), AFFECTED, PARTNERS, AGREED).keys() == {"reason"}
    assert problems(TELL, AFFECTED, PARTNERS, ())["alone"].startswith("Not agreed: housing, police.")
    assert problems(replace(TELL, alone="Not reached, and it is urgent"), AFFECTED, PARTNERS, ()) == {}
    nobody = problems(TELL, AFFECTED, frozenset(), ())
    assert nobody["alone"].startswith("No partner is recorded"), "an empty list agrees to nothing"
    assert problems(replace(TELL, alone="It is all ours"), AFFECTED, frozenset(), ()) == {}
    not_told = replace(TELL, tell=False, how="")
    assert problems(not_told, AFFECTED, PARTNERS, AGREED).keys() == {"alone"}, "they said otherwise"


def test_F4_telling_says_in_which_safe_way() -> None:
    assert problems(replace(TELL, how=" "), AFFECTED, PARTNERS, AGREED).keys() == {"how"}
    assert problems(replace(TELL, whom=REGULATOR, how=""), AFFECTED, PARTNERS, AGREED) == {}


def test_V3_only_whom_it_affects() -> None:
    assert "whom" in problems(replace(TELL, whom="other"), AFFECTED, PARTNERS, AGREED)


@pytest.mark.parametrize("alone", ["", "I decide"])
def test_F3_a_perpetrator_is_never_told(alone: str) -> None:
    told = replace(TELL, whom="perpetrator", alone=alone)
    opinions = tuple(Opinion(agency, "perpetrator", True, AT) for agency in PARTNERS)
    assert problems(told, AFFECTED, PARTNERS, opinions).keys() == {"tell"}
    silent = replace(told, tell=False, alone="The meeting must not be known of")
    assert problems(silent, AFFECTED, PARTNERS, ()) == {}


@given(st.lists(st.builds(Opinion, st.sampled_from(["police", "housing", "other"]),
                          st.sampled_from(["victim", REGULATOR]), st.booleans(),
                          st.integers(0, 3).map(lambda hours: AT + timedelta(hours=hours)))))  # fmt: skip
def test_V3_what_a_partner_said_last_before_the_decision_counts(opinions: list[Opinion]) -> None:
    found = not_agreed("victim", True, PARTNERS, opinions, LATER)
    for agency in PARTNERS:
        own = [o for o in opinions if o.agency == agency and o.whom == "victim" and o.at <= LATER]
        latest = max((o.at for o in own), default=None)
        last = [o.tell for o in own if o.at == latest]
        assert (agency in found) is not (bool(last) and last[-1])
