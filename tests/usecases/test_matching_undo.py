"""Merges undone in any order that may be leave nothing behind: every row of every table as it was (D2)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from agenda.rules import RuleBroken
from meetingsvc.models import MatchProposalRow, MergeRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import matching_proposals
from meetingsvc.store.matching_proposals import State
from meetingsvc.usecases import list_changes, matching_decisions, matching_merging, proposals
from tests.a_marac import a_person, an_agency
from tests.builders import a_row, take_in
from tests.usecases.test_matching import dump

TUESDAY, NOW = date(2026, 11, 3), datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
#: One woman under several spellings and numbers, and a man.
USUAL = {"victim_dob": "1984-02-11", "perpetrator_forename": "Ruairi", "perpetrator_surname": "Ostler",
         "perpetrator_dob": "1980-05-06"}  # fmt: skip
SPELT = (
    {"victim_forename": "Catherine", "victim_surname": "Penhaligon", "victim_address": "4 Samphire Row"},
    {"victim_forename": "Katharine", "victim_surname": "Penhaligon", "victim_phone": "07700 900417"},
    {
        "victim_forename": "Catherine",
        "victim_surname": "Penhalligan-Moss",
        "victim_address": "4 Samphire Row",
    },
    {"victim_forename": "Cathy", "victim_surname": "Penhaligon", "perpetrator_surname": "Ostlar"},
)


class Two:
    """A coordinator who proposes merges and a chair who decides them, and the other way round for undoing."""

    def __init__(self, area_id: UUID) -> None:
        agency = an_agency(area_id, "Police", daily=True)
        self.coordinator = a_person(agency, Role.COORDINATOR, "Ada Marsh")
        self.chair = a_person(agency, Role.CHAIR, "Ben Frost")
        self.now = NOW

    def merge(self, choice: int) -> None:
        """One of the pairs that can be merged now."""
        self.now += timedelta(minutes=1)
        rows = select(MatchProposalRow.id).where(MatchProposalRow.state.in_((State.OPEN, State.DIFFERENT)))
        pairs = [key for key in db.session.scalars(rows.order_by(MatchProposalRow.id)) if self.reads(key)]
        if pairs:
            wanted = pairs[choice % len(pairs)]
            matching_decisions.decide(self.coordinator, wanted, State.SAME, "Her birth date.", self.now)
            self.second(self.chair)

    def reads(self, match_id: UUID) -> bool:
        """Neither of the two has been made somebody else."""
        return matching_proposals.one(self.coordinator, match_id, self.now) is not None

    def undo(self, choice: int) -> None:
        """One of the merges that stand; one that another was built on is refused, and nothing changes."""
        self.now += timedelta(minutes=1)
        merges, before = standing(), dump()
        if not merges:
            return
        wanted = merges[choice % len(merges)]
        asked = matching_merging.propose_undo(self.chair, wanted, "They are sisters.", self.now)
        try:
            self.second(self.coordinator)
        except RuleBroken as refused:
            db.session.rollback()
            proposals.withdraw(self.chair, asked, self.now)
            assert "Undo that first" in str(refused) and wanted != merges[-1] and dump() == before

    def second(self, who: Principal) -> None:
        """The other of the two agrees."""
        (told,) = proposals.waiting_for(who, self.now)
        proposals.decide(who, told.id, True, "", self.now)


def standing() -> list[UUID]:
    """The merges that stand, the oldest first."""
    rows = select(MergeRow.id).where(MergeRow.undone_at.is_(None)).order_by(MergeRow.merged_at)
    return list(db.session.scalars(rows))


def test_D2_any_merges_undone_in_any_order_leave_every_row_as_it_was(area_id: UUID) -> None:
    two = Two(area_id)
    for number, told in enumerate(SPELT):
        row = a_row(**(USUAL | {"victim_nominal": f"VN{number}", "perpetrator_nominal": ""} | told))
        take_in(area_id, row)
    list_changes.build(two.coordinator, TUESDAY, NOW)
    before, most = dump(), 0
    assert len(db.session.scalars(select(MatchProposalRow.id)).all()) >= 4, "there is something to merge"

    @settings(max_examples=4)
    @given(st.lists(st.tuples(st.sampled_from(("merge", "merge", "undo")), st.integers(0, 9)), max_size=6))
    def leaves_nothing(steps: list[tuple[str, int]]) -> None:
        nonlocal most
        for step, choice in steps:
            (two.merge if step == "merge" else two.undo)(choice)
            most = max(most, len(standing()))
        while standing():
            two.undo(-1)
        after = dump()
        for name in before:
            assert after[name] == before[name], name

    leaves_nothing()
    assert most >= 3, "several stood at once"
