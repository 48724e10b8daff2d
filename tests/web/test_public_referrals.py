"""Referring without an account, on both databases: links, whose a referral is, and what is sent (T7, F3)."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from agenda.details import Shared
from agenda.referral_consent import Consent
from meetingsvc import mail
from meetingsvc.mail import ClearedLink
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import (
    AccountRow,
    AuditRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    IncidentRow,
    PublicLetterRow,
    PublicReferralRow,
    PublicReferrerRow,
    PublicSessionRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, consents, health, public_recipients
from meetingsvc.usecases import public_referrers as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_referral import PERPETRATOR
from tests.a_wall import a_wall
from tests.spellings import SPELLINGS
from tests.web.a_public_form import (
    HOME,
    asks,
    begun,
    confirmed,
    filled,
    reached_at,
    sent,
    sent_by,
)
from tests.web.a_public_form import public as public
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.referral_steps import send
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday


def test_T7_a_link_confirms_the_address_and_opens_once(public: Flask) -> None:
    client = asks(public)
    ((email, key),) = sent(public)
    assert email == "bea.larch@tarn.example" and sent(public) == []
    assert public.test_client().get(f"{HOME}/link?key={key}").status_code == 200, "a look uses nothing up"
    answer = client.post(f"{HOME}/link", data={"key": key})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age" not in cookie
    assert client.get(f"{HOME}/mine").status_code == 200
    again = public.test_client().post(f"{HOME}/link", data={"key": key})
    assert again.status_code == 422 and "Set-Cookie" not in again.headers
    with public.app_context():
        letter = db.session.scalars(select(PublicLetterRow)).one()
        session = db.session.scalars(select(PublicSessionRow)).one()
    assert key not in f"{vars(letter)}" and key not in f"{vars(session)}", (
        "a copy of the database opens nothing"
    )


def test_F3_however_an_address_is_spelt_it_is_theirs(public: Flask, signed_in: SignIn) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    feed(public, within_monday(**A))
    case_id, spelt = UUID(built(coordinator).rpartition("/")[2]), SPELLINGS[Shared.EMAIL]
    area_id = reached_at(public, case_id, spelt[0][0])
    asked = {told.strip() for pair in spelt for told in pair}
    with public.app_context():
        found = {told: public_recipients.ground(area_id, told) for told in asked}
        others = [public_recipients.ground(area_id, told) for told in ("bea@gmail.com", "bea@tarn.example")]
    assert len(asked) > 15 and None not in found.values(), [told for told, why in found.items() if not why]
    assert others == [None, None]


def test_somebody_else_s_referral_is_not_there(public: Flask) -> None:
    mine, other = confirmed(public), confirmed(public, email="joe@other.example")
    address = begun(mine)
    assert mine.get(address).status_code == 200
    for page in ("", "/sections/victim", "/risk", "/check", "/throw-away", "/sent"):
        hidden, unknown = other.get(address + page), other.get(f"{HOME}/{uuid4()}{page}")
        assert hidden.status_code == unknown.status_code == 404
    for page in ("/sections/victim", "/risk", "/check", "/throw-away"):
        assert other.post(address + page, data={"victim-surname": "X", "was": ""}).status_code == 404
    stranger = public.test_client().get(address)
    assert stranger.status_code == 303 and stranger.location == f"{HOME}?ended=1"
    with public.app_context():
        assert db.session.scalars(select(PublicReferralRow.referral_id)).one()


def test_T7_what_is_sent_is_on_the_next_list_with_its_consent(public: Flask) -> None:
    client = confirmed(public)
    address = begun(client)
    filled(public, address)
    page = client.get(f"{address}/check")
    found = re.search(r'name="changes" value="(\d+)"', page.text)
    assert found, text(page)
    answer = client.post(f"{address}/check", data={"changes": found[1]})
    assert answer.status_code == 303, text(answer)
    assert "REF-" in text(client.get(answer.location)) and "01632 960 555" in text(
        client.get(answer.location)
    )
    with public.app_context():
        incident = db.session.scalars(select(IncidentRow)).one()
        consent = db.session.scalars(select(ConsentRow)).one()
    assert (incident.kind, incident.considered, incident.current) == ("referral", False, True)
    assert (consent.answer, consent.author, consent.agency_id) == ("given", "Bea Larch, Tarn Surgery", None)
    assert "REF-" in text(client.get(f"{HOME}/mine"))


def test_T7_one_that_is_returned_brings_a_fresh_link_and_keeps_its_clock(
    public: Flask, signed_in: SignIn
) -> None:
    address = sent_by(public, confirmed(public))
    assert sent(public) == []
    key = address.rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    told = {"reason": "When was the last threat?", "questions": ["incident-history"]}
    assert coordinator.post(f"/referrals/sent/{key}/return", data=told).status_code == 303
    ((email, link),) = sent(public)
    back = public.test_client()
    back.post(f"{HOME}/link", data={"key": link})
    assert email == "bea.larch@tarn.example" and "When was the last threat?" in text(back.get(address))


def test_addresses_that_nobody_confirmed_are_forgotten(public: Flask) -> None:
    asks(public, email="never@tarn.example")
    sent_by(public, confirmed(public, email="bea.larch@tarn.example"))
    with public.app_context(), saved(), acting.service():
        usecase.forget(NOW + timedelta(days=31))
    with public.app_context():
        assert db.session.scalars(select(PublicReferrerRow.email)).all() == ["bea.larch@tarn.example"]
        assert db.session.scalars(select(PublicSessionRow.key)).all() == []


def test_F3_nothing_but_the_door_makes_what_carries_a_link() -> None:
    house = Path(mail.__file__).parent
    for call, places in (("ClearedLink(", ["mail.py"]), ("mail.send_link(", ["jobs.py"])):
        found = [path.name for path in house.rglob("*.py") if call in path.read_text(encoding="utf-8")]
        assert found == places, call


def returned(public: Flask, signed_in: SignIn, address: str, why: str = "Where is she now?") -> TestResponse:
    told = {"reason": why, "questions": ["victim-address"]}
    path = f"/referrals/sent/{address.rpartition('/')[2]}/return"
    return signed_in(Role.COORDINATOR).post(path, data=told, follow_redirects=True)


@pytest.mark.parametrize(
    "theirs",
    [{"phone": "01632 960 100"}, {"surname": "Larch", "forename": "Bea"}],
)
def test_F3_who_refers_themselves_is_sent_nothing_and_the_coordinator_is_told(
    public: Flask, signed_in: SignIn, theirs: dict[str, str]
) -> None:
    client = confirmed(public)
    address = begun(client)
    filled(public, address, perpetrators=({**PERPETRATOR, **theirs},))
    assert send(client, address).status_code == 303
    page = signed_in(Role.COORDINATOR).get(f"/referrals/sent/{address.rpartition('/')[2]}").text
    assert "Who referred shares with somebody on the case" in page
    assert "The question was not sent." in text(returned(public, signed_in, address))
    assert sent(public) == []
    assert client.get(address).location == f"{HOME}?ended=1", "an open browser reads it no more"
    asks(public)
    assert sent(public) == []
    with public.app_context():
        kept = db.session.scalars(select(PublicLetterRow.why).where(PublicLetterRow.state == "refused"))
        assert [why for why in kept if why.startswith("The referrer shares ")]


def does_not_leave(service: Flask) -> None:
    """The mail server refuses every link."""

    def carry(cleared: ClearedLink, key: str, now: datetime) -> None:
        raise NotSent(Fault.REFUSED)

    with service.app_context():
        usecase.send_waiting(carry, lambda: NOW)


def lost(service: Flask) -> list[tuple[str, int]]:
    with service.app_context(), acting.service():
        return health.links_given_up(NOW)


LOST = "Links that did not reach"


def test_T7_a_link_that_did_not_leave_is_shown_by_the_reference_alone(
    public: Flask, signed_in: SignIn
) -> None:
    address = sent_by(public, confirmed(public))
    with public.app_context():
        reference = db.session.scalars(select(ReferralRow.reference)).one()
    coordinator = signed_in(Role.COORDINATOR)
    assert LOST not in coordinator.get("/outbox").text and lost(public) == []
    returned(public, signed_in, address)
    does_not_leave(public)
    page = text(coordinator.get("/outbox"))
    assert LOST in page and str(reference) in page and "Could not be sent" in page
    assert not any(told in page for told in ("bea.larch", "Bea Larch", "Tarn Surgery"))
    assert lost(public) == [("northtest", 1)]
    asks(public)
    with public.app_context(), saved():
        waiting = update(PublicLetterRow).where(PublicLetterRow.state == "waiting")
        db.session.execute(waiting.values(created_at=NOW + timedelta(minutes=1)))
    assert sent(public)
    assert LOST not in coordinator.get("/outbox").text and lost(public) == []


def test_M6_a_lost_link_of_a_referral_that_is_kept_from_them_is_not_shown(
    public: Flask, signed_in: SignIn
) -> None:
    address = sent_by(public, confirmed(public))
    returned(public, signed_in, address)
    does_not_leave(public)
    coordinator = signed_in(Role.COORDINATOR)
    assert LOST in coordinator.get("/outbox").text
    with public.app_context():
        case_id, area_id = db.session.execute(select(CaseRow.id, CaseRow.area_id)).one()
        everybody = list(db.session.scalars(select(AccountRow.id)))
        for account_id in everybody:
            a_wall(area_id, case_id, account_id)
    assert LOST not in coordinator.get("/outbox").text


def test_T7_a_link_that_a_worker_tried_too_often_leaves_its_line(public: Flask) -> None:
    asks(public)
    with public.app_context(), saved():
        values = {"state": "claimed", "claimed_at": NOW - timedelta(days=1), "attempts": 99}
        db.session.execute(update(PublicLetterRow).values(**values))
    assert sent(public) == [] and lost(public) == [("northtest", 1)]
    with public.app_context():
        rows = select(AuditRow.action).where(AuditRow.actor == "public form").order_by(AuditRow.id)
        assert db.session.scalars(rows).all()[-1] == "message.failed"


def test_T7_F4_what_the_form_says_is_marked_and_contact_held_back_until_it_is_accepted(
    public: Flask, signed_in: SignIn
) -> None:
    address = sent_by(public, confirmed(public))
    told = select(ReferralToldRow.sight, ReferralToldRow.author)
    with public.app_context():
        before = db.session.execute(told).all()
        assert [row.checked for row in lines_of_consent()] == [False]
    assert before and all(author.endswith(", by the public form, not checked") for _, author in before)
    assert "contact" not in {sight for sight, _ in before}
    key = address.rpartition("/")[2]
    assert decided(signed_in(Role.COORDINATOR), key, "accept") == 303
    with public.app_context():
        after = db.session.execute(told).all()
        assert sorted(row.checked for row in lines_of_consent()) == [False, True]
    assert "contact" in {sight for sight, _ in after}
    assert all(author.endswith("Tarn Surgery, by the public form") for _, author in after)


def decided(client: FlaskClient, key: str, what: str) -> int:
    """Opens what was sent and presses one of its buttons."""
    found = re.search(r'name="sendings" value="(\d+)"', client.get(f"/referrals/sent/{key}").text)
    assert found
    return client.post(f"/referrals/sent/{key}/{what}", data={"sendings": found[1]}).status_code


def test_T7_K1_F4_what_is_typed_and_not_sent_is_nobodys_consent_and_no_safe_contact(
    public: Flask, signed_in: SignIn
) -> None:
    client = confirmed(public)
    address = begun(client)
    withheld = {"consent__answer": "withheld", "consent__what": "All", "consent__why": "crime",
                "consent__authorised_by": "Me", "consent__receives": "The panel"}  # fmt: skip
    filled(public, address, **withheld)
    assert send(client, address).status_code == 303
    key = address.rpartition("/")[2]
    returned(public, signed_in, address)
    typed = {"consent__answer": "given", "contact__email": "pat.perp@mail.example",
             "victim__phone": "07700 900 666", "victim__surname": ""}  # fmt: skip
    filled(public, address, **typed)
    coordinator = signed_in(Role.COORDINATOR)
    for waits in (True, False):
        if not waits:
            told = {"reason": "She must be heard."}
            assert coordinator.post(f"/referrals/sent/{key}/as-it-stands", data=told).status_code == 303
        page = coordinator.get(f"/referrals/sent/{key}").text
        assert "Harrow" in page and "The panel" in page, "as it was sent"
        assert decided(coordinator, key, "addresses") == 303
        with public.app_context(), acting.service():
            assert {row.answer for row in lines_of_consent()} == {"withheld"}
            kept = set(db.session.scalars(select(ContactRow.value)))
            assert kept and kept.isdisjoint({"pat.perp@mail.example", "07700 900 666"})


def test_T7_what_was_sent_again_since_it_was_read_is_read_again_before_it_is_decided(
    public: Flask, signed_in: SignIn
) -> None:
    client = confirmed(public)
    address = sent_by(public, client)
    key, coordinator = address.rpartition("/")[2], signed_in(Role.COORDINATOR)
    returned(public, signed_in, address)
    filled(public, address, victim__phone="07700 900 666")
    assert send(client, address).status_code == 303
    for what in ("accept", "addresses"):
        answer = coordinator.post(f"/referrals/sent/{key}/{what}", data={"sendings": "1"})
        assert answer.status_code == 409 and "has sent it again since you opened it" in answer.text
    with public.app_context(), acting.service():
        assert db.session.scalars(select(ContactRow)).all() == []
    assert decided(coordinator, key, "accept") == 303
    assert decided(coordinator, key, "addresses") == 303
    with public.app_context(), acting.service():
        assert "07700 900 666" in set(db.session.scalars(select(ContactRow.value)))


def lines_of_consent() -> list[Consent]:
    case = db.session.scalars(select(CaseRow)).one()
    with acting.whole_area(case.area_id):
        return [line.consent for line in consents.history(acting.Host(case.area_id), case.id)]


def test_T7_K1_what_the_form_says_of_consent_leaves_what_the_police_said_on_its_list(public: Flask) -> None:
    client = confirmed(public)
    address = begun(client)
    why = {"consent__answer": "withheld", "consent__what": "All", "consent__why": "crime",
           "consent__authorised_by": "Me", "consent__receives": "The panel"}  # fmt: skip
    feed(public, within_monday(
        risk="medium", victim_consents_to_share="Y", victim_surname="Harrow", victim_forename="Wren",
        victim_dob="1990-04-03", victim_nominal="", perpetrator_surname="Garnet", perpetrator_forename="Colm",
        perpetrator_dob="1988-08-09", perpetrator_nominal="",
    ))  # fmt: skip
    filled(public, address, **why)
    assert send(client, address).status_code == 303
    with public.app_context():
        police = select(IncidentRow.consents).where(IncidentRow.kind == "police_incident")
        assert db.session.scalars(police).all() == [True]


def test_S1_typing_somebody_s_address_changes_nothing_that_is_kept_of_them(public: Flask) -> None:
    confirmed(public)
    asks(public, name="Mallory", agency="Elsewhere")
    of = select(PublicReferrerRow.name, PublicReferrerRow.agency)
    with public.app_context():
        assert db.session.execute(of).all() == [("Bea Larch", "Tarn Surgery")]
    ((_, key),) = sent(public)
    public.test_client().post(f"{HOME}/link", data={"key": key})
    with public.app_context():
        assert db.session.execute(of).all() == [("Mallory", "Elsewhere")]
