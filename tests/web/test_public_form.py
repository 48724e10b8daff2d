"""Referring without an account: what the pages answer, and to whom (Rulebook T7, F3, S1, S2)."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc import clock, jobs
from meetingsvc.config import Settings
from meetingsvc.mail import LINK, SUBJECTS
from meetingsvc.models import (
    AuditRow,
    IncidentRow,
    ReferralRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.usecases import public_referrers as usecase
from notifications.recipients import Ground
from tests.web.a_public_form import (
    HOME,
    MOSS,
    WHO,
    asks,
    begun,
    confirmed,
    filled,
    later,
    reached_at,
    sent,
)
from tests.web.a_public_form import public as public
from tests.web.conftest import SignIn
from tests.web.pages import text
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")


def doors_of(service: Flask) -> list[tuple[str, str]]:
    """Every page of the form, with the method it takes."""
    own = (rule for rule in service.url_map.iter_rules() if rule.rule.startswith("/refer/<area>"))
    fill = {"area": "northtest", "referral_id": uuid4(), "section": "victim", "number": 1}
    return [(method, rule.build({name: fill[name] for name in rule.arguments})[1])  # type: ignore[index]
            for rule in own for method in sorted((rule.methods or set()) & {"GET", "POST"})]  # fmt: skip


def test_T7_the_form_is_off_unless_the_area_has_set_it_on(service: Flask) -> None:
    service.config["WTF_CSRF_ENABLED"] = False
    client = service.test_client()
    pages = doors_of(service)
    assert len(pages) == 23
    for method, path in pages:
        assert client.open(path, method=method).status_code == 404, path
        elsewhere = path.replace("northtest", "nowhere")
        assert client.open(elsewhere, method=method).status_code == 404, elsewhere


def test_S2_the_message_says_nothing_but_the_link(public: Flask, tmp_path: Path) -> None:
    asks(public)
    settings = Settings("sqlite://", tmp_path, mail_dir=tmp_path / "out", public_url="https://meet.example")
    with public.app_context():
        assert jobs.send_links(settings) == 1
    (file,) = (tmp_path / "out").iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=SMTP)
    assert (letter["To"], letter["Subject"]) == ("bea.larch@tarn.example", SUBJECTS[LINK])
    plain, html = (part.get_content() for part in letter.iter_parts())  # type: ignore[attr-defined]
    link = re.search(r"https://meet.example(/refer/northtest/link\?key=[\w-]{43})\s", plain)
    assert link and link[1] in html
    assert not re.search(r"larch|tarn|panel|victim|referral", (plain + html).replace("/refer/", ""), re.I)
    assert public.test_client().get(link[1]).status_code == 200


@pytest.mark.parametrize("pause, opens", [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_a_link_is_over_after_a_day(
    public: Flask, monkeypatch: pytest.MonkeyPatch, pause: timedelta, opens: bool
) -> None:
    client = asks(public)
    ((_, key),) = sent(public)
    later(monkeypatch, pause)
    assert (client.post(f"{HOME}/link", data={"key": key}).status_code == 303) == opens


def test_guessing_links_is_counted_and_opens_nothing(public: Flask) -> None:
    client = public.test_client()
    codes = [client.post(f"{HOME}/link", data={"key": f"guess{n}"}).status_code for n in range(32)]
    assert codes == [422] * usecase.WRONG_KEYS + [429, 429]


def test_one_address_is_sent_few_links_and_one_computer_asks_so_often(public: Flask) -> None:
    for _ in range(usecase.PER_ADDRESS + 2):
        asks(public)
    assert len(sent(public)) == usecase.PER_ADDRESS
    codes = [public.test_client().post(HOME, data=WHO | {"email": f"a{n}@tarn.example"}).status_code
             for n in range(usecase.PER_COMPUTER)]  # fmt: skip
    assert codes[-1] == 429 and 303 in codes


def test_S1_asking_for_what_is_not_sent_uses_up_none_of_an_address_s_links(
    public: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refused:
        refused.setattr(usecase.public_recipients, "ground", lambda *_: Ground.COLLISION)
        for _ in range(usecase.PER_ADDRESS):
            asks(public)
        assert sent(public) == []
    asks(public)
    assert len(sent(public)) == 1


def test_A10_a_clock_that_was_ahead_holds_no_link_back_once_it_is_right(
    public: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a worker claimed under it and died, and what failed under it, would else wait until then."""

    def dies(*_: object) -> None:
        raise SystemExit

    def fails(*_: object) -> None:
        raise TimeoutError

    asks(public)
    asks(public, email="cal@tarn.example")
    later(monkeypatch, timedelta(days=9))
    with public.app_context():
        with pytest.raises(SystemExit):
            usecase.send_waiting(dies, clock.now)
        assert usecase.send_waiting(fails, clock.now) == 0
    assert sent(public) == [], "both wait: one is a worker's still, one pauses"
    later(monkeypatch, timedelta(minutes=1))
    assert sorted(email for email, _ in sent(public)) == ["bea.larch@tarn.example", "cal@tarn.example"]


