"""What information governance keeps of a request it logged, once its ticket has ended (Rulebook X2, M6)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from werkzeug.exceptions import NotFound

from agenda.need_to_know import Hides, OpeningKind, RestrictionState
from meetingsvc.models import DisclosureRow, OpeningRow, RestrictionRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, disclosure_heads
from meetingsvc.store.disclosure_heads import Head
from meetingsvc.usecases import disclosures
from meetingsvc.usecases.disclosures import Requester
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Told
from minutes.request_clocks import WaitsFor
from tests.a_marac import NOW
from tests.a_third_party import LATER, Scene
from tests.a_wall import a_wall


@pytest.fixture
def scene(area_id: UUID) -> Scene:
    return Scene(area_id)


@pytest.fixture
def logged(scene: Scene) -> UUID:
    """Under a ticket that two people opened for a day."""
    with saved():
        db.session.add(
            OpeningRow(area_id=scene.area_id, case_id=scene.case_id, kind=OpeningKind.TICKET, asked_at=NOW,
                       account_id=scene.governance.account_id, reason="A request", decided_at=NOW,
                       approved_by=scene.chair.account_id, until=NOW + timedelta(hours=24))
        )  # fmt: skip
    told = Told(Kind.SUBJECT_ACCESS, "Wilma Grove", "", "Her own", (scene.victim_id,), NOW)
    return disclosures.log(scene.governance, scene.case_id, told, Requester(), LATER)


def at(who: Principal, now: datetime) -> Principal:
    db.session.rollback()
    found = accounts.principal(who.account_id, now)
    assert found is not None
    return found


def heads(who: Principal, now: datetime) -> list[Head]:
    who = at(who, now)
    with acting.acting(who):
        return disclosure_heads.all_of(who, now)


def test_X2_who_logged_a_request_keeps_its_clock_after_their_ticket(scene: Scene, logged: UUID) -> None:
    after = NOW + timedelta(hours=25)
    assert heads(scene.governance, LATER) == [], "while the case is open to them they read the request"
    assert scene.seen(logged, at(scene.governance, after)) is None
    (head,) = heads(scene.governance, after)
    assert (head.id, head.kind, head.state) == (logged, Kind.SUBJECT_ACCESS, State.RECEIVED)
    assert head.due_words == "by Wednesday 23 December 2026" and not head.late
    assert not any("Grove" in str(getattr(head, name)) for name in Head.__slots__)
    disclosures.stop_clock(scene.governance, logged, WaitsFor.IDENTITY, after)
    (head,) = heads(scene.governance, after)
    assert head.due_at is None and head.clock.paused
    disclosures.run_clock(scene.governance, logged, after + timedelta(days=3))
    disclosures.extend(scene.governance, logged, "Many items", after + timedelta(days=4))
    (head,) = heads(scene.governance, after + timedelta(days=4))
    assert head.due_words == "by Friday 26 February 2027"
    (late,) = heads(scene.governance, after + timedelta(days=120))
    assert late.late


def test_X2_and_nothing_else_of_it_is_theirs(scene: Scene, logged: UUID) -> None:
    after = NOW + timedelta(hours=25)
    with pytest.raises(NotFound):
        disclosures.take(scene.governance, logged, Step.CHECK, "Passport seen", after)
    others = [scene.coordinator, scene.second, scene.chair, *scene.reps.values()]
    assert not any(heads(who, after) for who in others)
    with saved():
        db.session.get_one(DisclosureRow, logged).logged_by = scene.coordinator.account_id
    assert heads(scene.governance, after) == []
    with pytest.raises(NotFound):
        disclosures.stop_clock(scene.governance, logged, WaitsFor.IDENTITY, after)


def test_X2_an_ended_request_has_no_clock_to_keep(scene: Scene, logged: UUID) -> None:
    disclosures.take(scene.coordinator, logged, Step.WITHDRAW, "She asks no more", scene.tick())
    assert heads(scene.governance, NOW + timedelta(hours=25)) == []


def test_M6_a_wall_keeps_the_clock_too(scene: Scene, logged: UUID) -> None:
    after = NOW + timedelta(hours=25)
    a_wall(scene.area_id, scene.case_id, scene.governance.account_id)
    assert heads(scene.governance, after) == []
    with pytest.raises(NotFound):
        disclosures.stop_clock(scene.governance, logged, WaitsFor.IDENTITY, after)


def test_M6_so_does_a_restriction_that_does_not_name_them(scene: Scene, logged: UUID) -> None:
    with saved():
        db.session.add(
            RestrictionRow(case_id=scene.case_id, area_id=scene.area_id, hides=Hides.UNNAMED, reason="r",
                           state=RestrictionState.RESTRICTED, put_by=scene.chair.account_id, put_at=NOW)
        )  # fmt: skip
    assert heads(scene.governance, NOW + timedelta(hours=25)) == []
