"""The pages of messages: what waits and was sent, sending again, taking back, and what messages say."""

from dataclasses import replace
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc import mail
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, OutboxRow, RefusalRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import SignIn, agency_named

CONTEXT = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
HOMES = "Northtest Homes"


def put(service: Flask, state: str, about: tuple[UUID, ...] = (), **told: object) -> UUID:
    """A message to the representative of Northtest Homes."""
    key = uuid4()
    with service.app_context(), acting.service(), saved():
        homes = agency_named(HOMES)
        person = db.session.scalars(select(AccountRow).where(AccountRow.agency_id == homes)).one()
        area_id = db.session.scalar(select(OutboxRow.area_id)) or _area(homes)
        row = OutboxRow(id=key, area_id=area_id, account_id=person.id, notice="pack_ready", context=CONTEXT,
                        about=[str(case) for case in about], created_at=NOW, state=state)  # fmt: skip
        for name, value in told.items():
            setattr(row, name, value)
        db.session.add(row)
    return key


def _area(agency_id: UUID) -> UUID:
    return db.session.get_one(AgencyRow, agency_id).area_id


def state_of(service: Flask, key: UUID) -> str:
    with service.app_context(), acting.service():
        return db.session.get_one(OutboxRow, key).state


@pytest.fixture(autouse=True)
def rep(signed_in: SignIn) -> None:
    signed_in(Role.REPRESENTATIVE, HOMES)


def test_what_failed_stands_on_the_first_page_and_is_sent_again(service: Flask, signed_in: SignIn) -> None:
    key = put(service, "failed", why="Could not be sent: the mail server refused for good.", attempts=1)
    who = signed_in(Role.COORDINATOR)
    assert "was</strong>" not in who.get("/").text and "given up" in who.get("/").text
    page = who.get("/outbox").text
    assert "Given up" in page and HOMES in page and "refused for good" in page
    assert "Send it again" in who.get(f"/outbox/{key}").text
    assert who.post(f"/outbox/{key}/resend").status_code == 303
    assert state_of(service, key) == "waiting"
    again = who.post(f"/outbox/{key}/resend")
    assert again.status_code == 409 and "in hand" in again.text


def test_all_that_was_given_up_is_sent_again_at_once_and_nothing_else(
    service: Flask, signed_in: SignIn
) -> None:
    failed = [
        put(service, "failed", attempts=6, why="Could not be sent."),
        put(service, "failed", attempts=1),
    ]
    others = [put(service, "parked", what="letter", claimed_at=NOW), put(service, "withdrawn")]
    hidden = put(service, "failed", about=(uuid4(),))  # about a case that is not theirs to open
    button = "Send all that failed again"
    who = signed_in(Role.COORDINATOR)
    assert button in who.get("/outbox").text
    page = who.get("/outbox/again").text
    assert "2 messages were given up" in page and "Send all 2 again" in page
    assert [state_of(service, key) for key in failed] == ["failed", "failed"], "asking sends nothing"
    answer = who.post("/outbox/again", follow_redirects=True)
    assert "2 messages wait to be sent again." in answer.text and button not in answer.text
    assert [state_of(service, key) for key in failed] == ["waiting", "waiting"]
    assert [state_of(service, key) for key in (*others, hidden)] == ["parked", "withdrawn", "failed"]
    with service.app_context(), acting.service():
        resent = select(AuditRow.subject).where(AuditRow.action == "message.resent")
        assert set(db.session.scalars(resent)) == {f"message/{key}" for key in failed}
    assert "No message is given up." in who.get("/outbox/again").text
    assert who.post("/outbox/again").status_code == 409
    assert signed_in(Role.REPRESENTATIVE, HOMES).get("/outbox/again").status_code == 403


def test_D3_a_parked_letter_asks_first_whether_it_arrived(service: Flask, signed_in: SignIn) -> None:
    keys = [put(service, "parked", what="letter", claimed_at=NOW) for _ in range(2)]
    who = signed_in(Role.CHAIR)
    assert "Did it arrive?" in who.get(f"/outbox/{keys[0]}").text
    unsaid = who.post(f"/outbox/{keys[0]}/resend")
    assert unsaid.status_code == 422 and "Say whether it arrived" in unsaid.text
    for key, said in zip(keys, ("yes", "no"), strict=True):
        assert who.post(f"/outbox/{key}/resend", data={"arrived": said}).status_code == 303
    assert [state_of(service, key) for key in keys] == ["sent", "waiting"]


