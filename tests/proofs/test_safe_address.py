"""A safe address is on no page, in no pack, message, log or trail, and in no byte on the disk (A1, A16, A17).

But for the answer to who was shown it for a reason, and the copy of the one person it was put there for. On
PostgreSQL, where the same pages are made, each door is opened by one of the roles that may, of the panel
where one may, drawn by its name; by all of them on SQLite, and in the long form (`make prove`).
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from agenda.circulation import Group
from meetingsvc import jobs
from meetingsvc.models import AccountRow, AuditRow, Base, CaseRow, DraftRow, ItemRow, MeetingRow, PackRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting
from meetingsvc.usecases import address_shares, addresses, marac, marac_publishing
from tests.a_marac import NOW, decided, listed
from tests.an_address import WHY, a_contact, a_detail, an_address
from tests.builders import a_row
from tests.proofs import LONG, drawn, figure
from tests.proofs.oracle import PANEL
from tests.web.conftest import SignIn
from tests.web.routes import Door, doors

SAFE, POLICE, NUMBER = "Zephyrquay", "Quillonbeck", "01632960471"
TOLD = an_address(text=f"17 {SAFE} Mews, XY8 8ZZ")
#: Shows what is masked, with its reason: what this is about.
SHOWN = re.compile(r"/reveal$")
AGENCY = "Northtest Homes"


class Ground:
    """A published MARAC with one case, its victim's addresses, and who is about."""

    def __init__(self, service: Flask, signed_in: SignIn) -> None:
        self.service, self.signed_in = service, signed_in
        for role in Role:
            signed_in(role)
        self.rep = signed_in(Role.REPRESENTATIVE, AGENCY)
        with service.app_context():
            self.coordinator, self.teller = self._who(Role.COORDINATOR), self._who(Role.REPRESENTATIVE)
            self.ids = self._told()

    def _who(self, role: Role) -> Principal:
        rows = select(AccountRow.id).where(AccountRow.role == role).order_by(AccountRow.email)
        found = accounts.principal(db.session.scalars(rows).all()[0], NOW)
        assert found is not None
        return found

    def _told(self) -> dict[str, UUID]:
        who, teller = self.coordinator, self.teller
        sent = a_row(victim_address=f"9 {POLICE} Lane", victim_phone="01632 960 471",
                     recorded_at="2026-11-20T12:00:00+00:00")  # fmt: skip
        with acting.service():
            item = listed(who.area_id, [sent])[0]
            decided(who, item, Group.NEW_SAFEGUARDS)
            case = db.session.get_one(ItemRow, item).case_id
            marac_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
            victim = db.session.scalars(select(CaseRow.victim_id)).one()
            db.session.rollback()
        address = addresses.tell_address(teller, case, victim, TOLD, NOW)
        contact = addresses.tell_contact(teller, case, victim, a_contact(), NOW)
        share = address_shares.share(who, case, address, teller.account_id, marac_id, WHY, NOW)
        detail = a_detail(who.area_id, teller.account_id)
        marac.close(who, marac_id, NOW)
        marac_publishing.publish(who, marac_id, NOW)
        with acting.service():
            pack = db.session.scalars(select(PackRow.id)).one()
            db.session.rollback()
        return {"item_id": item, "case_id": case, "meeting_id": marac_id, "person_id": victim,
                "address_id": address, "contact_id": contact, "share_id": share, "detail_id": detail,
                "pack_id": pack, "account_id": teller.account_id, "agency_id": teller.agency_id}  # fmt: skip

    def knocks(self, method: str) -> Iterator[tuple[FlaskClient, Door, str]]:
        """Every role at every door, in front of these objects; on PostgreSQL one of them."""
        few = not LONG and self.service.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
        found = [one for one in doors(self.service) if one.method == method and not SHOWN.search(str(one))]
        clients = {role: self.signed_in(role) for role in Role}
        for door in found:
            for role in _openers(door, few):
                yield clients[role], door, door.path(lambda name: self.ids.get(name, UUID(int=1)))


def _openers(door: Door, few: bool) -> list[Role]:
    likely = [role for role in door.roles if role in PANEL] or door.roles
    return [likely[drawn(str(door), len(likely))]] if few and likely else door.roles


@pytest.fixture
def ground(service: Flask, signed_in: SignIn) -> Ground:
    return Ground(service, signed_in)


