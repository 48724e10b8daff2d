"""A referral that was sent: on the next list, with its case, and before those it is open to (T7, T12, M6)."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from agenda.agencies import AgencyKind
from agenda.meetings import MeetingKind
from agenda.risk_tool_dash import DASH
from meetingsvc.models import (
    AddressRow,
    AreaRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    EntryRow,
    IncidentRow,
    OutboxRow,
    ReferralMoveRow,
    ReferralRow,
    ReferralToldRow,
    RiskAssessmentRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import recipients, sealed
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import agencies
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import Stage, What
from notifications.recipients import Ground
from tests.a_referral import CHILD, PERPETRATOR, a_draft
from tests.web.conftest import NOW, SignIn
from tests.web.referral_steps import TUESDAY, account_of, build, filled, post, send, sent


@pytest.fixture
def referrer(signed_in: SignIn) -> FlaskClient:
    """Of an agency that attends nothing."""
    return signed_in(Role.REFERRER, "Northtest Homes")


def test_T7_a_referral_is_sent_has_a_reference_and_is_on_the_next_list_before_anybody_looks(
    service: Flask, referrer: FlaskClient
) -> None:
    at = sent(referrer)
    page = referrer.get(f"{at}/sent").text
    assert "Referral sent" in page and "What happens next" in page
    build(service, TUESDAY)
    with service.app_context():
        reference = db.session.scalars(select(ReferralRow.reference)).one()
        assert reference and reference.startswith("REF-") and reference in page
        entry = db.session.scalars(select(EntryRow)).one()
        assert (entry.occurrence_number, entry.reasons) == (reference, "T7")
        assert db.session.scalars(select(ReferralRow.state)).one() == "on a daily list"


def test_T7_a_list_that_nobody_has_built_yet_does_not_lose_it_when_it_is_returned(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    """One that went back stays on the list it is due to, and its referrer can still answer (T12, T13)."""
    at = sent(referrer, victim__dob="")
    coordinator = signed_in(Role.COORDINATOR)
    key = at.rpartition("/")[2]
    assert coordinator.post(f"/referrals/sent/{key}/return", data={"reason": " "}).status_code == 422
    told = {"reason": "Her date of birth, please", "questions": ["victim-dob", "no-such"]}
    assert coordinator.post(f"/referrals/sent/{key}/return", data=told).status_code == 303
    page = referrer.get(at).text
    assert "came back to you" in page and "Her date of birth, please" in page and "#victim-dob" in page
    assert "1</strong> of yours came back" in referrer.get("/").text
    build(service, TUESDAY)
    with service.app_context():
        assert db.session.scalars(select(EntryRow.reasons)).one() == "T7"
        assert db.session.scalars(select(ReferralRow.state)).one() == "returned to the referrer"
        waiting = db.session.scalars(select(OutboxRow)).one()
        assert waiting.notice == "referral_returned" and set(waiting.context) == {"panel", "sits_on", "path"}
        before = db.session.scalars(select(ReferralRow.first_sent_at)).one()
    draft = a_draft()["victim"].fields
    post(referrer, f"{at}/sections/victim", dict(draft))
    assert send(referrer, at).status_code == 303
    with service.app_context():
        row = db.session.scalars(select(ReferralRow)).one()
        assert (row.state, row.first_sent_at) == ("sent", before)
        versions = db.session.scalars(select(IncidentRow.version).order_by(IncidentRow.version)).all()
        assert list(versions) == [1, 2]


def test_A8_where_somebody_is_found_is_sealed_and_then_held_by_the_case(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    told = {"children": ({**CHILD, "address": "9 Elm Way"},), "contact__email": "wren@post.example"}
    key = sent(referrer, **told).rpartition("/")[2]
    hidden = ("4 Sallow Row", "QX1 4ZZ", "07700 900 111", "wren@post.example", "9 Elm Way")
    with service.app_context():
        row = db.session.scalars(select(ReferralRow)).one()
        assert not any(text in row.answers for text in hidden)
        held = db.session.scalars(select(AddressRow)).all()
        assert all(one.confidential and one.text is None for one in held)
        opened = sorted(sealed.opened(one.id, one.sealed or b"") or "" for one in held)
        assert opened == ["4 Sallow Row\nQX1 4ZZ", "9 Elm Way"]
        numbers = set(db.session.scalars(select(ContactRow.value)))
        assert numbers == {"07700 900 111", "wren@post.example"}
        case_id = db.session.scalars(select(CaseRow.id)).one()
    coordinator = signed_in(Role.COORDINATOR)
    for page in (f"/referrals/sent/{key}", f"/cases/{case_id}/addresses", f"/cases/{case_id}"):
        text = coordinator.get(page).text
        assert not any(secret in text for secret in hidden), page
    shown = coordinator.get(f"/referrals/sent/{key}").text
    assert "Held. Shown for a reason" in shown and "Tuesday 3 April 1990" in shown and "3/4/1990" not in shown


def test_A8_sent_again_only_what_is_told_otherwise_is_added(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    at = sent(referrer)
    data = {"reason": "Where does she live now?"}
    signed_in(Role.COORDINATOR).post(f"/referrals/sent/{at.rpartition('/')[2]}/return", data=data)
    victim = {**a_draft()["victim"].fields, "address": "7 Rowan Close"}
    post(referrer, f"{at}/sections/victim", victim)
    assert send(referrer, at).status_code == 303
    with service.app_context():
        old, new = db.session.scalars(select(AddressRow).order_by(AddressRow.replaces_id.is_not(None))).all()
        assert new.replaces_id == old.id
        for table in (ContactRow, ConsentRow, CaseRow):
            assert db.session.scalar(select(func.count()).select_from(table)) == 1, table


def test_T7_what_would_increase_the_risk_stands_wherever_actions_are_set(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    sent(referrer, asked__risky="yes", asked__increases="A letter to the house", referrer__attend="yes",
         referrer__attend_on="2026-11-25")  # fmt: skip
    build(service, TUESDAY)
    with service.app_context():
        case_id = db.session.scalars(select(CaseRow.id)).one()
        item_id = db.session.scalars(select(EntryRow.item_id)).one()
    coordinator, police = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE)
    for client in (coordinator, police):
        for page in (f"/items/{item_id}/outcome", f"/cases/{case_id}"):
            text = client.get(page).text
            assert "A letter to the house" in text and "Health visitor" in text, page
    assert "Her brother" in police.get(f"/cases/{case_id}/addresses").text  # F4: unsafe to talk to
    assert "Referrer asks to attend: Wednesday 25 November 2026" in coordinator.get("/lists/2026-11-24").text
    assert "asks to attend" not in police.get("/lists/2026-11-24").text


def test_T7_an_answer_that_was_taken_back_before_sending_is_not_shown(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    key = sent(referrer, asked__risky="no", asked__increases="A letter to the house").rpartition("/")[2]
    page = signed_in(Role.COORDINATOR).get(f"/referrals/sent/{key}").text
    assert "A letter to the house" not in page and "Health visitor" in page


def test_K1_the_consent_and_the_risk_assessment_are_kept_with_the_case(
    service: Flask, referrer: FlaskClient
) -> None:
    at = filled(referrer, reason__score="", consent__answer="limited", consent__limits="No call at work")
    page = referrer.get(f"{at}/risk").text
    assert page.count("data-points=") == 72 and "data-risk-tool" in page
    answers = {f"risk-{one.id}": "yes" for one in DASH.questions[:14]}
    data = {"tool": "dash", "was": page.split('name="was" value="')[1].split('"')[0], **answers}
    assert referrer.post(f"{at}/risk", data=data).status_code == 303
    assert "14 of 24" in referrer.get(f"{at}/risk").text
    assert send(referrer, at).status_code == 303
    with service.app_context():
        assert db.session.scalars(select(ConsentRow.limits)).one() == "No call at work"
        row = db.session.scalars(select(RiskAssessmentRow)).one()
        assert (row.points, row.level) == (14, "high")


def test_T7_a_referrer_sees_their_own_and_nothing_else(referrer: FlaskClient, signed_in: SignIn) -> None:
    at = sent(referrer)
    other = signed_in(Role.REFERRER, "Northtest Police")
    colleague = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    for client in (other, colleague):
        for page in (at, f"{at}/sent", f"{at}/sections/victim", f"{at}/check"):
            assert client.get(page).status_code == 404
        assert "REF-" not in client.get("/referrals").text
    key = at.rpartition("/")[2]
    assert referrer.get(f"/referrals/sent/{key}").status_code == 403
    again = referrer.get(f"{at}/sections/victim")  # sent: nothing of it is shown again
    assert again.status_code == 303 and again.location.endswith(f"{at}/sent")
    assert "Harrow" not in referrer.get(at).text


def test_T7_a_draft_is_nobody_elses_not_even_a_coordinators(referrer: FlaskClient, signed_in: SignIn) -> None:
    key = filled(referrer).rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    assert coordinator.get(f"/referrals/sent/{key}").status_code == 404
    assert coordinator.get(f"/referrals/{key}").status_code == 404
    assert coordinator.post(f"/referrals/sent/{key}/accept").status_code == 404


def test_M6_a_wall_keeps_a_referral_from_a_coordinator_as_its_case(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    key = sent(referrer).rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    assert coordinator.get(f"/referrals/sent/{key}").status_code == 200
    with service.app_context(), saved():
        case = db.session.scalars(select(CaseRow)).one()
        db.session.add(WallRow(area_id=case.area_id, case_id=case.id, ground="declared", shared="",
                               account_id=account_of(Role.COORDINATOR), state="stands",
                               put_by=account_of(Role.COORDINATOR), put_at=NOW))  # fmt: skip
    assert coordinator.get(f"/referrals/sent/{key}").status_code == 404
    assert "REF-" not in coordinator.get("/referrals").text
    assert "to look at" not in coordinator.get("/").text


def test_T6_several_perpetrators_are_several_cases_of_one_referral(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    two = (PERPETRATOR, {**PERPETRATOR, "surname": "Elm", "relationship": "uncle", "dob": ""})
    key = sent(referrer, perpetrators=two).rpartition("/")[2]
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(CaseRow)) == 2
    build(service, TUESDAY)
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(CaseRow)) == 2
        first, second = db.session.scalars(select(CaseRow).order_by(CaseRow.number)).all()
        for case, own, other in ((first, "Garnet", "Elm"), (second, "Elm", "Garnet")):
            told = select(ReferralToldRow.text).where(ReferralToldRow.case_id == case.id)
            texts = set(db.session.scalars(told))
            assert own in texts and other not in texts, "a case tells of its own perpetrator (M6)"
    assert signed_in(Role.COORDINATOR).get(f"/referrals/sent/{key}").text.count("Case C-") == 2


def test_T7_an_agency_that_has_not_signed_refers_too_and_is_told_when_it_comes_back(
    service: Flask, signed_in: SignIn
) -> None:
    with service.app_context(), saved():
        area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
        agencies.create(area.id, "Northtest Nursery", AgencyKind.EDUCATION, None, "test", NOW)
    client = signed_in(Role.REFERRER, "Northtest Nursery")
    key = sent(client).rpartition("/")[2]
    for page in ("/lists", "/actions", "/search", "/marac"):
        assert client.get(page).status_code == 403
    signed_in(Role.COORDINATOR).post(f"/referrals/sent/{key}/return", data={"reason": "Her name?"})
    with service.app_context():
        row = db.session.scalars(select(OutboxRow)).one()
        (case_id,) = map(UUID, row.about)
        thing = Outgoing(row.area_id, row.account_id, What.NOTICE, row.notice, MeetingKind.DRAMM,
                         frozenset({case_id}))  # fmt: skip
        assert recipients.asked(thing, Stage.SEND, NOW).ground is None
        walled = WallRow(area_id=row.area_id, case_id=case_id, ground="declared", shared="", state="stands",
                         account_id=row.account_id, put_by=row.account_id, put_at=NOW)  # fmt: skip
        with saved():
            db.session.add(walled)
        assert recipients.asked(thing, Stage.SEND, NOW).ground is Ground.WALL
    assert client.get(f"/referrals/{key}").status_code == 200


def test_M6_one_s_own_that_meets_a_wall_stays_as_it_was_sent_and_nothing_comes_back(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.COORDINATOR)  # of one's own, too, no more than any referrer reads
    key = sent(client).rpartition("/")[2]
    with service.app_context(), saved():
        db.session.add(WallRow(area_id=db.session.scalars(select(CaseRow.area_id)).one(), ground="party",
                               case_id=db.session.scalars(select(CaseRow.id)).one(), shared="address",
                               account_id=account_of(Role.COORDINATOR), state="stands",
                               put_by=account_of(Role.COORDINATOR), put_at=NOW))  # fmt: skip
        db.session.add(ReferralMoveRow(area_id=db.session.scalars(select(CaseRow.area_id)).one(),
                                       referral_id=UUID(key), step="return", who="a coordinator", at=NOW,
                                       reason="Where is she now?"))  # fmt: skip
        db.session.scalars(select(ReferralRow)).one().state = "returned to the referrer"
    page, home = client.get(f"/referrals/{key}"), client.get("/referrals").text
    assert page.status_code == 200 and "Referral sent" in page.text and "/cases/" not in page.text
    assert "Where is she now?" not in page.text and "came back" not in page.text
    assert "REF-" in home and "Returned" not in home
    again = client.get(f"/referrals/{key}/sections/victim")
    assert again.status_code == 303 and again.location.endswith(f"/referrals/{key}/sent")
    assert client.get(f"/referrals/sent/{key}").status_code == 404
    assert client.post(f"/referrals/sent/{key}/accept").status_code == 404


def test_R2_what_came_without_an_account_is_put_with_its_case_by_somebody_who_has_one(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    key = sent(referrer).rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    assert coordinator.post(f"/referrals/sent/{key}/addresses", data={"sendings": "1"}).status_code == 409
    with service.app_context(), saved():
        db.session.scalars(select(ReferralRow)).one().account_id = None
        db.session.execute(delete(AddressRow))
    assert "Put them with the case" in coordinator.get(f"/referrals/sent/{key}").text
    assert coordinator.post(f"/referrals/sent/{key}/addresses", data={"sendings": "1"}).status_code == 303
    with service.app_context():
        row = db.session.scalars(select(AddressRow)).one()
        assert row.text is None and sealed.opened(row.id, row.sealed or b"") == "4 Sallow Row\nQX1 4ZZ"


def test_A5_whoever_looks_at_a_case_that_waits_for_its_first_list_need_not_say_why(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    sent(referrer)
    with service.app_context():
        case_id = db.session.scalars(select(CaseRow.id)).one()
    assert "This case is closed" not in signed_in(Role.COORDINATOR).get(f"/cases/{case_id}").text
    assert "Refer somebody to the panel" in referrer.get("/").text


def test_T7_where_nothing_is_feared_no_warning_stands(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    sent(referrer)
    with service.app_context():
        case_id = db.session.scalars(select(CaseRow.id)).one()
    assert "could increase the risk" not in signed_in(Role.COORDINATOR).get(f"/cases/{case_id}").text
