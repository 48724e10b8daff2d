"""Rows of feeds and of the old register that were not taken in, of what is destroyed (Rulebook L2)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select

from meetingsvc.models import HearingRow, ImportRow, RejectedRow, db
from minutes.destroyed import one_spelling

Keys = set[tuple[Any, ...]]


def rows_of(area_id: UUID, numbers: set[str], rows: Mapping[Any, Collection[tuple[Any, ...]]]) -> Keys:
    """Of incidents of these numbers, and of the past hearings among these rows. As the service."""
    hearings = [key[0] for key in rows.get(HearingRow.__table__, ())]
    return _incidents(area_id, numbers) | _hearings(area_id, hearings)


def _incidents(area_id: UUID, numbers: set[str]) -> Keys:
    row, found = RejectedRow, Keys()
    for number in numbers:
        like = cast(row.cells, Text).contains(number, autoescape=True)
        rows = select(row.id, row.cells).join(ImportRow, ImportRow.id == row.import_id)
        told = db.session.execute(rows.where(ImportRow.area_id == area_id, like))
        found |= {(key,) for key, cells in told if number in map(_cell, cells)}
    return found


def _hearings(area_id: UUID, keys: list[int]) -> Keys:
    """By their case reference, however it is written, where no hearing that stays has it too."""
    row, of = RejectedRow, HearingRow
    its = _references(of.id.in_(keys)) - {""}
    if its:
        its -= _references(of.area_id == area_id, of.id.not_in(keys))
    if not its:
        return Keys()
    rows = select(row.id, row.cells, ImportRow.header).join(ImportRow, ImportRow.id == row.import_id)
    told = db.session.execute(rows.where(ImportRow.area_id == area_id, ImportRow.kind == "history"))
    return {(key,) for key, cells, header in told if _reference(header, cells) in its}


def _reference(header: list[str], cells: list[Any]) -> str:
    return one_spelling(dict(zip(header, map(_cell, cells), strict=False)).get("case_reference", ""))


def _references(*where: ColumnElement[bool]) -> set[str]:
    rows = select(HearingRow.external_reference).where(*where).distinct()
    return {one_spelling(reference) for reference in db.session.scalars(rows)}


def _cell(told: Any) -> str:
    return str(told).strip()