def found_in(answer: bytes | str) -> set[str]:
    """Which of the secrets stand in something."""
    plain = answer if isinstance(answer, str) else answer.decode(errors="replace")
    close = re.sub(r"[\s().+-]", "", plain)
    found = {token for token in (SAFE, POLICE) if token in plain}
    return found | {NUMBER} if NUMBER in close else found


def plain_pdf(content: bytes, passphrase: str) -> bytes:
    """Every stream of a file, decompressed, with its words."""
    with pikepdf.open(BytesIO(content), password=passphrase) as pdf:
        streams = [one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        return b"".join([*streams, str(pdf.docinfo).encode()])


def copy_of(client: FlaskClient, pack: UUID) -> tuple[str, bytes]:
    """The words of somebody's own copy, page by page, and all its bytes."""
    from pypdf import PdfReader

    answer = client.post(f"/packs/{pack}/copy", data={"replaces": 0})
    phrase = re.search(r'app-passphrase">([a-z-]+)<', answer.text)
    link = re.search(r"/packs/copies/[0-9a-f-]+/pack\.pdf", answer.text)
    assert phrase and link, answer.text
    answer = client.get(link[0])
    assert answer.mimetype == "application/pdf", answer.text
    content = answer.data
    reader = PdfReader(BytesIO(content), password=phrase[1])
    return " ".join(page.extract_text() for page in reader.pages), plain_pdf(content, phrase[1])


def test_A1_a_safe_address_is_on_no_page_of_any_role(ground: Ground) -> None:
    looked = 0
    with capture_logs() as logs:
        for client, door, path in [*ground.knocks("GET"), *ground.knocks("POST")]:
            answer = client.open(path, method=door.method, buffered=True)
            assert answer.status_code < 500, door
            assert found_in(answer.data) == found_in(str(answer.headers)) == set(), (door, path)
            looked += 1
    assert found_in(repr(logs)) == set()
    figure("safe address", "{pages} answers to every role at every door, 0 with the address", pages=looked)


def test_A1_a_pack_holds_it_for_the_one_named_person_alone(ground: Ground) -> None:
    named, other = ground.signed_in(Role.REPRESENTATIVE), ground.signed_in(Role.COORDINATOR)
    words, content = copy_of(other, ground.ids["pack_id"])
    assert found_in(words) == found_in(content) == set()
    words, _ = copy_of(named, ground.ids["pack_id"])
    assert found_in(words) == {SAFE}
    with ground.service.app_context(), acting.service():
        packs = db.session.scalars(select(PackRow.content)).all()
    assert all(found_in(content or b"") == set() for content in packs)


def test_A16_after_all_that_it_is_nowhere_on_the_disk(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ground.signed_in(Role.CHAIR).post(
        f"/cases/{ground.ids['case_id']}/addresses/{ground.ids['address_id']}/reveal", data={"reason": WHY}
    )
    assert found_in(shown.text) == {SAFE}
    copy_of(ground.signed_in(Role.REPRESENTATIVE), ground.ids["pack_id"])
    typed_while_asleep(ground, monkeypatch)
    jobs.run_once(ground.service, ground.service.config["SETTINGS"])
    with ground.service.app_context():
        kept = {name: found_in(repr(rows)) for name, rows in every_row().items()}
        assert {name for name, found in kept.items() if SAFE in found} == set()
        assert {name for name, found in kept.items() if POLICE in found} == {"incident_text"}
        with acting.service():
            trail = [str((row.subject, row.detail)) for row in db.session.scalars(select(AuditRow))]
        assert found_in(" ".join(trail)) == set()
        db.session.remove()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and all(SAFE.encode() not in path.read_bytes() for path in files)
    mails = [path.read_text() for path in (tmp_path / "mail").rglob("*") if path.is_file()]
    assert mails and found_in(" ".join(mails)) == set()


def typed_while_asleep(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed before the session fell asleep is kept for the person, sealed."""
    client = ground.signed_in(Role.IDVA)
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=20))
    page = f"/cases/{ground.ids['case_id']}/people/{ground.ids['person_id']}/address"
    answer = client.post(page, data={"text": f"17 {SAFE} Mews", "knows": "no"})
    assert answer.status_code in (302, 303, 403), answer.text
    with ground.service.app_context():
        assert db.session.scalars(select(DraftRow.account_id)).all(), (
            "it is kept, so that it can be seen sealed"
        )
        db.session.remove()


def every_row() -> dict[str, list[object]]:
    """Every column of every row, as the service may read them."""
    with acting.service():
        return {table.name: list(db.session.execute(select(table))) for table in Base.metadata.sorted_tables}
