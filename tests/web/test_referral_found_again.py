"""Whom a referral tells of is found again by what its incident leaves out (D2, T6, A8)."""

from flask import Flask
from sqlalchemy import select

from agenda.matching_evidence import Field, Level
from meetingsvc.models import AreaRow, MatchProposalRow, PersonRow, db
from meetingsvc.permissions import Role
from tests.a_referral import PERPETRATOR
from tests.builders import a_hearing, everything, take_in_history
from tests.web.conftest import SignIn
from tests.web.referral_steps import TUESDAY, build, sent
from tests.web.test_search import search

PHONE = "07700 900 417"
HEARD = {"victim__phone": PHONE, "victim__aliases": "née Thistlewood"}
#: Moved, and named otherwise: nothing but a number and the sound of a first name.
AGAIN = {
    "victim__surname": "Quillfeather", "victim__forename": "Ren", "victim__dob": "", "victim__phone": PHONE,
    "victim__address": "", "victim__postcode": "",
    "perpetrators": (PERPETRATOR | {"surname": "Marlow", "forename": "Piers", "dob": "", "address": ""},),
}  # fmt: skip
HEARING = {
    "victim_forename": "Wren", "victim_surname": "Harrow", "victim_dob": "1990-04-03",
    "perpetrator_forename": "Colm", "perpetrator_surname": "Garnet", "perpetrator_dob": "1988-08-09",
}  # fmt: skip


def test_T6_a_repeat_told_by_a_telephone_number_alone_is_put_before_the_coordinator(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.REFERRER, "Northtest Homes")
    sent(client, **HEARD)
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        take_in_history(area, a_hearing(**HEARING))
    sent(client, **AGAIN)
    build(service, TUESDAY)
    with service.app_context():
        surnames = dict(db.session.execute(select(PersonRow.id, PersonRow.surname)).all())
        found = db.session.scalars(select(MatchProposalRow).where(MatchProposalRow.radar)).one()
        assert {surnames[found.one_id], surnames[found.other_id]} == {"Harrow", "Quillfeather"}
        assert [Field.PHONE, Level.SAME] in [told[:2] for told in found.evidence]


def test_A8_what_a_referral_seals_finds_the_victim_and_is_shown_nowhere(
    service: Flask, signed_in: SignIn
) -> None:
    sent(signed_in(Role.REFERRER, "Northtest Homes"), **HEARD)
    build(service, TUESDAY)
    client = signed_in(Role.COORDINATOR)
    for typed, why in (
        (PHONE, "Telephone number: agrees"), ("4 Sallow Row QX1 4ZZ", "Address: agrees"), ("0417", "ends so"),
        ("Thistlewood", "Wren Harrow"),
    ):  # fmt: skip
        page = search(client, typed)
        results = page.partition("the likeliest first")[2]
        assert "Wren Harrow" in results and why in results, typed
        assert "900 417" not in results and "Sallow" not in results, typed
    with service.app_context():
        kept = repr([everything()[table] for table in ("person_detail", "person_key")]).lower()
    assert not [secret for secret in ("sallow", "qx1", "900417", "900 417") if secret in kept]
