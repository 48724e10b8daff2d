"""What agencies and meetings told of a case beside its entries and notes, as items held (Rulebook X2, X3).

For the service's own work. How to make contact safely, and where somebody is found, is no item: it is shown
where contact is made, or for a reason, and leaves with nothing (Rulebook F4; security.md A8).
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select

from agenda.calendar import day_words, local_day
from agenda.named_case import Direction
from agenda.referral_fields import Sight
from agenda.referral_shown import question
from meetingsvc.models import (
    ClarificationRow,
    ConfirmationRow,
    ItemRow,
    NamedCaseEntryRow,
    NamedCasePartRow,
    ReferralRow,
    ReferralToldRow,
    ResearchNamedRow,
    db,
)
from minutes import disclosure_referral
from minutes.clarifications import About
from minutes.disclosure_items import Document, Item

CONFIRMATION, NAMED, CLARIFIED = "confirmation before the meeting", "somebody named", "clarification"
TOLD_ONE = "told to an agency that has not signed"
_SHOWN = (Sight.CASE, Sight.EVERYWHERE, Sight.ACTIONS)


def told(case_id: UUID, entries: AbstractSet[tuple[UUID | None, str]]) -> Iterator[Item]:
    """Referrals' answers, but for what `entries` say, each with its agency; who was named in research, why
    update-only cases were not confirmed (C3), what meetings clarified (D2), and what was told to and by
    agencies that have not signed (V1): each of who supplied it, or of nobody where no one agency did."""
    yield from _referrals(case_id, entries)
    yield from _named(case_id)
    yield from _confirmations(case_id)
    yield from _clarified(case_id)
    yield from _parts(case_id)


def _referrals(case_id: UUID, entries: AbstractSet[tuple[UUID | None, str]]) -> Iterator[Item]:
    """Who somebody is, for each person apart, and what happened to them. One that came with a transfer is
    nobody's here. What an agency answered for an item whose text is another by now it is asked anew (X2)."""
    row, of = ReferralToldRow, ReferralRow
    rows = (
        select(row, of.agency_id, of.first_sent_at)
        .outerjoin(of, of.id == row.referral_id)
        .where(row.case_id == case_id, row.sight.in_(_SHOWN))
        .order_by(row.referral_id, row.author, row.id)
    )
    all_of = [(one, agency_id, sent) for one, agency_id, sent in db.session.execute(rows)]
    for key, lines in groupby(all_of, key=lambda line: line[0].referral_id or line[0].author):
        its = list(lines)
        first, agency_id, sent = its[0]
        asked = [(question(one.question, one.label), one.label, one.text) for one, *_ in its]
        said = {text for agency, text in entries if agency == agency_id}
        for part, texts in disclosure_referral.items(asked, said).items():
            yield Item(
                uuid5(NAMESPACE_OID, f"told/{case_id}/{key}/{part}"), agency_id, Document.REFERRAL,
                "fact" if part == disclosure_referral.HAPPENED else "who people are",
                local_day(sent or first.at), "\n".join(texts),
            )  # fmt: skip


def _named(case_id: UUID) -> Iterator[Item]:
    row = ResearchNamedRow
    rows = select(row).join(ItemRow, ItemRow.id == row.item_id).where(ItemRow.case_id == case_id)
    for one in db.session.scalars(rows.order_by(row.recorded_at, row.id)):
        born = f", born {day_words(one.dob)}" if one.dob else ""
        said = f"{one.kind.capitalize()} at risk: {one.name}{born}. {one.relation}. {one.why}"
        yield Item(one.id, one.agency_id, Document.NOTES, NAMED, local_day(one.recorded_at), said)


def _confirmations(case_id: UUID) -> Iterator[Item]:
    """Every reason that was given: a later answer takes none of them back."""
    row = ConfirmationRow
    rows = select(row).join(ItemRow, ItemRow.id == row.item_id).where(ItemRow.case_id == case_id)
    for one in db.session.scalars(rows.order_by(row.said_at, row.id)):
        if one.reason.strip():
            yield Item(one.id, one.agency_id, Document.NOTES, CONFIRMATION, local_day(one.said_at),
                       one.reason)  # fmt: skip


def _clarified(case_id: UUID) -> Iterator[Item]:
    """But for what research named: that agency's own item says it."""
    row, by = ClarificationRow, ResearchNamedRow
    researched = {
        (item_id, name, f"{relation}. {why}")
        for item_id, name, relation, why in db.session.execute(
            select(by.item_id, by.name, by.relation, by.why)
            .join(ItemRow, ItemRow.id == by.item_id)
            .where(ItemRow.case_id == case_id)
        )
    }
    rows = select(row).where(row.case_id == case_id).order_by(row.recorded_at, row.id)
    for one in db.session.scalars(rows):
        if (one.item_id, one.name, one.text) not in researched:
            born = f"born {day_words(one.dob)}" if one.dob else ""
            said = ", ".join(filter(None, (one.name, born)))
            text = " ".join(filter(None, (f"{About(one.about).label}: {said}.", one.text)))
            yield Item(one.id, None, Document.NOTES, CLARIFIED, local_day(one.recorded_at), text)


def _parts(case_id: UUID) -> Iterator[Item]:
    """What such an agency answered is its own: it has no page to consent on, and so it is asked for in
    another way, or put to the chair unanswered. What the panel told it came of several agencies (X2)."""
    row, part = NamedCaseEntryRow, NamedCasePartRow
    rows = select(row, part.agency_id).join(part, part.id == row.part_id).where(part.case_id == case_id)
    for one, agency_id in db.session.execute(rows.order_by(row.at, row.id)):
        said = one.direction == Direction.SAID
        dated = one.known_on or local_day(one.at)
        yield Item(one.id, agency_id if said else None, Document.NOTES, one.kind if said else TOLD_ONE,
                   dated, one.words)  # fmt: skip
