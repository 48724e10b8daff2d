"""Proof D4: however many workers there are, each slot of timed work runs exactly once (security.md D4).

Eight processes, and now and then one is stopped with a slot in its hands until long after its lease. Its slot
is done by another, under a higher token, and what it writes when it wakes is refused.
"""

from collections import Counter

from sqlalchemy import select

from meetingsvc.config import Settings
from meetingsvc.models import JobSlotRow, SignInAttemptRow, db
from meetingsvc.store import acting
from meetingsvc.usecases.job_plans import Every
from tests.proofs import LONG, figure
from tests.proofs.jobs_workers import HALF, PLAN, START, Crowd
from tests.servers import apps

WORKERS, TICKS, PAUSED_EACH = 8, 10_000 if LONG else 30, 50 if LONG else 8
#: Not the last ticks: whoever is stopped wakes among others.
PAUSES = frozenset(range(5, TICKS - 5, PAUSED_EACH))


def test_D4_eight_workers_do_each_slot_exactly_once_though_one_sleeps_past_its_lease(
    settings_for_tests: Settings,
) -> None:
    crowd = Crowd(settings_for_tests, WORKERS, TICKS, PAUSES)
    crowd.run()
    with apps.core(settings_for_tests).app_context(), acting.service():
        said = [subject.split() for subject in db.session.scalars(select(SignInAttemptRow.subject))]
        rows = list(db.session.scalars(select(JobSlotRow)))
        apps.rest()
    effects = Counter(slot for slot, _, _ in said)
    expected = {_key(tick) for tick in range(TICKS)}
    wrong = sum(1 for slot in expected | set(effects) if effects[slot] != 1)
    taken_over = {slot for slot, token, _ in said if token == "2"}
    refused = sum(crowd.shared.refused)
    assert wrong == 0
    assert taken_over == {_key(tick) for tick in PAUSES}
    assert refused == len(PAUSES)
    assert len({number for _, _, number in said}) > 1, "more than one has worked"
    assert len(rows) == 1, "the table does not grow"
    said_so = "{ticks} ticks of eight workers, one of them {paused} times stopped past its lease: "
    figure("worker", said_so + "{wrong} slots not done exactly once, {refused} late effects refused",
           ticks=TICKS, paused=len(PAUSES), wrong=wrong, refused=refused)  # fmt: skip


def _key(tick: int) -> str:
    assert isinstance(PLAN, Every)
    return PLAN.slot(START + 2 * tick * HALF).key
