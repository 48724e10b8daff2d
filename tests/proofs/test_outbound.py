"""Proof 5: every message, file and invitation × every kind of collision × twenty spellings: nothing gets out.

The recipient is a chair: whoever may have the most. One case collides; alone on its agenda nothing about it
leaves, beside another the rest leaves without a trace of it (Rulebook F3, M6, S1, S3, V1; security.md A1).

All go through one door (the last proof here), so the short form tries every way with the first spelling, and
with each other one all but the notices, of which it tries one in nine (`left_out`). `make prove` tries all.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.details import Shared
from agenda.meetings import MeetingKind, case_reference
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AddressRow,
    AgencyRow,
    AreaRow,
    AssociateRow,
    AuditRow,
    CaseRow,
    ContactRow,
    OutboxRow,
    PackCopyRow,
    PackRow,
    PersonRow,
    RefusalRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas, outbox, recipients
from meetingsvc.store.recipients import TOLD_FOR_THEIR_DUTY, Outgoing
from meetingsvc.usecases import marac, marac_publishing, packs
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import Stage, What
from tests.a_marac import NOW, a_person, an_agency, line_of, referred
from tests.proofs import LONG, figure
from tests.spellings import BORN, SPELLINGS

CANARY = "Canarywood"
LATER = NOW + timedelta(minutes=5)
KINDS = list(Shared)


def spelt(what: Shared) -> list[tuple[str, str]]:
    """Twenty spellings, all of them in the long form; three on PostgreSQL, where the same rules run."""
    found = SPELLINGS[Shared.NAME if what is Shared.NAME_AND_DOB else what]
    few = 3 if db.engine.dialect.name == "postgresql" else 20
    return found if LONG else found[:: len(found) // few][:few]


#: With a spelling that is not the first, one notice in so many is tried; with the next, others.
FEW = 9


def left_out(place: int) -> frozenset[str]:
    """What the short form does not try with the spelling at this place."""
    if LONG or place == 0:
        return frozenset()
    return frozenset(kind for number, kind in enumerate(Notice) if (number + place) % FEW)


@dataclass
class Scene:
    """A published MARAC, the chair of an agency that attends, and the case that will collide.

    What is no chair's duty reaches who governs information there: they collide as the chair does.
    """

    who: Principal
    chair: Principal
    governs: Principal
    case_id: UUID
    reference: str
    meeting_id: UUID
    pack_id: UUID
    settings: Settings
    connections: list[str]

    def thing(self, what: What, kind: str) -> Outgoing:
        return Outgoing(self.who.area_id, self.chair.account_id, what, kind, MeetingKind.MARAC,
                        frozenset({self.case_id}), self.meeting_id)  # fmt: skip

    @property
    def both(self) -> tuple[Principal, Principal]:
        return self.chair, self.governs

    def told_of(self, kind: Notice) -> Principal:
        """Whose duty it is to be told of it."""
        duty = TOLD_FOR_THEIR_DUTY.get(kind)
        return self.governs if duty and not self.chair.may(duty) else self.chair


class Sink:
    """Stands in for the mail server, and counts who speaks to it."""

    said: list[str]

    def __init__(self, *_: object, **__: object) -> None:
        Sink.said.append("connected")

    def ehlo_or_helo_if_needed(self) -> None:
        pass

    def starttls(self, **_: object) -> None:
        pass

    def mail(self, sender: str) -> tuple[int, bytes]:
        return 250, b""

    def rcpt(self, recipient: str) -> tuple[int, bytes]:
        return 250, b""

    def data(self, letter: bytes) -> tuple[int, bytes]:
        Sink.said.append("sent")
        return 250, b""

    def quit(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def scene(
    area_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Scene:
    Sink.said = []
    monkeypatch.setattr(smtplib, "SMTP", Sink)
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
    who = a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")
    chair = a_person(an_agency(area_id, "Harbour Homes"), Role.CHAIR, "Imelda Quillfeather")
    governs = a_person(chair.agency_id, Role.INFORMATION_GOVERNANCE, "Ottoline Brackenbury")
    cases = getattr(request, "param", 1)
    items = referred(who, (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS)[:cases])
    with saved():
        db.session.add(ActionRow(area_id=area_id, item_id=items[0], category="victim", status="open",
                                 agency_id=who.agency_id, what=f"Ask {CANARY}", due=date(2026, 12, 1),
                                 set_by=who.account_id, set_at=NOW))  # fmt: skip
    line = line_of(items[0])
    case_id, meeting_id = line.case_id, line.meeting_id
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with saved():
        db.session.query(OutboxRow).delete()
    number = db.session.scalar(select(CaseRow.number).where(CaseRow.id == case_id))
    pack_id = db.session.scalars(select(PackRow.id)).one()
    settings = Settings("sqlite://", tmp_path, mail_dir=tmp_path / "mail", mail_from="m@panel.example",
                        public_url="https://meetings.example")  # fmt: skip
    return Scene(
        who, chair, governs, case_id, case_reference(number or 0), meeting_id, pack_id, settings, Sink.said
    )


def carry(scene: Scene) -> worker.Carry:
    """Into the folder, and to the sink."""
    by_smtp = replace(scene.settings, mail_dir=None, smtp_url="smtp://mail.example:2525")

    def both(cleared: mail.Cleared, message: outbox.Message, now: datetime) -> None:
        mail.send(cleared, message, scene.settings, now)
        mail.send(cleared, message, by_smtp, now)

    return both


def delivered(scene: Scene) -> int:
    assert scene.settings.mail_dir is not None
    return len(list(scene.settings.mail_dir.glob("*"))) + len(scene.connections)


def notice(kind: Notice) -> Callable[[Scene], bool]:
    """Queued when it still might go, and sent by the worker."""

    def attempt(scene: Scene) -> bool:
        waiting = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
        with saved():
            outbox.put(scene.who.area_id, scene.told_of(kind).account_id, kind, waiting, NOW,
                       about=[scene.case_id], meeting_id=scene.meeting_id)  # fmt: skip
        return worker.send_waiting(carry(scene), lambda: LATER) != {"refused": 1}

    return attempt


def through_the_door(what: What) -> Callable[[Scene], bool]:
    """What nothing carries yet: a calendar's invitation, content by e-mail."""

    def attempt(scene: Scene) -> bool:
        with saved():
            return mail.dispatch(scene.thing(what, what), Stage.SEND, LATER) is not None

    return attempt


