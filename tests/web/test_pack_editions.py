"""The pages that correct and recall a pack, and the one where a holder answers (Rulebook S3)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc import clock
from meetingsvc.models import ItemRow, MeetingRow, NoteRow, PackCopyRow, PackRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.web.conftest import SignIn
from tests.web.test_packs import made, pack, rep

__all__ = ["pack", "rep"]
WHY = {"reason": "A note was wrong."}


@pytest.fixture
def chair(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.CHAIR)


def told_more(service: Flask) -> None:
    """An agency's note on the first case of the daily list."""
    with service.app_context(), acting.service(), saved():
        item = db.session.scalars(
            select(ItemRow).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
            .where(MeetingRow.kind == "DRAMM").order_by(ItemRow.position)
        ).first()  # fmt: skip
        assert item is not None
        old = db.session.scalars(select(NoteRow).where(NoteRow.item_id == item.id)).one()
        db.session.add(NoteRow(area_id=item.area_id, item_id=item.id, agency_id=old.agency_id, text="New.",
                               author="-", recorded_by=old.recorded_by, recorded_at=NOW, kind="fact",
                               source="-"))  # fmt: skip


def register(service: Flask) -> str:
    with service.app_context(), acting.service():
        return f"/marac/{db.session.scalars(select(PackRow.meeting_id)).one()}/copies"


def test_S3_a_correction_is_asked_first_and_shows_what_changed(
    service: Flask, chair: FlaskClient, rep: FlaskClient, pack: str
) -> None:
    rep.get(made(rep, pack)[1])
    nothing = "Nothing that you may open has changed"
    assert nothing in chair.get(f"{pack}/correct").text
    refused = chair.post(f"{pack}/correct", data=WHY)
    assert refused.status_code == 409 and nothing in refused.text
    told_more(service)
    asked = chair.get(f"{pack}/correct")
    assert "It cannot be taken back" in asked.text and ": Shared at the daily meeting</li>" in asked.text
    assert re.search(r"\d+ (person|people) for whom it changes something", asked.text)
    unsaid = chair.post(f"{pack}/correct", data={"reason": ""})
    assert unsaid.status_code == 422 and "Say why" in unsaid.text
    assert chair.post(f"{pack}/correct", data=WHY).location.endswith("/copies")
    page = rep.get(f"{pack}/read").text
    assert "What changed since the last one" in page and "Shared at the daily meeting" in page
    assert "Corrected" in chair.get(register(service)).text


def test_S3_a_recall_is_asked_first_and_the_register_says_who_has_not_destroyed(
    service: Flask, chair: FlaskClient, rep: FlaskClient, pack: str
) -> None:
    rep.get(made(rep, pack)[1])
    assert "nobody can read or download the pack any more" in chair.get(f"{pack}/recall").text
    done = chair.post(f"{pack}/recall", data=WHY, follow_redirects=True)
    assert "1 person is asked to destroy a copy" in done.text and "No answer yet" in done.text
    assert chair.post(f"{pack}/recall", data=WHY).status_code == 409
    assert rep.get(f"{pack}/read").status_code == 404
    assert "Called back" in rep.get("/packs").text and "called back" in rep.get(f"{pack}/copy").text
    (door,) = set(re.findall(r"/packs/recalled/[0-9a-f-]+", rep.get("/packs/recalled").text))
    without = rep.post(door, data={"said": "not_able"})
    assert without.status_code == 422 and "Say why you are not able" in without.text
    rep.post(door, data={"said": "not_able", "because": "A print is lost."})
    assert "A print is lost." in chair.get(register(service)).text
    rep.post(door, data={"said": "destroyed"})
    assert "Destroyed" in chair.get(register(service)).text
    assert rep.post(door, data={"said": "destroyed"}).status_code == 409
    assert "Issue again" in chair.get(register(service)).text