def test_F3_no_link_goes_to_a_perpetrator_and_the_answer_is_the_same(
    public: Flask, signed_in: SignIn
) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    feed(public, within_monday(**A))
    case_id = UUID(built(coordinator).rpartition("/")[2])
    reached_at(public, case_id, MOSS)
    public.config["WTF_CSRF_ENABLED"] = False
    answers = [
        (public.test_client().post(HOME, data=WHO | {"email": email}), email)
        for email in ("g.moss@MOSS-roofing.example", "office@moss-roofing.example", "bea@tarn.example")
    ]
    pages = {(one.status_code, one.location, one.get_data()) for one, _ in answers}
    assert len(pages) == 1, "the answer tells nobody apart"
    assert [email for email, _ in sent(public)] == ["bea@tarn.example"]
    with public.app_context():
        refused = select(AuditRow).where(AuditRow.action == "public_form.refused")
        lines = db.session.scalars(refused).all()
    assert len(lines) == 2 and all("moss" not in f"{line.detail}{line.subject}" for line in lines)


def test_A18_the_request_asks_nothing_that_only_a_known_address_takes_time_for(
    public: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_: object) -> None:
        raise AssertionError("asked inside the request")

    with monkeypatch.context() as during:
        during.setattr(usecase.public_recipients, "ground", too_slow)
        during.setattr(usecase.referral_collisions, "of_referrer", too_slow)
        asks(public)
    assert len(sent(public)) == 1


def test_F3_every_page_says_whose_referrals_it_opens(public: Flask) -> None:
    evil = "evil.man@tarn.example"
    asks(public, email=evil)
    ((_, key),) = sent(public)
    client = public.test_client()
    look = client.get(f"{HOME}/link?key={key}")
    assert f"For {evil} . Not yours?" in text(look)
    assert client.post(f"{HOME}/link", data={"key": key}).status_code == 303
    address = begun(client)
    for page in (f"{HOME}/mine", address, f"{address}/sections/victim", f"{address}/check"):
        assert f"For {evil} . Not yours?" in text(client.get(page)), page
    assert evil not in client.get(HOME).text
    again = client.get(f"{HOME}/link?key={key}").text
    assert evil not in again and evil not in client.get(f"{HOME}/link?key=guessed").text


def test_S1_a_personal_address_is_not_taken(public: Flask) -> None:
    for email in ("bea@gmail.com", "bea", "bea@tarn.example\r\nBcc: x@y.example", "bеa@tarn.example"):
        answer = public.test_client().post(HOME, data=WHO | {"email": email})
        assert answer.status_code == 422 and 'href="#email"' in answer.text, email


def test_T7_it_is_sent_in_the_name_of_the_confirmed_address_alone(public: Flask) -> None:
    client = confirmed(public)
    address = begun(client)
    filled(public, address, referrer__email="somebody@else.example")
    answer = client.post(f"{address}/check", data={"changes": "2"})
    assert answer.status_code == 422 and "the address you confirmed" in text(answer)
    with public.app_context():
        assert db.session.scalars(select(IncidentRow.id)).all() == []


