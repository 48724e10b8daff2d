"""The privacy notice says what it has to, from the area's settings."""

from dataclasses import replace

from agenda.area import AreaSettings
from minutes.privacy import notice

SET = AreaSettings(
    privacy_controller="Northmoor Council", privacy_officer="dpo@northmoor.example",
    coordinator_call="01632 960 310", complaints_to="the council’s complaints officer",
)  # fmt: skip


def words(settings: AreaSettings) -> str:
    return " ".join(
        line for part in notice("Northmoor", settings) for line in (part.title, *part.says, *part.points)
    )


def test_V2_it_says_who_answers_whom_to_ask_and_where_to_complain() -> None:
    said = words(SET)
    for told in (SET.privacy_controller, SET.privacy_officer, SET.coordinator_call, SET.complaints_to):
        assert told in said
    assert "Information Commissioner" in said and "partnership that oversees" in said


def test_L1_G1_W4_its_numbers_are_the_areas() -> None:
    assert "reviewed every 12 months after the last incident" in words(SET)
    said = words(replace(SET, flag_months=9, small_number=10, review_months=6))
    assert "reviewed every 6 months after the last incident" in said
    assert "reviewed every month after" in words(replace(SET, review_months=1))
    assert "9 months at most" in said and "a multiple of 10" in said


def test_an_area_that_has_set_nothing_has_a_whole_notice_all_the_same() -> None:
    parts = notice("Northmoor", AreaSettings())
    assert [part.title for part in parts] == [
        "Who is responsible", "What is held", "What it is used for", "The lawful bases",
        "Who it is shared with", "How long it is kept", "Statistics", "Your rights", "Whom to ask",
        "If you want to complain",
    ]  # fmt: skip
    assert all(part.says or part.points for part in parts)
    assert "None" not in words(AreaSettings()) and ": " + "." not in words(AreaSettings())


def test_K1_consent_is_said_not_to_be_the_lawful_basis() -> None:
    assert "consent is not the lawful basis" in words(SET)
