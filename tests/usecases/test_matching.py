"""Who may be one person: put before the coordinator, decided by people, merged and undone by two."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.addresses import AddressKind, AddressTold, Knows, Part
from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.matching_person import known
from agenda.pack import NoteKind
from agenda.relationships import Relation, RelationshipTold
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AddressRow,
    AreaRow,
    AuditRow,
    CaseRow,
    EntryRow,
    IdentityRow,
    ItemRow,
    MatchProposalRow,
    MeetingRow,
    MergeRow,
    OutcomeRow,
    PersonDetailRow,
    PersonRow,
    RelationshipRow,
    TriageRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    acting,
    areas,
    case_page,
    matching_keys,
    matching_merges,
    order_parties,
    outcomes,
    people,
    scope,
)
from meetingsvc.store import addresses as told_addresses
from meetingsvc.store import marac as agendas
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store import orders as order_store
from meetingsvc.store.acting import Host
from meetingsvc.store.matching_proposals import Match, State
from meetingsvc.usecases import (
    addresses,
    list_changes,
    lists,
    marac,
    marac_publishing,
    matching,
    matching_decisions,
    matching_merging,
    orders,
    proposals,
    restrictions,
    walls,
)
from meetingsvc.usecases import people as usecase
from meetingsvc.usecases.transaction import saved
from minutes.clarifications import About, Clarification
from tests.a_marac import a_person, an_agency, decided
from tests.a_wall import a_wall
from tests.an_application import an_order
from tests.builders import a_hearing, a_row, everything, take_in, take_in_history
from tests.servers.remembered import remembered

NOW = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)  # a Tuesday, after the cut-off
NEXT = datetime(2026, 11, 4, 8, 30, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2026, 11, 3), date(2026, 11, 4)
HEARD = {
    "victim_nominal": "VN1", "victim_forename": "Catherine", "victim_surname": "Penhaligon",
    "victim_dob": "1984-02-11", "perpetrator_nominal": "PN1", "perpetrator_forename": "Ruairi",
    "perpetrator_surname": "Ostler", "perpetrator_dob": "1980-05-06",
}  # fmt: skip
MISSPELT = {**HEARD, "victim_nominal": "", "victim_forename": "Katharine", "victim_surname": "Penhalligan"}


@pytest.fixture
@remembered
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id, "Police", daily=True), Role.COORDINATOR, "Ada Marsh")


@pytest.fixture
@remembered
def chair(coordinator: Principal) -> Principal:
    return a_person(coordinator.agency_id, Role.CHAIR, "Ben Frost")


def near(area_id: UUID) -> list[Match]:
    return matches.undecided(Host(area_id), NOW)


def heard_and_misspelt(area_id: UUID, **told: str) -> None:
    """A case heard in June, and a further incident under another spelling of its victim."""
    take_in_history(area_id, a_hearing(**HEARD))
    take_in(area_id, a_row(**(MISSPELT | {"risk": "standard"} | told)))


def built(who: Principal, day: date = TUESDAY, now: datetime = NOW) -> UUID:
    return list_changes.build(who, day, now).meeting_id


def entries(meeting_id: UUID) -> list[tuple[str, bool]]:
    rows = select(EntryRow.reasons, ItemRow.repeat).join(ItemRow, ItemRow.id == EntryRow.item_id)
    return [tuple(found) for found in db.session.execute(rows.where(ItemRow.meeting_id == meeting_id))]


def merged(coordinator: Principal, chair: Principal, now: datetime = NOW) -> MergeRow:
    (match,) = near(coordinator.area_id)
    matching_decisions.decide(coordinator, match.id, State.SAME, "Her birth date, and his number.", now)
    (told,) = proposals.waiting_for(chair, now)
    proposals.decide(chair, told.id, True, "", now)
    return db.session.scalars(select(MergeRow).order_by(MergeRow.merged_at.desc())).first()  # type: ignore[return-value]


def undone(coordinator: Principal, chair: Principal, merge_id: UUID, now: datetime = NOW) -> None:
    matching_merging.propose_undo(chair, merge_id, "They are cousins.", now)
    (told,) = proposals.waiting_for(coordinator, now)
    proposals.decide(coordinator, told.id, True, "", now)


def test_T6_an_incoming_victim_near_one_heard_is_put_before_the_coordinator_though_left_out(
    area_id: UUID, coordinator: Principal
) -> None:
    heard_and_misspelt(area_id)
    meeting = built(coordinator)
    (match,) = matches.on_list(coordinator, meeting, NOW)
    assert {match.one, match.other} == {"Catherine Penhaligon", "Katharine Penhalligan"}
    assert match.radar and match.undecided and "date of birth" in match.agrees
    assert entries(meeting) == []


def test_T6_a_list_with_a_near_match_waits_for_its_coordinator_and_no_agency_sees_it(
    area_id: UUID, coordinator: Principal
) -> None:
    agency = a_person(an_agency(area_id, "Homes", daily=True), Role.REPRESENTATIVE)
    heard_and_misspelt(area_id)
    meeting = built(coordinator)
    with pytest.raises(RuleBroken, match="Say that you looked"):
        matching_decisions.circulate(coordinator, TUESDAY, " ", NOW)
    assert not seen(agency, meeting) and seen(coordinator, meeting)
    with pytest.raises(RuleBroken, match="circulated"):
        list_changes.close(coordinator, TUESDAY, NOW)
    matching_decisions.circulate(coordinator, TUESDAY, "The meeting begins.", NOW)
    assert seen(agency, meeting)
    assert db.session.get_one(MeetingRow, meeting).sent_reason == "The meeting begins."


def seen(who: Principal, meeting: UUID) -> bool:
    rows = select(MeetingRow.id).where(scope.meetings_of(who), MeetingRow.id == meeting)
    return db.session.scalar(rows) is not None


def test_M6_circulating_asks_for_a_sentence_though_all_is_decided(
    area_id: UUID, coordinator: Principal
) -> None:
    heard_and_misspelt(area_id)
    meeting = built(coordinator)
    (match,) = near(area_id)
    matching_decisions.decide(coordinator, match.id, State.NOT_SURE, "Only the birth date agrees.", NOW)
    with pytest.raises(RuleBroken, match="Say that you looked"):
        matching_decisions.circulate(coordinator, TUESDAY, "", NOW)
    matching_decisions.circulate(coordinator, TUESDAY, "I looked at it.", NOW)
    assert not db.session.get_one(MeetingRow, meeting).held


def test_a_list_without_a_near_match_is_circulated_as_it_is_built(
    area_id: UUID, coordinator: Principal
) -> None:
    take_in_history(area_id, a_hearing(**HEARD))
    take_in(area_id, a_row(victim_forename="Oonagh", victim_dob="1999-12-30"))
    assert not db.session.get_one(MeetingRow, built(coordinator)).held


def test_the_command_line_never_waits(area_id: UUID, area: Any) -> None:
    heard_and_misspelt(area_id)
    with saved():
        meeting = lists.build(area, TUESDAY, "command line", NOW).meeting_id
    assert matching_decisions.waiting(area_id, meeting, NOW) == 1
    assert not db.session.get_one(MeetingRow, meeting).held


def test_two_who_merely_live_together_are_not_proposed(area_id: UUID, coordinator: Principal) -> None:
    take_in_history(area_id, a_hearing(**HEARD))
    take_in(area_id, a_row(**{**HEARD, "victim_nominal": "VN2", "victim_forename": "Rosamund",
                              "victim_dob": "2001-09-09"}))  # fmt: skip
    built(coordinator)
    assert near(area_id) == []


def test_D2_a_merge_takes_two_people(area_id: UUID, coordinator: Principal, chair: Principal) -> None:
    heard_and_misspelt(area_id)
    built(coordinator)
    (match,) = near(area_id)
    matching_decisions.decide(coordinator, match.id, State.SAME, "Her birth date.", NOW)
    assert db.session.scalar(select(MergeRow.id)) is None
    assert proposals.waiting_for(coordinator, NOW) == [] and near(area_id) == []
    (told,) = proposals.waiting_for(chair, NOW)
    proposals.decide(chair, told.id, False, "Another woman.", NOW)
    assert [one.id for one in near(area_id)] == [match.id]


def test_T6_a_repeat_that_a_spelling_hid_is_listed_once_two_people_merged(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id)
    meeting = built(coordinator)
    merged(coordinator, chair)
    assert entries(meeting) == [("T6", True)]
    assert db.session.scalars(select(TriageRow.reasons)).all() == ["T6"]


def test_T12_after_its_list_is_closed_it_goes_on_the_next(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id)
    meeting = built(coordinator)
    matching_decisions.circulate(coordinator, TUESDAY, "The meeting begins.", NOW)
    list_changes.close(coordinator, TUESDAY, NOW)
    merged(coordinator, chair)
    assert entries(meeting) == []
    assert entries(built(coordinator, WEDNESDAY, NEXT)) == [("T6", True)]


def test_T6_an_item_of_an_open_list_becomes_a_repeat(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id, risk="high")
    meeting = built(coordinator)
    assert entries(meeting) == [("T2", False)]
    merged(coordinator, chair)
    assert entries(meeting) == [("T2 T6", True)]


def test_T6_with_another_perpetrator_it_is_none(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id, risk="high", perpetrator_nominal="PN9", perpetrator_forename="Idris",
                       perpetrator_surname="Vane", perpetrator_dob="1971-01-30")  # fmt: skip
    meeting = built(coordinator)
    merged(coordinator, chair)
    assert entries(meeting) == [("T2", False)]
    assert db.session.scalars(select(ItemRow.victim_known)).all() == [True]


COMPARED = {"audit", "proposal", "match_proposal", "person_merge", "person_merge_change"}


def dump() -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows for name, rows in everything().items() if name not in COMPARED}


@pytest.mark.parametrize("risk", ["standard", "high"])
@pytest.mark.parametrize("nominal", ["", "VN2"])
def test_D2_undoing_restores_every_row_of_every_table(
    area_id: UUID, coordinator: Principal, chair: Principal, risk: str, nominal: str
) -> None:
    heard_and_misspelt(area_id, risk=risk, victim_nominal=nominal, victim_address="4 Samphire Row",
                       victim_phone="07700 900417")  # fmt: skip
    namesake = a_person(coordinator.agency_id, Role.REPRESENTATIVE, "Ruairi Ostler")
    built(coordinator)
    with saved():
        walls.check_staff(namesake.account_id, NOW)
    before = dump()
    merge = merged(coordinator, chair)
    assert dump() != before
    undone(coordinator, chair, merge.id)
    after = dump()
    for name in before:
        assert after[name] == before[name], name


def test_D2_what_came_in_between_is_kept_and_goes_to_the_one_whose_number_it_bears(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id, risk="high", victim_nominal="VN2")
    built(coordinator)
    (old, new) = db.session.scalars(select(CaseRow).order_by(CaseRow.number))
    owners = {old.id: old.victim_id, new.id: new.victim_id}
    merge = merged(coordinator, chair)
    take_in(area_id, a_row(**(MISSPELT | {"victim_nominal": "VN2", "victim_surname": "Trelawn",
                                          "recorded_at": "2026-11-03T12:00:00+00:00"})))  # fmt: skip
    meeting = built(coordinator, WEDNESDAY, NEXT)
    undone(coordinator, chair, merge.id, NEXT)
    (item,) = db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == meeting))
    assert item.case_id == new.id
    assert {one.id: one.victim_id for one in db.session.scalars(select(CaseRow))} == owners
    learnt = select(IdentityRow.person_id).where(IdentityRow.value.startswith("trelawn"))
    assert db.session.scalars(learnt).all() == [owners[new.id]]


@pytest.mark.parametrize("state", ["open", "published", "sat"])
def test_M1_a_referral_made_while_two_were_one_is_on_the_agenda_of_its_own_case_once_they_are_two(
    area_id: UUID, coordinator: Principal, chair: Principal, state: str
) -> None:
    heard_and_misspelt(area_id, risk="high", victim_nominal="VN2")
    built(coordinator)
    (old, new) = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number))
    merge = merged(coordinator, chair)
    take_in(area_id, a_row(**(MISSPELT | {"victim_nominal": "VN2", "risk": "high",
                                          "recorded_at": "2026-11-03T12:00:00+00:00"})))  # fmt: skip
    meeting = built(coordinator, WEDNESDAY, NEXT)
    (item,) = db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == meeting))
    item_id, under = item.id, item.case_id
    with saved():
        db.session.get_one(MeetingRow, meeting).held = False
    agenda = marac.plan(coordinator, date(2026, 12, 3), NEXT)
    decided(coordinator, item_id, Group.NEW_NO_SAFEGUARDS)
    (line,) = lines_of(agenda)
    assert line.case_id == under == old, "it was put under the case that was heard"
    later = NEXT + timedelta(days=36 if state == "sat" else 20)
    if state != "open":
        marac.close(coordinator, agenda, NEXT)
        marac_publishing.publish(coordinator, agenda, NEXT)
    if state == "sat":
        marac.plan(coordinator, date(2026, 12, 17), later)
    undone(coordinator, chair, merge.id, later)
    outcome = db.session.get_one(OutcomeRow, item_id)
    own = db.session.get_one(ItemRow, outcome.marac_item_id)
    assert db.session.get_one(ItemRow, item_id).case_id == own.case_id == new
    assert (own.meeting_id == agenda) == (state != "sat") and own.supplement == (state == "published")
    there = {line.case_id for line in lines_of(agenda)}
    assert there == {"open": {new}, "published": {old, new}, "sat": {old}}[state]


def lines_of(meeting_id: UUID) -> list[ItemRow]:
    return list(db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == meeting_id)))


REFUGE = AddressTold(AddressKind.HOME, "9 Refuge Lane", Knows.NO, "", True, "", "Kay Dale", "told by her")


def test_D2_what_was_told_on_a_case_in_between_goes_to_whose_case_it_is(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id, risk="high", victim_nominal="VN2")
    built(coordinator)
    (old, new) = db.session.scalars(select(CaseRow).order_by(CaseRow.number))
    owners = {old.id: old.victim_id, new.id: new.victim_id}
    merge = merged(coordinator, chair)
    for case_id, text in ((old.id, "4 Samphire Row"), (new.id, "9 Refuge Lane")):
        addresses.tell_address(chair, case_id, merge.kept_id, replace(REFUGE, text=text), NEXT)
        told = RelationshipTold(Relation.FRIEND, NoteKind.FACT, "Kay Dale", "told by her")
        her_friend = usecase.SomebodyNew("Fay", text, None)
        usecase.relate(chair, case_id, merge.kept_id, her_friend, told, NEXT)
    with saved():
        matching.clarified(area_id, new.id, Clarification(About.VICTIM, "Kit Oxenholme", None), NEXT)
    undone(coordinator, chair, merge.id, NEXT)
    for row in (AddressRow, RelationshipRow):
        found = db.session.execute(select(row.case_id, row.person_id)).all()
        assert {case: person for case, person in found} == owners
    detail = PersonDetailRow
    since = select(detail.source, detail.person_id, detail.kind).where(detail.source.startswith("case/"))
    assert sorted(tuple(one) for one in db.session.execute(since)) == sorted(
        [(f"case/{case}", person, "address") for case, person in owners.items()]
        + [(f"case/{new.id}", owners[new.id], "name")]
    )


def test_D2_cases_of_one_pair_stay_two_and_say_so(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    heard_and_misspelt(area_id, risk="high")
    built(coordinator)
    merged(coordinator, chair)
    (old, new) = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number))
    assert [key for key, _ in matching_merges.twins(coordinator, new)] == [old]
    assert [key for key, _ in matching_merges.twins(coordinator, old)] == [new]


def test_M6_who_is_kept_from_one_side_learns_of_no_match_and_no_merge(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    other = a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    heard_and_misspelt(area_id, risk="high")
    old = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number)).first()
    assert old is not None
    a_wall(area_id, old, other.account_id)
    meeting = built(other)
    (match,) = near(area_id)
    assert matches.undecided(other, NOW) == [] and matches.on_list(other, meeting, NOW) == []
    with pytest.raises(NotFound):
        matching_decisions.decide(other, match.id, State.SAME, "I know her.", NOW)
    merge = merged(coordinator, chair)
    assert matching_merges.standing(other) == [] and len(matching_merges.standing(chair)) == 1
    with pytest.raises(NotFound):
        matching_merging.propose_undo(other, merge.id, "I know her.", NOW)
    kept = set(db.session.scalars(select(WallRow.case_id).where(WallRow.account_id == other.account_id)))
    assert len(kept) == 2, "the wall holds for what was joined"


def test_T6_nobody_circulates_past_a_near_match_that_is_hidden_from_them(
    area_id: UUID, coordinator: Principal
) -> None:
    other = a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    heard_and_misspelt(area_id, risk="high")
    old = db.session.scalars(select(CaseRow.id)).one()
    a_wall(area_id, old, other.account_id)
    meeting = built(other)
    assert matches.on_list(other, meeting, NOW) == [] and db.session.get_one(MeetingRow, meeting).held
    with pytest.raises(RuleBroken, match="Say that you looked"):
        matching_decisions.circulate(other, TUESDAY, "", NOW)
    assert [one.undecided for one in matches.on_list(coordinator, meeting, NOW)] == [True]
    matching_decisions.circulate(other, TUESDAY, "The meeting begins.", NOW)
    told = select(AuditRow.detail).where(AuditRow.action == "list.circulated")
    assert db.session.scalars(told).one()["undecided"] == 1


def test_M6_where_a_case_is_kept_from_who_runs_meetings_every_list_waits(
    area_id: UUID, coordinator: Principal
) -> None:
    """Else a list that waits, and shows no near match, would tell of one."""
    other = a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    take_in_history(area_id, a_hearing(**HEARD))
    a_wall(area_id, db.session.scalars(select(CaseRow.id)).one(), other.account_id)
    take_in(area_id, a_row(victim_forename="Oonagh", victim_dob="1999-12-30"))
    meeting = built(coordinator)
    assert near(area_id) == [] and db.session.get_one(MeetingRow, meeting).held


@pytest.mark.parametrize("kept", ["old", "new"])
def test_M6_a_merge_tells_nobody_what_somebody_is_called_in_a_case_kept_from_them(
    area_id: UUID, coordinator: Principal, chair: Principal, kept: str
) -> None:
    agency = a_person(an_agency(area_id, "Homes", daily=True), Role.REPRESENTATIVE)
    heard_and_misspelt(area_id, risk="high", perpetrator_nominal="PN9", perpetrator_forename="Idris",
                       perpetrator_surname="Vane", perpetrator_dob="1971-01-30")  # fmt: skip
    built(coordinator)
    matching_decisions.circulate(coordinator, TUESDAY, "The meeting begins.", NOW)
    old, new = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number))
    if kept == "old":
        restrictions.restrict(
            coordinator, old, "Her employer", (coordinator.account_id, chair.account_id), NOW
        )
    merge = merged(coordinator, chair)
    if kept == "new":  # and what was merged before is hidden from then on
        restrictions.restrict(
            coordinator, old, "Her employer", (coordinator.account_id, chair.account_id), NOW
        )
    shown = case_page.case(agency, new)
    assert shown is not None and shown.victim.name == "Katharine Penhalligan"
    person = people.person(agency, merge.kept_id)
    assert person is not None and person.name == "Katharine Penhalligan"
    (case,) = people.cases(agency, merge.kept_id, TUESDAY)
    assert case.victim.name == "Katharine Penhalligan"
    stored = db.session.get_one(PersonRow, merge.kept_id).surname
    assert stored == ("Penhalligan" if kept == "old" else "Penhaligon")


@pytest.mark.parametrize("how", ["restricted", "walled"])
def test_M6_what_is_kept_after_a_merge_takes_the_name_back_from_every_page_of_the_other_case(
    area_id: UUID, coordinator: Principal, chair: Principal, how: str
) -> None:
    """Both cases are of one woman by the merge, and she stands under the name that the older one told."""
    with acting.service(), saved():
        settings = replace(AreaSettings(), marac_anchor=date(2026, 11, 12))
        db.session.get_one(AreaRow, area_id).settings = areas.settings_json(settings)
    agency = a_person(an_agency(area_id, "Homes", daily=True), Role.REPRESENTATIVE)
    heard_and_misspelt(area_id, risk="high", perpetrator_nominal="PN9", perpetrator_forename="Idris",
                       perpetrator_surname="Vane", perpetrator_dob="1971-01-30")  # fmt: skip
    meeting = built(coordinator)
    matching_decisions.circulate(coordinator, TUESDAY, "The meeting begins.", NOW)
    old, new = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number))
    merged(coordinator, chair)
    (item,) = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting))
    decided(coordinator, item, Group.NEW_SAFEGUARDS, at=NOW)
    orders.record(agency, new, an_order(), NOW)
    who = agency if how == "restricted" else a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    assert names_shown(who, new, item) == {"Catherine Penhaligon"}
    if how == "restricted":
        restrictions.restrict(coordinator, old, "Her employer", (coordinator.account_id,), NOW)
    else:
        a_wall(area_id, old, who.account_id)
    assert names_shown(who, new, item) == {"Katharine Penhalligan"}


def names_shown(who: Principal, case_id: UUID, item: UUID) -> set[str]:
    """What the victim is called on one case's pages: addresses, orders, outcome, agenda, case, person."""
    db.session.rollback()
    with acting.acting(who):
        told = [one.name for one in told_addresses.people(who, case_id) if one.part is Part.VICTIM]
        told += [one.victim for one in order_parties.parties(who, order_store.running(who, NOW)).values()]
        told += [shown.victim.name for shown in (outcomes.worksheet(who, item),) if shown]
        for meeting in db.session.scalars(select(MeetingRow.id).where(scope.meetings_of(who))).all():
            agenda = agendas.agenda(who, meeting)
            told += [line.people.partition(" and ")[0] for line in agenda.lines] if agenda else []
        told += [shown.victim.name for shown in (case_page.case(who, case_id),) if shown]
        told += [one.name for one in people.on_case(who, case_id)][:1]
    assert len(told) >= 5
    return set(told)


