"""Who may be one person: found while a list is built, best first, and never decided by a score (D2, T6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.matching_evidence import Evidence, Field, Level
from agenda.matching_person import Known
from agenda.matching_proposals import PROPOSED, RADAR, RADAR_MOST, best, compared
from agenda.matching_weights import Common, Weights
from meetingsvc.models import MatchProposalRow, db
from meetingsvc.store import (
    acting,
    areas,
    bulk,
    cases,
    matching,
    matching_details,
    matching_keys,
    matching_near,
    matching_proposals,
    matching_weights,
)
from meetingsvc.store.acting import Host
from meetingsvc.store.cases import Parties
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.matching_near import Near
from meetingsvc.store.matching_proposals import State
from minutes.clarifications import About, Clarification

_COMPARED = 30  # people: of those who share less, none is likelier
_MOST = 5  # proposals a person: more tell nobody anything
_SUREST = 99.0  # bits: what stands for "the same identifier"
_FURTHEST = list(Level)  # agrees first
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Met:
    """Whom a list brought: the cases on it, and the parties of what it left out."""

    listed: Sequence[UUID]
    left_out: Sequence[Parties]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Ground:
    """What people are compared by."""

    people: Mapping[UUID, Known]
    near: Mapping[UUID, Near]
    weights: Weights
    common: Common
    apart: Collection[frozenset[UUID]]


def watch(area_id: UUID, months: int, meeting_id: UUID | None, met: Met, now: datetime) -> None:
    """Compares everybody a list met with everybody known, and its victims with those heard (repeat radar).

    A victim of what the list left out is looked at too: a repeat is listed at any risk (T6), and a spelling
    must not hide one. To be called inside the transaction that builds the list, in the service's capacity.
    """
    file_all(area_id)
    heard = matching_near.heard_victims(area_id, months, met.first, met.last)
    near = _near_heard(area_id, heard, met.left_out)
    couples = matching_near.victims_of([*met.listed, *cases.resolve(area_id, near)] if near else met.listed)
    incoming = {victim for victim, _ in couples.values()}
    others = {other for _, other in couples.values() if other}
    propose(area_id, incoming | others, incoming - heard, heard, meeting_id, now)


def clarified(area_id: UUID, case_id: UUID, told: Clarification, now: datetime) -> None:
    """What a meeting clarified of a party is something they are known by from now on (Rulebook D2)."""
    if told.about not in (About.VICTIM, About.PERPETRATOR):
        return
    areas.hold(area_id)
    with acting.whole_area(area_id):
        parties = matching_near.victims_of([case_id]).get(case_id, (None, None))
        person = parties[told.about is About.PERPETRATOR]
        if person is None:
            return
        *first, last = told.name.split() or [""]
        details = matching_details.details([(" ".join(first), last)], told.dob)
        matching.remember(area_id, person, details, f"case/{case_id}", local_day(now))
        propose(area_id, [person], [], [], None, now)


def file_all(area_id: UUID) -> int:
    """Files whoever an earlier version made and did not file. Gives how many."""
    done = 0
    while wanted := matching_near.not_filed(area_id):
        matching_near.file(area_id, wanted)
        done += len(wanted)
    return done


def _near_heard(area_id: UUID, heard: Collection[UUID], left_out: Sequence[Parties]) -> list[Parties]:
    """Those of the parties whose victim may be somebody heard; of the others no person is made."""
    if not heard or not left_out:
        return []
    told = {uuid4(): record for record in left_out}
    who = {key: _known(record) for key, record in told.items()}
    found = matching_near.sharing(area_id, {key: matching_keys.sought(one) for key, one in who.items()})
    wanted = {person for near in found.values() for person in near.keys() & set(heard)}
    ground = _ground(area_id, wanted, who, found)
    return [record for key, record in told.items() if _radar(ground, key, heard)]


def _known(record: Parties) -> Known:
    told = [
        matching_details.Kept(UUID(int=0), kind, value, "", None, None)
        for kind, value in matching_details.of_party(record.victim)
    ]
    return matching_details.as_known(told)


def propose(
    area_id: UUID,
    people: Collection[UUID],
    incoming: Collection[UUID],
    heard: Collection[UUID],
    meeting_id: UUID | None,
    now: datetime,
) -> None:
    """Keeps whom each of these people may be; for `incoming` the bar is lower among those heard."""
    who = matching_details.known(people)
    near = matching_near.sharing(area_id, {key: matching_keys.sought(one) for key, one in who.items()})
    gone = matching_near.gone(area_id)
    near = {key: _few(found, heard if key in incoming else (), gone) for key, found in near.items()}
    ground = _ground(area_id, {one for found in near.values() for one in found}, who, near)
    pairs: dict[Pair, bool] = {}
    for key in who:
        for other in _radar(ground, key, heard) if key in incoming else ():
            pairs[_pair(key, other)] = True
        for other in _likely(ground, key):
            pairs.setdefault(_pair(key, other), False)
    _keep(area_id, pairs, ground, meeting_id, now)


def _few(near: Near, heard: Collection[UUID], gone: Collection[UUID]) -> Near:
    """Those who share most with somebody, and whoever of them was heard; nobody who has been merged."""
    kept = {*matching_near.nearest(near, _COMPARED), *near.keys() & set(heard)} - set(gone)
    return {one: near[one] for one in kept}


def _ground(
    area_id: UUID, wanted: Collection[UUID], who: Mapping[UUID, Known], near: Mapping[UUID, Near]
) -> _Ground:
    people = {**matching_details.known(wanted), **who}
    names = {
        pair for one in people.values() for name in one.names
        for pair in ((Field.FORENAME, name.forename), (Field.SURNAME, name.surname))
    }  # fmt: skip
    weights, common = matching_weights.of(area_id), matching.common(area_id, names)
    return _Ground(people, near, weights, common, matching_near.opposed([*who, *wanted]))


def _radar(ground: _Ground, key: UUID, heard: Collection[UUID]) -> list[UUID]:
    return _best(ground, key, ground.near[key].keys() & set(heard), RADAR_MOST, RADAR)


def _likely(ground: _Ground, key: UUID) -> list[UUID]:
    return _best(ground, key, ground.near[key], _MOST, PROPOSED)


def _best(ground: _Ground, key: UUID, among: Iterable[UUID], most: int, bar: float) -> list[UUID]:
    candidates = {
        str(one): ground.people[one]
        for one in among
        if one in ground.people and frozenset((key, one)) not in ground.apart
    }
    found = best(ground.people[key], candidates, most, bar, ground.weights, ground.common)
    return [UUID(one) for one, _ in found]


def _pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one < other else (other, one)


def _keep(
    area_id: UUID, pairs: Mapping[Pair, bool], ground: _Ground, meeting_id: UUID | None, now: datetime
) -> None:
    """One row a pair: what is open is told afresh, and what a person decided stays, or is asked again. What
    waits for a second person waits on the newest list that met it (T6)."""
    there, new = _there(pairs), list[tuple[object, ...]]()
    same = [row.id for row in there.values() if row.state == State.SAME]
    waiting = matching_proposals.waiting(Host(area_id), same, now)
    for (one, other), radar in pairs.items():
        match = compared(ground.people[one], ground.people[other], ground.weights, ground.common)
        row = there.get((one, other))
        if row is not None and row.id in waiting:
            row.radar, row.meeting_id = row.radar or radar, meeting_id or row.meeting_id
            continue
        if row is not None and not is_asked(row, match.evidence, meeting_id):
            continue
        evidence = [[each.field, each.level, round(each.weight, 2)] for each in match.evidence]
        score = min(match.score, _SUREST)
        if row is None:
            new.append(
                (uuid4(), area_id, one, other, score, radar, evidence, meeting_id, State.OPEN, now, "")
            )
            continue
        row.state, row.score, row.radar, row.evidence = State.OPEN, score, row.radar or radar, evidence
        row.meeting_id = meeting_id or row.meeting_id
    bulk.insert(MatchProposalRow.__table__, _COLUMNS, new)  # type: ignore[arg-type]
    db.session.flush()


_COLUMNS = (
    "id", "area_id", "one_id", "other_id", "score", "radar", "evidence", "meeting_id", "state", "found_at",
    "reason",
)  # fmt: skip


def is_asked(row: MatchProposalRow, now: Sequence[Evidence], meeting_id: UUID | None) -> bool:
    """Whether a pair waits for somebody, or does so again (D2, T6): one that nobody was sure of, when another
    list meets it; two who are different, once a field agrees that did not, or agrees further; two called the
    same by one person alone, where no second one is asked any more: that was taken back, refused or lapsed.
    """
    if row.state == State.NOT_SURE:
        return meeting_id is not None and meeting_id != row.meeting_id
    if row.state == State.DIFFERENT:
        then = {Field(field): _FURTHEST.index(Level(level)) for field, level, _ in row.evidence}
        last = len(_FURTHEST)
        return any(one.level.agrees and _FURTHEST.index(one.level) < then.get(one.field, last) for one in now)
    return row.state in (State.OPEN, State.SAME)


def _there(pairs: Iterable[Pair]) -> dict[Pair, MatchProposalRow]:
    row, ones, found = MatchProposalRow, sorted({one for one, _ in pairs}), {}
    for at in range(0, len(ones), CHUNK):
        rows = select(row).where(row.one_id.in_(ones[at : at + CHUNK]))
        found.update({(each.one_id, each.other_id): each for each in db.session.scalars(rows)})
    return found
