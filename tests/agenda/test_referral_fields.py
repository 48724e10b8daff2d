import pytest

from agenda.referral_fields import PROSE, Choice, Field, Kind, Need, Unfit, asked, read
from agenda.referral_sections import SECTIONS, every_field
from tests.a_referral import DAYS

BORN = Field("dob", "Date of birth", Kind.BORN)
#: What the source form asks, in its order, and what the issue adds to it.
SOURCE = """
before-danger before-danger_done before-terms
referrer-name referrer-role referrer-agency referrer-email referrer-phone referrer-attend referrer-attend_on
victim-surname victim-forename victim-aliases victim-dob victim-address victim-address_known victim-phone
victim-gender victim-ethnicity victim-disability victim-lgbt victim-substances victim-mental_health
victim-risk_to_professionals victim-staff_of
contact-ways contact-times contact-never contact-safe contact-unsafe contact-aware contact-unaware
perpetrators-known perpetrators-surname perpetrators-forename perpetrators-aliases perpetrators-dob
perpetrators-relationship perpetrators-address perpetrators-phone perpetrators-gender perpetrators-ethnicity
perpetrators-disability perpetrators-lgbt perpetrators-substances perpetrators-mental_health
perpetrators-risk_to_professionals perpetrators-together
children-any children-unborn children-name children-dob children-due_on children-to_victim
children-to_perpetrator children-present children-care_of children-address children-school
consent-answer consent-on consent-limits consent-grounds consent-what consent-why consent-authorised_by
consent-receives
reason-reasons reason-judgement reason-comment
incident-on incident-prompt incident-history incident-reported incident-log incident-unreported
safeguards-professionals safeguards-taken safeguards-child_concerns safeguards-child_referred
asked-victim_wants asked-panel asked-risky asked-increases
""".split()


def test_T7_the_form_asks_everything_the_source_form_asks():
    assert set(SOURCE) <= {f"{section.id}-{field.id}" for section, field in every_field()}


def test_T7_every_question_can_be_answered_and_asked_for():
    for section, field in every_field():
        assert field.label and "-" not in section.id + field.id
        assert bool(field.ask) == (field.need is not Need.MAY), field
        assert bool(field.choices) == (field.kind in (Kind.CHOICE, Kind.CHOICES)), field
        assert field.longest <= PROSE and not any("," in choice.id for choice in field.choices), field


def test_T7_a_question_depends_only_on_answers_that_can_be_given():
    for section in SECTIONS:
        for fields in (section.fields, section.each.fields if section.each else ()):
            answers = {field.id: {choice.id for choice in field.choices} for field in fields}
            assert len(answers) == len(fields)
            for field in fields:
                assert field.only is None or field.only[1] <= answers[field.only[0]], field
        if section.each:
            assert section.each.when[1] in {
                choice.id for field in section.fields for choice in field.choices
                if field.id == section.each.when[0]
            }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "3/4/1990",
        "03/04/1990",
        "1990-04-03",
        " 3/4/1990 ",
        "3 April 1990",
        "3rd of Apr. 1990",
        "03-APRIL-1990",
    ],
)
def test_T7_a_day_is_read_however_it_is_written(said):
    assert read(BORN, said, DAYS) == "1990-04-03"


@pytest.mark.parametrize(
    "said, why",
    [
        ("24/11/2026", "must be today or in the past"),
        ("31/12/1899", "must be in 1900 or later"),
        ("31/2/1990", "must be a real date"),
        ("3/4/90", "must be a real date"),
        ("3/4", "must be a real date"),
        ("spring", "must be a real date"),
        ("31 February 1990", "must be a real date"),
        ("3 Smarch 1990", "must be a real date"),
        ("3 Ma 1990", "must be a real date"),
    ],
)
def test_T7_a_birth_date_is_neither_to_come_nor_before_1900(said, why):
    with pytest.raises(Unfit, match=f"Date of birth {why}"):
        read(BORN, said, DAYS)


