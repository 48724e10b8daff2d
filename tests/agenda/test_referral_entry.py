from datetime import UTC, date, datetime

import pytest

from agenda.circulation import is_disclosure_only
from agenda.feed_content import content_of, incident
from agenda.incidents import Child, Linked, Risk
from agenda.people import Identity
from agenda.reasons import words
from agenda.referral_entry import LISTED_BY, EntryKind, also_called, incidents, narrow, reasons
from agenda.triage import Heard, LookBack
from tests.a_referral import CHILD, PERPETRATOR, a_referral

SENT = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
VICTIM, GARNET = "harrow|wren|1990-04-03", "garnet|colm|1988-08-09"


def entry(**told):
    return next(incidents(a_referral(**told), "R-000001", SENT))


def heard(perpetrator, on=None):
    who = Identity(frozenset(), frozenset({VICTIM}))
    other = Identity(frozenset(), frozenset({perpetrator}))
    return LookBack([Heard.at(who, other, on, 12) if on else Heard.waiting(who, other, None)])


def test_T7_a_referral_becomes_an_incident_that_the_list_can_hold():
    told = entry()
    assert (told.occurrence_number, told.domestic, told.risk) == ("R-000001", True, Risk.HIGH)
    assert told.recorded_at == SENT and told.consents is True and told.dash_score == 15
    assert told.children == (Child("Ash Harrow", date(2019, 2, 1), True, Linked.VICTIM),)
    assert told.children_present is True and told.relationship == "former partner"
    assert incident(content_of(told)[0]) == told


def test_F4_where_the_victim_is_found_is_not_in_the_entry():
    content, _ = content_of(entry())
    for told in ("Sallow", "QX1", "07700"):
        assert told not in content
    assert "Tarn Lane" in content  # the perpetrator's


@pytest.mark.parametrize("kind, rule", list(LISTED_BY.items()))
def test_T9_T7_T8_each_is_listed_by_its_own_rule_whatever_its_risk(kind, rule):
    assert reasons(kind, narrow(1, entry()), LookBack()) == ((rule,), False)
    assert words(rule)


def test_T6_T15_a_referral_looks_back_like_any_other():
    told = narrow(1, entry())
    assert reasons(EntryKind.REFERRAL, told, heard(GARNET, date(2026, 3, 1))) == (("T6", "T7"), False)
    assert reasons(EntryKind.REFERRAL, told, heard(GARNET)) == (("T7", "T15"), False)
    assert reasons(EntryKind.REFERRAL, told, heard("elm|jo|1980-01-01", date(2026, 3, 1))) == (("T7",), True)


def test_T2_a_police_incident_is_triaged_as_ever():
    assert reasons(EntryKind.POLICE_INCIDENT, narrow(1, entry()), LookBack()) == (("T2",), False)


def test_T6_several_perpetrators_are_several_cases():
    two = (PERPETRATOR, {**PERPETRATOR, "surname": "Elm", "relationship": "uncle"})
    told = list(incidents(a_referral(perpetrators=two), "R-000001", SENT))
    assert [(one.occurrence_number, one.relationship) for one in told] == [
        ("R-000001", "former partner"),
        ("R-000001/2", "uncle"),
    ]


def test_T6_an_unknown_perpetrator_is_one_case():
    told = entry(perpetrators__known="no", perpetrators=())
    assert told.perpetrator is None and narrow(1, told)[8:] == ("", "")


def test_T6_triage_reads_of_a_referral_what_it_reads_of_the_feed():
    own = (7, True, "high", True, True, date(2026, 11, 21), "", VICTIM, "", GARNET)
    assert narrow(7, entry()) == own


def test_T7_a_referral_by_judgement_has_no_score():
    told = entry(reason__reasons="professional judgement", reason__judgement="Her fear", reason__score="")
    assert told.dash_score is None


@pytest.mark.parametrize(
    "present, told", [(("yes", "no"), True), (("no", "no"), False), (("no", "not known"), None)]
)
def test_T3_children_present_are_told_as_far_as_it_is_known(present, told):
    children = tuple({**CHILD, "name": f"Child {n}", "present": said} for n, said in enumerate(present))
    assert entry(children=children).children_present is told


def test_T3_no_children_are_none_present():
    told = entry(children__any="no", children=(), safeguards__child_concerns="no children")
    assert told.children_present is False and not told.has_children


@pytest.mark.parametrize("victim, perpetrator, told", [
    ("", "", ""), ("Northmoor Police", "", "victim:Northmoor Police"),
    ("", "Northmoor Homes", "perpetrator:Northmoor Homes"),
    ("Northmoor Police", "Northmoor Homes", "victim:Northmoor Police\nperpetrator:Northmoor Homes"),
])  # fmt: skip
def test_M6_the_employers_of_both_are_told_each_as_the_feed_tells_it(victim, perpetrator, told):
    row = {**PERPETRATOR, "staff_of": perpetrator}
    assert entry(victim__staff_of=victim, perpetrators=(row,)).staff_of == told


def test_T12_what_happened_today_did_not_happen_after_it_was_sent():
    early = datetime(2026, 11, 20, 8, tzinfo=UTC)
    (told,) = incidents(a_referral(), "R-000001", early)
    assert told.incident_at == early


def test_D2_other_names_are_told_apart_and_what_is_no_name_is_left_out():
    assert also_called("Niamh Quill, née Thistlewood; Kat or Katie O'Brien-Smith (maiden name)") == (
        ("Niamh", "Quill"), ("", "Thistlewood"), ("", "Kat"), ("Katie", "O'Brien-Smith"),
    )  # fmt: skip
    assert also_called("Not known") == also_called("n/a") == also_called("") == ()


def test_C1_an_application_alone_makes_group_5():
    assert is_disclosure_only([EntryKind.DISCLOSURE])
