"""What keeps a case from being destroyed though two have decided: nothing falls off a list (Rulebook L1)."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from agenda.referral_consent import Answer
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from meetingsvc.config import Settings
from meetingsvc.models import CaseRow, ConsentRow, HearingRow, IncidentRow, PersonRow, db
from meetingsvc.store import acting, ledger, retention_times
from meetingsvc.store.retention_use import SOMETHING
from meetingsvc.usecases import destroying
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.transaction import saved
from minutes.retention import State
from minutes.retention_case import Outcome
from tests.a_subject import a_level, a_subject
from tests.builders import a_row, take_in
from tests.usecases.test_retention import (
    DUE,
    MORNING,
    NIGHT,
    Panel,
    a_case,
    agreed,
    as_service,
    cases,
    count,
    panel,
    propose,
    review_of,
    state,
    to_destroy,
)

__all__ = ["panel"]

THEM = {"victim_nominal": "V9", "perpetrator_nominal": "P9"}


def why_not(panel: Panel, review_id: UUID) -> str:
    propose(panel, review_id)
    with pytest.raises(RuleBroken) as refused:
        usecase.decide(panel.chair, review_id, 1, DUE)
    return str(refused.value)


def test_T6_a_case_that_a_further_incident_would_make_a_repeat_is_not_destroyed(panel: Panel) -> None:
    """The last day of the look-back still counts."""
    review_id = review_of(panel, case_id := a_case(panel))
    agreed(panel, case_id)
    with saved(), acting.service():
        db.session.add(HearingRow(area_id=panel.area_id, case_id=case_id, heard_on=date(2026, 11, 2),
                                  source="history"))  # fmt: skip
    assert "a further incident would be a repeat" in why_not(panel, review_id)


def test_L1_an_incident_that_no_list_took_starts_the_months_again(panel: Panel) -> None:
    case_id = a_case(panel, **THEM)
    again = a_row(**THEM, recorded_at="2027-03-03T07:00:00+00:00", risk="standard")
    take_in(panel.area_id, again, at=MORNING + timedelta(days=130))
    with saved(), acting.service():
        db.session.execute(update(IncidentRow).values(considered=True))
    with as_service():
        for asked in (None, case_id):
            assert retention_times.last_incidents(panel.area_id, asked)[case_id] == date(2027, 3, 3)
    assert usecase.fall_due(DUE) == 0


def test_L1_a_child_on_any_version_or_an_unlisted_incident_holds_the_case(panel: Panel) -> None:
    case_id = a_case(panel, **THEM)
    with as_service():
        assert retention_times.child_since(case_id) is None
    came = datetime(2027, 3, 3, 8, 0, tzinfo=UTC)
    take_in(panel.area_id, a_row(**THEM, recorded_at="2027-03-03T07:00:00+00:00", risk="standard"), at=came)
    with saved(), acting.service():
        new = IncidentRow.received_at == came
        db.session.execute(update(IncidentRow).where(new).values(children=True, current=False))
    with as_service():
        assert retention_times.child_since(case_id) == came


def test_L1_a_party_who_was_under_18_holds_the_case(panel: Panel) -> None:
    case_id = a_case(panel)
    with saved(), acting.service():
        victim = db.session.get_one(CaseRow, case_id).victim_id
        db.session.get_one(PersonRow, victim).dob = date(2008, 11, 3)
    with as_service():
        assert retention_times.child_since(case_id) is not None
    with saved(), acting.service():
        db.session.get_one(PersonRow, victim).dob = date(2008, 11, 2)
    with as_service():
        assert retention_times.child_since(case_id) is None, "18 on that day"


@pytest.mark.parametrize("kind", [SubjectKind.CHILD, SubjectKind.PERSON])
def test_L1_a_child_whose_birth_date_nobody_knows_holds_the_case(panel: Panel, kind: SubjectKind) -> None:
    with saved(), acting.service():
        case_id = a_subject(panel.area_id, kind, "Kit Valewright")
    with as_service():
        assert (retention_times.child_since(case_id) is not None) == (kind is SubjectKind.CHILD)
    with saved(), acting.service():
        a_level(panel.area_id, case_id, at=MORNING)
    with as_service():
        assert retention_times.child_since(case_id) == (MORNING if kind is SubjectKind.CHILD else None)


def test_S2_a_review_never_tells_what_of_a_case_is_open_that_others_may_not_know(panel: Panel) -> None:
    review_id = review_of(panel, case_id := a_case(panel))
    agreed(panel, case_id)
    with patch("meetingsvc.store.retention_use._is_quietly_open", return_value=True):
        assert why_not(panel, review_id).count(SOMETHING) == 1


def test_K1_consents_go_whole_or_not_at_all(panel: Panel) -> None:
    """Less its last line a withdrawn consent would read as given."""
    review_id = review_of(panel, case_id := a_case(panel))
    with saved(), acting.service():
        lines = [ConsentRow(
            id=uuid4(), area_id=panel.area_id, case_id=case_id, answer=Answer.GIVEN,
            said_on=date(2026, 11, day), agency_id=panel.homes, author="Ann Frost",
            recorded_by=panel.housing.account_id, recorded_at=MORNING, source="Herself",
        ) for day in (2, 3)]  # fmt: skip
        db.session.add_all(lines)
        one, other = (f"consent:{line.id}" for line in lines)
    with pytest.raises(RuleBroken, match="Every consent goes, or none"):
        propose(panel, review_id, Outcome.KEEP_SOME, other)
    with pytest.raises(RuleBroken, match="cannot go alone"):
        propose(panel, review_id, Outcome.KEEP_SOME, f"consent:{uuid4()}")
    propose(panel, review_id, Outcome.KEEP_SOME, one, other)
    assert state(panel, review_id) is State.PROPOSED


def test_L2_after_a_destruction_that_failed_the_next_has_its_number(
    panel: Panel, settings_for_tests: Settings
) -> None:
    one, other = cases(
        panel, {"victim_nominal": "V1", "perpetrator_nominal": "P1"},
        {"victim_nominal": "V2", "victim_surname": "Otherwood", "perpetrator_nominal": "P2"},
    )  # fmt: skip
    for case_id in (one, other):
        to_destroy(panel, case_id)
    staged, failed = ledger.stage, list[int]()

    def dies_once(*told: object) -> None:
        staged(*told)  # type: ignore[arg-type]
        if not failed:
            failed.append(1)
            raise OSError

    with patch.object(ledger, "stage", dies_once), pytest.raises(Exception, match="1 decisions"):
        destroying.destroy_decided(settings_for_tests, NIGHT)
    assert count(CaseRow) == 1 and [line.number for line in ledger.entries(settings_for_tests)] == [1]
    assert destroying.destroy_decided(settings_for_tests, NIGHT) == 1
    assert [line.number for line in ledger.entries(settings_for_tests)] == [1, 2]
    with as_service():
        assert db.session.scalars(select(CaseRow.id)).all() == []
