"""When a case was heard before."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.circulation import Group
from agenda.meetings import MeetingKind
from meetingsvc.models import HearingRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store.scope import Reader, items_of
from minutes.worksheet import Earlier

_SOURCES = {"history": "Heard at MARAC (from past records)", "transfer": "Heard at another area's MARAC"}
LONGEST = 20  # lines: the working page shows history in short


def history(reader: Reader, case_id: UUID, but_item: UUID) -> tuple[Earlier, ...]:
    """Earlier hearings at MARAC and earlier daily lists the reader may see, the latest first."""
    found = [*_hearings(case_id), *_lists(reader, case_id, but_item)]
    return tuple(sorted(found, key=lambda earlier: earlier.on, reverse=True)[:LONGEST])


def _hearings(case_id: UUID) -> list[Earlier]:
    rows = (
        select(HearingRow.heard_on, HearingRow.source, HearingRow.risk)
        .where(HearingRow.case_id == case_id)
        .order_by(HearingRow.heard_on.desc())
        .limit(LONGEST)
    )
    return [
        Earlier(
            on,
            "MARAC",
            _SOURCES.get(source, "Heard at MARAC") + (f", assessed as {risk} risk" if risk else ""),
        )
        for on, source, risk in db.session.execute(rows)
    ]


def _lists(reader: Reader, case_id: UUID, but_item: UUID) -> list[Earlier]:
    sitting = aliased(MeetingRow)  # the scope's own conditions speak of MeetingRow
    rows = (
        select(sitting.sits_on, OutcomeRow)
        .join(ItemRow, ItemRow.meeting_id == sitting.id)
        .outerjoin(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(
            items_of(reader),
            ItemRow.case_id == case_id,
            ItemRow.id != but_item,
            sitting.kind == MeetingKind.DRAMM,
        )
        .order_by(sitting.sits_on.desc())
        .limit(LONGEST)
    )
    return [Earlier(on, "Daily meeting", _what_became(row)) for on, row in db.session.execute(rows)]


def _what_became(row: OutcomeRow | None) -> str:
    if row is None:
        return "No outcome recorded"
    if not row.refer:
        return f"{row.risk.capitalize()} risk, not referred to MARAC"
    group = f", {Group(row.group).label}" if row.group else ""
    return f"{row.risk.capitalize()} risk, referred to MARAC{group}"
