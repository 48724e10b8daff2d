"""Proof 2: what each account comes across, wherever it looks, is exactly what the page of rules lets it read.

Every free text in the world carries a token of its own. Every account opens every page with every identifier,
posts what shows something, sends empty forms, makes its copy of the pack and opens it. Too much fails, and so
does too little. (There are no calendar files yet: they join this sweep with their issue.)

The short form leaves out: of the two roles that run meetings one account each (`_LIKE_THE_OTHER`); a door
that is closed to a role, but for one knock; on PostgreSQL, which differs by its policies and its SQL, all
accounts but three (`FEW`), and empty forms. `make prove` does the whole on both.
"""

import email
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from agenda.need_to_know import Hides, WallState
from meetingsvc import jobs
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    Base,
    NamedRow,
    OpeningRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import accounts
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.proofs import LONG, canaries, figure
from tests.proofs.canaries import Canary, Planted, found_in
from tests.proofs.oracle import LEAVING, ORACLE, PANEL, ROLES
from tests.second_factor import SECRET, give_app, open_session
from tests.servers.databases import Copies
from tests.web.routes import Door, doors

#: By which line of security.md B somebody may come to read a text. None: it is kept, and no page shows it.
READ_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("feed.offence", "feed.summary", "feed.relationship", "feed.victim_forename",
         "feed.perpetrator_forename", "feed.perpetrator_address", "feed.perpetrator_phone", "action.what",
         "address.text", "address.known_to", "address.why", "address.author",
         "address.source", "contact.author", "contact.source", "associate.forename", "associate.surname",
         "associate.relation", "relationship.forename", "relationship.surname", "relationship.author",
         "relationship.source", "relationship.removed_why", "consent.limits", "consent.author",
         "consent.source", "risk_assessment.reason", "risk_assessment.author", "risk_assessment.source",
         "referral_told.text", "action_step.text"),
        ("read case",),
    ),
    **dict.fromkeys(
        ("feed.children", "safeguard.note", "clarification.name", "clarification.text",
         "outcome.notes", "outcome.group_reason", "item.added_reason", "entry.added_reason",
         "outcome.not_referred", "entry.disclose_why",
         "item.moved_reason", "item.put_off", "plan_review.text", "minutes_case.said", "minutes_case.notes",
         "minutes.observer"),
        ("read meeting",),
    ),
    **dict.fromkeys(
        ("note.text", "note.author", "note.source", "note.why", "note.old text", "note.old.author",
         "note.old.source", "correction_request.reason"),
        ("add own item",),
    ),
    **dict.fromkeys(
        ("research_named.name", "research_named.relation", "research_named.why"),
        ("research request", "research return"),
    ),
    "meeting_move.reason": ("read meeting",),
    "feed.order_terms": ("read case", "read meeting"),  # in the register, and announced on the list (T10)
    "action.reason": ("read case",),  # in the action plan, which goes to the agencies (A3)
    **dict.fromkeys(
        ("address.sealed", "contact.value", "feed.victim_address", "feed.victim_postcode",
         "feed.victim_phone"),
        ("reveal safe address",),
    ),
    "reveal.reason": ("read audit of a case",),
    "retention_step.reason": ("read retention",),
    "case_hold.reason": ("hold records",),
    "address_share.reason": ("share safe address",),
    "step.text": ("restrict",),
    **dict.fromkeys(
        ("restriction.reason", "restriction.managers_told", "restriction.managers_said_by",
         "restriction.lado"),
        ("restrict",),
    ),
    "wall.why": ("restrict",),
    "proposal.reason": ("decide walls",),  # those of the world wait for a wall to be lifted
    "opening.reason": ("review broken glass", "read audit of a case"),
    "closed_reason.reason": ("read audit of a case",),
    "opening.review": ("review broken glass",),
    **dict.fromkeys(
        ("disclosure_request.name", "disclosure_request.organisation", "disclosure_request.purpose"),
        ("read disclosure",),
    ),
    "disclosure_step.reason": ("step on disclosure",),
    **dict.fromkeys(("disclosure_release.recipient", "disclosure_release.purpose"), ("release disclosure",)),
    **dict.fromkeys(
        ("disclosure_application.applicant", "disclosure_application.applicant_is",
         "disclosure_application.identity", "disclosure_application.access", "application_step.reason",
         "disclosure_telling.told_by", "disclosure_telling.told_where", "disclosure_telling.whom",
         "disclosure_telling.safely"),
        ("read application",),
    ),
    "refusal.note": ("see refused messages",),
    "alarm.note": ("be told of alarms",),
    **dict.fromkeys(("complaint.what", "complaint_entry.told"), ("handle complaint",)),
    **dict.fromkeys(("breach.what", "breach.done", "breach_entry.told"), ("run breach",)),
    "breach.what, for a chair": ("second a false breach",),
    **dict.fromkeys(("named_case_part.why", "named_case_entry.words", "named_case_entry.source",
                     "named_case_held.why"),
                    ("run named cases",)),
    "feed_import.dealt_with_reason": ("create incident",),
}  # fmt: skip
#: What the page words finer than a line of its table: of coordinator, chair, representative, IDVA. Several
#: marks: one of them will do.
READ_AS: dict[str, str] = {
    "outcome_version.told": "P P - -",  # what an outcome said before: for who runs meetings
    "live_field.value": "P - - -",  # who records outcomes is told what others type
    "crime_disclosed.text": "P P O O",  # the agency that disclosed it, and the police told of it
    "flag.contact": "P P O O",
    **dict.fromkeys(
        ("disclosure_answer.words", "disclosure_answer.redactions", "disclosure_asked.outcome_words"),
        "P P O O",
    ),
    "emergency_ask.reason": "P P O O",
    "disagreement.about": "P P O O",
    "disagreement_entry.told": "P P O O",
    "confirmation.reason": "P P O O",  # and others where it moves the case to discussion
    "research_draft.text": "- - O O",  # of one's own agency, until it is sent
    "feedback.unsafe": "P P - L",  # and the IDVA the case is given to (F1)
    "feedback_try.how": "P P O OL",  # who was named to tell, and the IDVA the case is given to
    "minutes_case.unsafe": "P P - M",
    "minutes_case.heard_by": "P P - -",  # who is missing there may be whom a wall is about (M6)
    "minutes_case.crime": "P P O O",
    "attendee.name": "P P - -",
    "attendee.organisation": "P P - -",
    "attendee_apart.reason": "P P - -",  # of the cases they may open
    "minutes.sent_back": "P P - -",
    **{f"minutes_case, draft.{part}": "P P - -"
       for part in ("said", "notes", "unsafe", "heard_by", "crime")},
}  # fmt: skip
#: What is on no case: an import's rows belong to the area, as its coordinators' work.
REJECTED = ("create incident",)
OWN = ("draft.field", "staff_detail.")
#: On no page: whom exploitation panels hear and what links them, as all here run domestic abuse alone; who
#: told of a known associate, the key of a hearing in somebody else's system, why a wall that stands was
#: found, why the service proposed another group than the meeting chose, and what was done about a breach
#: that one officer finds to be none.
KEPT = ("associate.author", "associate.source", "hearing.external_reference", "wall.matched",
        "wall.why, standing",
        "wall.matched, standing", "outcome.proposed_why", "breach.done, for a chair",
        "applicant_contact_shown.reason", "subject.name", "subject.forename",
        "missing_episode.child", "missing_episode.from_where", "missing_episode.found_where",
        "missing_episode.refused", "immediate_asked.done",
        "link.author", "link.source",
        "link.ended", "subject_trait.text", "subject_trait.author", "subject_trait.source",
        "subject_trait.ended",
        "level_said.reason", "level_said.by", "pattern.reason", "care_document.text",
        "care_document.title", "care_document.author", "ladder_step.reason",
        "ladder_step.goes_on", "ladder_place.leaving", "ladder_place.transition_to",
        "agenda_put.reason", "agenda_put.off_reason")  # fmt: skip
