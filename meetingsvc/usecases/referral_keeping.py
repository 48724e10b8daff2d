"""What a sent referral tells of a case is kept where the case keeps such things: sealed addresses and numbers
of the victim, the consent's history, the risk assessment (security.md A8; Rulebook K1; field.md C)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.addresses import AddressKind, ContactKind, ContactTold, Knows
from agenda.calendar import local_day
from agenda.referral import Referral
from agenda.referral_entry import also_called
from agenda.referral_risk import Filled
from meetingsvc.models import AddressRow, CaseRow, ConsentRow, ContactRow, RiskAssessmentRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import matching, sealed
from meetingsvc.store.matching_details import About, details
from meetingsvc.usecases import consents, risk_assessments
from meetingsvc.usecases.risk_assessments import Told


def keep(
    who: Principal, reference: str, referral: Referral, risk: Filled, found: Mapping[str, UUID], now: datetime
) -> None:
    """In the transaction in which the referral is sent. Sent again, only what it says otherwise is added."""
    case_ids = list(dict.fromkeys(found.values()))
    keeper = _Keeper(who, f"referral {reference}", referral, now)
    keeper.addresses(case_ids[0])
    for case_id in case_ids:
        keeper.consent(case_id)
        keeper.risk(case_id, risk)


def keep_addresses(who: Principal, reference: str, referral: Referral, case_id: UUID, now: datetime) -> None:
    """The addresses and numbers alone, by who runs the meetings: of one that came without an account."""
    keeper = _Keeper(who, f"referral {reference}", referral, now)
    keeper.by_the_public_form()
    keeper.addresses(case_id)


def known_by(
    area_id: UUID, reference: str, referral: Referral, found: Mapping[str, UUID], now: datetime
) -> None:
    """What the incident leaves out finds people again: the victim's address, number and mailbox, sealed with
    keyed digests, and the other names of both (Rulebook D2, T6; security.md A8).

    In the service's own capacity, as the referral is sent: before the list looks for repeats.
    """
    victim, email = referral.victim, referral.answers["contact"].fields.get("email", "")
    home = (victim.party.address, victim.party.postcode)
    told = details(also_called(victim.aliases), None, None, [home], [victim.party.phone], [email])
    about, on = list[About](), local_day(now)
    others = iter(referral.perpetrators)
    for case_id in found.values():
        person, other = db.session.execute(
            select(CaseRow.victim_id, CaseRow.perpetrator_id).where(CaseRow.id == case_id)
        ).one()
        if person is None:
            raise LookupError(case_id)  # a list's case is of domestic abuse
        about.append(About(person, told, reference, on))
        if (perpetrator := next(others, None)) and other:
            about.append(About(other, details(also_called(perpetrator.aliases)), reference, on))
    matching.remember_all(area_id, about)


class _Keeper:
    """Adds what is not there yet from the same referral."""

    def __init__(self, who: Principal, source: str, referral: Referral, now: datetime) -> None:
        self._who, self._source, self._referral, self._now = who, source, referral, now
        self._author = referral.answers["referrer"].fields["name"]

    def by_the_public_form(self) -> None:
        """Who told it has no account: beside whose agency keeps it, that is said (Rulebook R2)."""
        self._author = f"{self._author}, {self._referral.answers['referrer'].fields['agency']}"[:78]
        self._author += ", by the public form"

    def addresses(self, case_id: UUID) -> None:
        """Where the victim and the children are found, sealed; how the victim is reached (Rulebook F4)."""
        told = self._referral.answers
        victim, email = self._referral.victim.party, told["contact"].fields.get("email", "")
        person = db.session.scalars(select(CaseRow.victim_id).where(CaseRow.id == case_id)).one()
        if person is None:
            raise LookupError(case_id)
        knows = Knows(told["victim"].fields["address_known"])
        home = "\n".join(filter(None, (victim.address, victim.postcode)))
        self._address(case_id, person, home, knows, "")
        for child in self._referral.children:
            self._address(case_id, person, child.address, Knows.NOT_KNOWN, f"{child.name} lives there"[:300])
        self._contact(case_id, person, ContactKind.PHONE, victim.phone)
        self._contact(case_id, person, ContactKind.EMAIL, email)

    def _address(self, case_id: UUID, person: UUID, text: str, knows: Knows, known_to: str) -> None:
        row, later = AddressRow, aliased(AddressRow)
        stands = ~select(later.id).where(later.replaces_id == row.id).exists()
        mine = (row.source == self._source, row.person_id == person, row.known_to == known_to)
        old = db.session.scalar(select(row).where(*mine, row.agency_id == self._who.agency_id, stands))
        if not text or (old and _same(old, text, knows)):
            return
        key = uuid4()
        db.session.add(
            AddressRow(id=key, kind=AddressKind.HOME, perpetrator_knows=knows, known_to=known_to,
                       confidential=True, sealed=sealed.closed(key, text), replaces_id=old and old.id,
                       **self._of(case_id, person))
        )  # fmt: skip
        db.session.flush()

    def _contact(self, case_id: UUID, person: UUID, kind: ContactKind, value: str) -> None:
        row, later = ContactRow, aliased(ContactRow)
        stands = ~select(later.id).where(later.replaces_id == row.id).exists()
        mine = (row.source == self._source, row.person_id == person, row.kind == kind)
        old = db.session.scalar(select(row).where(*mine, row.agency_id == self._who.agency_id, stands))
        if not value or (old and old.value == value):
            return
        told = ContactTold(kind, value, False, self._author, self._source)
        db.session.add(
            ContactRow(id=uuid4(), kind=kind, value=told.value, key=told.key, replaces_id=old and old.id,
                       **self._of(case_id, person))
        )  # fmt: skip
        db.session.flush()

    def _of(self, case_id: UUID, person: UUID) -> dict[str, object]:
        """Whose piece of information it is (Rulebook R2)."""
        who = self._who
        return {
            "area_id": who.area_id, "case_id": case_id, "person_id": person, "agency_id": who.agency_id,
            "author": self._author, "recorded_by": who.account_id, "recorded_at": self._now,
            "source": self._source,
        }  # fmt: skip

    def consent(self, case_id: UUID) -> None:
        """A line of the history (Rulebook K1 to K3)."""
        told, row = self._referral.consent, ConsentRow
        same = (row.case_id == case_id, row.source == self._source, row.answer == told.answer,
                row.said_on == told.on, row.limits == told.limits)  # fmt: skip
        if db.session.scalar(select(row.id).where(*same)) is None:
            consents.keep(self._who, case_id, told, self._source, self._now)

    def risk(self, case_id: UUID, filled: Filled) -> None:
        """The tool's answers, its count and the judgement (field.md C, D)."""
        if not filled.begun:
            return
        row = RiskAssessmentRow
        rows = select(row).where(row.case_id == case_id, row.source == self._source)
        before = db.session.scalars(rows.order_by(row.recorded_at.desc())).first()
        if before and (before.tool, before.answers, before.reason) == (
            filled.tool.id, dict(filled.answers), filled.reason
        ):  # fmt: skip
            return
        told = Told(filled.tool, filled.answers, filled.judged, filled.reason, local_day(self._now),
                    self._author, self._source)  # fmt: skip
        risk_assessments.keep(self._who, case_id, told, self._now)


def _same(old: AddressRow, text: str, knows: Knows) -> bool:
    return old.perpetrator_knows == knows and sealed.opened(old.id, old.sealed or b"") == text
