"""Children who are named on incidents and referrals, found by their names and birth dates.

Filed when a list considers what names them. What is shown of one is read from that, by who may read it.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import exists, select, union_all

from agenda.incidents import Child, Incident
from agenda.matching_children import KINDS, child_keys, child_known
from agenda.matching_found import found_by
from agenda.matching_keys import letters
from agenda.matching_search import Asked, asked, ranked
from meetingsvc.models import ChildKeyRow, IncidentRow, db
from meetingsvc.store import acting, bulk, incidents, search_keys
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import Reader

#: Incidents that are read and compared, and that are shown.
COMPARED, SHOWN = 60, 20
_LONGEST = 160


def file(area_id: UUID, told: Mapping[int, Incident]) -> None:
    """Files the children that these incidents name. Done again, it adds nothing.

    To be called inside a transaction, in the service's own capacity for the area.
    """
    named = {key: one.children for key, one in told.items() if one.children}
    there = _filed(named)
    rows = sorted(
        {
            (area_id, key[:_LONGEST], incident_id)
            for incident_id, children in named.items()
            for child in children
            for key in child_keys(child_known(child))
            if incident_id not in there
        }
    )
    bulk.insert(ChildKeyRow.__table__, ("area_id", "key", "incident_id"), rows)  # type: ignore[arg-type]


def _filed(ids: Collection[int]) -> set[int]:
    row, wanted, found = ChildKeyRow, list(ids), set[int]()
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.incident_id).where(row.incident_id.in_(wanted[at : at + CHUNK])).distinct()
        found.update(db.session.scalars(rows))
    return found


def not_filed(area_id: UUID, after: int, most: int) -> list[int]:
    """Incidents that lists have considered and that tell of children filed under nothing, by their ids."""
    row = IncidentRow
    there = exists().where(ChildKeyRow.incident_id == row.id)
    rows = select(row.id).where(row.area_id == area_id, row.children, row.considered, row.id > after, ~there)
    return list(db.session.scalars(rows.order_by(row.id).limit(most)))


def count_not_filed(area_id: UUID) -> int:
    """Of how many incidents the children are not found, who have a name or a birth date to be found by."""
    last, count = 0, 0
    while wanted := not_filed(area_id, last, CHUNK):
        last = wanted[-1]
        told = incidents.contents(wanted).values()
        count += sum(map(can_be_found, told))
    return count


def can_be_found(told: Incident) -> bool:
    """Whether a child is named there who has anything to be filed under."""
    return any(child_keys(child_known(child)) for child in told.children)


def as_written(name: str) -> set[str]:
    """The keys of a name as it is written: whoever is filed under all of them may bear it."""
    return {key[:_LONGEST] for key in letters(child_known(Child(name)))}


def found(reader: Reader, typed: str) -> dict[int, str]:
    """The incidents that the reader may see and that name a child who may be meant, with the child's name."""
    what = asked(typed)
    with acting.whole_area(reader.area_id):  # compared as the reader sees them
        ids = _likeliest(reader.area_id, what)
    children = {
        (key, place): child
        for key, told in incidents.contents(ids, reader).items()
        for place, child in enumerate(told.children)
    }
    return _best(what, children)


def _best(what: Asked, children: Mapping[tuple[int, int], Child]) -> dict[int, str]:
    who = {f"{key} {place}": child_known(child) for (key, place), child in children.items()}
    met = {text: one for text, one in who.items() if found_by(what, one)}
    names = {f"{key} {place}": (key, child.name) for (key, place), child in children.items()}
    best: dict[int, str] = {}
    for text in ranked(what, met, SHOWN):
        best.setdefault(*names[text])
    return best


def _likeliest(area_id: UUID, what: Asked) -> list[int]:
    """Those under most of the keys that a line asks for."""
    row, keys = ChildKeyRow, search_keys.wanted(what)
    ranges = [told for told in keys.ranges if told[0][0] in KINDS]
    parts = [
        select(row.incident_id)
        .where(row.area_id == area_id, row.key >= first, row.key <= last)
        .limit(search_keys.MOST)
        for first, last in ranges
    ]
    if keys.rare:
        rare = select(row.incident_id).where(row.area_id == area_id, row.key.in_(keys.rare))
        parts.append(rare.limit(search_keys.MOST))
    if not parts:
        return []
    rows = union_all(*(select(part.subquery().c.incident_id) for part in parts))
    met = Counter(db.session.scalars(rows))
    return [key for key, _ in sorted(met.items(), key=lambda one: (-one[1], -one[0]))[:COMPARED]]
