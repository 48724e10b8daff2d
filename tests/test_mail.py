"""The one way out: who is refused at the last moment, and what leaves for the others."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import Message as Parsed
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc.config import Settings, Unsafe
from meetingsvc.mail import MARKING, SUBJECTS, Cleared
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as store
from meetingsvc.store import areas, audit, outbox
from meetingsvc.store.outbox import Message
from meetingsvc.store.recipients import Outgoing, may_receive
from meetingsvc.usecases import accounts, agencies
from meetingsvc.usecases import areas as area_settings
from meetingsvc.usecases import outbox as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import Stage, What

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CONTEXT = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings("sqlite://", tmp_path, mail_dir=tmp_path / "mail", public_url="https://meetings.example")


def a_person(
    area_id: UUID, role: Role = Role.REPRESENTATIVE, email: str = "wren@homes.example", **told: Any
) -> UUID:
    signed, name = date(2026, 1, 5), f"Agency of {email}"
    with saved():
        agency = agencies.create(area_id, name, AgencyKind.HOUSING, signed, "test", NOW, **told)
        return accounts.create(agency, role, "Wren Ashdown", email, "invented for a test", "test", NOW)


def queued(area_id: UUID, person: UUID, context: dict[str, str] = CONTEXT) -> None:
    with saved():
        outbox.put(area_id, person, Notice.PACK_READY, context, NOW)


def send(settings: Settings) -> dict[str, int]:
    return usecase.send_waiting(
        lambda cleared, message, now: mail.send(cleared, message, settings, now), lambda: NOW
    )


def sent(settings: Settings) -> list[Parsed]:
    assert settings.mail_dir is not None
    return [message_from_bytes(path.read_bytes(), policy=default) for path in settings.mail_dir.glob("*.eml")]


def row() -> OutboxRow:
    db.session.rollback()
    return db.session.query(OutboxRow).one()


def test_a_notice_leaves_with_a_constant_subject_one_recipient_and_no_name(
    area_id: UUID, settings: Settings
) -> None:
    queued(area_id, a_person(area_id))
    assert send(settings) == {"sent": 1}
    [letter] = sent(settings)
    assert letter["Subject"] == SUBJECTS[Notice.PACK_READY]
    assert letter["To"] == "wren@homes.example"
    assert letter["Message-ID"] == f"<{row().id}@meetings.example>"
    assert not letter["Cc"] and not letter["Bcc"]
    text = letter.as_string()
    assert "Wren" not in text and "Ashdown" not in text
    assert "https://meetings.example/packs" in text
    assert row().state == "sent" and row().sent_at == NOW


def test_S1_a_notice_goes_to_any_address_and_content_only_to_secure_domains(area_id: UUID) -> None:
    person = a_person(area_id)
    assert passes(area_id, person, What.NOTICE) and passes(area_id, person, What.INVITATION)
    assert passes(area_id, person, What.PAGE) and passes(area_id, person, What.FILE), "behind the login"
    assert not passes(area_id, person, What.LETTER)
    assert passes(area_id, a_person(area_id, email="jay@homes.gov.uk"), What.LETTER)


def test_S1_the_areas_own_domains_decide_about_content(area_id: UUID) -> None:
    added = [a_person(area_id, email=f"{name}@{domain}") for name, domain in (
        ("ash", "refuge.example"), ("elm", "north.refuge.example"),
    )]  # fmt: skip
    beside = a_person(area_id, email="oak@notrefuge.example")
    removed = a_person(area_id, email="jay@homes.gov.uk")
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        area.settings = areas.settings_json(AreaSettings(secure_domains=("refuge.example",)))
    assert all(passes(area_id, person, What.LETTER) for person in added)
    assert not passes(area_id, beside, What.LETTER), "it only ends in the same letters"
    assert not passes(area_id, removed, What.LETTER)
    assert passes(area_id, removed, What.NOTICE)


def passes(area_id: UUID, person: UUID, what: What) -> bool:
    thing = Outgoing(area_id, person, what, "-", MeetingKind.MARAC)
    with saved():
        return mail.dispatch(thing, Stage.SEND, NOW) is not None


def disabled(person: UUID) -> None:
    db.session.get_one(AccountRow, person).disabled_at = NOW


def withdrawn(person: UUID) -> None:
    _agency(person).withdrawn_on = NOW.date()


def unsigned(person: UUID) -> None:
    _agency(person).signed_on = None


def absent(person: UUID) -> None:
    _agency(person).attends -= {"MARAC"}


def administrator(person: UUID) -> None:
    db.session.get_one(AccountRow, person).role = Role.AGENCY_ADMINISTRATOR


def strange_address(person: UUID) -> None:
    db.session.get_one(AccountRow, person).email = '"bcc: x"@homes.example'


def _agency(person: UUID) -> AgencyRow:
    return db.session.get_one(AgencyRow, db.session.get_one(AccountRow, person).agency_id)


CHANGES = [disabled, withdrawn, unsigned, absent, administrator, strange_address]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_S3_V1_what_changed_after_queueing_stops_the_message(
    area_id: UUID, settings: Settings, change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    person = a_person(area_id)
    queued(area_id, person)
    with saved():
        change(person)
    assert send(settings) == {"refused": 1}
    assert not list(settings.mail_dir.glob("*")) if settings.mail_dir and settings.mail_dir.exists() else True
    kept = row()
    assert kept.state == "refused" and kept.why
    logged = capsys.readouterr().out
    assert str(kept.id) in logged
    assert "wren" not in logged.lower() and "homes.example" not in logged
    with saved():
        assert audit.verify()[1] is None
    assert send(settings) == {}, "a refusal is final"


@pytest.mark.parametrize("change", [None, *CHANGES[:5]], ids=lambda change: getattr(change, "__name__", "-"))
def test_S3_a_pack_is_refused_by_the_same_rule(area_id: UUID, change: Any) -> None:
    person = a_person(area_id)
    principal = store.principal(person, NOW)
    assert isinstance(principal, Principal)
    if change is not None:
        with saved():
            change(person)
    assert (may_receive(principal, MeetingKind.MARAC, NOW) is None) == (change is None)


def test_S3_only_for_the_meetings_the_agency_attends(area_id: UUID) -> None:
    principal = store.principal(a_person(area_id, attends_daily=False, attends_marac=True), NOW)
    assert principal is not None
    assert may_receive(principal, MeetingKind.MARAC, NOW) is None
    assert may_receive(principal, MeetingKind.DRAMM, NOW) is not None


@pytest.mark.parametrize(
    "context",
    [
        {**CONTEXT, "name": "Wren"},
        {"panel": "MARAC", "sits_on": "2026-12-03"},
        {**CONTEXT, "path": "/packs?of=Wren"},
        {**CONTEXT, "panel": "Wren Ashdown"},
        {**CONTEXT, "sits_on": "soon"},
    ],
)
def test_S2_nothing_but_panel_day_and_page_can_be_queued(area_id: UUID, context: dict[str, str]) -> None:
    person = a_person(area_id)
    with pytest.raises((ValueError, TypeError)):
        queued(area_id, person, context)


def test_without_a_way_out_nothing_is_sent(area_id: UUID, tmp_path: Path) -> None:
    queued(area_id, a_person(area_id))
    with pytest.raises(Unsafe):
        send(Settings("sqlite://", tmp_path))


def test_the_demonstration_writes_into_its_own_folder(area_id: UUID, tmp_path: Path) -> None:
    queued(area_id, a_person(area_id))
    assert send(Settings("sqlite://", tmp_path, demo=True)) == {"sent": 1}
    [path] = (tmp_path / "mail").glob("*.eml")
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0


def test_failures_wait_longer_each_time_and_are_left_for_a_person_in_the_end(
    area_id: UUID, core_app: Flask
) -> None:
    queued(area_id, a_person(area_id))
    tried: list[datetime] = []

    def fails(cleared: Cleared, message: Message, at: datetime) -> None:
        tried.append(at)
        raise ConnectionRefusedError("mail.example said wren@homes.example")

    for minute in range(12 * 60):
        now = NOW + timedelta(minutes=minute)
        usecase.send_waiting(fails, partial(lambda moment: moment, now))
    pauses = [(later - before).total_seconds() / 60 for before, later in zip(tried, tried[1:], strict=False)]
    assert pauses == [1, 5, 15, 60, 240]
    assert row().state == "failed" and "wren" not in row().why


@pytest.mark.one_database
def test_S2_messages_come_from_the_areas_own_address_and_carry_the_marking(
    area_id: UUID, settings: Settings
) -> None:
    queued(area_id, a_person(area_id))
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        told = AreaSettings(mail_sender="panel@north.example", mail_reply_to="desk@north.example")
        area.settings = areas.settings_json(told)
    assert send(settings) == {"sent": 1}
    [letter] = sent(settings)
    assert (letter["From"], letter["Reply-To"]) == ("panel@north.example", "desk@north.example")
    assert letter["X-Protective-Marking"] == MARKING and letter["Sensitivity"] == "Company-Confidential"
    assert letter.as_string().count(MARKING) >= 4, "subject, header, text and HTML"


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["x\r\nBcc: y@z.example", "x\u2028@z.example", "Wren <w@z.example>", "w"])
def test_S2_an_area_cannot_write_from_what_is_no_plain_address(area_id: UUID, address: str) -> None:
    who = store.principal(a_person(area_id, Role.COORDINATOR), NOW)
    assert who is not None
    seen = area_settings.seen(AreaSettings())
    for new in (AreaSettings(mail_sender=address), AreaSettings(mail_reply_to=address)):
        with pytest.raises(RuleBroken):
            area_settings.propose(who, new, seen, "test", NOW)
