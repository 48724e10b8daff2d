"""One's own copy of a pack by e-mail: an area's choice, to secure domains, and never sent twice by itself."""

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.mail import Cleared
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    PackCopyRow,
    PackDestructionRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, outbox_page
from meetingsvc.store import packs as pack_store
from meetingsvc.store.outbox import STALE, Message, State
from meetingsvc.usecases import (
    marac,
    marac_publishing,
    outbox,
    outbox_care,
    pack_recalls,
    packs,
    packs_chasing,
)
from meetingsvc.usecases.packs import Made
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

pytestmark = pytest.mark.one_database
SECURE = "joan@homes.gov.uk"
SOON = NOW + timedelta(minutes=1)


def set_to(area_id: UUID, **told: Any) -> None:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(areas.settings_of(row), **told))


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area that mails copies, whose MARAC has been published."""
    set_to(area_id, **{"marac_anchor": date(2026, 12, 3), "mail_packs": True})
    who = a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")
    referred(who, (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS))
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with saved():  # only letters are of interest here
        db.session.query(OutboxRow).delete()
    return who


@pytest.fixture
@remembered
def rep(who: Principal) -> Principal:
    """Somebody of an agency that attends, at a secure address."""
    found = a_person(an_agency(who.area_id))
    with saved():
        db.session.get_one(AccountRow, found.account_id).email = SECURE
    return found


def made(person: Principal, replaces: int = 0) -> Made:
    pack = db.session.scalars(select(PackRow.id)).one()
    found = packs.make_copy(person, pack, replaces, NOW, by_mail=True)
    assert found is not None
    return found


def letters() -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.what == "letter")))


def fails(fault: Fault) -> outbox.Carry:
    def carry(cleared: Cleared, message: Message, now: Any) -> None:
        raise NotSent(fault)

    return carry


def run(carry: outbox.Carry, at: Any = SOON) -> dict[str, int]:
    return outbox.send_waiting(carry, lambda: at)


def taken(kept: list[bytes]) -> outbox.Carry:
    return lambda cleared, message, now: kept.append(message.content)


def test_S1_the_file_leaves_encrypted_under_a_name_that_says_nothing_and_without_its_passphrase(
    rep: Principal, tmp_path: Path
) -> None:
    copy = made(rep)
    assert copy.mailed
    settings = Settings("sqlite://", tmp_path, mail_dir=tmp_path, public_url="https://meetings.example")
    assert run(lambda cleared, message, now: mail.send(cleared, message, settings, now)) == {"sent": 1}
    [path] = tmp_path.glob("*.eml")
    content = path.read_bytes()
    letter = message_from_bytes(content, policy=default)
    assert (letter["To"], letter["Subject"]) == (SECURE, mail.SUBJECTS["pack_letter"])
    [attached] = letter.iter_attachments()
    assert attached.get_filename() == "pack.pdf" and attached.get_content_type() == "application/pdf"
    file = attached.get_content()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(file))
    with pikepdf.open(BytesIO(file), password=copy.passphrase) as pdf:
        assert str(pdf.docinfo["/CopyId"]) == str(copy.copy_id)
    words = str(letter.get_body(("plain",))) + str(letter.get_body(("html",)))
    assert copy.passphrase.encode() not in content and copy.passphrase not in words
    assert "Akande" not in words and "Joan" not in words


def test_S1_it_is_off_where_the_area_has_not_chosen_it(who: Principal, rep: Principal) -> None:
    assert AreaSettings().mail_packs is False
    set_to(who.area_id, mail_packs=False)
    assert not made(rep).mailed and letters() == []


def test_S1_only_a_secure_domain_is_written_to_whenever_asked(who: Principal, rep: Principal) -> None:
    assert not made(who).mailed and letters() == []
    assert made(rep).mailed
    with saved():
        db.session.get_one(AccountRow, rep.account_id).email = "joan@mail.example"
    kept: list[bytes] = []
    assert run(taken(kept)) == {"refused": 1} and kept == []


def _switched_off(rep: Principal, who: Principal) -> None:
    set_to(who.area_id, mail_packs=False)


def _withdrawn(rep: Principal, who: Principal) -> None:
    with saved():
        db.session.get_one(AgencyRow, rep.agency_id).withdrawn_on = NOW.date()


def _walled(rep: Principal, who: Principal) -> None:
    case = db.session.scalars(select(ItemRow.case_id)).first()
    assert case is not None
    a_wall(who.area_id, case, rep.account_id)


def _replaced(rep: Principal, who: Principal) -> None:
    pack = db.session.scalars(select(PackRow.id)).one()
    assert packs.make_copy(rep, pack, 1, NOW)


def _expired(rep: Principal, who: Principal) -> None:
    with saved():
        db.session.scalars(select(PackRow)).one().expires_at = NOW


@pytest.mark.parametrize("change", [_switched_off, _withdrawn, _walled, _replaced, _expired])
def test_F3_M6_S3_what_changed_since_keeps_the_file_here(who: Principal, rep: Principal, change: Any) -> None:
    made(rep)
    change(rep, who)
    kept: list[bytes] = []
    assert run(taken(kept)) == {"refused": 1} and kept == []
    assert run(taken(kept), SOON + timedelta(days=1)) == {}


@pytest.mark.parametrize("fault", [Fault.IN_DOUBT, Fault.UNREACHABLE, Fault.PUT_OFF])
def test_D3_content_that_failed_is_parked_and_not_tried_again_by_itself(rep: Principal, fault: Fault) -> None:
    made(rep)
    assert run(fails(fault))["parked"] == 1
    kept: list[bytes] = []
    run(taken(kept), SOON + timedelta(days=2))
    assert [one.state for one in letters()] == [State.PARKED] and kept in ([], [b""]), (
        "the notice of it at most"
    )


class Killed(BaseException):
    """The worker's process ends here."""