#: What is masked on every page but the answer to who was shown it for a reason.
SEALED = (
    "address.sealed",
    "contact.value",
    "feed.victim_address",
    "feed.victim_postcode",
    "feed.victim_phone",
)
WHY = {"reason": "invented for this proof"}


@dataclass
class Facts:
    """What stands in the tables about who is kept from which case, and to whom one is open: nothing is asked
    of `store/scope.py`, or of the policies of the database."""

    walls: set[tuple[UUID, UUID]]
    hidden: set[UUID]
    named: set[tuple[UUID, UUID]]
    opened: set[tuple[UUID, UUID]]
    allocated: set[tuple[UUID, UUID]]
    people: dict[UUID, AccountRow]
    agencies: dict[UUID, AgencyRow]

    @classmethod
    def read(cls) -> "Facts":
        rows = db.session.scalars
        return cls(
            {(one.account_id, one.case_id) for one in rows(select(WallRow))
             if one.state == WallState.STANDS},
            {one.case_id for one in rows(select(RestrictionRow)) if one.hides == Hides.UNNAMED},
            {(one.account_id, one.case_id) for one in rows(select(NamedRow))},
            {(one.account_id, one.case_id) for one in rows(select(OpeningRow))
             if one.until and one.until > NOW},
            {(one.account_id, one.case_id) for one in rows(select(AllocationRow))},
            {one.id: one for one in rows(select(AccountRow))},
            {one.id: one for one in rows(select(AgencyRow))},
        )  # fmt: skip

    def kept(self, who: UUID, case_id: UUID) -> bool:
        """Any wall, or "restricted and not named", turns every cell to "never"."""
        return (who, case_id) in self.walls or (case_id in self.hidden and (who, case_id) not in self.named)