def test_withdrawing_is_confirmed_first(service: Flask, signed_in: SignIn) -> None:
    key, left = put(service, "waiting"), put(service, "sent", sent_at=NOW)
    who = signed_in(Role.COORDINATOR)
    assert "in another way" in who.get(f"/outbox/{key}/withdraw").text
    assert state_of(service, key) == "waiting"
    assert who.post(f"/outbox/{key}/withdraw").status_code == 303
    assert state_of(service, key) == "withdrawn"
    assert "cannot be withdrawn" in who.get(f"/outbox/{left}/withdraw").text
    assert who.post(f"/outbox/{left}/withdraw").status_code == 409


def test_F1_what_chases_and_was_given_up_is_closed_with_a_reason(service: Flask, signed_in: SignIn) -> None:
    key, who = put(service, "failed", notice="feedback_due", attempts=1), signed_in(Role.COORDINATOR)
    page = who.get(f"/outbox/{key}").text
    assert "Close it without sending" in page and "Withdraw it" not in page
    assert "Why is it not sent again?" in who.get(f"/outbox/{key}/withdraw").text
    for said in ({}, {"why": "nothing"}):
        unsaid = who.post(f"/outbox/{key}/withdraw", data=said)
        assert unsaid.status_code == 422 and "Say why it is not sent again" in unsaid.text
    assert state_of(service, key) == "failed"
    closed = who.post(f"/outbox/{key}/withdraw", data={"why": "told"}, follow_redirects=True)
    assert "They were told in another way." in closed.text
    assert state_of(service, key) == "withdrawn" and "given up" not in who.get("/").text


def test_D1_what_is_urgent_and_keeps_failing_stands_on_the_first_page_and_is_tried_now(
    service: Flask, signed_in: SignIn
) -> None:
    key, once = (
        put(service, "waiting", notice="list_ready", urgent=True, claimed_at=NOW, attempts=number)
        for number in (2, 1)
    )
    who = signed_in(Role.COORDINATOR)
    assert "<strong>1</strong> message was given up" in who.get("/").text
    assert who.get("/outbox").text.count("Urgent, not sent so far") == 1
    assert "Try now" in who.get(f"/outbox/{once}").text
    assert who.post(f"/outbox/{key}/resend").status_code == 303
    assert "given up" not in who.get("/").text
    assert "Try now" not in who.get(f"/outbox/{key}").text


def test_what_was_withdrawn_can_be_sent_after_all(service: Flask, signed_in: SignIn) -> None:
    key, daily = put(service, "withdrawn"), put(service, "withdrawn", notice="digest")
    who = signed_in(Role.COORDINATOR)
    page = who.get(f"/outbox/{key}").text
    assert "Send it again" in page and "Withdraw it" not in page
    assert who.post(f"/outbox/{key}/resend").status_code == 303 and state_of(service, key) == "waiting"
    assert "listed by itself" in who.get(f"/outbox/{daily}").text
    assert who.post(f"/outbox/{daily}/resend").status_code == 409


@pytest.mark.one_database
def test_what_was_written_to_the_folder_is_not_called_sent(service: Flask, signed_in: SignIn) -> None:
    key, who = put(service, "sent", sent_at=NOW), signed_in(Role.COORDINATOR)
    for page in ("/outbox", f"/outbox/{key}"):
        assert "Written to the folder, reached nobody" in who.get(page).text
        assert "/outbox/local" not in who.get(page).text, "which shows it in development alone"
    service.config["SETTINGS"] = replace(service.config["SETTINGS"], debug=True)
    for page in ("/outbox", f"/outbox/{key}"):
        assert 'href="/outbox/local"' in who.get(page).text
    service.config["SETTINGS"] = replace(service.config["SETTINGS"], mail_dir=None)
    assert "It has left." in who.get(f"/outbox/{key}").text


def test_the_list_is_narrowed_by_state(service: Flask, signed_in: SignIn) -> None:
    for state in ("waiting", "sent", "withdrawn"):
        put(service, state, sent_at=NOW)
    who = signed_in(Role.COORDINATOR)
    assert "3 messages" in who.get("/outbox").text
    assert "1 message," in who.get("/outbox?state=withdrawn").text
    assert "No message stands so" in who.get("/outbox?state=parked").text
    assert "There is no such page" in who.get("/outbox?page=9").text


