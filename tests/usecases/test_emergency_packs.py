"""Offline packs: made before each meeting, encrypted, of what is open to their holder (security.md A19)."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.referral_fields import Sight
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OfflineAlarmRow,
    OfflineKeyRow,
    OfflinePackRow,
    ReferralToldRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import emergency_packs as store
from meetingsvc.usecases import emergency_pack_making as making
from meetingsvc.usecases import emergency_packs as usecase
from meetingsvc.usecases import marac_publishing
from meetingsvc.usecases.area_by_area import Unfinished
from meetingsvc.usecases.emergency_packs import Stale
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, SECRET, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_pack_restricted import Panel

AT = datetime(2026, 12, 3, 8, 45, tzinfo=UTC)  # the MARAC sits at half past nine
MONDAY_AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)  # the daily meeting at eleven


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    """A published MARAC of two cases, the first restricted; its coordinators and chair are named on it."""
    found = Panel(area_id)
    marac_publishing.publish(found.coordinator, found.meeting_id, NOW)
    return found


def text_of(who: Principal, meeting_id: UUID, phrase: str, now: datetime = AT) -> str:
    content = usecase.fetch(who, meeting_id, now)
    assert content is not None
    pages = PdfReader(BytesIO(content), password=phrase).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.one_database
def test_A19_a_pack_is_made_within_the_areas_time_and_once(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    assert making.make_due(AT - timedelta(hours=1)) == 0
    assert [making.make_due(AT), making.make_due(AT + timedelta(minutes=5))] == [1, 0]
    (mine,) = store.mine(panel.coordinator, AT)
    assert (mine.panel, mine.number, mine.fetches) == ("MARAC", 1, 0)
    assert store.mine(panel.second, AT) == [], "who has no passphrase has no pack"


@pytest.mark.one_database
def test_A19_a_copy_opens_with_the_standing_passphrase_and_names_its_holder_on_every_page(
    panel: Panel,
) -> None:
    phrase = usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    content = usecase.fetch(panel.coordinator, panel.meeting_id, AT)
    assert content is not None
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content))
    with pikepdf.open(BytesIO(content), password=phrase) as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert str(pdf.docinfo["/Title"]) == "MARAC offline pack"
    for page in PdfReader(BytesIO(content), password=phrase).pages:
        assert "Copy 1 · Morgan Ashdown · Northmoor Council" in page.extract_text()


def test_A19_it_holds_what_a_meeting_needs(panel: Panel) -> None:
    with saved():
        line = db.session.scalars(
            select(ItemRow).where(ItemRow.meeting_id == panel.meeting_id, ItemRow.case_id == panel.cases[1])
        ).one()
        db.session.add(NoteRow(area_id=line.area_id, item_id=line.id, agency_id=panel.named.agency_id,
                               author="Priya Raman", recorded_by=panel.named.account_id, recorded_at=AT,
                               kind="fact", source="file", text="Keys were changed on Monday."))  # fmt: skip
        warned = {"label": "Safe times", "text": "Only before noon.", "author": "-", "at": NOW}
        db.session.add(
            ReferralToldRow(area_id=line.area_id, case_id=line.case_id, sight=Sight.CONTACT, **warned)
        )
    phrase = usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    text = text_of(panel.coordinator, panel.meeting_id, phrase)
    for told in (
        "C-000002", "Rent arrears since June.", "Fit a new lock", "Only before noon.", "Weekly calls.",
        "Keys were changed on Monday.", "Level of risk ☐ High ☐ Medium ☐ Standard", "What is to be done",
        "Who tells the victim, and by when", "Fellside Homes Joan Akande, Representative",
        "What is said and shared here is confidential",
    ):  # fmt: skip
        assert told in text, told
    assert not any(part in text for part in SECRET.split(", ")), "no address, no telephone number"


@pytest.mark.one_database
def test_B_what_waits_for_a_second_person_stays_in_the_service(panel: Panel) -> None:
    phrase = usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    text = text_of(panel.coordinator, panel.meeting_id, phrase)
    assert "C-000001" in text and "This case is restricted" in text, "who may open it knows that it is heard"
    assert text.count("He held her by the throat.") == 1, "of the other case alone"


@pytest.mark.one_database
def test_M6_a_restricted_case_leaves_no_trace_with_who_is_not_named(panel: Panel) -> None:
    other = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Elm Park")
    phrase = usecase.set_passphrase(other, NOW)
    making.make_due(AT)
    text = text_of(other, panel.meeting_id, phrase)
    assert "C-000002" in text and "C-000001" not in text and "restricted" not in text
    assert "Cases 1 " in text


def test_M6_a_wall_leaves_no_trace_and_one_raised_later_deletes_the_copy(panel: Panel) -> None:
    area_id = panel.coordinator.area_id
    a_wall(area_id, panel.cases[0], panel.second.account_id)
    phrase = usecase.set_passphrase(panel.second, NOW)
    making.make_due(AT)
    assert "C-000001" not in text_of(panel.second, panel.meeting_id, phrase)
    a_wall(area_id, panel.cases[1], panel.second.account_id)
    with pytest.raises(Stale):
        usecase.fetch(panel.second, panel.meeting_id, AT)
    assert usecase.fetch(panel.second, panel.meeting_id, AT) is None
    assert store.mine(panel.second, AT) == []
    with saved(), acting.service():
        kinds = set(db.session.scalars(select(RefusalRow.kind).where(RefusalRow.stage == "download")))
    assert kinds == {"offline pack"}


@pytest.mark.one_database
def test_A19_what_has_changed_is_made_again_and_the_old_copy_is_gone(panel: Panel) -> None:
    phrase = usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    with saved():
        line = update(ItemRow).where(ItemRow.case_id == panel.cases[1], ItemRow.group.is_not(None))
        db.session.execute(line.values(put_off="No time for it before."))
    assert making.make_due(AT + timedelta(minutes=5)) == 1
    assert "No time for it before." in text_of(panel.coordinator, panel.meeting_id, phrase)
    with saved():
        rows = select(OfflinePackRow.copy_number, OfflinePackRow.content.is_(None))
        assert [tuple(one) for one in db.session.execute(rows.order_by(OfflinePackRow.copy_number))] == [
            (1, True), (2, False),
        ]  # fmt: skip


@pytest.mark.one_database
def test_A19_a_new_passphrase_deletes_what_the_old_one_opens(panel: Panel) -> None:
    old = usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    new = usecase.set_passphrase(panel.coordinator, AT)
    assert store.mine(panel.coordinator, AT) == []
    assert making.make_due(AT) == 1 and old != new
    assert "C-000002" in text_of(panel.coordinator, panel.meeting_id, new)


@pytest.mark.one_database
def test_A17_a_copy_of_the_database_tells_no_passphrase(panel: Panel) -> None:
    phrase = usecase.set_passphrase(panel.coordinator, NOW)
    with saved():
        sealed = db.session.scalars(select(OfflineKeyRow.sealed)).one()
    assert phrase.encode() not in sealed


def test_S3_a_pack_expires_with_the_day_of_its_meeting(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    midnight = datetime(2026, 12, 4, tzinfo=UTC)
    assert making.expire(midnight - timedelta(minutes=1)) == 0
    assert usecase.fetch(panel.coordinator, panel.meeting_id, midnight) is None
    assert making.expire(midnight) == 1
    assert db.session.scalars(select(OfflinePackRow.content)).all() == [None]


@pytest.mark.one_database
def test_V1_who_runs_no_meeting_any_more_gets_none(panel: Panel) -> None:
    usecase.set_passphrase(panel.second, NOW)
    with pytest.raises(Forbidden):
        usecase.set_passphrase(panel.named, NOW)
    with saved():
        db.session.get_one(AccountRow, panel.second.account_id).role = Role.REPRESENTATIVE
    assert making.make_due(AT) == 0
    with pytest.raises(Forbidden):
        usecase.fetch(panel.second, panel.meeting_id, AT)


@pytest.mark.one_database
def test_a_meeting_of_another_area_is_not_there(panel: Panel) -> None:
    with pytest.raises(NotFound):
        usecase.fetch(panel.coordinator, UUID(int=1), AT)


def test_V5_the_trail_says_what_became_of_it_and_names_nobody(panel: Panel) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)
    making.make_due(AT)
    usecase.fetch(panel.coordinator, panel.meeting_id, AT)
    making.expire(AT + timedelta(days=2))
    with saved():
        lines = db.session.scalars(
            select(AuditRow).where(AuditRow.action.startswith("pack.offline_")).order_by(AuditRow.id)
        ).all()
        assert [one.action for one in lines] == [
            "pack.offline_passphrase_set", "pack.offline_made", "pack.offline_fetched",
            "pack.offline_expired",
        ]  # fmt: skip
        assert "Morgan" not in str([one.detail for one in lines])


def test_A19_an_alarm_says_where_none_could_be_made_until_it_is(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usecase.set_passphrase(panel.coordinator, NOW)

    def fails(*_: object) -> None:
        raise ValueError("Thistlewood")

    with monkeypatch.context() as broken:
        broken.setattr(making.content, "of", fails)
        for _ in range(2):
            with pytest.raises(Unfinished):
                making.make_due(AT)
    (one,) = store.failed(panel.second, AT)
    assert (one.panel, one.sits_on) == ("MARAC", date(2026, 12, 3))
    assert store.failed(panel.named, AT) == []
    said = capsys.readouterr().out
    assert "ValueError" in said and "Thistlewood" not in said
    with saved():
        assert db.session.scalars(select(OfflineAlarmRow.failure)).all() == ["ValueError"]
        lines = select(func.count()).where(AuditRow.action == "pack.offline_failed")
        assert db.session.scalar(lines) == 1
    assert making.make_due(AT) == 1
    assert store.failed(panel.second, AT) == []


@pytest.mark.one_database
def test_A19_a_refusal_is_kept_once_and_not_at_each_look(panel: Panel) -> None:
    for case_id in panel.cases:
        a_wall(panel.second.area_id, case_id, panel.second.account_id)
    usecase.set_passphrase(panel.second, NOW)
    assert [making.make_due(AT + timedelta(minutes=5 * n)) for n in range(3)] == [0, 0, 0]
    with saved(), acting.service():
        rows = select(func.count()).where(RefusalRow.kind == "offline pack")
        assert db.session.scalar(rows) == 2, "a line for each case, once"


def test_T14_a_daily_list_has_one_with_its_open_actions_and_room_to_refer(area_id: UUID) -> None:
    who = a_person(an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR, "Morgan Ashdown")
    first, second = listed(area_id, people_rows(2, MONDAY))
    by = {"area_id": area_id, "item_id": first, "agency_id": who.agency_id}
    with saved():
        db.session.add_all(
            [
                NoteRow(**by, author="Priya Raman", recorded_by=who.account_id, recorded_at=NOW, kind="fact",
                        source="file", text="Rent arrears since June."),
                ActionRow(**by, category="victim", what="Fit a new lock", due=MONDAY, status="open",
                          set_by=who.account_id, set_at=NOW),
                ActionRow(**by, category="victim", what="Done long ago", due=MONDAY, status="done",
                          set_by=who.account_id, set_at=NOW),
            ]
        )  # fmt: skip
        db.session.execute(update(ItemRow).where(ItemRow.id == second).values(position=0))
        db.session.execute(update(MeetingRow).values(starts_at=MONDAY_AT + timedelta(minutes=45)))
    phrase = usecase.set_passphrase(who, NOW)
    assert making.make_due(MONDAY_AT) == 1
    with saved():
        meeting_id = db.session.scalars(select(MeetingRow.id)).one()
    text = text_of(who, meeting_id, phrase, MONDAY_AT)
    assert "DRAMM offline pack" in text and "Goes to the MARAC ☐ No ☐ Yes, in group" in text
    assert "What agencies shared" in text and "What the daily meeting judged" not in text
    assert "Open actions" in text and "Fit a new lock" in text and "Done long ago" not in text
    assert "Rent arrears since June." in text
    assert text.index("1. C-000002") < text.index("2. C-000001"), "in the list's order"
