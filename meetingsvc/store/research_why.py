"""Why a case is before a meeting, and which children to look up, as the research pages say it (D1, M2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from agenda import reasons
from agenda.headline import Headline, headline
from agenda.panels import Works
from meetingsvc.models import EntryRow, IncidentRow, IncidentTextRow, OutcomeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, marac_unreferred
from meetingsvc.store.research import Request
from meetingsvc.store.scope import not_kept, told_at

#: By item, the children in words and the rules.
Why = Mapping[UUID, tuple[str, tuple[str, ...]]]
#: Of one incident: its item, the rules as kept, and what it says.
_Told = tuple[UUID, str, str]


def why(who: Principal, asked: Request, lines: Mapping[UUID, UUID]) -> Why:
    """The children, and the rules each case was listed by: on a MARAC's agenda, by the daily lists (M1).

    `lines`: the items that the reader sees, each with its case.
    """
    found: dict[UUID, list[Headline]] = defaultdict(list)
    rules: dict[UUID, list[str]] = defaultdict(list)
    for item_id, by, content in _called(who, lines) if asked.emergency else _sent(who, asked.works, lines):
        found[item_id].append(headline(content, asked.sits_on))
        rules[item_id] += map(reasons.words, by.split())
    return defaultdict(
        lambda: ("", ()),
        {key: (_children(told), reasons.in_order(rules[key])) for key, told in found.items()},
    )


def _sent(who: Principal, works: Works, lines: Collection[UUID]) -> Iterable[Any]:
    return db.session.execute(_entries(who, works, lines))


def _entries(who: Principal, works: Works, item_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    entry, outcome = EntryRow, OutcomeRow
    rows: Select[*tuple[Any, ...]] = select(entry.item_id, entry.reasons, IncidentTextRow.content)
    if works is Works.AGENDA:
        rows = select(outcome.marac_item_id, entry.reasons, IncidentTextRow.content).join(
            outcome, outcome.item_id == entry.item_id
        )
    under = outcome.marac_item_id if works is Works.AGENDA else entry.item_id
    return rows.join(IncidentTextRow, IncidentTextRow.incident_id == entry.incident_id).where(
        told_at(who, entry.item_id), under.in_(list(item_ids))
    )


def _called(who: Principal, lines: Mapping[UUID, UUID]) -> Iterator[_Told]:
    """Of a case called in an emergency, the incidents of which the pack tells every agency there, since no
    daily meeting sent it (M2, M4): none that names the reader, or tells of a case kept from them (M6)."""
    with acting.whole_area(who.area_id):
        before = marac_unreferred.before(who.area_id, lines.keys())
        found = {line: _listed([one.item.id for one in before.get(line, ())]) for line in lines}
        for line, case_id in lines.items():
            known = {number: at for number, at, _ in found[line].values()}
            newer = marac_unreferred.newer(who.area_id, case_id, known)
            found[line] |= {one.id: (one.reference, one.recorded_at, "") for one in newer}
        texts = _texts(who, {key for listed in found.values() for key in listed})
    for line, listed in found.items():
        yield from ((line, by, texts[key]) for key, (_, _, by) in listed.items() if key in texts)


def _listed(item_ids: Collection[UUID]) -> dict[int, tuple[str, datetime, str]]:
    """The incidents under these items, by their id: number, when it was recorded, and the rules."""
    entry, row = EntryRow, IncidentRow
    rows = (
        select(entry.incident_id, row.occurrence_number, row.recorded_at, entry.reasons)
        .join(row, row.id == entry.incident_id)
        .where(entry.item_id.in_(item_ids))
        .order_by(entry.id)
    )
    return {key: (number, at, rules) for key, number, at, rules in db.session.execute(rows)}


def _texts(who: Principal, ids: Collection[int]) -> dict[int, str]:
    row = IncidentTextRow
    rows = select(row.incident_id, row.content)
    rows = rows.where(row.incident_id.in_(ids), not_kept(who, row.incident_id))
    return {key: content for key, content in db.session.execute(rows)}


def _children(told: Iterable[Headline]) -> str:
    told = list(told)
    names = tuple(dict.fromkeys(child for one in told for child in one.children))
    return Headline("", "", "", names, any(one.children_present for one in told)).children_words
