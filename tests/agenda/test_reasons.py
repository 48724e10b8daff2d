"""Why an incident is on a list, in words."""

from agenda.reasons import in_order, words


def test_T11_the_reasons_of_a_case_stand_once_each_in_the_order_of_their_rules() -> None:
    said = [words("T15"), words("T2"), words("T3"), words("T2")]
    assert in_order(said) == (words("T2"), words("T3"), words("T15"))