def got(act: Callable[[], object]) -> bool:
    try:
        return act() is not None
    except (NotFound, Forbidden, packs.Stale):
        return False


def page(scene: Scene) -> bool:
    return got(lambda: packs.read(scene.chair, scene.pack_id, LATER))


def new_copy(scene: Scene) -> bool:
    return got(lambda: packs.make_copy(scene.chair, scene.pack_id, 0, LATER))


def old_copy(scene: Scene) -> bool:
    """One that was made when nothing collided."""
    copy_id = uuid4()
    with saved():
        db.session.add(
            PackCopyRow(id=copy_id, pack_id=scene.pack_id, account_id=scene.chair.account_id, made_at=NOW,
                        agency_id=scene.chair.agency_id, content=b"%PDF", cases=[str(scene.case_id)],
                        copy_number=1 + (db.session.scalar(select(func.count(PackCopyRow.id))) or 0))
        )  # fmt: skip
    reached = got(lambda: packs.fetch(scene.chair, copy_id, LATER))
    db.session.rollback()
    kept = db.session.scalar(select(PackCopyRow.content).where(PackCopyRow.id == copy_id))
    with saved():
        db.session.execute(update(PackCopyRow).values(content=None))
    return reached or kept is not None


WAYS: dict[str, Callable[[Scene], bool]] = {
    **{kind: notice(kind) for kind in Notice},
    What.INVITATION: through_the_door(What.INVITATION),
    What.LETTER: through_the_door(What.LETTER),
    "page": page,
    "new copy": new_copy,
    "old copy": old_copy,
}