def test_D2_only_who_runs_meetings_decides(area_id: UUID, coordinator: Principal) -> None:
    agency = a_person(an_agency(area_id, "Homes", daily=True), Role.REPRESENTATIVE)
    heard_and_misspelt(area_id)
    built(coordinator)
    (match,) = near(area_id)
    with pytest.raises(Forbidden):
        matching_decisions.decide(agency, match.id, State.DIFFERENT, "I know both.", NOW)
    assert matches.undecided(agency, NOW) == []


def test_D2_a_decision_needs_a_sentence_and_stays(area_id: UUID, coordinator: Principal) -> None:
    heard_and_misspelt(area_id)
    built(coordinator)
    (match,) = near(area_id)
    with pytest.raises(RuleBroken, match="sentence"):
        matching_decisions.decide(coordinator, match.id, State.DIFFERENT, " ", NOW)
    matching_decisions.decide(coordinator, match.id, State.DIFFERENT, "Her aunt.", NOW)
    take_in(area_id, a_row(**(MISSPELT | {"recorded_at": "2026-11-03T12:00:00+00:00"})))
    meeting = built(coordinator, WEDNESDAY, NEXT)
    (row,) = db.session.scalars(select(MatchProposalRow))
    assert row.state == State.DIFFERENT
    assert not db.session.get_one(MeetingRow, meeting).held


