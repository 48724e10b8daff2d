"""Proof 4 where panels are set up: each condition of whose list takes what is removed, and a test notices.

Nothing that cannot wait is put off to another list, and nothing falls between two (Rulebook P3, T11 to T13).
"""

from tests.agenda import test_panels
from tests.proofs import ordinary
from tests.proofs.mutation import mutants
from tests.proofs.surviving import survivors
from tests.usecases import test_list_panels


def test_P3_T12_each_condition_of_whose_list_takes_something_is_noticed() -> None:
    made = mutants("agenda.panel_rules") + mutants("agenda.panels", ["removal_problem"])
    made += mutants("meetingsvc.usecases.list_panels", ["takers", "_taker", "_pairs"])
    alive = survivors(made, lambda: ordinary.fail([test_panels, test_list_panels]))
    assert not alive, "\n".join(alive)
