"""An agency that has not signed, in a named case under the terms; in no other, not a day longer (V1)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.named_case import TERMS, State
from agenda.need_to_know import Hides, RestrictionState
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AuditRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    NamedCaseEntryRow,
    OutboxRow,
    PersonRow,
    RefusalRow,
    RestrictionRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, acting, doomed, retention_use
from meetingsvc.store import named_cases as store
from meetingsvc.store.scope import cases_of, items_of, meetings_of, people_of
from meetingsvc.usecases import named_cases as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, SECRET, a_person, an_agency
from tests.a_named_case import UNTIL, an_unsigned_agency
from tests.a_named_panel import AFTER, WHY, WORDS, Panel, a_panel
from tests.a_wall import a_wall


@pytest.fixture
def panel(area_id: UUID) -> Panel:
    return a_panel(area_id)


def found(who: Principal, part_id: UUID, now: datetime = NOW) -> tuple[store.Kept | None, list[store.Entry]]:
    """What a person reads of it at that moment."""
    db.session.rollback()
    fresh = accounts.principal(who.account_id, now)
    assert fresh is not None
    with acting.acting(fresh):
        return usecase.opened(fresh, part_id, now), store.entries(fresh, part_id)


def told(notice: Notice = Notice.NAMED_CASE) -> list[UUID]:
    return list(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == notice)))


def test_V1_it_takes_part_once_the_chair_allowed_it_and_it_accepted_the_terms(panel: Panel) -> None:
    part_id = panel.proposed()
    assert told() == [panel.chair.account_id]
    assert found(panel.guest, part_id) == (None, []), "nothing before it is allowed"
    usecase.decide(panel.chair, part_id, True, "", NOW)
    assert panel.guest.account_id in told()
    kept, entries = found(panel.guest, part_id)
    assert kept is not None and kept.state is State.ALLOWED and entries == []
    with pytest.raises(RuleBroken, match="each of the terms"):
        usecase.accept(panel.guest, part_id, TERMS[1:], NOW)
    usecase.accept(panel.guest, part_id, TERMS, NOW)
    usecase.tell(panel.coordinator, part_id, WORDS, NOW)
    kept, entries = found(panel.guest, part_id)
    assert kept is not None and kept.takes_part
    assert [(one.told, one.words) for one in entries] == [(True, WORDS)]


def test_V1_nothing_is_told_before_the_terms_are_accepted(panel: Panel) -> None:
    part_id = panel.allowed()
    with pytest.raises(RuleBroken, match="does not take part now"):
        usecase.tell(panel.coordinator, part_id, WORDS, NOW)
    with saved(), acting.service():  # were it told all the same
        db.session.add(NamedCaseEntryRow(area_id=panel.guest.area_id, part_id=part_id, direction="told",
                                         words=WORDS, by=panel.chair.account_id, at=NOW))  # fmt: skip
    assert found(panel.guest, part_id)[1] == []
    with pytest.raises(RuleBroken):
        usecase.say(panel.guest, part_id, "She is well.", NoteKind.FACT, "Her key worker", None, NOW)


def test_V1_not_a_day_longer(panel: Panel) -> None:
    part_id = panel.taking_part()
    last = datetime.combine(UNTIL, NOW.timetz())
    assert found(panel.guest, part_id, last)[1] and found(panel.guest, part_id, AFTER) == (None, [])
    with pytest.raises(NotFound):
        usecase.say(panel.guest, part_id, "Well.", NoteKind.FACT, "Her key worker", None, AFTER)
    with pytest.raises(RuleBroken, match="does not take part now"):
        usecase.tell(panel.coordinator, part_id, WORDS, AFTER)
    assert usecase.lapse(last) == 0
    assert (usecase.lapse(AFTER), usecase.lapse(AFTER)) == (1, 0)
    kept, entries = found(panel.coordinator, part_id, AFTER)
    assert kept is not None and kept.state is State.ENDED and len(entries) == 1, "the panel keeps the record"


def test_V1_it_ends_at_once_when_the_panel_ends_it(panel: Panel) -> None:
    part_id = panel.taking_part()
    with pytest.raises(RuleBroken, match="why it ends"):
        usecase.end(panel.coordinator, part_id, " ", NOW)
    usecase.end(panel.coordinator, part_id, "She has moved on.", NOW)
    assert found(panel.guest, part_id) == (None, [])
    with pytest.raises(RuleBroken, match="It is over"):
        usecase.end(panel.chair, part_id, "Again.", NOW)


def test_X5_the_chair_decides_and_never_who_proposed_it(panel: Panel) -> None:
    with pytest.raises(Forbidden):
        usecase.decide(panel.coordinator, panel.proposed(), True, "", NOW)
    own = usecase.propose(panel.chair, panel.other_case_id, panel.guest.agency_id, WHY, UNTIL, NOW)
    with pytest.raises(RuleBroken, match="another chair decides"):
        usecase.decide(panel.chair, own, True, "", NOW)
    second = a_person(panel.chair.agency_id, Role.CHAIR, "Ada Holm")
    with pytest.raises(RuleBroken, match="why it is not to take part"):
        usecase.decide(second, own, False, "", NOW)
    usecase.decide(second, own, False, "It holds nothing of theirs.", NOW)
    assert found(panel.guest, own) == (None, [])
    kept, _ = found(panel.chair, own)
    assert kept is not None and (kept.state, kept.ended_why) == (State.REFUSED, "It holds nothing of theirs.")


def test_V1_it_is_proposed_for_who_has_never_signed_once_and_for_a_while(panel: Panel) -> None:
    signed, gone = an_agency(panel.chair.area_id, "Moorland Housing"), an_unsigned_agency(
        panel.chair.area_id, "Moor Charity")  # fmt: skip
    with saved():
        db.session.execute(update(AgencyRow).where(AgencyRow.id == gone).values(
            signed_on=NOW.date() - timedelta(days=9), withdrawn_on=NOW.date()))  # fmt: skip
    for agency_id, until in ((signed, UNTIL), (gone, UNTIL), (panel.guest.agency_id, AFTER.date()
                             + timedelta(days=60))):  # fmt: skip
        with pytest.raises(RuleBroken):
            usecase.propose(panel.coordinator, panel.case_id, agency_id, WHY, until, NOW)
    with pytest.raises(NotFound):
        usecase.propose(panel.coordinator, panel.case_id, uuid4(), WHY, UNTIL, NOW)
    panel.proposed()
    with pytest.raises(RuleBroken, match="already"):
        panel.proposed()


def test_V1_one_that_has_signed_or_withdrawn_meanwhile_is_not_allowed(panel: Panel) -> None:
    part_id = panel.proposed()
    with saved():
        db.session.execute(update(AgencyRow).where(AgencyRow.id == panel.guest.agency_id).values(
            signed_on=NOW.date() - timedelta(days=9), withdrawn_on=NOW.date()))  # fmt: skip
    with pytest.raises(RuleBroken, match="has withdrawn"):
        usecase.decide(panel.chair, part_id, True, "", NOW)


def test_V1_a_withdrawn_agency_reads_nothing_of_what_it_was_told(panel: Panel) -> None:
    part_id = panel.taking_part()
    with saved():
        db.session.execute(update(AgencyRow).where(AgencyRow.id == panel.guest.agency_id).values(
            signed_on=NOW.date() - timedelta(days=9), withdrawn_on=NOW.date()))  # fmt: skip
    assert found(panel.guest, part_id) == (None, [])
    fresh = accounts.principal(panel.guest.account_id, NOW)
    assert fresh is not None and {one for one in Permission if fresh.may(one)} == {Permission.HOME_READ}


READERS: dict[str, tuple[Any, Callable[[Principal], Any]]] = {
    "cases": (CaseRow.id, cases_of), "items": (ItemRow.id, items_of),
    "meetings": (MeetingRow.id, meetings_of), "people": (PersonRow.id, people_of),
}  # fmt: skip


def test_V1_it_finds_nothing_else_of_the_panel(panel: Panel) -> None:
    part_id = panel.taking_part()
    fresh = accounts.principal(panel.guest.account_id, NOW)
    assert fresh is not None
    assert {one for one in Permission if fresh.may(one)} == {
        Permission.HOME_READ, Permission.PART_READ, Permission.PART_ANSWER}  # fmt: skip
    db.session.rollback()
    with acting.acting(fresh):
        for name, (key, scope) in READERS.items():
            assert db.session.scalars(select(key).where(scope(fresh))).all() == [], name
        assert [one.id for one in store.live(fresh)] == [part_id]
    for step in (
        lambda: usecase.tell(panel.guest, part_id, WORDS, NOW),
        lambda: usecase.end(panel.guest, part_id, "why", NOW),
        lambda: usecase.decide(panel.guest, part_id, True, "", NOW),
        lambda: usecase.propose(panel.guest, panel.case_id, panel.guest.agency_id, WHY, UNTIL, NOW),
    ):
        with pytest.raises(Forbidden):
            step()


def test_V1_nobody_of_another_agency_finds_it(panel: Panel) -> None:
    part_id = panel.taking_part()
    area = panel.chair.area_id
    elsewhere = (
        a_person(an_unsigned_agency(area, "Moor Charity"), Role.REPRESENTATIVE),
        a_person(an_agency(area, "Moorland Housing", marac=False), Role.REPRESENTATIVE),
        a_person(panel.guest.agency_id, Role.AGENCY_ADMINISTRATOR),
    )
    for who in elsewhere:
        assert found(who, part_id) == (None, []), who.role
    for who, why in zip(elsewhere, (NotFound, Forbidden, Forbidden), strict=True):
        with pytest.raises(why):
            usecase.accept(who, part_id, TERMS, NOW)


def test_V1_of_the_panel_who_may_open_the_case_sees_that_it_takes_part_and_not_the_words(
    panel: Panel,
) -> None:
    part_id = panel.taking_part()
    rep = a_person(an_agency(panel.chair.area_id, "Moorland Housing", daily=True), name="Ivo Cairn")
    kept, entries = found(rep, part_id)
    assert kept is not None and kept.agency == "Northmoor Refuge" and entries == []
    with pytest.raises(Forbidden):
        usecase.say(rep, part_id, "Well.", NoteKind.FACT, "Her key worker", None, NOW)


def test_M6_a_wall_or_a_restriction_keeps_it_from_one(panel: Panel) -> None:
    part_id = panel.taking_part()
    with acting.service():
        a_wall(panel.guest.area_id, panel.case_id, panel.guest.account_id)
    assert found(panel.guest, part_id) == (None, [])
    with pytest.raises(RuleBroken, match="Nobody of this agency can read it"):
        usecase.tell(panel.coordinator, part_id, WORDS, NOW)
    colleague = a_person(panel.guest.agency_id, Role.REPRESENTATIVE, "Una Fell")
    assert found(colleague, part_id)[1]
    with saved(), acting.service():
        db.session.add(RestrictionRow(case_id=panel.case_id, area_id=panel.guest.area_id,
                                      state=RestrictionState.PROPOSED, hides=Hides.AGENCIES, reason="-",
                                      put_at=NOW))  # fmt: skip
    assert found(colleague, part_id) == (None, [])
    with acting.service():
        a_wall(panel.guest.area_id, panel.case_id, panel.coordinator.account_id)
    assert found(panel.coordinator, part_id) == (None, [])
    with pytest.raises(NotFound):
        usecase.end(panel.coordinator, part_id, "why", NOW)


def test_F3_nothing_reaches_who_is_like_the_perpetrator(panel: Panel) -> None:
    part_id = panel.taking_part()
    with saved(), acting.service():
        case = db.session.get_one(CaseRow, panel.case_id)
        him = db.session.get_one(PersonRow, case.perpetrator_id)
        db.session.add(StaffDetailRow(area_id=case.area_id, account_id=panel.guest.account_id, of_whom="self",
                                      surname=him.surname, forename=him.forename, dob=him.dob,
                                      told_at=NOW))  # fmt: skip
    assert found(panel.guest, part_id)[0] is None
    refused = db.session.scalars(select(RefusalRow.ground)).all()
    assert refused == ["collision"], "who runs the meetings sees that something was refused"
    with pytest.raises(NotFound):
        usecase.say(panel.guest, part_id, "Well.", NoteKind.FACT, "Her key worker", None, NOW)
    with pytest.raises(RuleBroken, match="Nobody of this agency can read it"):
        usecase.tell(panel.coordinator, part_id, WORDS, NOW)


def test_X6_no_place_where_she_is_found_is_told(panel: Panel) -> None:
    part_id = panel.taking_part()
    for words in (f"She is at {SECRET}", "Ring her on 07700 900 123", "It is in hiding place, xy99zz"):
        with pytest.raises(RuleBroken, match="can be found"):
            usecase.tell(panel.coordinator, part_id, words, NOW)
    assert len(found(panel.guest, part_id)[1]) == 1


def test_R2_it_answers_with_fact_or_opinion_and_its_source(panel: Panel) -> None:
    part_id = panel.taking_part()
    with pytest.raises(RuleBroken, match="fact or professional opinion"):
        usecase.say(panel.guest, part_id, "She is afraid.", None, "Her key worker", None, NOW)
    with pytest.raises(RuleBroken, match="where your agency knows"):
        usecase.say(panel.guest, part_id, "She is afraid.", NoteKind.FACT, " ", None, NOW)
    usecase.say(panel.guest, part_id, "She is afraid.", NoteKind.OPINION, "Her key worker", NOW.date(), NOW)
    for who in (panel.guest, panel.coordinator, panel.chair):
        (said,) = (one for one in found(who, part_id)[1] if not one.told)
        assert (said.told, said.words, said.kind, said.source) == (
            False, "She is afraid.", NoteKind.OPINION, "Her key worker")  # fmt: skip
    assert panel.coordinator.account_id in told()


def test_V5_each_step_leaves_a_line_on_the_case_without_a_word_of_it(panel: Panel) -> None:
    part_id = panel.taking_part()
    usecase.say(panel.guest, part_id, "She is afraid.", NoteKind.OPINION, "Her key worker", None, NOW)
    usecase.end(panel.coordinator, part_id, "She has moved on.", NOW)
    lines = db.session.scalars(
        select(AuditRow).where(AuditRow.action.startswith("named_case.")).order_by(AuditRow.id)
    ).all()
    assert [line.action.partition(".")[2] for line in lines] == [
        "proposed", "allowed", "accepted", "told", "said", "ended"]  # fmt: skip
    assert {line.case_id for line in lines} == {panel.case_id}
    assert not any(
        word in str(line.detail) for line in lines for word in ("night", "afraid", "moved", "stays")
    )


def test_L1_a_case_in_which_it_takes_part_is_still_needed(panel: Panel) -> None:
    panel.taking_part()
    db.session.rollback()
    with acting.whole_area(panel.guest.area_id):
        now, then = (retention_use.in_use(panel.guest.area_id, panel.case_id, {}, at) for at in (NOW, AFTER))
    why = "An agency that has not signed takes part in it"
    assert why in now and why not in then


def test_L2_it_goes_with_its_case(panel: Panel) -> None:
    part_id = panel.taking_part()
    db.session.rollback()
    with acting.service():
        (entry,) = db.session.scalars(select(NamedCaseEntryRow.id))
        rows = doomed.of_case(panel.guest.area_id, panel.case_id).rows
        others = doomed.of_case(panel.guest.area_id, panel.other_case_id).rows
    gone = {table.name: keys for table, keys in rows.items()}
    assert (gone["named_case_part"], gone["named_case_entry"]) == ({(part_id,)}, {(entry,)})
    assert not {"named_case_part", "named_case_entry"} & {table.name for table in others}