def decided_and_met_again(who: Principal, said: State, **told: str) -> MatchProposalRow:
    """The one match of a first list, decided so, and its victim come again on the next."""
    heard_and_misspelt(who.area_id, victim_nominal="VN2")
    built(who)
    (match,) = near(who.area_id)
    matching_decisions.decide(who, match.id, said, "Only the birth date agrees.", NOW)
    take_in(
        who.area_id,
        a_row(**(MISSPELT | {"victim_nominal": "VN2", "recorded_at": "2026-11-03T12:00:00+00:00"} | told)),
    )
    meeting = built(who, WEDNESDAY, NEXT)
    row = db.session.get_one(MatchProposalRow, match.id)
    assert (row.meeting_id == meeting) == (row.state == State.OPEN)
    return row


def test_T6_what_nobody_was_sure_of_is_asked_again_when_another_list_meets_it(
    area_id: UUID, coordinator: Principal
) -> None:
    row = decided_and_met_again(coordinator, State.NOT_SURE)
    assert row.state == State.OPEN and row.reason == "Only the birth date agrees."
    assert near(area_id) != []


@pytest.mark.parametrize("ended", ["waits", "taken back", "refused", "lapsed"])
def test_T6_what_one_person_alone_called_the_same_waits_on_the_next_list_too(
    area_id: UUID, coordinator: Principal, chair: Principal, ended: str
) -> None:
    heard_and_misspelt(area_id, victim_nominal="VN2")
    first = built(coordinator)
    (match,) = near(area_id)
    matching_decisions.decide(coordinator, match.id, State.SAME, "They look alike.", NOW)
    assert matching_decisions.waiting(area_id, first, NOW) == 1, "nobody confirmed it"
    (told,) = proposals.waiting_for(chair, NOW)
    if ended == "taken back":
        proposals.withdraw(coordinator, told.id, NOW)
    if ended == "refused":
        proposals.decide(chair, told.id, False, "Another woman.", NOW)
    later = NEXT + timedelta(days=30) if ended == "lapsed" else NEXT
    take_in(area_id, a_row(**(MISSPELT | {"victim_nominal": "VN2", "recorded_at": "2026-11-03T12:00:00Z"})))
    second = built(coordinator, WEDNESDAY, later)
    assert db.session.get_one(MeetingRow, second).held
    assert matching_decisions.waiting(area_id, second, later) == 1
    state = db.session.get_one(MatchProposalRow, match.id).state
    assert state == (State.SAME if ended == "waits" else State.OPEN)