def test_D3_content_in_the_hands_of_a_worker_that_died_is_parked(rep: Principal) -> None:
    def dies(cleared: Cleared, message: Message, now: Any) -> None:
        raise Killed

    made(rep)
    with pytest.raises(Killed):
        run(dies)
    kept: list[bytes] = []
    run(taken(kept), SOON + STALE)
    assert [one.state for one in letters()] == [State.PARKED] and kept in ([], [b""])
    actions = select(AuditRow.action).where(AuditRow.subject == f"message/{letters()[0].id}")
    assert list(db.session.scalars(actions.order_by(AuditRow.id))) == ["message.parked"]


@pytest.fixture
@remembered
def parked(who: Principal, rep: Principal) -> UUID:
    made(rep)
    run(fails(Fault.IN_DOUBT))
    return letters()[0].id


def test_D3_a_person_says_that_it_arrived(who: Principal, parked: UUID) -> None:
    outbox_care.arrived(who, parked, SOON)
    assert letters()[0].state == State.SENT
    kept: list[bytes] = []
    run(taken(kept), SOON + timedelta(days=1))
    assert b"%PDF" not in b"".join(kept)


def test_D3_or_has_it_sent_once_more(who: Principal, parked: UUID) -> None:
    with acting.acting(who):
        line = outbox_page.one(who, parked)
    assert line and line.may_have_arrived and line.thing == "A copy of the pack by e-mail"
    outbox_care.resend(who, parked, SOON)
    kept: list[bytes] = []
    run(taken(kept), SOON)
    assert [content[:5] for content in kept if content] == [b"%PDF-"]
    assert letters()[0].state == State.SENT


def recalled(who: Principal) -> list[UUID]:
    """Recalls the pack; says who is asked to destroy a copy of it."""
    pack_recalls.recall(who, db.session.scalars(select(PackRow.id)).one(), "A wrong address.", SOON)
    return list(db.session.scalars(select(PackDestructionRow.account_id)))


def left(cleared: Cleared, message: Message, now: Any) -> None:
    """It leaves, or its worker dies after that."""


def died(cleared: Cleared, message: Message, now: Any) -> None:
    raise Killed


@pytest.mark.parametrize("carry", [left, died, fails(Fault.IN_DOUBT), fails(Fault.PUT_OFF)])
def test_S3_who_was_sent_a_copy_by_e_mail_is_asked_to_destroy_it(
    who: Principal, rep: Principal, carry: outbox.Carry
) -> None:
    made(rep)
    if carry is died:
        with pytest.raises(Killed):
            run(carry)
    else:
        run(carry)
    assert recalled(who) == [rep.account_id]


def test_S3_nobody_is_asked_for_a_letter_that_never_left(who: Principal, rep: Principal) -> None:
    made(rep)
    run(fails(Fault.REFUSED))
    assert letters()[0].state == State.FAILED
    assert db.session.scalars(select(PackCopyRow.mailed_at)).all() == [None]
    assert recalled(who) == []


def test_S3_a_letter_that_may_have_arrived_stays_taken_whatever_becomes_of_the_next(
    who: Principal, rep: Principal, parked: UUID
) -> None:
    outbox_care.resend(who, parked, SOON)
    run(fails(Fault.REFUSED))
    assert letters()[0].state == State.FAILED
    assert recalled(who) == [rep.account_id]


def test_S3_a_recalled_copy_does_not_leave(who: Principal, rep: Principal) -> None:
    made(rep)
    assert recalled(who) == []
    kept: list[bytes] = []
    assert run(taken(kept))["refused"] == 1 and b"%PDF" not in b"".join(kept)


def test_S3_a_mailed_copy_is_on_the_register_and_its_agency_is_not_chased(
    who: Principal, rep: Principal
) -> None:
    made(rep)
    run(left)
    meeting_id = db.session.scalars(select(PackRow.meeting_id)).one()
    with acting.acting(who):
        (entry,) = (one for one in pack_store.register(who, meeting_id, SOON) if one.person == "Joan Akande")
    assert entry.has_fetched and (entry.copies[0].fetches, entry.copies[0].mailed_at) == (0, SOON)
    with acting.acting(rep):
        assert pack_store.not_fetched(rep, SOON) == 0
    packs_chasing.chase(NOW + timedelta(days=8))
    chased = select(OutboxRow.account_id).where(OutboxRow.notice == packs_chasing.NOTICE)
    assert list(db.session.scalars(chased)) == [who.account_id]