def test_M6_what_is_about_a_hidden_case_is_neither_listed_nor_counted(
    service: Flask, signed_in: SignIn
) -> None:
    key = put(service, "failed", (uuid4(),))
    who = signed_in(Role.COORDINATOR)
    assert "No message waits, and none was sent" in who.get("/outbox").text
    assert "given up" not in who.get("/").text
    for path in ("", "/withdraw"):
        theirs, none = who.get(f"/outbox/{key}{path}"), who.get(f"/outbox/{uuid4()}{path}")
        assert theirs.status_code == none.status_code == 404
    for act in ("resend", "withdraw"):
        assert who.post(f"/outbox/{key}/{act}").status_code == 404
    assert state_of(service, key) == "failed"


@pytest.mark.parametrize("notice", ["referral_returned", "still_missing", "list_ready"])
def test_D1_E4_who_runs_domestic_abuse_alone_reads_and_counts_no_message_of_other_panels(
    service: Flask, signed_in: SignIn, notice: str
) -> None:
    key = put(service, "failed", notice=notice, context=CONTEXT | {"panel": "DREAM"})
    who = signed_in(Role.COORDINATOR)
    assert who.get(f"/outbox/{key}").status_code == 404 and "given up" not in who.get("/").text
    for act in ("resend", "withdraw"):
        assert who.post(f"/outbox/{key}/{act}").status_code == 404
    with service.app_context():
        rows = select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)
        runs_exploitation(db.session.scalars(rows).one(), NOW)
    assert who.get(f"/outbox/{key}").status_code == 200 and "given up" in who.get("/").text


@pytest.mark.parametrize("notice", ["referral_returned", "still_missing"])
def test_E3_T7_nobody_takes_back_that_a_child_is_missing_or_that_a_referral_came_back(
    service: Flask, signed_in: SignIn, notice: str
) -> None:
    key = put(service, "failed", notice=notice)
    signed_in(Role.COORDINATOR).post(f"/outbox/{key}/withdraw")
    assert state_of(service, key) == "failed"


def test_M6_nobody_reads_that_a_message_to_themselves_was_refused(service: Flask, signed_in: SignIn) -> None:
    who = signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        rows = select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)
        mine = db.session.scalars(rows).one()
    key = put(service, "refused", account_id=mine)
    assert who.get(f"/outbox/{key}").status_code == 404
    assert "No message waits" in who.get("/outbox").text
    assert signed_in(Role.CHAIR).get(f"/outbox/{key}").status_code == 200


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SYSTEM_ADMINISTRATOR])
def test_every_message_can_be_read_with_invented_values(signed_in: SignIn, role: Role) -> None:
    page = signed_in(role).get("/outbox/messages").text
    for subject in mail.SUBJECTS.values():
        assert subject in page
    assert "&lt;html lang=" in page, "its HTML is shown, and not run"


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SYSTEM_ADMINISTRATOR])
def test_a_test_message_says_plainly_what_happened(
    service: Flask, signed_in: SignIn, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = signed_in(role)
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mail, "way_out", lambda settings: lambda letter, name: sent.append(letter))
    assert "handed over" in who.post("/outbox/test", follow_redirects=True).text
    assert [letter["Subject"] for letter in sent] == [mail.SUBJECTS["mail_test"]]

    def fails(letter: object, name: str) -> None:
        raise NotSent(Fault.CERTIFICATE)

    monkeypatch.setattr(mail, "way_out", lambda settings: fails)
    page = who.post("/outbox/test", follow_redirects=True).text
    assert "certificate of the mail server could not be checked" in page
    monkeypatch.setattr(mail, "way_out", lambda settings: None)
    assert "no mail server is set up" in who.post("/outbox/test", follow_redirects=True).text


def test_S3_a_test_message_passes_the_door_like_any_other(service: Flask, signed_in: SignIn) -> None:
    who = signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service(), saved():
        rows = select(AccountRow).where(AccountRow.role == Role.COORDINATOR)
        db.session.scalars(rows).one().email = "not an address"
    assert "the door refused it" in who.post("/outbox/test", follow_redirects=True).text
    with service.app_context(), acting.service():
        assert db.session.scalars(select(RefusalRow.kind)).all() == ["mail_test"]
