"""Invitations to MARACs: who is asked, what a calendar is told when one moves, and who comes (M4, S2, S3)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.emergency import Soon
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    CalendarEntryRow,
    InvitationRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas
from meetingsvc.store import invitations as store
from meetingsvc.usecases import (
    emergency,
    invitation_replies,
    invitations,
    marac,
    marac_publishing,
    meeting_moves,
    outbox,
    outbox_care,
)
from meetingsvc.usecases.transaction import saved
from notifications.answers import Answer
from notifications.invites import SUMMARY
from tests.a_marac import NOW, a_person, an_agency, line_of, listed, people_rows, referred, to_day
from tests.a_wall import a_wall

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
LATER = NOW + timedelta(hours=2)


@dataclass
class Panel:
    """An area whose MARAC sits each second Thursday, and people of every kind."""

    area_id: UUID
    coordinator: Principal
    rep: Principal
    daily: Principal  # attends no MARAC
    settings: Settings

    def plan(self, day: date = THURSDAY) -> UUID:
        return marac.plan(self.coordinator, day, NOW)

    def sent(self) -> list[EmailMessage]:
        """What leaves, oldest first."""
        letters: list[EmailMessage] = []

        def carry(cleared: mail.Cleared, message: outbox.Message, now: object) -> None:
            if message.notice == "invitation":
                made = mail.letter(message, cleared.recipient.email, self.settings, LATER)
                letters.append(message_from_bytes(made.as_bytes(), policy=default))

        outbox.send_waiting(carry, lambda: LATER)
        return letters


@pytest.fixture
def panel(area_id: UUID, tmp_path: Path) -> Panel:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=THURSDAY))
    settings = Settings("sqlite://", tmp_path, mail_from="m@panel.example", public_url="https://m.example")
    return Panel(
        area_id,
        a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan"),
        a_person(an_agency(area_id, "Homes"), name="Joan Akande"),
        a_person(an_agency(area_id, "School", marac=False, daily=True), name="Wren"),
        settings,
    )


def event(letter: EmailMessage) -> tuple[str, Calendar]:
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    told = Calendar.from_ical(content)
    assert part.get_param("method") == str(told["method"])
    (one,) = told.walk("VEVENT")
    return str(told["method"]), one


def told(panel: Panel) -> list[tuple[str, str, int]]:
    """Who is told, by what, with which sequence."""
    rows = select(OutboxRow).where(OutboxRow.notice == "invitation").order_by(OutboxRow.sequence)
    names = {panel.coordinator.account_id: "coordinator", panel.rep.account_id: "rep"}
    found = [(names.get(row.account_id, "?"), row.method, row.sequence) for row in db.session.scalars(rows)]
    return sorted(found, key=lambda one: (one[2], one[0]))


def test_M4_S3_whoever_attends_is_asked_as_soon_as_a_marac_has_a_date_and_nobody_else(panel: Panel) -> None:
    panel.plan()
    assert told(panel) == [("coordinator", "REQUEST", 0), ("rep", "REQUEST", 0)]
    assert not db.session.scalars(select(RefusalRow)).all(), "nobody is asked in vain"


def test_S2_F3_a_mail_brings_one_neutral_entry_for_its_one_recipient(panel: Panel) -> None:
    panel.plan()
    letters = panel.sent()
    assert len(letters) == 2
    for letter in letters:
        method, entry = event(letter)
        assert method == "REQUEST" and str(entry["summary"]) == SUMMARY
        assert str(entry["attendee"]) == f"mailto:{letter['To']}"
        assert str(entry["organizer"]) == "mailto:m@panel.example"
        assert entry["dtstart"].dt.isoformat() == "2026-12-03T09:30:00+00:00"
        whole = letter.as_string() + str(entry)
        assert not any(word in whole for word in ("Joan", "Akande", "Morgan", "northmoor,"))


def test_M4_moved_keeps_its_uid_and_its_place_in_the_series_and_raises_the_sequence(panel: Panel) -> None:
    made = panel.plan()
    first = event(panel.sent()[0])[1]
    to_day(panel.coordinator, made, FRIDAY)
    method, entry = event(panel.sent()[0])
    assert method == "REQUEST" and entry["sequence"] == 1 > first["sequence"]
    assert entry["uid"] == first["uid"] and entry["recurrence-id"].dt == first["recurrence-id"].dt
    assert entry["dtstart"].dt.date() == FRIDAY and entry["recurrence-id"].dt.date() == THURSDAY
    to_day(panel.coordinator, made, THURSDAY)
    assert event(panel.sent()[0])[1]["sequence"] == 2, "there and back is told, too"


def test_M4_an_entry_keeps_its_organiser_whatever_addresses_its_area_sets_since(panel: Panel) -> None:
    """Calendars take a change from the same organiser alone: people would come to what does not sit."""
    made = panel.plan()
    assert {str(event(letter)[1]["organizer"]) for letter in panel.sent()} == {"mailto:m@panel.example"}
    with saved():
        row = db.session.get_one(AreaRow, panel.area_id)
        row.settings = row.settings | {"mail_reply_to": "new@panel.example"}
    to_day(panel.coordinator, made, FRIDAY)
    moved = panel.sent()
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    for letter in (*moved, *panel.sent()):
        assert str(event(letter)[1]["organizer"]) == "mailto:m@panel.example"
        assert letter["Reply-To"] == "new@panel.example"
    panel.plan(date(2026, 12, 17))
    assert {str(event(letter)[1]["organizer"]) for letter in panel.sent()} == {"mailto:new@panel.example"}


def test_M4_cancelled_is_told_to_those_who_were_asked(panel: Panel) -> None:
    made = panel.plan()
    panel.sent()
    late = a_person(an_agency(panel.area_id, "Refuge"), name="Ash")
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    letters = panel.sent()
    assert len(letters) == 2
    assert {event(letter)[0] for letter in letters} == {"CANCEL"}
    assert str(event(letters[0])[1]["status"]) == "CANCELLED"
    mails = db.session.scalar(select(AccountRow.email).where(AccountRow.id == late.account_id))
    assert mails not in {str(letter["To"]) for letter in letters}


def test_M4_an_invitation_given_up_is_not_sent_again_once_its_meeting_was_moved_or_cancelled(
    panel: Panel,
) -> None:
    """It would put a meeting back into calendars that has left them."""
    made = panel.plan()

    def refuses(*_: object) -> None:
        raise NotSent(Fault.REFUSED)

    outbox.send_waiting(refuses, lambda: LATER)
    to_day(panel.coordinator, made, FRIDAY)
    outbox.send_waiting(refuses, lambda: LATER)
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    assert {event(letter)[0] for letter in panel.sent()} == {"CANCEL"}
    assert outbox_care.resend_given_up(panel.coordinator, LATER) >= 4
    assert panel.sent() == [], "what is true they have been told"
    rows = select(OutboxRow).where(OutboxRow.notice == "invitation", OutboxRow.sequence < 2)
    assert {(row.state, row.why) for row in db.session.scalars(rows)} == {("refused", outbox.OVERTAKEN)}


def test_M4_did_not_sit_is_told_as_cancelled(panel: Panel) -> None:
    item = referred(panel.coordinator, (Group.REPEAT_NO_SAFEGUARDS,))[0]
    made = line_of(item).meeting_id
    marac.close(panel.coordinator, made, NOW)
    marac_publishing.publish(panel.coordinator, made, NOW)
    panel.sent()
    marac_publishing.did_not_sit(panel.coordinator, made, "Snow.", NOW)
    assert "CANCEL" in {event(letter)[0] for letter in panel.sent()}


def test_M4_publishing_asks_only_who_was_not_asked_yet(panel: Panel) -> None:
    item = referred(panel.coordinator, (Group.REPEAT_NO_SAFEGUARDS,))[0]
    late = a_person(an_agency(panel.area_id, "Refuge"), name="Ash")
    before = len(told(panel))
    made = line_of(item).meeting_id
    marac.close(panel.coordinator, made, NOW)
    marac_publishing.publish(panel.coordinator, made, NOW)
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == "invitation")
    assert len(told(panel)) == before + 1 and late.account_id in db.session.scalars(rows).all()
    with saved():
        assert invitations.invite(db.session.get_one(MeetingRow, made), NOW) == 0, "safe to run twice"


def test_V1_who_has_left_meanwhile_is_sent_nothing_more(panel: Panel) -> None:
    made = panel.plan()
    with saved():
        agency = db.session.get_one(AgencyRow, panel.rep.agency_id)
        agency.withdrawn_on = NOW.date()
    assert len(panel.sent()) == 1, "asked at the door as it leaves"
    to_day(panel.coordinator, made, FRIDAY)
    assert [one for one in told(panel) if one[2] == 1] == [("coordinator", "REQUEST", 1)]


def test_M6_an_emergency_marac_is_told_to_nobody_from_whom_its_case_is_kept(panel: Panel) -> None:
    (item,) = listed(panel.area_id, people_rows(1, NOW.date()))
    case_id = db.session.get_one(ItemRow, item).case_id
    chair = a_person(an_agency(panel.area_id, "Court"), Role.CHAIR, "Ansel")
    a_wall(panel.area_id, case_id, panel.rep.account_id)
    ask = emergency.ask(panel.coordinator, case_id, "He is released tonight.", Soon.TODAY, NOW)
    made = emergency.accept(chair, ask, NOW + timedelta(hours=5), NOW)
    rows = select(OutboxRow).where(OutboxRow.notice == "invitation", OutboxRow.meeting_id == made)
    found = db.session.scalars(rows).all()
    assert {row.account_id for row in found} == {panel.coordinator.account_id, chair.account_id}
    assert all(row.urgent and row.not_before is None and row.about == [str(case_id)] for row in found)
    with saved():
        assert store.of_meeting(made).keys() == {row.account_id for row in found}


# Answers


def reply(
    letter: EmailMessage, answer: str = "ACCEPTED", sender: str = "", method: str = "REPLY", **told: str
) -> bytes:
    """As a calendar program sends it back: the part in base64, in a mail of several parts."""
    _, entry = event(letter)
    lines = {
        "UID": str(entry["uid"]),
        "SEQUENCE": str(entry["sequence"]),
        "DTSTAMP": "20261123T100000Z",
        "RECURRENCE-ID;TZID=Europe/London": entry["recurrence-id"].dt.strftime("%Y%m%dT%H%M%S"),
        f"ATTENDEE;CN=Somebody;PARTSTAT={answer}": f"mailto:{letter['To']}",
    } | told
    text = "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", f"METHOD:{method}", "BEGIN:VEVENT"]
        + [f"{name}:{value}" for name, value in lines.items()]
        + ["END:VEVENT", "END:VCALENDAR", ""]
    )
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender or str(letter["To"]), "m@panel.example", "Accepted"
    made.set_content("Yes, I come.")
    made.add_alternative(text.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
    return made.as_bytes()


def mbox(*mails: bytes) -> list[bytes]:
    return b"".join(b"From somebody Mon Nov 23 10:00:00 2026\n" + one + b"\n\n" for one in mails).splitlines(
        True
    )


def answers(panel: Panel, meeting_id: UUID) -> dict[str, Answer | None]:
    db.session.rollback()
    return {one.person: one.answer for one in store.who_comes(panel.coordinator, meeting_id)}


def to(panel: Panel, letters: list[EmailMessage], who: Principal) -> EmailMessage:
    address = db.session.scalar(select(AccountRow.email).where(AccountRow.id == who.account_id))
    return next(one for one in letters if one["To"] == address)


def test_M4_answers_in_a_mailbox_are_kept_with_the_account_that_was_asked(panel: Panel) -> None:
    made, letters = panel.plan(), panel.sent()
    box = mbox(reply(to(panel, letters, panel.rep)), reply(to(panel, letters, panel.coordinator), "DECLINED"))
    assert invitation_replies.from_mailbox(box, LATER) == [invitation_replies.TAKEN] * 2
    assert answers(panel, made) == {"Joan Akande": Answer.ACCEPTED, "Morgan": Answer.DECLINED}
    assert set(invitation_replies.from_mailbox(box, LATER)) == {invitation_replies.KNOWN}, "read twice"
    (line, _) = db.session.scalars(select(AuditRow).where(AuditRow.action == "invitation.answered"))
    assert "Akande" not in str(line.detail) and "@" not in str(line.detail)


def test_M4_an_answer_to_an_earlier_time_does_not_count(panel: Panel) -> None:
    made, letters = panel.plan(), panel.sent()
    mine = to(panel, letters, panel.rep)
    invitation_replies.from_mailbox(mbox(reply(mine)), LATER)
    to_day(panel.coordinator, made, FRIDAY)
    assert answers(panel, made)["Joan Akande"] is None
    assert invitation_replies.from_mailbox(mbox(reply(mine)), LATER) == [invitation_replies.OLDER]
    again = to(panel, panel.sent(), panel.rep)
    assert invitation_replies.from_mailbox(mbox(reply(again, "TENTATIVE")), LATER) == [
        invitation_replies.TAKEN
    ]
    assert answers(panel, made)["Joan Akande"] is Answer.TENTATIVE


def hostile(mine: EmailMessage, other: EmailMessage) -> dict[str, bytes]:
    good = reply(mine)
    return {
        "unknown UID": reply(mine, UID=str(uuid4())),
        "no UID": reply(mine, UID=""),
        "higher sequence than ever sent": reply(mine, SEQUENCE="99"),
        "no number": reply(mine, SEQUENCE="one"),
        "another sitting": reply(mine, **{"RECURRENCE-ID;TZID=Europe/London": "20261217T093000"}),
        "somebody else's mail": reply(mine, sender=str(other["To"])),
        "from nobody": good.replace(b"From: ", b"X-From: "),
        "who is not asked": reply(
            mine,
            sender="perp@home.example",
            **{"ATTENDEE;CN=Somebody;PARTSTAT=ACCEPTED": "mailto:perp@home.example"},
        ),
        "unknown answer": reply(mine, "DELEGATED"),
        "two attendees": reply(mine, **{"ATTENDEE": "mailto:perp@home.example"}),
        "not REPLY": reply(mine, method="REQUEST"),
        "broken": good[: len(good) // 2],
        "no calendar": b"From: a@b.example\n\nYes.",
        "empty": b"\n",
        "nul": b"\x00" * 100,
        "nul in the UID": reply(mine, UID="a\x00b"),
        "UID of a thousand letters": reply(mine, UID="a" * 1000),
        "answered before there were calendars": reply(mine, DTSTAMP="00010101T000000Z"),
        "huge": reply(mine, COMMENT="x" * 400_000),
        "long line": reply(mine, COMMENT="x" * 90_000),
        "bare text": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
    }


def test_A20_whatever_else_comes_changes_nothing_and_says_so(panel: Panel) -> None:
    made, letters = panel.plan(), panel.sent()
    mine, other = to(panel, letters, panel.rep), to(panel, letters, panel.coordinator)
    for what, raw in hostile(mine, other).items():
        for said in invitation_replies.from_mailbox(mbox(raw), LATER):
            assert said not in (invitation_replies.TAKEN, invitation_replies.KNOWN), what
            assert "@" not in said, what
    assert set(answers(panel, made).values()) == {None}
    assert invitation_replies.from_mailbox(mbox(*hostile(mine, other).values(), reply(mine)), LATER)[-1] == (
        invitation_replies.TAKEN
    ), "and keeps no good one from being read"


def test_A20_a_mail_that_cannot_be_kept_keeps_no_other_from_being_read(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, letters = panel.plan(), panel.sent()
    first, other = reply(to(panel, letters, panel.rep)), reply(to(panel, letters, panel.coordinator))
    meant, asked = store.meant, list[str]()

    def fails_once(uid: str, replaces: datetime | None) -> CalendarEntryRow | None:
        asked.append(uid)
        if len(asked) == 1:
            raise ValueError("Thistlewood")
        return meant(uid, replaces)

    monkeypatch.setattr(store, "meant", fails_once)
    said = invitation_replies.from_mailbox(mbox(first, other), LATER)
    assert said == [invitation_replies.FAILED, invitation_replies.TAKEN]
    assert answers(panel, made) == {"Joan Akande": None, "Morgan": Answer.ACCEPTED}


def test_A20_what_the_database_cannot_hold_is_refused_where_it_is_pasted(panel: Panel) -> None:
    made, letters = panel.plan(), panel.sent()
    mine = reply(to(panel, letters, panel.rep), UID="a\x00b").decode()
    with pytest.raises(RuleBroken, match="no invitation"):
        invitation_replies.paste(panel.coordinator, made, mine, LATER)


def test_M4_an_answer_can_be_pasted_for_the_meeting_whose_page_it_is(panel: Panel) -> None:
    made, letters = panel.plan(), panel.sent()
    other = panel.plan(date(2026, 12, 8))
    mine = reply(to(panel, letters, panel.rep)).decode()
    with pytest.raises(RuleBroken, match="no invitation"):
        invitation_replies.paste(panel.coordinator, other, mine, LATER)
    assert invitation_replies.paste(panel.coordinator, made, mine, LATER) == invitation_replies.TAKEN
    assert answers(panel, made)["Joan Akande"] is Answer.ACCEPTED
    for broken in ("Yes", "BEGIN:VCALENDAR"):
        with pytest.raises(RuleBroken):
            invitation_replies.paste(panel.coordinator, made, broken, LATER)


def test_M4_one_answers_in_the_service_for_oneself_alone(panel: Panel) -> None:
    made = panel.plan()
    invitation_replies.answer(panel.rep, made, Answer.ACCEPTED, NOW)
    assert answers(panel, made) == {"Joan Akande": Answer.ACCEPTED, "Morgan": None}
    for who, which in ((panel.daily, made), (panel.rep, uuid4())):
        with pytest.raises(RuleBroken, match="not invited"):
            invitation_replies.answer(who, which, Answer.ACCEPTED, NOW)
    assert db.session.query(InvitationRow).count() == 2


def test_M4_whoever_joins_after_the_agenda_is_out_is_asked_too(panel: Panel) -> None:
    made = panel.plan()
    invitations.invite_who_joined(NOW)
    before = len(told(panel))
    late = a_person(an_agency(panel.area_id, "Refuge"), name="Ash")
    assert invitations.invite_who_joined(NOW) == 1
    assert len(told(panel)) == before + 1
    assert store.of_meeting(made).keys() >= {late.account_id}
    assert invitations.invite_who_joined(NOW) == 0, "safe to run twice"
    gone = a_person(an_agency(panel.area_id, "Shelter"), name="Elm")
    assert invitations.invite_who_joined(NOW + timedelta(days=60)) == 0, "it has sat"
    assert gone.account_id not in store.of_meeting(made)
