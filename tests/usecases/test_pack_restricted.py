"""Restricted cases in packs: for the people named on them, after a second person (security.md B; M6)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.pack_parts import references
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AreaRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    OutboxRow,
    PackCopyRow,
    PackRow,
    ProposalRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas, emergency_pack_content, home, pack_cases, packs
from meetingsvc.usecases import (
    marac,
    marac_publishing,
    pack_building,
    pack_corrections,
    pack_recalls,
    proposals,
    restrictions,
)
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency, line_of, referred
from tests.servers.remembered import remembered

LATER = NOW + timedelta(hours=1)


class Panel:
    """An area whose MARAC of 3 December has two cases closed on its agenda, the first of them restricted."""

    def __init__(self, area_id: UUID, restricted: int = 1) -> None:
        with saved():
            row = db.session.get_one(AreaRow, area_id)
            row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
        council = an_agency(area_id, "Northmoor Council")
        self.coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
        self.second = a_person(council, Role.COORDINATOR, "Priya Raman")
        self.chair = a_person(council, Role.CHAIR, "Imelda Quillfeather")
        homes = an_agency(area_id)
        self.named, self.unnamed = a_person(homes, name="Joan Akande"), a_person(homes, name="Tomasz Wolny")
        items = referred(self.coordinator, (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS))
        self.cases = [line_of(item).case_id for item in items]
        self.meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
        marac.close(self.coordinator, self.meeting_id, NOW)
        for case_id in self.cases[:restricted]:
            self.restrict(area_id, case_id)

    def restrict(self, area_id: UUID, case_id: UUID) -> None:
        with saved():
            db.session.add(RestrictionRow(area_id=area_id, case_id=case_id, state="restricted",
                                          hides="unnamed", reason="staff", put_at=NOW))  # fmt: skip
            for who in (self.coordinator, self.second, self.chair, self.named):
                db.session.add(NamedRow(area_id=area_id, case_id=case_id, account_id=who.account_id,
                                        named_by=self.chair.account_id, named_at=NOW))  # fmt: skip

    @property
    def pack_id(self) -> UUID:
        return db.session.scalars(select(PackRow.id)).one()

    def reads(self, who: Principal) -> int:
        _, words = usecase.read(who, self.pack_id, LATER)
        return len(references(words))


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    return Panel(area_id)


def waiting() -> list[UUID]:
    return list(db.session.scalars(select(ProposalRow.id).where(ProposalRow.state == "open")))


def test_M6_a_restricted_case_is_in_named_peoples_packs_once_a_second_person_has_confirmed(
    panel: Panel,
) -> None:
    marac_publishing.publish(panel.coordinator, panel.meeting_id, NOW)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed, panel.second)] == [1, 1, 1]
    before = usecase.make_copy(panel.named, panel.pack_id, 0, NOW)
    (proposal,) = waiting()
    with pytest.raises(RuleBroken, match="another person|somebody else|proposed"):
        proposals.decide(panel.coordinator, proposal, True, "", LATER)
    assert panel.reads(panel.named) == 1, "its proposer never approves"
    proposals.decide(panel.second, proposal, True, "", LATER)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed, panel.chair)] == [2, 1, 2]
    assert before and usecase.fetch(panel.named, before.copy_id, LATER), "the earlier copy holds no less"
    assert usecase.make_copy(panel.named, panel.pack_id, 1, LATER)
    assert set(db.session.scalars(select(PackCopyRow.cases)).all()[-1]) == set(map(str, panel.cases))
    told = set(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == Notice.PACK_READY)))
    assert panel.named.account_id in told and panel.unnamed.account_id not in told


def test_M6_a_chair_who_may_open_it_publishes_it_alone(panel: Panel) -> None:
    marac_publishing.publish(panel.chair, panel.meeting_id, NOW)
    assert waiting() == []
    assert [panel.reads(who) for who in (panel.named, panel.unnamed)] == [2, 1]


def test_M6_who_is_not_named_neither_confirms_nor_learns_of_it(panel: Panel) -> None:
    other = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Wren Ashdown")
    marac_publishing.publish(other, panel.meeting_id, NOW)
    (proposal,) = waiting()
    assert proposals.waiting_for(other, NOW) == [] and proposals.readable(other, proposal) is None
    third = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Nobody Named")
    with pytest.raises(NotFound):
        proposals.decide(third, proposal, True, "", LATER)
    assert pack_building.waiting(other, panel.meeting_id, NOW) == []
    assert [waits for _, waits in pack_building.waiting(panel.second, panel.meeting_id, NOW)] == [True]
    proposals.decide(panel.second, proposal, True, "", LATER)
    assert [panel.reads(who) for who in (panel.named, other)] == [2, 1]


def test_M6_what_nobody_confirmed_in_time_is_asked_for_again(panel: Panel) -> None:
    marac_publishing.publish(panel.coordinator, panel.meeting_id, NOW)
    with pytest.raises(RuleBroken):
        pack_building.ask_again(panel.coordinator, panel.meeting_id, panel.cases[0], "Still needed.", LATER)
    week = NOW + timedelta(days=8)
    pack_building.ask_again(panel.second, panel.meeting_id, panel.cases[0], "Still needed.", week)
    with pytest.raises(NotFound):
        pack_building.ask_again(panel.second, panel.meeting_id, panel.cases[1], "Not restricted.", week)
    (proposal,) = waiting()
    proposals.decide(panel.chair, proposal, True, "", week)
    assert pack_building.waiting(panel.chair, panel.meeting_id, week) == []


def test_M6_a_pack_of_nothing_but_a_restricted_case_does_not_exist_for_who_is_not_named(
    area_id: UUID,
) -> None:
    panel = Panel(area_id, restricted=2)
    marac_publishing.publish(panel.chair, panel.meeting_id, NOW)
    assert packs.mine(panel.unnamed, NOW) == [] and packs.not_fetched(panel.unnamed, NOW) == 0
    assert len(packs.mine(panel.named, NOW)) == 1
    with pytest.raises(NotFound):
        usecase.read(panel.unnamed, panel.pack_id, NOW)
    notices = select(OutboxRow.account_id).where(OutboxRow.notice != Notice.INVITATION)  # names no case
    told = set(db.session.scalars(notices))
    assert panel.named.account_id in told and panel.unnamed.account_id not in told, "no notice either"


def test_M6_the_number_of_a_hidden_supplementary_list_leaves_no_gap(panel: Panel) -> None:
    marac_publishing.publish(panel.chair, panel.meeting_id, NOW)
    with saved():
        for number, case_id in enumerate(panel.cases, 1):
            row = db.session.scalars(
                select(ItemRow).where(ItemRow.case_id == case_id, ItemRow.meeting_id == panel.meeting_id)
            ).one()
            row.supplement = number
            pack = PackRow(area_id=row.area_id, meeting_id=row.meeting_id, supplement=number, built_at=NOW,
                           expires_at=LATER, content=b"%PDF")  # fmt: skip
            db.session.add(pack)
        db.session.get_one(MeetingRow, panel.meeting_id).supplements = 2
    assert [pack.title for pack in packs.mine(panel.unnamed, NOW)] == ["Supplementary list 1"]
    assert [pack.title for pack in packs.mine(panel.named, NOW)] == [
        "Supplementary list 1", "Supplementary list 2",
    ]  # fmt: skip


def test_S3_the_pack_is_drawn_once_for_all_who_see_the_same(
    area_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = Panel(area_id, restricted=0)
    marac_publishing.publish(panel.chair, panel.meeting_id, NOW)
    monkeypatch.setattr("agenda.pdf.draw_worded", lambda *_: pytest.fail("drawn again"))
    for who in (panel.named, panel.unnamed, panel.coordinator):
        assert usecase.make_copy(who, panel.pack_id, 0, NOW)
    assert db.session.scalar(select(func.count(PackCopyRow.id))) == 3
    assert home.next_marac(panel.unnamed, NOW.date())


def restricted_later(area_id: UUID, by: Role = Role.COORDINATOR) -> tuple[Panel, dict[str, UUID]]:
    """Published with both cases open, and fetched; the first is restricted afterwards. With the copies."""
    panel, copies = Panel(area_id, restricted=0), {}
    marac_publishing.publish(panel.coordinator, panel.meeting_id, NOW)
    for name, who in (("named", panel.named), ("unnamed", panel.unnamed)):
        made = usecase.make_copy(who, panel.pack_id, 0, NOW)
        assert made and panel.reads(who) == 2
        copies[name] = made.copy_id
    people = {panel.named.account_id, panel.second.account_id, panel.chair.account_id}
    who = panel.coordinator if by is Role.COORDINATOR else panel.chair
    restrictions.restrict(who, panel.cases[0], "Her brother works there.", people, LATER)
    return panel, copies


def offline(panel: Panel, role: Role) -> set[UUID]:
    meeting = db.session.get_one(MeetingRow, panel.meeting_id)
    return emergency_pack_content.second_person(meeting, role)


def correct(panel: Panel, who: Principal, case: int) -> None:
    """Of a case that is told of otherwise by now."""
    with saved():
        rows = select(ItemRow.id).where(ItemRow.case_id == panel.cases[case])
        item_id = db.session.scalars(rows.where(ItemRow.meeting_id != panel.meeting_id)).one()
        db.session.add(NoteRow(area_id=who.area_id, item_id=item_id, agency_id=who.agency_id, source="a call",
                               text="Changed.", author="Priya Raman", recorded_by=who.account_id,
                               recorded_at=LATER, kind="fact"))  # fmt: skip
    pack_corrections.correct(who, panel.pack_id, "An agency put its note right.", LATER)


def test_M6_a_case_restricted_after_publication_stays_in_the_pack_of_who_is_named_alone(
    area_id: UUID,
) -> None:
    panel, copies = restricted_later(area_id)
    everyone = (panel.named, panel.second, panel.chair, panel.unnamed)
    assert [panel.reads(who) for who in everyone] == [2, 2, 2, 1]
    assert usecase.fetch(panel.named, copies["named"], LATER), "made while it was open to them"
    with pytest.raises(usecase.Stale):
        usecase.fetch(panel.unnamed, copies["unnamed"], LATER)
    held = dict[UUID, set[str]]()
    for who, replaces in ((panel.named, 1), (panel.unnamed, 0), (panel.chair, 0)):
        made = usecase.make_copy(who, panel.pack_id, replaces, LATER)
        assert made
        held[who.account_id] = set(db.session.get_one(PackCopyRow, made.copy_id).cases or ())
    both = set(map(str, panel.cases))
    assert held[panel.named.account_id] == held[panel.chair.account_id] == both
    assert held[panel.unnamed.account_id] == {str(panel.cases[1])}


def test_B_what_is_drawn_of_a_case_restricted_after_publication_waits_for_a_second_person(
    area_id: UUID,
) -> None:
    panel, _ = restricted_later(area_id)
    assert offline(panel, Role.COORDINATOR) == {panel.cases[0]} and not offline(panel, Role.CHAIR)
    (waits,) = pack_building.waiting(panel.second, panel.meeting_id, LATER)
    assert waits[0].was_drawn and waits[1] and not pack_cases.held_ahead(panel.second, NOW.date())
    (proposal,) = waiting()
    (change,) = proposals.changes(proposals.waiting_for(panel.second, LATER)[0])
    assert "offline packs" in change.new
    with pytest.raises(RuleBroken, match="another person|somebody else|proposed"):
        proposals.decide(panel.coordinator, proposal, True, "", LATER)
    proposals.decide(panel.second, proposal, True, "", LATER)
    assert not offline(panel, Role.COORDINATOR)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed)] == [2, 1]


def test_B_a_chair_restricts_a_published_case_without_a_second_person(area_id: UUID) -> None:
    panel, copies = restricted_later(area_id, Role.CHAIR)
    assert waiting() == [] and not offline(panel, Role.COORDINATOR)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed)] == [2, 1]
    assert usecase.fetch(panel.named, copies["named"], LATER)


@pytest.mark.parametrize("case", [0, 1], ids=["it changed", "it says the same"])
@pytest.mark.parametrize("by", [Role.COORDINATOR, Role.CHAIR])
def test_B_a_correction_keeps_what_was_held_back(area_id: UUID, by: Role, case: int) -> None:
    panel, _ = restricted_later(area_id)
    correct(panel, panel.second if by is Role.COORDINATOR else panel.chair, case)
    assert offline(panel, Role.COORDINATOR) == {panel.cases[0]}
    assert [panel.reads(who) for who in (panel.named, panel.unnamed, panel.chair)] == [1, 1, 2]
    assert [count for *_, count in pack_cases.held_ahead(panel.second, NOW.date())] == [1]
    (proposal,) = waiting()
    proposals.decide(panel.second, proposal, True, "", LATER)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed)] == [2, 1]


def test_B_a_restriction_that_two_people_lifted_holds_nothing_back(area_id: UUID) -> None:
    panel, _ = restricted_later(area_id)
    restrictions.propose_end(panel.coordinator, panel.cases[0], "He has left.", LATER)
    lift = db.session.scalars(select(ProposalRow.id).where(ProposalRow.kind == "restriction.lift")).one()
    proposals.decide(panel.second, lift, True, "", LATER)
    assert [panel.reads(who) for who in (panel.named, panel.unnamed)] == [2, 2]
    assert waiting() == [] and not offline(panel, Role.COORDINATOR), "nobody is asked for nothing"


def test_B_what_waited_for_a_recalled_pack_waits_for_nobody_until_it_is_issued_again(area_id: UUID) -> None:
    panel, _ = restricted_later(area_id)
    pack_recalls.recall(panel.coordinator, panel.pack_id, "Sent too early.", LATER)
    assert waiting() == []
    correct(panel, panel.coordinator, 1)
    assert len(waiting()) == 1 and panel.reads(panel.named) == 1