def may_read(facts: Facts, who: UUID, canary: Canary, case_id: UUID | None, area_id: UUID) -> bool:
    """security.md B for one account and one text."""
    person = facts.people[who]
    agency, role = facts.agencies[person.agency_id], Role(person.role)
    if person.disabled_at:
        return False
    if canary.what.startswith(OWN):
        return canary.person == who and ORACLE["own account"][role] != "-"
    if agency.withdrawn_on and role in PANEL:
        return False
    if canary.what.startswith(("sharing_decision.", "sharing_review.")):  # on no case: one's own alone (K4)
        return canary.person == who and not (agency.withdrawn_on and role in LEAVING)
    if canary.what in KEPT or agency.area_id != area_id:
        return False
    rows, marks = _marks(canary.what, role)
    if case_id is None or canary.what.startswith("rejected."):
        return bool(marks - {"M"}) or ("M" in marks and "MARAC" in agency.attends)
    if facts.kept(who, case_id):
        return False
    if canary.what in ("opening.reason", "closed_reason.reason") and role in PANEL and canary.person == who:
        return True  # their own words, in the access log of what they did themselves ("Read audit": self)
    asked = ("research request", "research return")
    meeting = rows in ((), ("read meeting",), ("reveal safe address",), asked)
    return any(_reaches(mark, facts, who, role, agency, case_id, canary, meeting) for mark in marks)


def _marks(what: str, role: Role) -> tuple[tuple[str, ...], set[str]]:
    """By which lines of the page, and what they say of a role."""
    if what in READ_AS:
        told = dict(zip(ROLES, READ_AS[what].split(), strict=False))
        return (), set(told.get(role, "-")) - {"-"}
    rows = REJECTED if what.startswith("rejected.") else READ_BY[what]
    return rows, {ORACLE[row][role][0] for row in rows} - {"-"}


def _reaches(
    mark: str, facts: Facts, who: UUID, role: Role, agency: AgencyRow, case_id: UUID, canary: Canary,
    meeting: bool,
) -> bool:  # fmt: skip
    """Whether a mark of the page holds for this case. What opens a case does not open a meeting."""
    here = (who, case_id)
    match mark:
        case "P" | "N":
            return True
        case "M":
            return "MARAC" in agency.attends or (here in facts.opened | facts.allocated and not meeting)
        case "O":
            return "MARAC" in agency.attends and _owner(facts, canary) == agency.id
        case "T":
            return here in facts.opened
        case "L":
            return here in facts.allocated
    raise AssertionError(mark)


def _owner(facts: Facts, canary: Canary) -> UUID | None:
    return facts.people[canary.person].agency_id if canary.person else None


