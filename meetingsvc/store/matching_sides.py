"""Two people side by side, for whoever decides whether they are one: each only where both may be read.

Where somebody lives and how they are reached is compared, and not shown: the case's page shows it, to whom it
may be shown (security.md A17).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.matching_evidence import Evidence, Field
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, matching_before, matching_details
from meetingsvc.store.matching_details import Kept, Told
from meetingsvc.store.matching_proposals import CaseOf, Match, State, cases_with

_FIELDS = {
    Field.FORENAME: Told.NAME, Field.SURNAME: Told.NAME, Field.BORN: Told.DOB, Field.SEX: Told.SEX,
    Field.ADDRESS: Told.ADDRESS, Field.PHONE: Told.PHONE, Field.EMAIL: Told.EMAIL,
    Field.IDENTIFIER: Told.NOMINAL,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    id: UUID
    name: str
    told: dict[Told, tuple[str, ...]]
    cases: tuple[CaseOf, ...]

    def says(self, field: Field) -> tuple[str, ...]:
        """What is known of one field; of what is sealed, how many there are."""
        kind = _FIELDS[field]
        values = self.told.get(kind, ())
        if kind is Told.NAME:
            half = 0 if field is Field.FORENAME else 1
            return tuple(dict.fromkeys(filter(None, (value.split("|")[half] for value in values))))
        return values


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both, and what it says."""

    evidence: Evidence
    one: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def words(self) -> str:
        """Without the field's name, which stands beside it."""
        said = self.evidence.words.partition(": ")[2]
        return f"{said[:1].upper()}{said[1:]}"


def sides(reader: Principal, match: Match) -> tuple[Side, Side]:
    """Both people: whoever read `match` may read both. Of two made one, as they were then."""
    people = (match.one_id, match.other_id)
    cases = cases_with(reader, people)
    with acting.whole_area(reader.area_id):
        before = matching_before.of_match(match.id) if match.state is State.MERGED else None
        kept = before.details() if before else matching_details.kept(people)
    if before:
        all_of, gone = cases.get(before.kept_id, []), before.cases()
        cases = {
            before.kept_id: [one for one in all_of if one.id not in gone],
            before.gone_id: [one for one in all_of if one.id in gone],
        }
    one, other = (
        Side(key, name, _told(kept.get(key, ())), tuple(cases.get(key, ())))
        for key, name in zip(people, (match.one, match.other), strict=True)
    )
    return one, other


def rows(match: Match, one: Side, other: Side) -> list[Row]:
    """Field by field, what speaks for one person first."""
    return [Row(said, one.says(said.field), other.says(said.field)) for said in match.evidence]


def _told(kept: Sequence[Kept]) -> dict[Told, tuple[str, ...]]:
    found: dict[Told, tuple[str, ...]] = {}
    for kind in Told:
        values = [one.value for one in kept if one.kind is kind]
        if kind in matching_details.SEALED and values:
            told = "Told" if len(values) == 1 else f"{len(values)} told"
            found[kind] = (f"{told}, not shown here",)
        elif kind is Told.DOB:
            found[kind] = tuple(_day(value) for value in values)
        else:
            found[kind] = tuple(values)
    return found


def _day(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{day.day} {day:%B %Y}"