def test_T7_born_today_is_a_birth_date():
    assert read(BORN, "23/11/2026", DAYS) == "2026-11-23"


@pytest.mark.parametrize("said, fits", [("26/10/2026", True), ("25/10/2026", False), ("1/9/2027", True),
                                        ("21/9/2027", False)])  # fmt: skip
def test_T7_a_child_is_expected_within_a_pregnancy(said, fits):
    field = Field("due_on", "Expected", Kind.EXPECTED)
    if fits:
        assert read(field, said, DAYS)
    else:
        with pytest.raises(Unfit, match="within the next nine months"):
            read(field, said, DAYS)


def test_T14_the_referrer_gives_days_with_a_list():
    field = Field("on", "Days", Kind.LIST_DAYS)
    assert read(field, "25/11/2026, 23/11/2026,23/11/2026", DAYS) == "2026-11-23,2026-11-25"
    for said, why in (
        ("20/11/2026", "has passed"),
        ("28/11/2026", "weekend"),
        ("25/12/2026", "bank holiday"),
    ):
        with pytest.raises(Unfit, match=why):
            read(field, said, DAYS)


@pytest.mark.parametrize("kind, longest", [(Kind.LINE, 200), (Kind.PROSE, 20_000)])
def test_T7_every_answer_has_its_limit(kind, longest):
    field = Field("text", "Text", kind)
    assert len(read(field, "x" * longest, DAYS)) == longest
    with pytest.raises(Unfit, match=f"Text must be {longest:,} characters or fewer"):
        read(field, "x" * (longest + 1), DAYS)


@pytest.mark.parametrize("kind, said", [
    (Kind.EMAIL, "petra"), (Kind.EMAIL, "petra@homes"), (Kind.EMAIL, "petra quill@homes.example"),
    (Kind.PHONE, "none"), (Kind.PHONE, "0000 000 000"), (Kind.NUMBER, "41"), (Kind.NUMBER, "-1"),
    (Kind.CHOICE, "maybe"), (Kind.CHOICES, "yes,maybe"),
])  # fmt: skip
def test_T7_an_answer_of_the_wrong_kind_is_refused_by_its_name(kind, said):
    field = Field("x", "What is asked", kind, choices=(Choice("yes", "Yes"),), highest=40)
    with pytest.raises(Unfit, match="^What is asked"):
        read(field, said, DAYS)


@pytest.mark.parametrize("kind, said, kept", [
    (Kind.EMAIL, "petra@homes.example", "petra@homes.example"), (Kind.NUMBER, "040", "40"),
    (Kind.PHONE, "01632 960 100", "01632 960 100"), (Kind.CHOICE, "yes", "yes"),
])  # fmt: skip
def test_T7_an_answer_of_the_right_kind_is_taken(kind, said, kept):
    assert read(Field("x", "X", kind, choices=(Choice("yes", "Yes"),), highest=40), said, DAYS) == kept


def test_T7_prose_keeps_its_lines_and_loses_what_cannot_be_shown():
    assert read(Field("x", "X", Kind.PROSE), "one\r\ntwo\x00\u202e", DAYS) == "one\ntwo"
    assert read(Field("x", "X"), "one\ntwo", DAYS) == "one two"


def test_T7_several_answers_stand_in_the_forms_order_each_once():
    field = Field("x", "X", Kind.CHOICES, choices=(Choice("a", "A"), Choice("b", "B")))
    assert read(field, "b, a,b", DAYS) == "a,b"
    assert read(field, "  ", DAYS) == ""


def test_T7_a_question_is_asked_where_another_answer_makes_it_one():
    field = Field("why", "Why", only=("reasons", frozenset({"judgement"})))
    assert asked(field, {"reasons": "repeat,judgement"})
    assert not asked(field, {"reasons": "repeat"}) and not asked(field, {})
    assert asked(BORN, {})
