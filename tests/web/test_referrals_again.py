"""A referral that is sent again about somebody else takes nobody off a list (Rulebook T7, T12, T13)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import (
    CaseRow,
    EntryRow,
    IncidentRow,
    ReferralCaseRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import referral_texts
from meetingsvc.usecases.transaction import saved
from tests.a_referral import PERPETRATOR, a_draft
from tests.web.conftest import NOW, SignIn
from tests.web.referral_steps import TUESDAY, build, send, sent

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
BOTH = (PERPETRATOR, {**PERPETRATOR, "surname": "Farr", "forename": "Ned", "dob": "2/2/1980"})


def again(service: Flask, signed_in: SignIn, first: dict[str, object], then: dict[str, object]) -> str:
    """Sent, returned, and sent again as it says by then; gives its reference."""
    referrer, coordinator = signed_in(Role.REFERRER, "Northtest Homes"), signed_in(Role.COORDINATOR)
    at = sent(referrer, **first)
    key = at.rpartition("/")[2]
    told = {"reason": "More, please", "questions": ["victim-dob"]}
    assert coordinator.post(f"/referrals/sent/{key}/return", data=told).status_code == 303
    typed(service, key, then)
    assert send(referrer, at).status_code == 303
    with service.app_context():
        return str(db.session.get_one(ReferralRow, UUID(key)).reference)


def typed(service: Flask, key: str, told: dict[str, object]) -> None:
    with service.app_context(), saved():
        referral_texts.write(db.session.get_one(ReferralRow, UUID(key)), a_draft(**told), NOW)


def listed(service: Flask) -> list[str]:
    build(service, TUESDAY)
    with service.app_context():
        return sorted(db.session.scalars(select(EntryRow.occurrence_number)))


@pytest.mark.parametrize(
    ("first", "then", "entries"),
    [
        ({}, {"victim__surname": "Oakes", "victim__forename": "Ivy"}, ["", "/2"]),
        ({}, {"victim__dob": "4/3/1991"}, ["", "/2"]),
        ({}, {"perpetrators": BOTH[1:]}, ["", "/2"]),
        ({"perpetrators": BOTH}, {"perpetrators": BOTH[1:]}, ["", "/2"]),
        ({"perpetrators": BOTH}, {"perpetrators": BOTH[::-1]}, ["", "/2"]),
        ({"victim__dob": ""}, {}, [""]),
        ({}, {"incident__prompt": "More is known"}, [""]),
    ],
)
def test_T12_T13_sent_again_about_others_the_first_stays_due_and_a_correction_is_one_entry(
    service: Flask,
    signed_in: SignIn,
    first: dict[str, object],
    then: dict[str, object],
    entries: list[str],
) -> None:
    reference = again(service, signed_in, first, then)
    assert listed(service) == [f"{reference}{suffix}" for suffix in entries]


def test_T12_T13_what_the_first_case_was_told_and_whose_it_is_stays(
    service: Flask, signed_in: SignIn
) -> None:
    reference = again(service, signed_in, {}, {"victim__surname": "Oakes", "victim__forename": "Ivy"})
    with service.app_context():
        about = dict(
            db.session.execute(select(ReferralCaseRow.occurrence_number, ReferralCaseRow.case_id)).all()
        )
        assert set(about) == {reference, f"{reference}/2"} and len(set(about.values())) == 2
        assert set(db.session.scalars(select(ReferralToldRow.case_id))) == set(about.values())
        assert set(db.session.scalars(select(CaseRow.id))) == set(about.values())
        assert set(db.session.scalars(select(IncidentRow.version))) == {1}
