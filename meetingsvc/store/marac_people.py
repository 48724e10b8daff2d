"""Who the cases of an agenda are about, in words."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from meetingsvc.models import CaseRow, PersonRow
from meetingsvc.store import half_seen
from meetingsvc.store.half_seen import NO_NAME
from meetingsvc.store.scope import Reader

UNKNOWN = "perpetrator not known"
_Victim, _Perpetrator = aliased(PersonRow), aliased(PersonRow)
#: The columns to select, for `words`.
NAMES = (_Victim.forename, _Victim.surname, _Perpetrator.forename, _Perpetrator.surname)


def with_people(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same with the people of its cases, whose `NAMES` it selects."""
    return rows.outerjoin(_Victim, _Victim.id == CaseRow.victim_id).outerjoin(
        _Perpetrator, _Perpetrator.id == CaseRow.perpetrator_id
    )


def words(names: Sequence[str | None]) -> str:
    """`Ana Moss and Rory Thistlewood`."""
    victim, perpetrator = (" ".join(filter(None, names[at : at + 2])) for at in (0, 2))
    return f"{victim or NO_NAME} and {perpetrator or UNKNOWN}"


def told(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of who is in a case kept from the reader too, only what these cases tell (M6)."""
    named = half_seen.names_told(reader, set(case_ids))
    return {
        key: f"{victim[0] or NO_NAME} and {other[0] or UNKNOWN}" for key, (victim, other) in named.items()
    }
