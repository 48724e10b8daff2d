"""What repeats records that go alone: the form of the referral they came with, and what people are found by.

Of what was chosen not to be kept no copy stays (Rulebook L1, L2). Call it as the service, in one transaction.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select

from agenda.people import folded
from agenda.referral_forgotten import without
from agenda.referral_sections import CONSENT
from agenda.referral_shown import question
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AddressRow,
    ConsentRow,
    ContactRow,
    PersonDetailRow,
    ReferralCaseRow,
    ReferralRow,
    ReferralToldRow,
    RiskAssessmentRow,
    db,
)
from meetingsvc.store import details, matching_details, matching_merges, referral_texts, sealed
from meetingsvc.store.matching_details import SEALED

Rows = Mapping[Any, Collection[tuple[Any, ...]]]
#: How a record says which referral it came with (`usecases/referral_keeping.py`, `consents.BY_FORM`).
_CAME_WITH = re.compile(r"referral ([\w-]+)")
_WAYS = (AddressRow, ContactRow)


def clear(area_id: UUID, case_id: UUID, rows: Rows) -> Callable[[], None]:
    """Empties the forms of referrals, and what was told from them; what is answered is to be called once the
    rows are gone.

    A form that another case came with too stays whole for that one. Raises RuleBroken where something of it
    cannot be opened.
    """
    ways = [way for row in _WAYS for way in _of(row, rows)]
    consents = _of(ConsentRow, rows)
    references = _came_with((*ways, *consents, *_of(RiskAssessmentRow, rows))) - _elsewhere(area_id, case_id)
    values = {part for way in ways for part in _parts(_text(way))}
    sections = frozenset({CONSENT.id}) if consents else frozenset()
    _tell_no_longer(area_id, case_id, _came_with(ways), lambda one, _: folded(one.text) in values)
    _tell_no_longer(area_id, case_id, _came_with(consents), lambda _, section: section in sections)
    row = ReferralRow
    for referral in db.session.scalars(
        select(row).where(row.area_id == area_id, row.reference.in_(references))
    ):
        referral_texts.forget(referral, lambda text: without(text, values, sections))
        if _of(RiskAssessmentRow, rows):
            referral.risk = {}
    db.session.flush()
    people, sources = {way.person_id for way in ways}, {f"case/{case_id}", *references}
    return lambda: _found_by(area_id, people, sources)


def _came_with(rows: Iterable[Any]) -> set[str]:
    """The references of the referrals that they came with."""
    return {found[1] for one in rows if (found := _CAME_WITH.match(one.source))}


def _tell_no_longer(
    area_id: UUID, case_id: UUID, references: Collection[str], goes: Callable[[ReferralToldRow, str], bool]
) -> None:
    """What these referrals told of the case beside their forms goes too; so does what came with a transfer,
    of which nobody can say which of them told it. Another case's copy is that case's own."""
    row, of = ReferralToldRow, ReferralRow
    its = select(of.id).where(of.area_id == area_id, of.reference.in_(references))
    mine = row.case_id == case_id, or_(row.referral_id.in_(its), row.referral_id.is_(None))
    for one in db.session.scalars(select(row).where(*mine)).all():
        asked = question(one.question, one.label)
        if goes(one, asked.section if asked else ""):
            db.session.delete(one)
    db.session.flush()


def _elsewhere(area_id: UUID, case_id: UUID) -> set[str]:
    """The references of referrals that another case came with: of one victim and two perpetrators, two have
    the same."""
    row, of = ReferralRow, ReferralCaseRow
    rows = select(row.reference).join(of, of.referral_id == row.id)
    return set(db.session.scalars(rows.where(of.area_id == area_id, of.case_id != case_id)))


def _of(row: Any, rows: Rows) -> list[Any]:
    keys = [key[0] for key in rows.get(row.__table__, ())]
    return list(db.session.scalars(select(row).where(row.id.in_(keys)))) if keys else []


def _text(way: Any) -> str:
    if isinstance(way, ContactRow):
        return way.value
    told = sealed.opened(way.id, way.sealed) if way.sealed else way.text
    if told is None and way.sealed:
        raise RuleBroken("An address of it cannot be opened. Mend the key first. Nothing was destroyed.")
    return told or ""


def _parts(text: str) -> set[str]:
    """As a whole, and line by line: a form asks for the postcode by itself."""
    return {folded(part) for part in (text, *text.split("\n")) if part.strip()}


def _found_by(area_id: UUID, people: Collection[UUID], sources: Collection[str]) -> None:
    """A person is found by an address or a number no longer that only what is gone told of them.

    What an incident or another record tells too stays: by that somebody is found again (Rulebook D2, T6).
    """
    for person_id in people:
        told, row = _still_told(person_id), PersonDetailRow
        rows = select(row).where(row.person_id == person_id, row.kind.in_(SEALED), row.source.in_(sources))
        gone = [one.id for one in db.session.scalars(rows) if not _value(one) & told]
        db.session.execute(delete(row).where(row.id.in_(gone)))
        matching_merges.file_again(area_id, person_id)


def _value(one: PersonDetailRow) -> set[str]:
    return {folded(matching_details.opened(one.id, one.value, one.sealed).replace("|", " "))}


def _still_told(person_id: UUID) -> set[str]:
    known = details.of_cases(details.cases_of_person(person_id))
    mine = [one.details for parts in known.values() for one in parts if one.person_id == person_id]
    found = {way for one in mine for way in (*one.emails, *one.phones, *one.addresses)}
    for row in _WAYS:
        found |= {_text(way) for way in db.session.scalars(select(row).where(row.person_id == person_id))}
    return {folded(way) for way in found if way.strip()}
