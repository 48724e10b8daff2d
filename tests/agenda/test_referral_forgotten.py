"""A kept referral without what was chosen not to be kept (Rulebook L1)."""

from agenda.people import folded
from agenda.referral_fields import Answers
from agenda.referral_forgotten import without
from agenda.referral_kept import read_back, sent_back, written


def test_L1_values_go_wherever_they_stand_as_typed_and_as_sent() -> None:
    sent = {"victim": Answers({"surname": "Quill", "phone": "07700 900111"}, ())}
    typed = {"victim": Answers({"phone": "07700900111"}, ({"name": "A"}, {"home": "07700 900111"}))}
    left = without(written(typed, sent), {folded("07700 900111")}, set())
    assert sent_back(left) == {"victim": Answers({"surname": "Quill"}, ())}
    assert read_back(left) == {"victim": Answers({}, ({"name": "A"}, {}))}, "nobody of a list is lost"


def test_L1_a_section_goes_whole() -> None:
    told = {"consent": Answers({"answer": "given"}), "victim": Answers({"surname": "Quill"})}
    left = read_back(without(written(told), set(), {"consent"}))
    assert left == {"consent": Answers({}), "victim": Answers({"surname": "Quill"})}