@dataclass
class Sweep:
    """One account's way through everything; where it found which token."""

    planted: Planted
    client: FlaskClient
    who: UUID
    found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    role: Role | None = None
    requests: int = 0
    phrases: list[str] = field(default_factory=list)
    #: In the place of every identifier that no set has.
    unknown: UUID = field(default_factory=uuid4)
    #: The sets of objects that are looked at; None: all.
    only: tuple[str, ...] | None = None

    def look(self, answer: TestResponse, where: str) -> TestResponse:
        """Everything that came back."""
        self.requests += 1
        assert answer.status_code < 500, where
        self.note(answer.text + str(answer.headers), where)
        return answer

    def note(self, said: str, where: str) -> None:
        for token in found_in(said):
            self.found[token].add(where)

    def everything(self, live: list[Door]) -> None:
        for door in live:
            self.pages(door)
        self.what_is_asked_for()

    def pages(self, door: Door) -> None:
        if door.method == "GET":
            for path in self.paths(door):
                self.page(path, door)

    def what_is_asked_for(self) -> None:
        """What is shown to who asks for it, and one's own copies."""
        for ids in self._sets():
            self._ask(ids)
        for pack_id in {ids["pack_id"] for ids in self._sets()}:
            self._copy(pack_id)

    def page(self, path: str, door: Door) -> None:
        """And the further pages of who has opened a case: each look makes it longer."""
        answer = self.look(self.client.get(path, buffered=True), str(door))
        further = re.search(r'href="([^"]+)" rel="next"', answer.text) if "case_id" in door.ids else None
        if further:
            self.page(unescape(further[1]), door)

    def empty_forms(self, door: Door) -> None:
        """Refusals repeat what was typed and what it was about. Nothing is saved meanwhile."""
        if door.method == "POST":
            for path in self.paths(door):
                self.look(self.client.post(path, buffered=True), str(door))

    def paths(self, door: Door) -> list[str]:
        """With every set of identifiers there is, and everybody's own things; once where it is closed."""
        if not door.ids or (not LONG and self.role is not None and self.role not in door.roles):
            return [door.path(lambda name: self._sets()[0].get(name) or self.unknown)]
        found = {
            door.path(lambda name, told=told: told.get(name) or self.unknown)
            for ids in self._sets()
            for told in (ids, {**ids, "item_id": ids["line_id"]}, {**ids, "opening_id": ids["ticket_id"]})
        }
        if door.rule.rule.startswith("/minutes/"):
            found |= {door.path(lambda name, told=ids: told["daily_id"]) for ids in self._sets()}
        others = list(self.planted.world.own.values())
        if "opening_id" in door.ids:
            found |= {door.path(lambda name, told=told: told) for told in self.planted.openings}
        for own in others if LONG else others[:: len(others) // 3]:
            if set(door.ids) <= own.keys():
                found.add(door.path(lambda name, told=own: told[name]))
        return sorted(found)

    def _sets(self) -> list[dict[str, Any]]:
        world = self.planted.world
        return [
            {**ids, **world.own.get((self.who, name), {})}
            for name, ids in world.sets.items()
            if name != "destroyed" and (self.only is None or name in self.only)
        ]

    def _ask(self, ids: dict[str, Any]) -> None:
        case = f"/cases/{ids['case_id']}"
        for path, form in (
            ("/search", {"words": ids["surname"]}),
            ("/lists/ask-to-add", {"reference": ids["occurrence"]}),
            (f"{case}/addresses/{ids['address_id']}/reveal", WHY),
            (f"{case}/addresses/police/reveal", WHY),
            (f"{case}/contacts/{ids['contact_id']}/reveal", WHY),
        ):
            where = "reveal" if path.endswith("/reveal") else path
            self.look(self.client.post(path, data=form), where)

    def _copy(self, pack_id: UUID) -> None:
        """One's own copy, opened with the passphrase that its page shows."""
        path, made = f"/packs/{pack_id}/copy", None
        held = re.search(r'name="replaces" value="(\d+)"', self.client.get(path).text)
        made = self.look(self.client.post(path, data={"replaces": held[1] if held else "0"}), "pack")
        if made.status_code != 200:
            return
        (phrase,) = re.findall(r'app-passphrase">([^<]+)<', made.text)
        (copy,) = set(re.findall(r"/packs/copies/([0-9a-f-]+)/pack.pdf", made.text))
        self.phrases.append(phrase)
        file = self.client.get(f"/packs/copies/{copy}/pack.pdf", buffered=True)
        assert file.status_code == 200
        self.note(said_in(file.data, phrase) + str(file.headers), "the pack's file")


def said_in(content: bytes, phrase: str) -> str:
    """The text of every page, what it says of itself, and every stream of the file, unpacked."""
    reader = PdfReader(BytesIO(content), password=phrase)
    words = [page.extract_text() for page in reader.pages] + [str(reader.metadata)]
    with pikepdf.open(BytesIO(content), password=phrase) as file:
        for thing in file.objects:
            if isinstance(thing, pikepdf.Stream):
                words.append(_bytes_of(thing).decode("latin-1"))
            else:
                words.append(repr(thing))
    return " ".join(words)


def _bytes_of(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except (pikepdf.PdfError, zlib.error):
        return stream.read_raw_bytes()


@pytest.fixture(scope="module")
def ground(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Planted, Path]]:
    """The world with its tokens, in a database and a folder of its own."""
    url, folder = copies.make(), tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("meetingsvc.clock.now", lambda: NOW)
        settings = Settings(database_url=url, data_dir=folder, secret_key="x" * 32, mail_dir=folder / "mail")
        app = create_app(settings)
        app.testing = True
        app.config |= {"PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False}
        yield canaries.build(app), folder
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
    copies.drop(url)


#: Who looks on PostgreSQL in the short form: one who attends, one who governs; and the keeper of all, who may
#: read every case.
FEW = (Role.REPRESENTATIVE, Role.INFORMATION_GOVERNANCE)
#: Coordinators and chairs read alike: in each of these standings one of them looks.
_LIKE_THE_OTHER = frozenset({(Role.COORDINATOR.label, "supplier"), (Role.CHAIR.label, "absent")})


def swept(planted: Planted) -> dict[str, UUID]:
    """Who looks, by a name to tell them apart. On PostgreSQL the same code runs, so fewer do."""
    world = planted.world
    people = {f"{role.label}, {standing}": who for (role, standing), who in world.people.items()}
    people["the keeper of all"] = world.keeper
    postgresql = world.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    if LONG:
        return people
    return {name: who for name, who in people.items() if name.endswith("all") or _looks(name, postgresql)}


def _looks(name: str, few: bool) -> bool:
    role, _, standing = name.partition(", ")
    panel = role in {one.label for one in PANEL}
    if few:
        return standing == "attends" and role in {one.label for one in FEW}
    if panel:
        if (role, standing) in _LIKE_THE_OTHER:
            return False
        return standing != "disabled" or role == Role.CHAIR.label
    return standing == "attends" or (standing == "supplier" and role == Role.INFORMATION_GOVERNANCE.label)


def client_of(planted: Planted, who: UUID) -> FlaskClient:
    app = planted.world.app
    if who not in planted.world.cookies:
        return open_session(app, who, NOW)
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], planted.world.cookies[who])
    return client