def test_S3_today_and_the_agenda_tell_of_a_recall_and_of_what_is_next(
    service: Flask, chair: FlaskClient, rep: FlaskClient, pack: str
) -> None:
    rep.get(made(rep, pack)[1])
    agenda, doors = register(service).removesuffix("/copies"), "/packs/recalled"
    for client in (chair, rep):
        assert doors not in client.get("/").text and "Recalled pack" not in client.get("/").text
    chair.post(f"{pack}/recall", data=WHY)
    assert f'href="{doors}">Destroy your copy, and say so' in rep.get("/").text
    theirs, runs, today = rep.get(agenda).text, chair.get(agenda).text, chair.get("/").text
    assert "0 of 1</strong> copy destroyed" in today and f'href="{agenda}/copies">See who has not' in today
    assert "recalled on" in theirs and f'href="{doors}"' in theirs and "recalled on" in runs
    assert "pack expired" not in theirs + runs and f'href="{pack}/correct">Issue it again' in runs
    assert "issue the pack again. 0 of 1 copy destroyed." in runs and "not fetched the pack yet" not in runs
    assert "Pack: who has it, correct, recall" in runs
    (door,) = set(re.findall(r"/packs/recalled/[0-9a-f-]+", rep.get(doors).text))
    rep.post(door, data={"said": "destroyed"})
    assert doors not in rep.get("/").text and "Recalled pack" not in chair.get("/").text
    chair.post(f"{pack}/correct", data=WHY)
    assert "see who has not fetched the pack yet" in chair.get(agenda).text


def test_M1_once_it_has_sat_nothing_leads_to_a_correction(
    service: Flask, chair: FlaskClient, pack: str
) -> None:
    there = register(service)
    assert f"{pack}/correct" in chair.get(there).text
    assert "Afterwards you can issue the pack again" in chair.get(f"{pack}/recall").text
    with service.app_context(), acting.service(), saved():
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).one()
        meeting.sits_on = clock.today() - timedelta(days=1)
    page, recall = chair.get(there).text, chair.get(f"{pack}/recall").text
    assert f"{pack}/correct" not in page and f"{pack}/recall" in page
    assert "cannot be issued again" in recall and "issue the pack again" not in recall
    assert "Pack: who has it, recall" in chair.get(there.removesuffix("/copies")).text
    chair.post(f"{pack}/recall", data=WHY)
    assert "Issue again" not in chair.get(there).text


def test_S3_only_who_runs_the_meetings_corrects_or_recalls(rep: FlaskClient, pack: str) -> None:
    for page in ("correct", "recall"):
        assert rep.get(f"{pack}/{page}").status_code == rep.post(f"{pack}/{page}").status_code == 403


def test_S3_nobody_answers_for_anothers_copy(
    service: Flask, chair: FlaskClient, rep: FlaskClient, signed_in: SignIn, pack: str
) -> None:
    rep.get(made(rep, pack)[1])
    chair.post(f"{pack}/recall", data=WHY)
    (door,) = set(re.findall(r"/packs/recalled/[0-9a-f-]+", rep.get("/packs/recalled").text))
    for other in (chair, signed_in(Role.COORDINATOR)):
        assert other.get(door).status_code == other.post(door, data={"said": "destroyed"}).status_code == 404
        assert "You have nothing to destroy" in other.get("/packs/recalled").text


@pytest.mark.one_database
def test_S3_who_runs_the_meeting_is_told_why_there_is_no_offline_pack(
    chair: FlaskClient, pack: str, service: Flask
) -> None:
    chair.post("/packs/offline/passphrase")
    assert "called back" not in chair.get("/packs/offline").text
    assert "offline packs are deleted too" in chair.get(f"{pack}/recall").text
    chair.post(f"{pack}/recall", data=WHY)
    assert "was called back, so it has no offline pack" in chair.get("/packs/offline").text


@pytest.mark.one_database
def test_S3_the_register_shows_what_left_by_e_mail(
    service: Flask, chair: FlaskClient, rep: FlaskClient, pack: str
) -> None:
    made(rep, pack)
    with service.app_context(), acting.service(), saved():
        db.session.scalars(select(PackCopyRow)).one().mailed_at = NOW
    page = " ".join(chair.get(register(service)).text.split())
    assert "1 of 3 have fetched a copy, or were sent it by e-mail" in page and "Sent by e-mail" in page
    assert "1 person is asked" in chair.post(f"{pack}/recall", data=WHY, follow_redirects=True).text
