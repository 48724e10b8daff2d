"""An incident that names somebody's employer puts its case before who decides (Rulebook M6)."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.feed_content import content_of, incident
from agenda.need_to_know import Hides, RestrictionState
from agenda.staff_named import staff_of
from meetingsvc.models import AuditRow, CaseRow, IncidentTextRow, RestrictionRow, RestrictionStepRow, db
from meetingsvc.store import acting, restrictions
from meetingsvc.usecases import walls
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows
from tests.builders import take_in


def row_of(told: str) -> dict[str, str]:
    return people_rows(1, MONDAY)[0] | {"staff_of": told}


def the_case() -> UUID:
    return db.session.scalars(select(CaseRow.id)).one()


def proposed() -> RestrictionRow:
    db.session.expire_all()
    return db.session.scalars(select(RestrictionRow)).one()


def test_M6_a_case_that_names_a_member_of_staff_waits_for_somebody_to_decide(area_id: UUID) -> None:
    employer = an_agency(area_id)
    coordinator = a_person(employer, "coordinator")  # type: ignore[arg-type]
    listed(area_id, [row_of("victim:fellside homes")])
    row = proposed()
    assert (row.state, row.hides, row.employer_id) == (RestrictionState.PROPOSED, Hides.NOBODY, employer)
    assert "the victim is a member of staff of fellside homes" in row.reason
    case_id = the_case()
    with acting.acting(coordinator):
        found = restrictions.of_case(coordinator, case_id)
        assert found is not None and found.waits
        assert found.lado_prompt and "designated officer" in found.lado_prompt
        assert [case for case, _ in restrictions.to_decide(coordinator)] == [case_id]
    told = db.session.scalars(select(AuditRow.subject).where(AuditRow.action == "restriction.proposed")).all()
    assert told == [f"case/{the_case()}"]


def test_M6_an_employer_nobody_knows_here_is_put_before_them_all_the_same(area_id: UUID) -> None:
    an_agency(area_id)
    listed(area_id, [row_of("perpetrator:Somewhere Else")])
    assert proposed().employer_id is None and "Somewhere Else" in proposed().reason


@pytest.mark.parametrize("state", [RestrictionState.DECLINED, RestrictionState.LIFTED])
def test_M6_what_was_declined_is_not_asked_again_but_something_new_is(
    area_id: UUID, state: RestrictionState
) -> None:
    an_agency(area_id)
    row = row_of("victim:Fellside Homes")
    listed(area_id, [row])
    with saved():
        proposed().state = state
    check(area_id)
    assert proposed().state == state
    take_in(area_id, row | {"staff_of": "perpetrator:Fellside Homes"})
    check(area_id)
    assert proposed().state == RestrictionState.PROPOSED
    steps = db.session.scalars(select(RestrictionStepRow.text)).all()
    assert len(steps) == len(set(steps)) == 2


def test_M6_the_employers_of_both_are_put_before_who_decides(area_id: UUID) -> None:
    """A referral tells of both in one entry: neither hides the other."""
    employer = an_agency(area_id)
    listed(area_id, [row_of("victim:Somewhere Else")])
    with saved():
        text = db.session.scalars(select(IncidentTextRow)).one()
        told = incident(text.content)
        text.content, _ = content_of(replace(told, staff_of=staff_of("Somewhere Else", "Fellside Homes")))
    check(area_id)
    steps = db.session.scalars(select(RestrictionStepRow.text)).all()
    assert [("victim" in one, "perpetrator" in one) for one in steps] == [(True, False), (False, True)]
    assert proposed().employer_id == employer


def check(area_id: UUID) -> None:
    with saved():
        walls.check_cases(area_id, [the_case()], NOW)
