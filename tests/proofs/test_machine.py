"""Proof 3: whatever people do, in whatever order, each of them reads exactly what the rules leave them.

The steps go through the use cases (`machine_cases.py`, `machine_people.py`, `machine_packs.py`, and those of
meetings, minutes, actions, emergencies and confirmations in `machine_kept.py`; of third parties' requests in
`machine_requests.py`). After each, nothing is lost;
the scope of some is held against the rules in plain Python (`model.py`), what one of them comes across at the
pages against the same, and both against what the steps themselves have closed; at the end of a run, everybody
is. What only makes more to come across has no use case, but is put into the rows: an agency, a note, who is
to tell a victim, a flag. What becomes of the last two has one.
"""

import sys
from collections.abc import Iterable, Iterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import select

from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import CaseRow, db
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, scope
from tests.proofs import LONG, figure, model
from tests.proofs.machine_after import After
from tests.proofs.machine_cases import Cases
from tests.proofs.machine_governed import Governed
from tests.proofs.machine_ground import CLOCK
from tests.proofs.machine_kept import Kept
from tests.proofs.machine_look import Look
from tests.proofs.machine_packs import Packs
from tests.proofs.machine_people import People
from tests.proofs.machine_requests import Requests
from tests.proofs.machine_research import Research
from tests.proofs.model_reader import Reader
from tests.servers.databases import Copies

RUNS, STEPS, ROUNDS = (20, 50, 25) if LONG else (2, 8, 1)
#: After each step so many are held against the rules, and so many go round the pages; at the end of a run,
#: everybody is held, and so many (None: everybody) go everywhere.
HELD, LOOKED, ENDED = 3, 1, None if LONG else 1
OVER = ("ended", "issued", "actions")
said = dict.fromkeys(("steps", "answers", "copies", "sent", *OVER), 0)


class Machine(Cases, People, Packs, After, Research, Kept, Governed, Requests):
    """All steps, and what must hold after each."""

    @invariant()
    def everybody_reads_what_the_rules_leave_them(self) -> None:
        if hasattr(self, "area_id"):
            said["steps"] += 1
            self.nothing_is_lost()
            self.nothing_leaves_for_him()
            self.hold(HELD, LOOKED, whole=False)

    def teardown(self) -> None:
        """At the end all of them, unless a step has failed."""
        if sys.exc_info()[0] is None and hasattr(self, "area_id"):
            self.hold(None, ENDED, whole=True)
            said["copies"] += len(self.copies)
            said["ended"] += len(self.ended)
            said["issued"] += len({key for key, _ in self.issued})
            said["actions"] += len(self.actions)
            said["sent"] += self.sent

    def hold(self, held: int | None, looked: int | None, *, whole: bool) -> None:
        """Those the last step was about come first, then the others in turn."""
        self.turn += 1
        readers = model.readers(self.now, self.area_id)
        first = [one for one in self.people if one in self.touched]
        first = first[self.turn % 2 :] + first[: self.turn % 2]
        order = first + self.people[self.turn % len(self.people) :] + self.people
        self.touched = set()
        wanted = [readers[one] for one in dict.fromkeys(order) if one in readers]
        self.scope_agrees(wanted[:held])
        self.closed_stays_closed(dict.fromkeys(order) if held is None else order[:held])
        for reader in wanted[: None if looked is None else looked]:
            said["answers"] += Look(self, reader).around(whole=whole)

    def scope_agrees(self, readers: list[Reader]) -> None:
        found = list(model.differences(self.now, model.rules_of(readers)))
        assert not found, found

    def closed_stays_closed(self, people: Iterable[UUID]) -> None:
        """By the ledger of the steps alone."""
        gone = set(self.gone())
        for account_id in people:
            read = self.read_by(account_id) | self.asked_of(account_id)
            assert not (read and account_id in gone), "read by somebody who is gone"
            assert not read & {case for who, case in self.walled if who == account_id}, "read past a wall"
            assert not read & self.destroyed, "destroyed, and read"
            for copy in self.copies if account_id in gone else ():
                assert copy.holder.account_id != account_id or not self.is_handed_out(copy)

    def read_by(self, account_id: UUID) -> set[UUID]:
        who = account_store.principal(account_id, self.now)
        if who is None:
            return set()
        with acting.acting(who):
            found = set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))))
            db.session.rollback()
        return found


@pytest.fixture(params=range(ROUNDS))
def place(
    request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:  # fmt: skip
    """A database for so many runs: what one run leaves, the next must read past."""
    monkeypatch.setattr("meetingsvc.clock.now", lambda: CLOCK.at)
    url = copies.make()
    app = create_app(Settings(url, tmp_path_factory.mktemp("machine"), secret_key="k" * 32))
    app.testing = True
    app.config |= {"PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False}
    with app.app_context(), acting.service():
        yield
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    copies.drop(url)


def test_M6_V1_whatever_people_do_each_reads_what_is_theirs(place: None) -> None:
    said.update(dict.fromkeys(said, 0))
    few = db.engine.dialect.name == "postgresql" and not LONG  # there, the same code runs
    runs, steps = (1, 6) if few else (RUNS, STEPS)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    figure(
        "machine",
        f"{{runs}} runs of up to {STEPS} steps on 2 databases, {{steps}} held against the rules, {{answers}} "
        "answers of the pages, {copies} copies made, {sent} messages sent, {ended} meetings ended, {issued} "
        "minutes issued, {actions} actions kept; 0 differ",
        runs=runs, **said,
    )  # fmt: skip