def test_T6_two_called_different_are_asked_about_again_once_more_agrees(
    area_id: UUID, coordinator: Principal
) -> None:
    row = decided_and_met_again(coordinator, State.DIFFERENT, victim_surname="Penhaligon")
    assert row.state == State.OPEN


def test_D2_what_was_said_in_the_last_30_days_is_listed_for_who_may_read_both_sides(
    area_id: UUID, coordinator: Principal
) -> None:
    other = a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    row = decided_and_met_again(coordinator, State.DIFFERENT)
    assert [one.id for one in matches.decided(coordinator, NEXT)] == [row.id]
    assert matches.decided(coordinator, NEXT + timedelta(days=30)) == []
    old = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number)).first()
    assert old is not None
    a_wall(area_id, old, other.account_id)
    assert matches.decided(other, NEXT) == []


def test_D2_what_a_meeting_clarified_of_a_party_finds_them_from_then_on(
    area_id: UUID, coordinator: Principal
) -> None:
    take_in(area_id, a_row(**(HEARD | {"victim_nominal": ""})))
    built(coordinator)
    case = db.session.scalars(select(CaseRow)).one()
    with saved():
        told = Clarification(About.VICTIM, "Caitlin Oxenholme", date(1984, 11, 2))
        matching.clarified(area_id, case.id, told, NOW)
    who = known([("Kaitlin", "Oxenholm")], date(1984, 11, 2))
    assert matching_keys.persons(area_id, matching_keys.sought(who)) == {case.victim_id}
