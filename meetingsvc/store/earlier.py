"""Earlier versions of an incident about the same people, and what lists did with them (Rulebook T12, T13).

A number may come again about other people: then it tells of another incident, and of nothing before it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.daily_list import Before
from agenda.incidents import Order, Risk
from agenda.referral_entry import same_people
from meetingsvc.models import EntryRow, IncidentRow, NoticeRow, TriageRow, db
from meetingsvc.store import incidents
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.lists import order_from

One = TypeVar("One", int, str)


class Told(NamedTuple):
    """Of one version: the earlier ones about its people, and which told of them first."""

    ids: tuple[int, ...]
    since: int  # the number of a version, its own where there is none before

    def record(self, number: str) -> str:
        """What the record is called under which somebody is known of whom nothing else is."""
        return number if self.since == 1 else f"{number} v{self.since}"


class _Who(NamedTuple):
    """Whom a version names, as far as its columns tell."""

    victim_nominal: str
    victim_name: str
    perpetrator_nominal: str
    perpetrator_name: str
    perpetrator_known: bool

    @property
    def is_plain(self) -> bool:
        """Whether two that tell this are certainly about the same people."""
        other = self.perpetrator_nominal or self.perpetrator_name or not self.perpetrator_known
        return bool(other and (self.victim_nominal or self.victim_name))


class _Version(NamedTuple):
    id: int
    version: int
    who: _Who


def alike(area_id: UUID, wanted: Mapping[int, str]) -> dict[int, Told]:
    """Of each of these versions, told with their numbers, what came before it about the same people."""
    versions = _versions(area_id, sorted(set(wanted.values())))
    pairs = [
        (old, new)
        for key, number in wanted.items()
        for new in versions[number] if new.id == key
        for old in versions[number] if old.version < new.version
    ]  # fmt: skip
    contents = incidents.contents({one.id for pair in pairs if _is_doubtful(*pair) for one in pair})
    found: dict[int, list[_Version]] = defaultdict(list)
    for old, new in pairs:
        if not _is_doubtful(old, new) or same_people(contents[old.id], contents[new.id]):
            found[new.id].append(old)
    own = {one.id: one for told in versions.values() for one in told}
    return {
        key: Told(tuple(one.id for one in found[key]), (*found[key], own[key])[0].version) for key in wanted
    }


def _is_doubtful(old: _Version, new: _Version) -> bool:
    return old.who != new.who or not new.who.is_plain


def _versions(area_id: UUID, numbers: Sequence[str]) -> dict[str, list[_Version]]:
    row, found = IncidentRow, defaultdict[str, list[_Version]](list)
    for chunk in _chunks(numbers):
        rows = select(
            row.occurrence_number, row.id, row.version, row.victim_nominal, row.victim_name,
            row.perpetrator_nominal, row.perpetrator_name, row.perpetrator_known,
        ).where(row.area_id == area_id, row.occurrence_number.in_(chunk))  # fmt: skip
        for number, key, version, *who in db.session.execute(rows.order_by(row.version)):
            found[number].append(_Version(key, version, _Who._make(who)))
    return found


def before(told: Mapping[int, Told]) -> dict[int, Before]:
    """What earlier lists did with them (Rulebook T13). One that no list considered is left out."""
    newer = _newer(told)
    considered: set[int] = set()
    taken: dict[int, set[str]] = defaultdict(set)
    for chunk in _chunks(list(newer)):
        ledger = select(TriageRow.incident_id).where(TriageRow.incident_id.in_(chunk))
        considered.update(key for old in db.session.scalars(ledger) for key in newer[old])
        entries = select(EntryRow.incident_id, EntryRow.reasons).where(EntryRow.incident_id.in_(chunk))
        for old, reasons in db.session.execute(entries):
            for key in newer[old]:
                taken[key].update(reasons.split())
    return {key: Before(frozenset(taken.get(key, ())), key in taken) for key in considered | taken.keys()}


def were_high(told: Mapping[int, Told]) -> set[int]:
    """Those of which an earlier version was high risk, and domestic (Rulebook T13)."""
    newer, row = _newer(told), IncidentRow
    found: set[int] = set()
    for chunk in _chunks(list(newer)):
        rows = select(row.id).where(row.id.in_(chunk), row.risk == Risk.HIGH, row.domestic)
        found.update(key for old in db.session.scalars(rows) for key in newer[old])
    return found


def announced(told: Mapping[int, Told]) -> dict[int, list[Order]]:
    """The orders of these that earlier lists announced."""
    newer, row = _newer(told), NoticeRow
    found: dict[int, list[Order]] = defaultdict(list)
    for chunk in _chunks(list(newer)):
        rows = select(row.incident_id, row.order).where(row.incident_id.in_(chunk))
        for old, order in db.session.execute(rows):
            for key in newer[old]:
                found[key].append(order_from(order))
    return found


def _newer(told: Mapping[int, Told]) -> dict[int, list[int]]:
    newer: dict[int, list[int]] = defaultdict(list)
    for key, one in told.items():
        for other in one.ids:
            newer[other].append(key)
    return newer


def _chunks(wanted: Sequence[One]) -> Iterator[Sequence[One]]:
    for at in range(0, len(wanted), CHUNK):
        yield wanted[at : at + CHUNK]