def test_M6_S3_each_account_finds_exactly_what_it_may_read(
    ground: tuple[Planted, Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, folder = ground
    world = planted.world
    live = list(doors(world.app))
    with world.app.app_context(), acting.service():
        facts = Facts.read()
        areas = {facts.agencies[world.agencies[name]].area_id for name in ("attends", "far")}
        db.session.remove()
    assert len(areas) == 2
    wrong: list[str] = []
    sweeps = [
        (name, Sweep(planted, client_of(planted, who), who, role=Role(facts.people[who].role)))
        for name, who in swept(planted).items()
    ]
    forms = world.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    capfd.readouterr()
    for door in live:  # by everybody in turn: what a page asks of the database is put into words once
        for _, sweep in sweeps:
            sweep.pages(door)
    for _, sweep in sweeps:
        sweep.what_is_asked_for()
    with monkeypatch.context() as dry:
        dry.setattr(db.session, "commit", _dry)
        for door in live:
            for name, sweep in sweeps:
                if LONG or (forms and name.endswith("attends")):
                    sweep.empty_forms(door)
    logged = capfd.readouterr()
    mails = _mails(planted, folder)
    wrong += [f"{name}: {line}" for name, sweep in sweeps for line in differences(planted, facts, sweep)]
    wrong += [f"a log line says {planted.canaries[token]}" for token in found_in(logged.out + logged.err)]
    wrong += [f"a mail says {planted.canaries[token]}" for token in found_in(mails)]
    assert any(sweep.phrases for _, sweep in sweeps), "nobody could make a copy"
    assert mails, "no mail was sent"
    figure(
        "sweep", "{tokens} tokens, {accounts} accounts, {requests} answers; {wrong} tokens out of place",
        tokens=len(planted.canaries), accounts=len(sweeps), wrong=len(wrong),
        requests=sum(sweep.requests for _, sweep in sweeps),
    )  # fmt: skip
    assert not wrong, "\n".join([f"{len(wrong)} differ:", *sorted(wrong)])


def _dry() -> None:
    db.session.flush()
    db.session.rollback()


def differences(planted: Planted, facts: Facts, sweep: Sweep) -> Iterator[str]:
    """What was found and may not be, may be and was not, or was found unmasked where it should be masked."""
    world = planted.world
    near = facts.agencies[world.agencies["attends"]].area_id
    far = facts.agencies[world.agencies["far"]].area_id
    for token, canary in planted.canaries.items():
        case_id = world.sets[canary.name]["case_id"] if canary.name else None
        area_id = canary.area or (far if canary.name == "far" else near)
        may = may_read(facts, sweep.who, canary, case_id, area_id)
        found = sweep.found.get(token, set())
        if found and not may:
            yield f"finds {canary.what} of {canary.name} on {sorted(found)}"
        if may and not found:
            yield f"does not find {canary.what} of {canary.name}"
        if canary.what in SEALED and found - {"reveal"}:
            yield f"finds {canary.what} of {canary.name} unmasked on {sorted(found - {'reveal'})}"


def _mails(planted: Planted, folder: Path) -> str:
    """All of them, decoded."""
    app = planted.world.app
    jobs.run_once(app, app.config["SETTINGS"])
    letters = [email.message_from_bytes(path.read_bytes()) for path in (folder / "mail").glob("*.eml")]
    said = [str(letter.items()) for letter in letters]
    for letter in letters:
        for part in letter.walk():
            content = part.get_payload(decode=True)
            said.append(content.decode() if isinstance(content, bytes) else "")
    return "\n".join(said)


def test_A16_what_breaks_says_nothing_of_what_it_was_about(
    ground: tuple[Planted, Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement with a person's words in it fails after the case was read: page and log are silent."""
    planted, _ = ground
    app, case_id = planted.world.app, planted.world.sets["ordinary"]["case_id"]
    view, said = app.view_functions["cases.show"], sorted(planted.canaries)[0]

    def broken(**ids: UUID) -> Any:
        view(**ids)
        db.session.execute(text("SELECT :said FROM area WHERE nothing = :said"), {"said": said})

    vars(broken).update(vars(view))
    monkeypatch.setitem(app.view_functions, "cases.show", broken)
    client = client_of(planted, planted.world.people[Role.CHAIR, "supplier"])
    answer = client.get(f"/cases/{case_id}")
    logged = capfd.readouterr()
    assert answer.status_code >= 500
    assert logged.out + logged.err
    assert not found_in(answer.text + str(answer.headers) + logged.out + logged.err)


def test_A16_A17_no_secret_is_in_the_database_or_on_the_disk(
    ground: tuple[Planted, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords, secrets of authenticator apps, passphrases, drafts and sealed addresses; a note is, so that
    the search is known to find."""
    planted, folder = ground
    world = planted.world
    password = "invented-Quartz-Heron-41"
    agency, name, mail = world.agencies["attends"], "Ines Vale", "ines@northtest.example"
    with world.app.app_context(), acting.service():
        with saved():
            made = accounts.create(agency, Role.CHAIR, name, mail, password, "test", NOW)
            give_app(made, NOW)
        assert accounts_hold(made)
    who = world.people[Role.CHAIR, "supplier"]
    sweep = Sweep(planted, client_of(planted, who), who)
    for pack_id in {ids["pack_id"] for name, ids in world.sets.items() if name == "ordinary"}:
        sweep._copy(pack_id)
    assert sweep.phrases
    closed = ("address.sealed", "draft.field", "care_document.text")
    sealed = {token for token, one in planted.canaries.items() if one.what in closed}
    secrets = {password, SECRET, *sweep.phrases, *sealed, *world.cookies.values()}
    known = next(token for token, one in planted.canaries.items() if one.what == "note.text")
    kept = everything_kept(planted, folder)
    assert known in kept
    found = [secret for secret in secrets if secret.lower() in kept]
    figure(
        "sweep of the disk", "{secrets} secrets looked for in {bytes} bytes, {found} found",
        secrets=len(secrets), bytes=len(kept), found=len(found),
    )  # fmt: skip
    assert not found


def accounts_hold(account_id: UUID) -> bool:
    """The account is there, its password as a hash."""
    return db.session.get_one(AccountRow, account_id).password_hash.startswith("$argon2")


def everything_kept(planted: Planted, folder: Path) -> str:
    """Every row of every table; on SQLite also every byte of its files; and what else lies in the folder."""
    with planted.world.app.app_context(), acting.service():
        rows = [str(tuple(row)) for table in Base.metadata.sorted_tables
                for row in db.session.execute(select(table))]  # fmt: skip
        named = db.engine.url.database or ""
        sqlite = db.engine.dialect.name == "sqlite"
        db.session.remove()
    files = [path for path in folder.rglob("*") if path.is_file()]
    if sqlite:
        files += [Path(named + end) for end in ("", "-wal", "-shm") if Path(named + end).exists()]
    return "\n".join([*rows, *(path.read_bytes().decode("latin-1") for path in files)]).lower()