def nothing_gets_out(scene: Scene, but: frozenset[str] = frozenset()) -> int:
    """Every way is tried; each is refused, and each refusal is kept, logged and audited."""
    for name, attempt in WAYS.items():
        if name in but:
            continue
        before = kept(scene), audited()
        assert not attempt(scene), f"{name} got out"
        db.session.rollback()
        assert kept(scene) > before[0], f"{name}: the refusal was not kept"
        assert audited() - before[1] == kept(scene) - before[0], f"{name}: the refusal was not audited"
    assert delivered(scene) == 0
    return len(WAYS.keys() - but)


def said_of(scene: Scene, tried: int) -> None:
    words = "{n} combinations, {sent} sent, {kept} refusals kept, logged and audited"
    figure("outbound", words, n=tried, sent=delivered(scene), kept=kept(scene))


def kept(scene: Scene) -> int:
    row, ids = RefusalRow, [one.account_id for one in scene.both]
    return db.session.scalar(select(func.count(row.id)).where(row.account_id.in_(ids))) or 0


def audited() -> int:
    return db.session.scalar(select(func.count()).where(AuditRow.action == "outgoing.refused")) or 0


def logged(said: str) -> int:
    return said.count("outgoing refused")


def of_the_case(scene: Scene, part: str) -> UUID:
    """The perpetrator, or an associate made for this."""
    with saved():
        if part == "perpetrator":
            found = db.session.get_one(CaseRow, scene.case_id).perpetrator_id
            assert found is not None
            return found
        person = PersonRow(id=uuid4(), area_id=scene.who.area_id, forename="", surname="Nobody Yet", dob=None)
        db.session.add(person)
        db.session.flush()
        db.session.add(
            AssociateRow(area_id=scene.who.area_id, case_id=scene.case_id, person_id=person.id,
                         relation="brother", **told_by(scene))
        )  # fmt: skip
        return person.id


def told_by(scene: Scene) -> dict[str, object]:
    return {"agency_id": scene.who.agency_id, "author": "Wren", "recorded_by": scene.who.account_id,
            "recorded_at": NOW, "source": "a call"}  # fmt: skip


def collide(scene: Scene, person: UUID, what: Shared, mine: str, theirs: str) -> None:
    """The details of both who are told hold one spelling, the person of the case the other."""
    common = {"area_id": scene.who.area_id, "case_id": scene.case_id, "person_id": person, **told_by(scene)}
    own = dict[str, object]()
    with saved():
        db.session.query(StaffDetailRow).delete()
        db.session.query(ContactRow).delete()
        db.session.query(AddressRow).delete()
        match what:
            case Shared.EMAIL:
                own["email"] = mine
                db.session.add(ContactRow(kind="e-mail", value=theirs, key=theirs, ended=False, **common))
            case Shared.PHONE:
                own["phone"] = mine
                db.session.add(ContactRow(kind="phone", value=theirs, key=theirs, ended=False, **common))
            case Shared.ADDRESS:
                own["address"] = mine
                db.session.add(AddressRow(kind="home", perpetrator_knows="yes", confidential=False,
                                          text=theirs, **common))  # fmt: skip
            case Shared.NAME | Shared.NAME_AND_DOB:
                born = BORN if what is Shared.NAME_AND_DOB else None
                own |= {"surname": mine, "dob": born}
                row = db.session.get_one(PersonRow, person)
                row.forename, row.surname, row.dob = "", theirs, born
        for one in scene.both:
            db.session.add(
                StaffDetailRow(area_id=scene.who.area_id, account_id=one.account_id, of_whom="self",
                               told_at=NOW, **own)
            )  # fmt: skip


@pytest.mark.parametrize("what", KINDS, ids=str)
@pytest.mark.parametrize("part", ["perpetrator", "associate"])
def test_F3_nothing_reaches_who_shares_anything_with_the_perpetrator_or_an_associate(
    scene: Scene, part: str, what: Shared, capsys: pytest.CaptureFixture[str]
) -> None:
    assert all(attempt(scene) for attempt in (page, through_the_door(What.INVITATION))), "before it collides"
    person, tried = of_the_case(scene, part), 0
    capsys.readouterr()
    for place, (plain, other) in enumerate(spelt(what)):
        collide(scene, person, what, plain, other)
        tried += nothing_gets_out(scene, left_out(place))
    said = capsys.readouterr().out
    assert logged(said) == kept(scene) >= tried
    assert all(name not in said for name in ("Quillfeather", "Brackenbury", CANARY, scene.reference, plain))
    grounds = set(db.session.scalars(select(RefusalRow.ground)))
    assert grounds == {"collision"}
    said_of(scene, tried)