def test_an_idle_browser_shows_nothing_and_loses_nothing(
    public: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = confirmed(public)
    address = begun(client)
    section = f"{address}/sections/victim"
    was = re.search(r'name="was" value="([^"]*)"', client.get(section).text)
    other = f"{address}/sections/incident"
    was_there = re.search(r'name="was" value="([^"]*)"', client.get(other).text)
    assert was and was_there
    later(monkeypatch, timedelta(minutes=90))
    assert client.get(section).location == f"{HOME}?ended=1"
    typed = client.post(section, data={"victim-surname": "Canarywood", "was": was[1]})
    assert typed.status_code == 303 and typed.location == f"{HOME}?ended=kept" and "Canary" not in typed.text
    assert client.post(f"{HOME}/mine").location == f"{HOME}?ended=1", "nothing new is begun"
    with public.app_context():
        row = db.session.scalars(select(ReferralRow)).one()
        assert "Canarywood" in row.answers
    stale = client.post(section, data={"victim-surname": "Stale", "was": was[1]})
    assert stale.location == f"{HOME}?ended=1", "saved since: it is not said to be kept"
    later(monkeypatch, timedelta(hours=72))
    with public.app_context():
        usecase.forget(clock.now())
        db.session.commit()
    assert client.get(other).location == client.get(f"{HOME}/mine").location == f"{HOME}?ended=1"
    typed = client.post(other, data={"incident-prompt": "Canarybird", "was": was_there[1]})
    assert typed.location == f"{HOME}?ended=kept" and "Canary" not in typed.text
    assert client.post(f"{address}/check", data={"changes": "3"}).location == f"{HOME}?ended=1"
    later(monkeypatch, timedelta(days=5))
    assert client.post(section, data={"victim-surname": "Late", "was": was[1]}).location == f"{HOME}?ended=1"
    with public.app_context():
        answers = db.session.scalars(select(ReferralRow.answers)).one()
        assert "Canarybird" in answers and "Canarywood" in answers
        assert "Stale" not in answers and "Late" not in answers


def test_leaving_closes_the_browser_to_it_at_once(public: Flask) -> None:
    client = confirmed(public)
    address = begun(client)
    cookie = client.get_cookie("__Host-referrer") or client.get_cookie("referrer")
    assert cookie
    answer = client.post(f"{HOME}/leave")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    client.set_cookie(cookie.key, cookie.value)
    assert client.get(address).location == f"{HOME}?ended=1"


def test_a_household_sees_nothing_in_titles_addresses_or_what_the_browser_keeps(public: Flask) -> None:
    client = confirmed(public)
    address = begun(client)
    filled(public, address)
    for page in (HOME, f"{HOME}/asked", f"{HOME}/mine", address, f"{address}/sections/victim",
                 f"{address}/sections/perpetrators/1", f"{address}/risk", f"{address}/check"):  # fmt: skip
        answer = client.get(page)
        title = re.search(r"<title[^>]*>(.*?)</title>", answer.text, re.S)
        assert answer.status_code == 200 and title and "Harrow" not in title[1] and "Larch" not in title[1], (
            page
        )
        assert "govuk-exit-this-page" in answer.text, page
        assert "no-store" in answer.headers["Cache-Control"], page
        for box in re.findall(r'<input[^>]*type="(?:text|email|tel)"[^>]*>', answer.text):
            assert (
                'autocomplete="off"' in box or 'autocomplete="off"' in answer.text.partition("<form")[2][:200]
            )


def test_V5_who_has_no_account_leaves_a_trace_without_a_name(public: Flask) -> None:
    client = confirmed(public)
    client.get(begun(client))
    with public.app_context():
        lines = db.session.execute(
            select(AuditRow.action, AuditRow.detail).where(AuditRow.actor == "public form")
        )
        found = {action: detail for action, detail in lines}
    assert {
        "public_form.asked",
        "public_form.confirmed",
        "referral.begun",
        "referral.own_read",
    } <= found.keys()
    assert "tarn" not in str(found).lower() and "larch" not in str(found).lower()
