"""A case to which five agencies supplied something, and third parties who ask for it; all invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from agenda.agencies import AgencyKind
from meetingsvc.models import (
    CaseRow,
    DisclosureAnswerRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DisclosureStepRow,
    ItemRow,
    NoteRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import disclosures as store
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import agencies, disclosure_answers, disclosure_deciding, disclosures
from meetingsvc.usecases.disclosure_deciding import Chosen
from meetingsvc.usecases.disclosures import Requester
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import Step
from minutes.disclosure_items import Item, Says
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Told
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows

LATER = NOW + timedelta(hours=1)
HEARING = datetime(2026, 12, 14, 10, tzinfo=UTC)
WANTED = date(2027, 1, 29)
NAMES = ("Northmoor Police", "Fellside Homes", "Moor Health", "Hill School", "Moor Probation")
#: What each agency shared; the word in capitals is found nowhere else.
SAID = {
    "Fellside Homes": "CANARYHOMES rent arrears since June.",
    "Moor Health": "CANARYHEALTH seen twice at the surgery, CANARYTAKENOUT.",
    "Hill School": "CANARYSCHOOL attendance is good.",
    "Moor Probation": "CANARYPROBATION an order ends in May.",
}


@dataclass
class Scene:
    """Who takes part, by what they are, and the case."""

    area_id: UUID
    agencies: dict[str, UUID] = field(default_factory=dict)
    reps: dict[str, Principal] = field(default_factory=dict)
    at: datetime = LATER

    def __post_init__(self) -> None:
        with saved():
            self.agencies[NAMES[0]] = agencies.create(
                self.area_id, NAMES[0], AgencyKind.POLICE, date(2026, 1, 5), "test", NOW, attends_daily=True
            )
        for name in NAMES[1:]:
            self.agencies[name] = an_agency(self.area_id, name, daily=True)
        for name, key in self.agencies.items():
            self.reps[name] = a_person(key, name=f"Rep of {name}")
        office = an_agency(self.area_id, "Panel Office", daily=True)
        self.coordinator = a_person(office, Role.COORDINATOR, "Jo Reed")
        self.second = a_person(office, Role.COORDINATOR, "Ash Cole")
        self.chair = a_person(office, Role.CHAIR, "Max Vale")
        self.governance = a_person(office, Role.INFORMATION_GOVERNANCE, "Gil Stone")
        (self.item_id,) = listed(self.area_id, people_rows(1, MONDAY))
        self.case_id = db.session.get_one(ItemRow, self.item_id).case_id
        self.victim_id = db.session.get_one(CaseRow, self.case_id).victim_id
        self.notes = {name: uuid4() for name in SAID}
        with saved():
            for name, text in SAID.items():
                db.session.add(
                    NoteRow(id=self.notes[name], area_id=self.area_id, item_id=self.item_id,
                            agency_id=self.agencies[name], author="Priya Raman", source="own file",
                            recorded_by=self.reps[name].account_id, recorded_at=NOW, kind="fact", text=text)
                )  # fmt: skip
                db.session.flush()

    def tick(self) -> datetime:
        """A minute later."""
        self.at += timedelta(minutes=1)
        return self.at

    def log(self, kind: Kind = Kind.SUBJECT_ACCESS, who_asks: Requester | None = None, **told: Any) -> UUID:
        """A request that has come in; by the person it is about, where a person asks for their own."""
        usual: dict[str, Any] = {
            "name": "Wilma Grove", "organisation": "Grove Solicitors", "purpose": "Her own information",
            "about": (self.victim_id,) if kind.may_be_about else (), "received_at": NOW,
            "hearing_at": HEARING if kind is Kind.COURT else None,
            "court": "Northmoor County Court, 26/114" if kind is Kind.COURT else "",
            "accepts_protocol": kind is Kind.PARTNER,
            "wanted_on": None if kind.has_own_time else WANTED,
        }  # fmt: skip
        made = Told(kind, **usual | told)
        return disclosures.log(self.coordinator, self.case_id, made, who_asks or Requester(), self.tick())

    def asked(self, kind: Kind = Kind.SUBJECT_ACCESS, **told: Any) -> UUID:
        """One that was checked, and every agency was asked for its own."""
        key = self.log(kind, **told)
        disclosures.take(self.coordinator, key, Step.CHECK, "Passport seen", self.tick())
        asker = self.chair if kind.goes_to_chair else self.coordinator
        disclosures.take(asker, key, Step.ASK, "", self.tick())
        return key

    def kept(self, key: UUID, who: Principal | None = None) -> Kept:
        """As somebody reads it; the chair where nobody is named."""
        found = self.seen(key, who or self.chair)
        assert found is not None
        return found

    def seen(self, key: UUID, who: Principal) -> Kept | None:
        """The same, where it exists for them."""
        db.session.rollback()
        with acting.acting(who):
            return store.one(who, key)

    def items(self, key: UUID, who: Principal) -> tuple[Item, ...]:
        """The items held, as somebody reads them."""
        kept = self.kept(key, who)
        with acting.acting(who):
            return disclosure_answers.items_for(who, kept)

    def answer(
        self, key: UUID, name: str, says: Says = Says.CONSENT, words: str = "", *passages: str
    ) -> None:
        """An agency answers alike for everything it supplied."""
        for item in self.items(key, self.reps[name]):
            disclosure_answers.answer(self.reps[name], key, item.id, item.version, says, words, passages,
                                      self.tick())  # fmt: skip

    def everybody(self, key: UUID, *but: str) -> None:
        """Every other agency consents."""
        for name in NAMES:
            if name not in but:
                self.answer(key, name)

    def decide(self, key: UUID, step: Step, reason: str = "As was weighed", **told: Any) -> None:
        """The chair decides, signed."""
        kept = self.kept(key)
        with acting.acting(self.chair):
            told = {"seen": disclosure_deciding.seen_of(kept)} | told
        disclosure_deciding.decide(self.chair, key, Chosen(step, reason, **told), self.tick())

    def correct(self, name: str, text: str) -> None:
        """An agency puts right what it shared."""
        old, new = self.notes[name], uuid4()
        with saved():
            row = db.session.get_one(NoteRow, old)
            db.session.add(
                NoteRow(id=new, area_id=row.area_id, item_id=row.item_id, agency_id=row.agency_id,
                        author=row.author, source=row.source, recorded_by=row.recorded_by,
                        recorded_at=self.tick(), kind=row.kind, text=text, corrects=old, why="It was wrong")
            )  # fmt: skip
        self.notes[name] = new


def requests_of(
    area_id: UUID,
    case_id: UUID,
    by: UUID,
    agency_id: UUID,
    words: str = "Invented",
    second: UUID | None = None,
) -> dict[str, UUID]:
    """One request with a step, an agency asked, its answer, and a release, which a second person made if
    there is one: ids as addresses name them. Inside a transaction."""
    key, release = uuid4(), uuid4()
    here: dict[str, Any] = {"area_id": area_id, "request_id": key}
    rows = [
        DisclosureRow(
            id=key, area_id=area_id, case_id=case_id, reference=f"REQ-{key.hex[:6]}", kind="subject access",
            to_chair=False, name=f"{words} asks", organisation="", reached={}, purpose="Her own", about=[],
            received_at=NOW, court="", accepts_protocol=False, logged_by=by, logged_at=NOW,
        ),
        DisclosureStepRow(place=1, step=Step.CHECK, who="a coordinator", account_id=by, at=NOW,
                          reason=f"{words} checked", signed=False, told={}, **here),
        DisclosureAskedRow(agency_id=agency_id, asked_at=NOW, due_at=NOW, outcome="does not share it",
                           outcome_words=f"{words} agreed", outcome_at=NOW, outcome_by=by, **here),
        DisclosureAnswerRow(held_id=uuid4(), version="0" * 64, agency_id=agency_id, says="refuse",
                            words=f"{words} refused", redactions=[], answered_by=by, at=NOW, **here),
        DisclosureReleaseRow(id=release, number=1, recipient=f"{words} recipient", purpose="Her own",
                             released_at=NOW if second else None, released_by=second, decided_by=second,
                             prepared_by=by, prepared_at=NOW, digest="0" * 64, redactions={}, pieces=[],
                             departs=[], order="", fetches=0, **here),
    ]  # fmt: skip
    for row in rows:
        db.session.add(row)
        db.session.flush()
    return {"disclosure_id": key, "release_id": release}