def wall(scene: Scene) -> None:
    for one in scene.both:
        db.session.add(WallRow(area_id=scene.who.area_id, case_id=scene.case_id, ground="declared", shared="",
                               account_id=one.account_id, state="stands", put_at=NOW))  # fmt: skip


def restriction(scene: Scene) -> None:
    db.session.add(RestrictionRow(area_id=scene.who.area_id, case_id=scene.case_id, state="restricted",
                                  hides="unnamed", reason="staff", put_at=NOW))  # fmt: skip


def disabled(scene: Scene) -> None:
    for one in scene.both:
        db.session.get_one(AccountRow, one.account_id).disabled_at = NOW


def withdrawn(scene: Scene) -> None:
    db.session.get_one(AgencyRow, scene.chair.agency_id).withdrawn_on = NOW.date()


@pytest.mark.parametrize("change", [wall, restriction, disabled, withdrawn], ids=lambda one: one.__name__)
def test_nothing_reaches_who_may_not_have_it(
    scene: Scene, change: Callable[[Scene], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A restriction does not keep from a chair that a glass was broken, or that an alarm was raised."""
    with saved():
        change(scene)
    capsys.readouterr()
    but = frozenset(TOLD_FOR_THEIR_DUTY) if change is restriction else frozenset()
    tried = nothing_gets_out(scene, but)
    assert logged(capsys.readouterr().out) == kept(scene) == tried
    said_of(scene, tried)


def test_S1_content_goes_by_mail_to_secure_domains_only(scene: Scene) -> None:
    letter = through_the_door(What.LETTER)
    assert not letter(scene)
    for address, passes in (
        ("i@harbour.gov.uk", True), ("i@gov.uk.example", False), ("i@notgov.uk", False),
        ("i@harbour.g\u043ev.uk", False),
    ):  # fmt: skip
        with saved():
            db.session.get_one(AccountRow, scene.chair.account_id).email = address
        assert letter(scene) is passes, address


@pytest.mark.parametrize("scene", [2], indirect=True)
@pytest.mark.parametrize("what", KINDS, ids=str)
@pytest.mark.parametrize("part", ["perpetrator", "associate"])
def test_F3_beside_another_case_the_rest_leaves_without_a_trace(
    scene: Scene, part: str, what: Shared
) -> None:
    assert CANARY in words(scene), "before it collides"
    person = of_the_case(scene, part)
    for plain, other in spelt(what):
        collide(scene, person, what, plain, other)
        clean(scene, words(scene))
    clean(scene, copied(scene))
    assert worker_sends(scene), "a notice has no content, and the other case is theirs"
    figure("outbound, beside a clean case", "{n} pages and files without a trace", n=len(spelt(what)) + 1)


@pytest.mark.parametrize("scene", [2], indirect=True)
@pytest.mark.parametrize("change", [wall, restriction], ids=lambda one: one.__name__)
def test_M6_beside_another_case_the_rest_leaves_without_a_trace(
    scene: Scene, change: Callable[[Scene], None]
) -> None:
    before = packs.make_copy(scene.chair, scene.pack_id, 0, NOW)
    assert before is not None and packs.fetch(scene.chair, before.copy_id, NOW)
    with saved():
        change(scene)
    clean(scene, words(scene))
    with pytest.raises(packs.Stale):
        packs.fetch(scene.chair, before.copy_id, LATER)
    with pytest.raises(NotFound):
        packs.fetch(scene.chair, before.copy_id, LATER)
    db.session.rollback()
    assert db.session.scalars(select(PackCopyRow.content)).all() == [None], "deleted at once"
    clean(scene, copied(scene))
    figure("outbound, beside a clean case", "{n} pages and files without a trace", n=2)


def words(scene: Scene) -> str:
    pack, worded = packs.read(scene.chair, scene.pack_id, LATER)
    return f"{pack}{worded}"


def copied(scene: Scene) -> str:
    """Everything the file says: its pages, its outline, its metadata."""
    made = packs.make_copy(scene.chair, scene.pack_id, 0, LATER)
    assert made is not None
    content = packs.fetch(scene.chair, made.copy_id, LATER)
    pdf = PdfReader(BytesIO(content), password=made.passphrase)
    outline = " ".join(str(getattr(one, "title", one)) for one in _flat(pdf.outline))
    return "\n".join([*(one.extract_text() for one in pdf.pages), outline, str(pdf.metadata)])


def _flat(marks: list[object]) -> list[object]:
    return [one for mark in marks for one in (_flat(mark) if isinstance(mark, list) else [mark])]


def clean(scene: Scene, told: str) -> None:
    """No name, number, count or group of the other case; the clean one whole."""
    assert CANARY not in told and scene.reference not in told
    assert "C-00000" in told and "Fit a new lock" in told
    assert Group.REPEAT_NO_SAFEGUARDS.title not in told and Group.NEW_SAFEGUARDS.title in told
    assert "('Cases', '1')" in told or "Cases\n1" in told or "Cases 1" in told, told[:600]


def worker_sends(scene: Scene) -> bool:
    waiting = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
    about = db.session.scalars(select(CaseRow.id)).all()
    with saved():
        outbox.put(scene.who.area_id, scene.chair.account_id, Notice.PACK_READY, waiting, NOW,
                   about=about, meeting_id=scene.meeting_id)  # fmt: skip
    return worker.send_waiting(carry(scene), lambda: LATER) == {"sent": 1}


def test_F3_only_a_lifted_wall_clears_a_name_and_it_clears_nothing_else(scene: Scene) -> None:
    person = of_the_case(scene, "perpetrator")
    collide(scene, person, Shared.NAME, *spelt(Shared.NAME)[0])
    assert not page(scene)
    with saved():
        wall(scene)
        db.session.flush()
        db.session.execute(update(WallRow).values(state="lifted", shared=Shared.NAME))
    assert page(scene), "a person has looked: the name alone is another's"
    collide(scene, person, Shared.EMAIL, *spelt(Shared.EMAIL)[0])
    assert not page(scene), "but not the e-mail address they share"


def test_nothing_but_the_door_makes_what_carrying_needs() -> None:
    """`Cleared` is made in one place, and mail and pack files leave from the places that ask for it."""
    house = Path(mail.__file__).parent
    making = [path.name for path in house.rglob("*.py") if "Cleared(" in path.read_text(encoding="utf-8")]
    assert making == ["mail.py"]
    for call, places in {
        "smtplib": {"mail_smtp.py"},
        "files.stamp(": {
            *("packs.py", "transfer_files.py", "minutes_copies.py", "emergency_pack_making.py"),
            *("disclosure_releases.py", "disagreement_files.py"),
        },
        "pack_kept.read(": {"pack_door.py"},
        "outbox.put(": {"notices.py", "invitations.py", "outbox_letters.py"},
        "notices.put(": {
            *("openings.py", "corrections.py", "alarms.py", "digests.py", "outbox_undelivered.py"),
            *("oversight.py", "unattended.py", "referral_decisions.py", "transfers.py"),
            *("exploitation_decisions.py", "episode_notices.py", "exploitation_walls.py"),
            "order_reminders.py",
            "outcome_crimes.py",
            "emergency_chasing.py",
            *(
                "agreements_chasing.py",
                "breach_notices.py",
                "complaint_notices.py",
                "disagreement_notices.py",
            ),
        },
    }.items():
        found = {path.name for path in house.rglob("*.py") if call in path.read_text(encoding="utf-8")}
        assert found <= places, call
    assert recipients.asked.__doc__ and "F3" in recipients.asked.__doc__
